import Domain
import Ports
import Reports
import Toolbox

/// The snapshot of each source that was sent, stored until the day is final, so that a restatement can
/// report how much it changed.
///
/// Nothing else depends on them. A snapshot that cannot be read or stored only costs the counts of one
/// restatement.
struct SnapshotStore: Sendable {
    /// Longer than ticks look back for open days.
    private static let lifetime: Duration = .seconds(40 * 86_400)

    let store: any KeyValueStore

    /// Reads a snapshot.
    ///
    /// - Parameter digest: The digest of the wanted snapshot. A run that died may have left a newer one.
    /// - Returns: The snapshot, or nil if it is not there.
    func read(
        _ event: CollectEvent, _ source: Source, of digest: String
    ) async -> SeriesSnapshot? {
        let key = key(event, source)
        guard let stored = try? await store.entry(for: key)?.value,
            let value = try? Stored.bytes(of: stored, at: key), value.starts(with: digest.utf8)
        else { return nil }
        return SeriesSnapshot(bytes: value.dropFirst(digest.utf8.count))
    }

    /// Stores the snapshot of a source.
    func keep(
        _ snapshot: SeriesSnapshot, of digest: String, _ event: CollectEvent, _ source: Source,
        at now: Timestamp
    ) async {
        let key = key(event, source)
        _ = try? await store.put(
            Stored.encode(bytes: Array(digest.utf8) + snapshot.bytes, for: key), for: key,
            if: .always, until: now.advanced(by: Self.lifetime))
    }

    private func key(_ event: CollectEvent, _ source: Source) -> StoreKey {
        .imprint(event.integration, event.installation, event.day, source)
    }
}

extension SourceResult.Changes {
    init(_ changes: SampleChanges) {
        self.init(
            changed: changes.changed, added: changes.added, removed: changes.removed,
            estimated: changes.seriesPerKept > 1)
    }
}

extension SourceResult {
    /// The note on a source that was sent again as it was, because somebody asked.
    static let sentAgainNote = "sent again on request: GitHub reports the same as before"

    /// Notes, once, that somebody asked for the source again in vain.
    mutating func noteNotSentAgain(_ reason: String) {
        let note = "not sent again: \(reason). The backend keeps what was sent before"
        notes = (notes ?? []).filter { $0 != note } + [note]
    }

    /// The note on a restatement.
    ///
    /// - Parameter changes: The changes, or nil if they are unknown.
    static func restatementNote(_ changes: Changes?) -> String {
        guard let changes else {
            return
                "GitHub revised this source. How much is unknown, because there is no snapshot of "
                + "what was sent before"
        }
        let about = changes.estimated ? "about " : ""
        func count(_ count: Int) -> String {
            "\(about)\(count) \(count == 1 ? "sample" : "samples")"
        }
        var note = "GitHub revised this source: \(count(changes.changed)) changed"
        if changes.added > 0 { note += ", \(count(changes.added)) new" }
        if changes.removed > 0 {
            note += ", \(count(changes.removed)) gone. A backend that cannot delete still has those"
        }
        return note
    }
}
