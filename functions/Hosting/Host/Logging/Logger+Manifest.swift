public import Domain
public import Logging

extension Logger {
    /// Logs the problems and notes of one organization and day.
    ///
    /// Each reason of failed and refused sources is logged once, at warning level. Notes are logged
    /// at notice level.
    public func log(_ manifest: Manifest) {
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
            "notes: \(remarks.map(\.note).joined(separator: "; "))",
            metadata: about.merging([
                "sources": "\(remarks.map(\.source.rawValue).joined(separator: ", "))"
            ]) { $1 })
    }
}

extension Manifest {
    /// The sources that failed or were refused, with the reasons.
    fileprivate var faults: [(reason: String, source: Source, outcome: Outcome)] {
        Source.allCases.compactMap { source in
            guard let result = sources[source], result.outcome.isFault else { return nil }
            return (result.reason ?? "no reason was given", source, result.outcome)
        }
    }

    /// The notes of each source, without unchanged sources, whose notes were logged before.
    fileprivate var remarks: [(source: Source, note: String)] {
        Source.allCases.compactMap { source in
            guard let result = sources[source], result.outcome != .unchanged,
                let notes = result.notes, !notes.isEmpty
            else { return nil }
            return (source, "\(source.rawValue): \(notes.joined(separator: ", "))")
        }
    }
}
