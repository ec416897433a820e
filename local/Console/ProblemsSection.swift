import Domain
import HTML

/// What is in the way of collecting, before everything else; and what people should know.
enum ProblemsSection {
    /// The most subjects of one text.
    private static let subjectCountMax = 12

    static func html(_ problems: [Problem]) -> HTML {
        let faults = problems.filter(\.isFault)
        let notices = problems.filter { !$0.isFault }
        return """
            \(faults.isEmpty ? "" : section("Problems", faults, "bad"))
            \(notices.isEmpty ? "" : section("Notes", notices, "open"))
            """
    }

    private static func section(_ heading: HTML, _ problems: [Problem], _ tone: String) -> HTML {
        let items = problems.grouped { [$0.kind.rawValue, $0.text] }
            .map { item($0.elements, tone) }
        return "<h2 class=\"\(tone)\">\(heading)</h2>\n<ul>\n\(items)\n</ul>"
    }

    private static func item(_ alike: [Problem], _ tone: String) -> HTML {
        let subjects = alike.map(\.subject).filter { !$0.isEmpty }
        let more = subjects.count - subjectCountMax
        let shown =
            subjects.prefix(subjectCountMax).joined(separator: "; ")
            + (more > 0 ? "; and \(more) more" : "")
        let since = alike.map(\.since).min().map { "\(Timestamp(seconds: $0.seconds))" } ?? ""
        let remedy = alike.compactMap(\.remedy).first
        let advice: HTML = remedy.map { "<br>To do: \($0)." } ?? ""
        return """
            <li><span class="\(tone)">\(shown)</span> \(alike.first?.text ?? ""). \
            <span class="quiet">Since \(since).</span>\(advice)</li>
            """
    }
}
