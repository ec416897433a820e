public import Domain
public import Logging

extension Logger {
    /// Says of one day of one organization what a person should know: what was refused or failed and
    /// why, each reason once, and what stopped nothing but is worth a look.
    ///
    /// - Parameter manifest: What became of the day.
    public func tell(_ manifest: Manifest) {
        let about: Metadata = [
            "organization": "\(manifest.organization)", "day": "\(manifest.day)",
        ]
        for (reason, sources) in manifest.faults {
            let names = sources.map(\.source.rawValue).joined(separator: ", ")
            let outcomes = Set(sources.map(\.outcome.rawValue)).sorted().joined(separator: ", ")
            let fields: Metadata = ["sources": "\(names)", "outcome": "\(outcomes)"]
            warning("\(reason)", metadata: about.merging(fields) { $1 })
        }
        let remarks = manifest.remarks
        guard !remarks.isEmpty else { return }
        notice(
            "worth a look: \(remarks.map(\.note).joined(separator: "; "))",
            metadata: about.merging([
                "sources": "\(remarks.map(\.source.rawValue).joined(separator: ", "))"
            ]) { $1 })
    }
}

extension Manifest {
    /// The sources that were refused or failed, together where one reason is that of several.
    fileprivate var faults: [(reason: String, sources: [(source: Source, outcome: Outcome)])] {
        var order: [String] = []
        var found: [String: [(source: Source, outcome: Outcome)]] = [:]
        for source in Source.allCases {
            guard let result = sources[source], result.outcome.isFault else { continue }
            let reason = result.reason ?? "it gives no reason"
            if found[reason] == nil { order.append(reason) }
            found[reason, default: []].append((source, result.outcome))
        }
        return order.map { ($0, found[$0] ?? []) }
    }

    /// What was noted of the sources; of one that says what it said before it was told before.
    fileprivate var remarks: [(source: Source, note: String)] {
        Source.allCases.compactMap { source in
            guard let result = sources[source], result.outcome != .unchanged,
                let notes = result.notes, !notes.isEmpty
            else { return nil }
            return (source, "\(source.rawValue): \(notes.joined(separator: ", "))")
        }
    }
}
