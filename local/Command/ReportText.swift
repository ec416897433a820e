import Domain
import FunctionInterface
import Runner
import Toolbox

/// A tick's report as text.
enum ReportText {
    /// Shown instead of a result while there is no integration.
    static let notConnected =
        "No one has connected GitHub yet. Start `copilot-local run` and open /authorize."

    /// The most names above one reason.
    private static let nameCountMax = 10

    /// The table of outcomes, the reasons, and what was skipped.
    ///
    /// - Parameters:
    ///   - report: The report.
    ///   - isConnected: Whether there is an integration.
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
            if !remarks.isEmpty { lines += ["", style("Notes", .heading)] + remarks }
        }
        if let taken = report.taken {
            lines += ["", "\(taken.events) of \(taken.of) events were taken by another process."]
        }
        lines += notes(report.skipped, "Skipped", style)
        lines += notes(report.attention, "Needs attention", style)
        if report.manifests.isEmpty, report.skipped.isEmpty, report.attention.isEmpty {
            lines.append(
                isConnected
                    ? "Every requested day is final or given up: see copilot-local status."
                    : notConnected)
        }
        return lines
    }

    /// Each reason once, below the names it applies to.
    private static func notes(
        _ items: [Notice], _ heading: String, _ style: TextStyle
    ) -> [String] {
        guard !items.isEmpty else { return [] }
        return ["", style(heading, .heading)]
            + items.grouped { $0.reason }.flatMap { reason, items in
                names(items).map { style($0, .doubtful) }
                    + style.prose(reason, indent: "    ")
            }
    }

    /// The integrations and organizations that a reason applies to, each once, with its days.
    private static func names(_ items: [Notice]) -> [String] {
        let people = items.grouped { item in
            [item.integration, item.organization].compactMap(\.self)
                .joined(separator: ", ")
        }
        let names = people.map { who, items in
            let days = items.compactMap(\.day)
            let when = days.count > 1 ? "\(days.count) days" : days.first
            return [who.isEmpty ? "daily tick" : who, when].compactMap(\.self)
                .joined(separator: ", ")
        }
        guard names.count > nameCountMax else { return names }
        return names.prefix(nameCountMax) + ["and \(names.count - nameCountMax) more"]
    }
}
