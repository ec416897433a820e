public import Domain
public import Ports
import Synchronization

/// A store in memory, which the tests compare the other adapters with.
public final class MemoryStore: KeyValueStore {
    private struct StoredEntry {
        var entry: StoreEntry
        var expiry: Timestamp?
    }

    private struct State {
        var entries: [StoreKey: StoredEntry] = [:]
        var versionLast: UInt64 = 0

        func entry(for key: StoreKey, at now: Timestamp) -> StoreEntry? {
            guard let stored = entries[key], stored.expiry.map({ now < $0 }) ?? true else {
                return nil
            }
            return stored.entry
        }

        func check(
            _ condition: StoreCondition, of key: StoreKey, at now: Timestamp
        ) throws(Failure) {
            guard condition.holds(for: entry(for: key, at: now)?.version) else {
                throw Failure(.conflict, "\(key) changed since it was read")
            }
        }
    }

    private let clock: any WallClock
    private let state = Mutex(State())

    /// Creates an empty store.
    ///
    /// - Parameter clock: Tells which entries have expired.
    public init(clock: any WallClock) { self.clock = clock }

    /// Reads an entry; see ``KeyValueStore``.
    public func entry(for key: StoreKey) async throws(Failure) -> StoreEntry? {
        state.withLock { $0.entry(for: key, at: clock.now()) }
    }

    /// Writes an entry; see ``KeyValueStore``.
    @discardableResult
    public func put(
        _ value: [UInt8], for key: StoreKey, if condition: StoreCondition, until expiry: Timestamp?
    ) async throws(Failure) -> StoreVersion {
        guard value.count <= StoreLimits.valueByteCountMax else {
            throw Failure(.limitExceeded, "\(key) cannot hold \(value.count) bytes")
        }
        return try state.withLock { state throws(Failure) in
            try state.check(condition, of: key, at: clock.now())
            state.versionLast += 1
            let version = StoreVersion(state.versionLast)
            state.entries[key] = StoredEntry(
                entry: StoreEntry(value: value, version: version), expiry: expiry)
            return version
        }
    }

    /// Removes an entry; see ``KeyValueStore``.
    public func remove(_ key: StoreKey, if condition: StoreCondition) async throws(Failure) {
        try state.withLock { state throws(Failure) in
            try state.check(condition, of: key, at: clock.now())
            state.entries[key] = nil
        }
    }

    /// Lists keys; see ``KeyValueStore``.
    public func keys(
        prefix: String, after cursor: StoreKey?, limit: Int
    ) async throws(Failure) -> [StoreKey] {
        precondition(1...StoreLimits.pageKeyCountMax ~= limit, "a page of \(limit) keys")
        let now = clock.now()
        let page = state.withLock { state in
            state.entries.keys.filter { key in
                key.description.utf8.starts(with: prefix.utf8) && cursor.map { $0 < key } ?? true
                    && state.entry(for: key, at: now) != nil
            }
        }
        return Array(page.sorted().prefix(limit))
    }
}
