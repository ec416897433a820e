public import Domain
public import InMemory
public import Ports

/// A store that does something of its own in some calls, and leaves the others to a store in memory.
public protocol StoreWrapper: KeyValueStore {
    /// The store that holds the entries.
    var store: MemoryStore { get }
}

extension StoreWrapper {
    /// Reads from the store in memory.
    public func entry(for key: StoreKey) async throws(Failure) -> StoreEntry? {
        try await store.entry(for: key)
    }

    /// Writes to the store in memory.
    public func put(
        _ value: [UInt8], for key: StoreKey, if condition: StoreCondition, until expiry: Timestamp?
    ) async throws(Failure) -> StoreVersion {
        try await store.put(value, for: key, if: condition, until: expiry)
    }

    /// Removes from the store in memory.
    public func remove(_ key: StoreKey, if condition: StoreCondition) async throws(Failure) {
        try await store.remove(key, if: condition)
    }

    /// Lists the store in memory.
    public func keys(
        prefix: String, after cursor: StoreKey?, limit: Int
    ) async throws(Failure) -> [StoreKey] {
        try await store.keys(prefix: prefix, after: cursor, limit: limit)
    }
}
