public import Domain
import Toolbox

/// Problems as text: each text once, below the subjects that it applies to.
public enum ProblemText {
    /// The most subjects above one text.
    private static let subjectCountMax = 10

    /// The problems, and below them the notices.
    ///
    /// - Returns: The lines; none if there is nothing to say.
    public static func lines(
        _ health: Health, _ style: TextStyle
    ) -> [String] {
        var lines: [String] = []
        if !health.problems.isEmpty {
            lines +=
                [style("Problems", .bad)] + list(health.problems, .bad, style, health.time)
        }
        if !health.notices.isEmpty {
            lines +=
                (lines.isEmpty ? [] : [""]) + [style("Notes", .heading)]
                + list(health.notices, .doubtful, style, health.time)
        }
        return lines
    }

    /// Problems without a heading.
    public static func lines(
        _ problems: [Problem], at now: Timestamp, _ style: TextStyle
    ) -> [String] {
        let (faults, notices) = (problems.filter(\.isFault), problems.filter { !$0.isFault })
        return list(faults, .bad, style, now) + list(notices, .doubtful, style, now)
    }

    private static func list(
        _ problems: [Problem], _ tone: TextStyle.Tone, _ style: TextStyle,
        _ now: Timestamp
    ) -> [String] {
        problems.grouped { [$0.kind.rawValue, $0.text] }.flatMap { _, alike -> [String] in
            let first = alike[0]
            let since = alike.map(\.since).min() ?? first.since
            let lasts = now.since(since).inWords.map { " (\($0))" } ?? ""
            let subjects = subjects(alike).map { style("  \($0)", tone) }
            let said = first.text.hasSuffix(".") ? String(first.text.dropLast()) : first.text
            let text = "\(said). Since \(Timestamp(seconds: since.seconds))\(lasts)."
            return subjects + style.prose(text, indent: "    ")
                + remedies(alike).flatMap { style.prose("To do: \($0)", indent: "    ") }
        }
    }

    /// What they are about, the sources of an organization in one line.
    static func subjects(_ alike: [Problem]) -> [String] {
        let byOwner = alike.grouped { $0.organization ?? $0.integration ?? $0.kind.rawValue }
        let subjects = byOwner.map { owner, problems -> String in
            let sources = problems.compactMap(\.source).joined(separator: ", ")
            let outcome = problems.compactMap(\.outcome).first
            let days = Set(problems.flatMap { $0.days ?? [] }).sorted()
            let when =
                days.count > 1 ? " (\(days.count) days)" : days.first.map { " (\($0))" } ?? ""
            return [owner, sources].filter { !$0.isEmpty }.joined(separator: ", ")
                + (outcome.map { ": \($0)" } ?? "") + when
        }
        guard subjects.count > subjectCountMax else { return subjects }
        return subjects.prefix(subjectCountMax) + ["and \(subjects.count - subjectCountMax) more"]
    }

    /// The first remedy: those of problems alike differ only in names and days.
    static func remedies(_ alike: [Problem]) -> [String] {
        alike.compactMap(\.remedy).prefix(1).map(\.self)
    }
}
