public import Domain

/// A store of bytes by key: all state between events.
///
/// ``StoreKey`` lists the keys.
///
/// Every adapter passes the test suite `KeyValueStoreConformance`; only what that suite tests is
/// guaranteed. Every adapter, also the one in memory, enforces ``StoreLimits``. An adapter compares
/// expiry times with its ``WallClock`` when it reads: an expired entry is absent, whether or not it
/// was deleted.
public protocol KeyValueStore: Sendable {
    /// Reads one entry.
    ///
    /// - Returns: The value and its version; nil if there is no entry.
    /// - Throws: `unavailable` or `timedOut`; a read never conflicts. `unreadableState` if the entry is
    ///   damaged; then it can still be written or removed with the condition `always`.
    func entry(for key: StoreKey) async throws(Failure) -> StoreEntry?

    /// Writes one entry if `condition` holds. The check and the write are atomic.
    ///
    /// - Parameters:
    ///   - value: The bytes, at most ``StoreLimits/valueByteCountMax``.
    ///   - condition: The condition on the present entry.
    ///   - expiry: The time from which the entry is absent; nil for never.
    /// - Returns: The new version, for ``StoreCondition/version(_:)``. No later entry of the key has
    ///   the same version, even after a removal.
    /// - Throws: `conflict` if the condition does not hold; `limitExceeded` if the value is too
    ///   large; `unavailable` or `timedOut`. A write that throws never leaves a partial entry.
    @discardableResult
    func put(
        _ value: [UInt8], for key: StoreKey, if condition: StoreCondition, until expiry: Timestamp?
    ) async throws(Failure) -> StoreVersion

    /// Removes one entry if `condition` holds. Removing an absent entry is not an error.
    ///
    /// - Throws: `conflict` if the condition does not hold, `unavailable` or `timedOut`.
    func remove(_ key: StoreKey, if condition: StoreCondition) async throws(Failure)

    /// Lists keys in ascending order of their bytes, one page at a time.
    ///
    /// - Parameters:
    ///   - prefix: The prefix of the keys; empty for all.
    ///   - cursor: The last key of the previous page; nil for the first page.
    ///   - limit: The most keys to return, 1 to ``StoreLimits/pageKeyCountMax``.
    /// - Returns: The keys after `cursor`. Only the last page has fewer than `limit` keys.
    /// - Throws: `unavailable` or `timedOut`.
    func keys(
        prefix: String, after cursor: StoreKey?, limit: Int
    ) async throws(Failure) -> [StoreKey]

    /// Moves all entries to the newest layout of the store, while nothing else uses it.
    ///
    /// It can be interrupted and run again. Until it has succeeded, all other calls fail.
    ///
    /// - Returns: How many entries moved; 0 if there was nothing to do.
    /// - Throws: `conflict` if an entry changed meanwhile, `newerFormat` if the layout is newer than this
    ///   program, `unavailable` or `timedOut`.
    func migrate() async throws(Failure) -> Int

    /// Describes what ``migrate()`` would change, as the beginning of a sentence; nil if nothing.
    func pendingMigration() async throws(Failure) -> String?

    /// Names what lies among the entries and is none, which all other calls pass over.
    ///
    /// - Throws: `unavailable` or `timedOut`.
    func strangers() async throws(Failure) -> [String]
}

extension KeyValueStore {
    /// Has nothing to do in a store that has had only one layout.
    public func migrate() async throws(Failure) -> Int { 0 }

    /// Has nothing to describe in a store that has had only one layout.
    public func pendingMigration() async throws(Failure) -> String? { nil }

    /// Has none in a store where nobody else can put anything.
    public func strangers() async throws(Failure) -> [String] { [] }

    /// Writes an entry that does not expire.
    @discardableResult
    public func put(
        _ value: [UInt8], for key: StoreKey, if condition: StoreCondition
    ) async throws(Failure) -> StoreVersion {
        try await put(value, for: key, if: condition, until: nil)
    }

    /// Reads an entry that is derived from others, or is not needed: a damaged one counts as none.
    public func readableEntry(for key: StoreKey) async throws(Failure) -> StoreEntry? {
        do throws(Failure) {
            return try await entry(for: key)
        } catch  where error.code == .unreadableState {
            return nil
        }
    }

    /// Lists all keys with a prefix.
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

/// The limits of every store: the smallest of all supported databases.
public enum StoreLimits {
    /// The largest size of a value, in bytes.
    public static let valueByteCountMax = 256 * 1024
    /// The largest number of keys per page.
    public static let pageKeyCountMax = 1_000
}

/// An opaque version of an entry.
///
/// It changes with every write and is only compared for equality.
public struct StoreVersion: Hashable, Sendable {
    /// The store's number.
    public let rawValue: UInt64

    /// Wraps a number from the store.
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// A value and its version.
public struct StoreEntry: Hashable, Sendable {
    /// The bytes.
    public let value: [UInt8]
    /// The version, for a write that must not replace a newer entry.
    public let version: StoreVersion

    /// Pairs a value with its version.
    public init(value: [UInt8], version: StoreVersion) {
        self.value = value
        self.version = version
    }
}

/// The condition of a write on the present entry.
public enum StoreCondition: Hashable, Sendable {
    /// No condition: the last writer wins.
    case always
    /// There is no entry, or it has expired.
    case absent
    /// The entry has this version.
    case version(StoreVersion)

    /// Creates the condition that the entry has not changed since it was read.
    public init(unchangedSince entry: StoreEntry?) {
        self = entry.map { .version($0.version) } ?? .absent
    }

    /// Returns whether the condition holds, given the present version.
    public func holds(for current: StoreVersion?) -> Bool {
        switch self {
        case .always: true
        case .absent: current == nil
        case .version(let expected): current == expected
        }
    }
}
