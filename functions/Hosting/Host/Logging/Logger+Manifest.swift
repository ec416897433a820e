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
        for (reason, faults) in manifest.faults.grouped(by: \.reason) {
            let names = faults.map(\.source.rawValue).joined(separator: ", ")
            let outcomes = Set(faults.map(\.outcome.rawValue)).sorted().joined(separator: ", ")
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
    /// The sources that were refused or failed, and why.
    fileprivate var faults: [(reason: String, source: Source, outcome: Outcome)] {
        Source.allCases.compactMap { source in
            guard let result = sources[source], result.outcome.isFault else { return nil }
            return (result.reason ?? "it gives no reason", source, result.outcome)
        }
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
