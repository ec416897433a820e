import Domain
import Logging

extension Logger {
    /// Logs what was noted of one organization and day, at notice level.
    func log(notesOf manifest: Manifest) {
        let about: Metadata = [
            "organization": "\(manifest.organization)", "day": "\(manifest.day)",
        ]
        let remarks = manifest.remarks
        guard !remarks.isEmpty else { return }
        notice(
            """
            \(manifest.organization) \(manifest.day), note: \
            \(remarks.map(\.note).joined(separator: "; "))
            """,
            metadata: about.merging([
                "sources": "\(remarks.map(\.source.rawValue).joined(separator: ", "))"
            ]) { $1 })
    }
}

extension Manifest {
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
