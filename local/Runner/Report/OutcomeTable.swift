import Toolbox

public import Domain

/// Manifests as text: a row per organization and source, and below the table the reasons for
/// missing data.
public struct OutcomeTable: Sendable {
    private let manifests: [Manifest]

    /// Creates a table of manifests of any organizations and days.
    public init(_ manifests: [Manifest]) { self.manifests = manifests }

    /// The lines of the table.
    public func lines(_ style: TextStyle) -> [String] {
        var table = Table([
            .words("ORGANIZATION"), .words("SOURCE"), .numbers("DAYS"), .numbers("SAMPLES"),
            .words("OUTCOME"),
        ])
        for (organization, manifests) in organizations {
            // A day that was read several times counts once, with its last result.
            let days = Dictionary(manifests.map { ($0.day, $0) }, uniquingKeysWith: { $1 }).values
            for (place, source) in Source.allCases.enumerated() {
                let results = manifests.compactMap { $0.sources[source] }
                guard !results.isEmpty else { continue }
                let last = days.compactMap { $0.sources[source] }
                table.add([
                    Table.Cell(place == 0 ? organization : ""), "\(source.rawValue)",
                    "\(last.count)", "\(last.reduce(0) { $0 + $1.samples })",
                    Table.Cell(Self.tally(results), Self.tone(last)),
                ])
            }
        }
        return table.lines(style)
    }

    /// The reasons for missing data: each once, below the organizations and sources that it applies
    /// to, with the number of days.
    ///
    /// - Returns: The lines; none if nothing is missing.
    public func reasons(_ style: TextStyle) -> [String] {
        let notes = organizations.flatMap { organization, manifests in
            manifests.flatMap { manifest in
                Self.notes(manifest, organization).map { (note: $0, day: manifest.day) }
            }
        }
        return notes.grouped(by: \.note.kind).flatMap { _, alike in
            let heads = alike.grouped(by: \.note.head).map { head, found in
                let days = Set(found.map(\.day)).sorted()
                return "\(head) (\(days.count == 1 ? "\(days[0])" : "\(days.count) days"))"
            }
            let rest = heads.count - Self.headCountMax
            let note = alike[0].note
            let shown = heads.prefix(Self.headCountMax) + (rest > 0 ? ["and \(rest) more"] : [])
            return shown.flatMap { style.prose($0) }.map { style($0, note.tone) }
                + style.prose(note.reason, indent: "    ")
        }
    }

    /// The notes of the manifests, such as unknown fields: each once, in the words of the newest
    /// day, with the number of days that have a similar one.
    ///
    /// - Returns: The lines; none if there are no notes.
    public func remarks(_ style: TextStyle) -> [String] {
        struct Finding {
            let source: Source
            let note: String
            let organization: String
            // Counts within a note differ from day to day.
            var kind: String { "\(source.rawValue) \(note.filter { !$0.isNumber })" }
        }
        let findings = manifests.sorted { $0.day > $1.day }.flatMap { manifest in
            Source.allCases.flatMap { source -> [Finding] in
                guard let result = manifest.sources[source], result.outcome != .unchanged
                else { return [] }
                let organization = manifest.organization.description
                return (result.notes ?? []).map {
                    Finding(source: source, note: $0, organization: organization)
                }
            }
        }
        return findings.grouped(by: \.kind).flatMap { _, alike in
            let newest = alike[0]
            let count = Set(alike.map(\.organization)).count
            let who = count > 1 ? "\(count) organizations" : newest.organization
            let days = alike.count == 1 ? "1 day" : "\(alike.count) days"
            let head = "\(who), \(newest.source.rawValue) (\(days))"
            return style.prose(head).map { style($0, .doubtful) }
                + style.prose(newest.note, indent: "    ")
        }
    }

    /// The most lines above one reason.
    private static let headCountMax = 10

    private struct Note {
        let organization: String
        let what: String
        let outcome: String
        let reason: String
        let tone: TextStyle.Tone

        var head: String { "\(organization), \(what): \(outcome)" }

        /// The same for every day, source and organization with this reason.
        var kind: String {
            guard outcome == Outcome.rejected.rawValue else { return "\(outcome) \(reason)" }
            // How many series and which are rejected differs; why does not.
            let why = reason.split(separator: "; for example", maxSplits: 1)[0]
                .split(separator: " (as a group", maxSplits: 1)[0]
            return "\(outcome) \(why.filter { !$0.isNumber })"
        }
    }

    private var organizations: [(String, [Manifest])] {
        Dictionary(grouping: manifests, by: \.organization.description)
            .sorted { $0.key < $1.key }
            .map { ($0.key, $0.value.sorted { $0.day < $1.day }) }
    }

    private static func notes(_ manifest: Manifest, _ organization: String) -> [Note] {
        var notes: [Note] = []
        if let reason = manifest.reason {
            notes.append(
                Note(
                    organization: organization, what: "all sources", outcome: "not read",
                    reason: reason, tone: .bad))
        }
        for source in Source.allCases {
            // A source that is skipped by design needs no attention.
            guard let result = manifest.sources[source], let reason = result.reason,
                result.outcome != .notApplicable, reason != manifest.reason
            else { continue }
            notes.append(
                Note(
                    organization: organization, what: source.rawValue,
                    outcome: result.outcome.rawValue,
                    // The same reason on another day is the same reason.
                    reason: reason.replacing("\(manifest.day)", with: "that day"),
                    tone: result.outcome.isFault ? .bad : .doubtful))
        }
        return notes
    }

    /// `written 6, not-ready 1`, in the order of ``Outcome``.
    private static func tally(_ results: [SourceResult]) -> String {
        Outcome.allCases.compactMap { outcome in
            let count = results.count { $0.outcome == outcome }
            guard outcome == .restated, count > 0 else {
                return count == 0 ? nil : "\(outcome.rawValue) \(count)"
            }
            return "\(outcome.rawValue) \(count)\(changes(results))"
        }.joined(separator: ", ")
    }

    /// ` (17 samples)`: the number of samples that restatements changed, if it is known.
    private static func changes(_ results: [SourceResult]) -> String {
        let changes = results.compactMap(\.changes)
        guard !changes.isEmpty else { return "" }
        let about = changes.contains(where: \.estimated) ? "about " : ""
        return " (\(about)\(changes.reduce(0) { $0 + $1.count }) samples)"
    }

    private static func tone(_ results: [SourceResult]) -> TextStyle.Tone {
        if results.contains(where: \.outcome.isFault) { return .bad }
        return results.allSatisfy(\.outcome.isSettled) ? .good : .doubtful
    }
}
