import Toolbox
import Domain
import Runner

/// A tick's report as a person reads it.
enum ReportText {
    /// The most names that one reason is given for.
    private static let nameCountMax = 10

    /// The table of outcomes, the reasons, and who was left out.
    ///
    /// - Parameters:
    ///   - report: The report.
    ///   - isConnected: Whether anybody has authorized, as far as that matters.
    ///   - style: The colours.
    /// - Returns: The lines.
    static func lines(
        _ report: TickReport, isConnected: Bool = true, _ style: TextStyle
    ) -> [String] {
        var lines: [String] = []
        if report.manifests.isEmpty {
            lines.append("Nothing was collected.")
        } else {
            let table = OutcomeTable(report.manifests)
            lines += table.lines(style)
            let reasons = table.reasons(style)
            if !reasons.isEmpty { lines += [""] + reasons }
            let remarks = table.remarks(style)
            if !remarks.isEmpty { lines += ["", style("Worth a look", .heading)] + remarks }
        }
        lines += notes(report.skipped, "Left out", style)
        lines += notes(report.attention, "Needs attention", style)
        if report.manifests.isEmpty, report.skipped.isEmpty, report.attention.isEmpty {
            lines.append(
                isConnected
                    ? "Every day that was asked for is closed: see copilot-local status."
                    : "Nobody has authorized yet: start `copilot-local run` and open /authorize.")
        }
        return lines
    }

    /// Each reason once, below all that it holds for.
    private static func notes(
        _ items: [JSONValue], _ heading: String, _ style: TextStyle
    ) -> [String] {
        guard !items.isEmpty else { return [] }
        return ["", style(heading, .heading)]
            + items.grouped { $0["reason"]?.text ?? "" }.flatMap { reason, items in
                names(items).map { style($0, .doubtful) }
                    + reason.wrapped(width: 100, indent: "    ")
            }
    }

    /// Whom a reason is about: each integration or organization once, with its day or days.
    private static func names(_ items: [JSONValue]) -> [String] {
        let people = items.grouped { item in
            [item["integration"], item["organization"]].compactMap { $0?.text }
                .joined(separator: ", ")
        }
        let names = people.map { who, items in
            let days = items.compactMap { $0["day"]?.text }
            let when = days.count > 1 ? "\(days.count) days" : days.first
            return [who.isEmpty ? "the tick" : who, when].compactMap(\.self)
                .joined(separator: ", ")
        }
        guard names.count > nameCountMax else { return names }
        return names.prefix(nameCountMax) + ["and \(names.count - nameCountMax) more"]
    }
}
