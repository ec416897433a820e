import Domain
import Ports
import Reports

/// What each source said of its series when it was last sent: kept until a day is closed, so that a
/// restatement can say how much it changed.
///
/// Nothing depends on them but those counts. So one that cannot be read or kept costs the counts of
/// one restatement, and stops nothing.
struct SeriesSnapshots: Sendable {
    /// Longer than ticks look back for days that are not closed.
    private static let lifetime: Duration = .seconds(40 * 86_400)

    let store: any KeyValueStore

    /// Reads what a source said.
    ///
    /// - Parameters:
    ///   - event: Whose day.
    ///   - source: Which source.
    ///   - digest: The digest of what is wanted: a run that died may have left a newer one.
    /// - Returns: The imprint, if it is there.
    func read(
        _ event: CollectEvent, _ source: Source, of digest: String
    ) async -> SeriesSnapshot? {
        guard let value = try? await store.entry(for: key(event, source))?.value,
            value.starts(with: digest.utf8)
        else { return nil }
        return SeriesSnapshot(bytes: value.dropFirst(digest.utf8.count))
    }

    /// Keeps what a source said.
    func keep(
        _ imprint: SeriesSnapshot, of digest: String, _ event: CollectEvent, _ source: Source,
        at now: Timestamp
    ) async {
        _ = try? await store.put(
            Array(digest.utf8) + imprint.bytes, for: key(event, source), if: .always,
            until: now.advanced(by: Self.lifetime))
    }

    private func key(_ event: CollectEvent, _ source: Source) -> StoreKey {
        .imprint(event.integration, event.installation, event.day, source)
    }
}

extension Collection {
    /// Counts what is not as it was.
    static func changes(
        _ imprint: SeriesSnapshot, since earlier: SeriesSnapshot
    ) -> SourceResult.Changes {
        let changes = imprint.changes(since: earlier)
        return SourceResult.Changes(
            changed: changes.changed, added: changes.added, removed: changes.removed,
            estimated: changes.seriesPerKept > 1)
    }

    /// Says how much a restatement changed.
    static func note(_ changes: SourceResult.Changes?) -> String {
        guard let changes else {
            return
                "GitHub revised it; by how much is not known, because what was sent before was not kept"
        }
        let about = changes.estimated ? "about " : ""
        var words =
            "GitHub revised it: \(about)\(changes.changed) samples have another value than before"
        if changes.added > 0 { words += ", \(about)\(changes.added) are new" }
        if changes.removed > 0 {
            words +=
                ", \(about)\(changes.removed) are gone, which a backend that cannot delete still has"
        }
        return words
    }
}
