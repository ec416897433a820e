import Domain
import Runner

/// A tick's report as a person reads it.
enum ReportText {
    /// The table of outcomes, the reasons, and who was left out.
    static func lines(_ report: TickReport, _ style: TextStyle) -> [String] {
        var lines: [String] = []
        if report.manifests.isEmpty {
            lines.append("Nothing was collected.")
        } else {
            let table = OutcomeTable(report.manifests)
            lines += table.lines(style)
            let reasons = table.reasons(style)
            if !reasons.isEmpty { lines += [""] + reasons }
        }
        lines += notes(report.skipped, "Left out", style)
        lines += notes(report.attention, "Needs attention", style)
        if report.manifests.isEmpty, report.skipped.isEmpty, report.attention.isEmpty {
            lines.append(
                "Either every day is final, or nobody has authorized yet: see copilot-local status."
            )
        }
        return lines
    }

    private static func notes(
        _ items: [JSONValue], _ heading: String, _ style: TextStyle
    ) -> [String] {
        guard !items.isEmpty else { return [] }
        return ["", style(heading, .heading)]
            + items.flatMap { item in
                let who = [item["integration"], item["organization"], item["day"]]
                    .compactMap { $0?.text }.joined(separator: ", ")
                return [style(who.isEmpty ? "the tick" : who, .doubtful)]
                    + wrapped(item["reason"]?.text ?? "", width: 100, indent: "    ")
            }
    }
}
