import Domain
import Runner
import Toolbox

/// The text at the end of a demo.
enum DemoText {
    static func lines(
        _ result: DemoPlay.Played, in folder: DemoFolder, _ style: TextStyle
    ) -> [String] {
        let highlights = result.accepted.highlights.lines(result.days, style)
        return ReportText.lines(result.report, style) + [""] + counts(result, style)
            + (highlights.isEmpty ? [] : [""] + highlights)
            + ["", style("Where to look", .heading)] + places(result, folder, style)
            + ["", style("Next steps", .heading)] + steps(result, folder, style)
    }

    /// Explains outcomes that only a tick on the same day again has.
    private static func again(_ result: DemoPlay.Played) -> String {
        guard result.tickCount > 1 else { return "" }
        return
            " Each tick reads the last days again until they are final, because GitHub may revise"
            + " them; what is unchanged is not sent again."
    }

    private static func counts(
        _ result: DemoPlay.Played, _ style: TextStyle
    ) -> [String] {
        let all = Catalogue.metrics.count
        let (accepted, days) = (result.accepted, result.days)
        let period =
            result.tickCount == 1
            ? "\(days.lowerBound)" : "\(days.lowerBound) to \(days.upperBound)"
        let ticks = result.tickCount == 1 ? "1 daily tick" : "\(result.tickCount) daily ticks"
        var lines = style.prose(
            "\(ticks) for \(period), \(result.requestCount.grouped) requests to the simulated GitHub."
                + again(result))
        lines += style.prose(
            "\(accepted.metrics.count) of \(all) metrics written,"
                + " \(accepted.sampleCount.grouped) samples."
        ).map { style($0, accepted.rejectedCount == 0 ? .good : .bad) }
        if accepted.rejectedCount > 0 {
            lines += style.prose(
                "The backend rejected \(accepted.rejectedCount.grouped) samples; see the reason above."
            ).map { style($0, .bad) }
        } else if accepted.metrics.count < all {
            lines += style.prose(absent(accepted.metrics))
        }
        return lines
    }

    /// Names metrics that did not occur, which is no fault: not everything happens every day.
    private static func absent(_ metrics: Set<MetricID>) -> String {
        let names = MetricID.all.filter { !metrics.contains($0) }.map(\.metric.name)
        let shown = names.prefix(3).joined(separator: ", ")
        let rest = names.count > 3 ? " and \(names.count - 3) others" : ""
        return "Nothing in these days had a value for \(shown)\(rest)."
    }

    private static func places(
        _ result: DemoPlay.Played, _ folder: DemoFolder, _ style: TextStyle
    ) -> [String] {
        let file = folder.newestSamples.map { Place.path("\(folder.path)/metrics/\($0)") }
        let samples = file.map { [$0] } ?? result.sinks
        let places =
            samples.map { ("samples", $0) } + [
                ("state", Place.path("\(folder.path)/state")),
                ("bus", Place.path("\(folder.path)/bus")),
            ]
        return places.flatMap { name, place in
            let line = "  \(name.padded(to: 9))\(place)"
            let fits = line.count <= style.columns ?? line.count
            return fits ? [line] : ["  \(name)", "    \(place)"]
        }
    }

    private static func steps(
        _ result: DemoPlay.Played, _ folder: DemoFolder, _ style: TextStyle
    ) -> [String] {
        let file = Place.path(folder.environmentFile)
        var status = ["status", "--env-file", file]
        if !result.endsYesterday { status += ["--through", "\(result.days.upperBound)"] }
        var commands = [
            ["console", "--env-file", file], status,
            ["events", "--env-file", file, "--limit", "20"],
        ]
        if result.deadCount > 0 { commands.append(["dead-letters", "--env-file", file]) }
        commands += [
            result.scenario == nil ? ["demo", "--scenario", "outage"] : ["simulate", "--list"],
            ["run", "--help"],
        ]
        return commands.flatMap { style.command([Place.program] + $0) }
    }
}
