import Domain
import Runner

/// The text at the end of a demo.
enum DemoText {
    static func lines(
        _ result: DemoPlay.Played, in folder: DemoFolder, _ style: TextStyle
    ) -> [String] {
        var lines = ReportText.lines(result.report, style)
        let count = Catalogue.metrics.count
        let isComplete = result.metricCount == count
        lines += [
            "",
            "\(result.tickCount) daily tick\(result.tickCount == 1 ? "" : "s") for"
                + " \(period(result.days)), \(result.requestCount)"
                + " requests to the simulated GitHub.",
            style(
                "\(result.metricCount) of \(count) metrics written, \(result.sampleCount) samples.",
                isComplete ? .good : .bad),
        ]
        if !isComplete {
            lines.append(
                "Some metrics do not occur in every period: play more days with --days, and more"
                    + " users with --users.")
        }
        lines += result.violations.map { style("Protocol violation: \($0)", .bad) }
        let file = folder.environmentFile
        // As it was called, so that the lines can be copied.
        let program = CommandLine.arguments[0]
        lines += [
            "", style("Where to look", .heading),
            "  samples  \(result.sinks.joined(separator: ", "))",
            "  state    \(folder.path)/state", "  bus      \(folder.path)/bus",
            "", style("Next steps", .heading),
            "  \(program) console --env-file \(file)",
            "  \(program) status --env-file \(file) --through \(result.days.upperBound)",
            "  \(program) events --env-file \(file) --limit 20",
            "  \(program) integrations --env-file \(file)",
            "  \(program) simulate --list",
            "  \(program) run --help",
        ]
        return lines
    }

    private static func period(_ days: ClosedRange<Day>) -> String {
        days.lowerBound == days.upperBound
            ? "\(days.lowerBound)" : "\(days.lowerBound) to \(days.upperBound)"
    }
}
