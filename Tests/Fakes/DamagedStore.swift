public import Domain
public import InMemory
public import Ports
import Synchronization

/// A store with damaged entries: they cannot be read, and only an unconditional write replaces them.
public final class DamagedStore: StoreWrapper {
    /// The store that holds the entries.
    public let store: MemoryStore
    private let damaged: Mutex<Set<StoreKey>>

    /// Damages entries of a store.
    public init(_ store: MemoryStore, _ keys: [StoreKey]) {
        self.store = store
        damaged = Mutex(Set(keys))
    }

    private func check(_ key: StoreKey) throws(Failure) {
        guard damaged.withLock({ $0.contains(key) }) else { return }
        throw Failure(.unreadableState, "\(key) is damaged")
    }

    /// Reads an entry, unless it is damaged.
    public func entry(for key: StoreKey) async throws(Failure) -> StoreEntry? {
        try check(key)
        return try await store.entry(for: key)
    }

    /// Writes an entry; one that is damaged only without a condition.
    public func put(
        _ value: [UInt8], for key: StoreKey, if condition: StoreCondition, until expiry: Timestamp?
    ) async throws(Failure) -> StoreVersion {
        if condition != .always { try check(key) }
        damaged.withLock { _ = $0.remove(key) }
        return try await store.put(value, for: key, if: condition, until: expiry)
    }

    /// Removes an entry; one that is damaged only without a condition.
    public func remove(_ key: StoreKey, if condition: StoreCondition) async throws(Failure) {
        if condition != .always { try check(key) }
        damaged.withLock { _ = $0.remove(key) }
        try await store.remove(key, if: condition)
    }
}
