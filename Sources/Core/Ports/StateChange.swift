public import Domain

/// A change of one entry of the store: part of a function's conclusion, and applied with it.
public enum StateChange: Sendable {
    /// Writes a value, as ``KeyValueStore/put(_:for:if:until:)`` does.
    case put([UInt8], for: StoreKey, if: StoreCondition, until: Timestamp?)
    /// Updates a value, also while others update it.
    ///
    /// The function computes the new value from the present one, and is called again if another
    /// writer was faster. It receives nil if there is no entry, and returns nil to change nothing.
    case update(StoreKey, until: Timestamp?, @Sendable ([UInt8]?) -> [UInt8]?)
}

/// The state changes of one conclusion, in order.
public struct StateChanges: Sendable {
    /// No changes.
    public static let none = StateChanges(list: [], store: nil)

    /// The changes.
    public let list: [StateChange]
    /// The store to change; nil if there are no changes.
    public let store: (any KeyValueStore)?

    /// Creates changes of one store.
    public init(_ list: [StateChange], in store: any KeyValueStore) {
        self.init(list: list, store: store)
    }

    private init(list: [StateChange], store: (any KeyValueStore)?) {
        self.list = list
        self.store = store
    }

    /// Whether there are no changes.
    public var isEmpty: Bool { list.isEmpty }

    /// Applies the changes, one after another.
    ///
    /// - Throws: `conflict` if a condition does not hold, or the error of the store. Earlier changes
    ///   remain.
    public func keep() async throws(Failure) {
        for change in list { try await store?.keep(change) }
    }
}

extension KeyValueStore {
    // A conflict means that another collector of the same installation succeeded. There are no more
    // of those than days being collected at once.
    private static var updateAttemptCountMax: Int { 64 }

    /// Applies one change.
    ///
    /// - Throws: What ``put(_:for:if:until:)`` throws. An update is attempted up to 64 times before
    ///   it throws `conflict`.
    public func keep(_ change: StateChange) async throws(Failure) {
        switch change {
        case .put(let value, let key, let condition, let expiry):
            try await put(value, for: key, if: condition, until: expiry)
        case .update(let key, let expiry, let next):
            for left in (0..<Self.updateAttemptCountMax).reversed() {
                let current: StoreEntry?
                let condition: StoreCondition
                do throws(Failure) {
                    current = try await entry(for: key)
                    condition = StoreCondition(unchangedSince: current)
                } catch  where error.code == .unreadableState {
                    // A damaged entry counts as none, and is replaced.
                    (current, condition) = (nil, .always)
                }
                guard let value = next(current?.value) else { return }
                do {
                    try await put(value, for: key, if: condition, until: expiry)
                    return
                } catch {
                    guard error.code == .conflict, left > 0 else { throw error }
                }
            }
        }
    }
}
