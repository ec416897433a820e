public import Domain
public import Ports

/// The sealed entries of a store, which are found by listing it.
///
/// After a new key was put first, ``reseal(progress:)`` seals all of them under it, and then the other
/// keys may go.
public struct SealedEntries: Sendable {
    /// One sealed entry.
    public struct Entry: Sendable {
        /// Its key in the store.
        public let key: StoreKey
        /// The position of the encryption key that sealed it; nil if that key is not configured.
        public let position: Int?
        /// Why it cannot be opened; nil if it can.
        public let failure: Failure?
    }

    /// What came of sealing all entries again.
    public struct Resealed: Codable, Sendable {
        /// How many were sealed again.
        public var resealed = 0
        /// How many were sealed with the first key already.
        public var current = 0
        /// The entries that could not be sealed again, and why.
        public var failed: [Failed] = []

        /// An entry that could not be sealed again.
        public struct Failed: Codable, Sendable {
            /// Its key in the store.
            public var key: String
            /// The reason, and what to do.
            public var reason: String
        }
    }

    // A conflict means that a tick has just sealed new tokens. There are few of those.
    private static let attemptCountMax = 16

    private let store: any KeyValueStore
    private let vault: any Vault

    /// Creates a reader of `store`.
    ///
    /// - Parameter vault: Has every key that may have sealed something.
    public init(store: any KeyValueStore, vault: any Vault) {
        self.store = store
        self.vault = vault
    }

    /// Opens every sealed entry.
    ///
    /// - Returns: The entries by key, also those that cannot be opened.
    /// - Throws: What the store throws.
    public func all() async throws(Failure) -> [Entry] {
        var found: [Entry] = []
        for key in try await keys() {
            do throws(Failure) {
                guard let (position, _) = try await opened(key) else { continue }
                found.append(
                    Entry(key: key, position: position.position, failure: position.failure))
            } catch  where error.concernsEntry {
                found.append(Entry(key: key, position: nil, failure: error))
            }
        }
        return found
    }

    /// Seals every entry again that was not sealed with the first key.
    ///
    /// It can be interrupted and repeated, and ticks may run meanwhile: an entry that changed since it was
    /// read is read again.
    ///
    /// - Parameter progress: Receives each entry that was sealed again.
    /// - Throws: What the store throws, except about one entry.
    public func reseal(
        progress: (StoreKey) -> Void = { _ in }
    ) async throws(Failure) -> Resealed {
        var result = Resealed()
        for key in try await keys() {
            do throws(Failure) {
                switch try await reseal(key) {
                case true?:
                    result.resealed += 1
                    progress(key)
                case false?: result.current += 1
                case nil: break
                }
            } catch  where error.concernsEntry || error.code == .conflict {
                result.failed.append(
                    Resealed.Failed(key: key.description, reason: error.message))
            }
        }
        return result
    }

    /// Says how many entries each key opens, such as `opens 3 sealed entries: 2 with the first key, 1
    /// with the second`; nil if there is none.
    public static func counts(_ entries: [Entry]) -> String? {
        guard !entries.isEmpty else { return nil }
        let total =
            entries.count == 1
            ? "opens the sealed entry" : "opens all \(entries.count) sealed entries"
        let positions = Dictionary(grouping: entries.compactMap(\.position)) { $0 }.mapValues(
            \.count)
        let parts = positions.sorted { $0.key < $1.key }.map { position, count in
            "\(count) with key \(position + 1)"
        }
        return "\(total): \(parts.joined(separator: ", ")) of STATE_ENCRYPTION_KEYS"
    }

    /// Seals one entry again.
    ///
    /// - Returns: Whether it had to be; nil if the entry is not sealed, or is gone.
    private func reseal(_ key: StoreKey) async throws(Failure) -> Bool? {
        for left in (0..<Self.attemptCountMax).reversed() {
            guard let (opening, version) = try await opened(key) else { return nil }
            if let failure = opening.failure { throw failure }
            guard opening.position != 0, let secret = opening.secret else { return false }
            do throws(Failure) {
                // Sealed entries do not expire.
                try await store.put(vault.seal(secret, for: key), for: key, if: .version(version))
                return true
            } catch  where error.code == .conflict && left > 0 {}
        }
        return nil
    }

    private struct Opening {
        var position: Int?
        var secret: Secret?
        var failure: Failure?
    }

    /// Opens an entry; nil if it is not sealed, or is gone.
    private func opened(_ key: StoreKey) async throws(Failure) -> (Opening, StoreVersion)? {
        guard let entry = try await store.entry(for: key) else { return nil }
        guard let sealing = vault.key(of: entry.value) else {
            guard key.kind?.isSealed ?? false else { return nil }
            throw Failure(.unreadableState, "the entry \(key) is not a sealed secret")
        }
        var opening = Opening()
        if case .configured(let position) = sealing { opening.position = position }
        do throws(Failure) {
            opening.secret = try vault.open(entry.value, from: key)
        } catch {
            opening.failure = error
        }
        return (opening, entry.version)
    }

    /// The keys of entries that are or may be sealed: all but the kinds that never are.
    private func keys() async throws(Failure) -> [StoreKey] {
        try await store.allKeys(prefix: "").filter { $0.kind?.isSealed ?? true }
    }
}
