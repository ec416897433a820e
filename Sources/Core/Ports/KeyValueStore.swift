public import Domain

/// Bytes by key: the only place where anything is remembered between two events.
///
/// Each adapter passes the suite `KeyValueStoreConformance`; what that suite does not pin is not
/// promised. Limits are in ``StoreLimits`` and hold for every adapter, the one in memory too. An
/// adapter is given a ``WallClock`` and judges expiry when it reads: an expired entry is absent,
/// whether or not it was swept.
public protocol KeyValueStore: Sendable {
    /// Reads one entry.
    ///
    /// - Parameter key: The key to read.
    /// - Returns: The value and the version it was written at, or nil if there is no such key.
    /// - Throws: `unavailable` or `timedOut`; a read never conflicts.
    func entry(for key: StoreKey) async throws(Failure) -> StoreEntry?

    /// Writes one entry if `condition` holds; the check and the write are one step.
    ///
    /// - Parameters:
    ///   - value: The bytes to keep, at most ``StoreLimits/valueByteCountMax``.
    ///   - key: The key to write.
    ///   - condition: What must be true of the entry for the write to happen.
    ///   - expiry: From when on the entry is absent; nil keeps it.
    /// - Returns: The version to name in the next ``StoreCondition/version(_:)``; no later entry
    ///   of the key, even after a removal, has the same.
    /// - Throws: `conflict` if the condition does not hold, `limitExceeded` if the value is too
    ///   large, `unavailable` or `timedOut`. After a throw the old entry is whole.
    @discardableResult
    func put(
        _ value: [UInt8], for key: StoreKey, if condition: StoreCondition, until expiry: Timestamp?
    ) async throws(Failure) -> StoreVersion

    /// Removes one entry if `condition` holds; removing what is absent is no error.
    ///
    /// - Throws: `conflict` if the condition does not hold, `unavailable` or `timedOut`.
    func remove(_ key: StoreKey, if condition: StoreCondition) async throws(Failure)

    /// Lists keys in ascending order of their UTF-8 bytes.
    ///
    /// - Parameters:
    ///   - prefix: What each key starts with; empty for every key.
    ///   - cursor: The last key of the page before, or nil for the first page.
    ///   - limit: The most keys to return, from 1 to ``StoreLimits/pageKeyCountMax``.
    /// - Returns: The keys after `cursor`; fewer than `limit` only on the last page.
    /// - Throws: `unavailable` or `timedOut`.
    func keys(
        prefix: String, after cursor: StoreKey?, limit: Int
    ) async throws(Failure) -> [StoreKey]
}

extension KeyValueStore {
    /// Writes an entry that does not expire.
    @discardableResult
    public func put(
        _ value: [UInt8], for key: StoreKey, if condition: StoreCondition
    ) async throws(Failure) -> StoreVersion {
        try await put(value, for: key, if: condition, until: nil)
    }

    /// Lists every key that starts with `prefix`, page by page.
    public func allKeys(prefix: String) async throws(Failure) -> [StoreKey] {
        var found: [StoreKey] = []
        while true {
            let page = try await keys(
                prefix: prefix, after: found.last, limit: StoreLimits.pageKeyCountMax)
            found += page
            if page.count < StoreLimits.pageKeyCountMax { return found }
        }
    }
}

/// The limits that every store keeps, set to the smallest of the stores we deploy to.
public enum StoreLimits {
    /// The largest value, in bytes.
    public static let valueByteCountMax = 256 * 1024
    /// The most keys in one page.
    public static let pageKeyCountMax = 1_000
}

/// When an entry was last written, as the store counts; opaque, only ever compared for equality.
public struct StoreVersion: Hashable, Sendable {
    /// The store's own number.
    public let rawValue: UInt64

    /// Wraps a number that the store gave out.
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// One value and the version it was written at.
public struct StoreEntry: Hashable, Sendable {
    /// The bytes, as they were put.
    public let value: [UInt8]
    /// The version to name in a write that must not overwrite a newer one.
    public let version: StoreVersion

    /// Pairs a value with its version.
    public init(value: [UInt8], version: StoreVersion) {
        self.value = value
        self.version = version
    }
}

/// What must be true of an entry for a write to happen.
public enum StoreCondition: Hashable, Sendable {
    /// Nothing: the last writer wins.
    case always
    /// There is no entry, or only an expired one.
    case absent
    /// The entry is still at this version.
    case version(StoreVersion)

    /// The entry is still as it was read.
    public init(unchangedSince entry: StoreEntry?) {
        self = entry.map { .version($0.version) } ?? .absent
    }

    /// Whether a write may happen, given the version that is there now.
    public func holds(for current: StoreVersion?) -> Bool {
        switch self {
        case .always: true
        case .absent: current == nil
        case .version(let expected): current == expected
        }
    }
}
