public import Domain

/// One entry's next value: part of a result, made when the result is.
public enum StateChange: Sendable {
    /// A value, as ``KeyValueStore/put(_:for:if:until:)`` writes it.
    case put([UInt8], for: StoreKey, if: StoreCondition, until: Timestamp?)
    /// What becomes of the value that is there by then, whoever else changes it at the same time.
    ///
    /// The function is asked anew whenever somebody else was faster. It is given nil where there is
    /// no entry, and gives nil to leave things as they are.
    case update(StoreKey, until: Timestamp?, @Sendable ([UInt8]?) -> [UInt8]?)
}

/// The changes that belong to one result, in their order.
public struct StateChanges: Sendable {
    /// No changes.
    public static let none = StateChanges(list: [], store: nil)

    /// The changes.
    public let list: [StateChange]
    /// Where they are to be made; nil if there are none.
    public let store: (any KeyValueStore)?

    /// Collects changes of one store.
    public init(_ list: [StateChange], in store: any KeyValueStore) {
        self.init(list: list, store: store)
    }

    private init(list: [StateChange], store: (any KeyValueStore)?) {
        self.list = list
        self.store = store
    }

    /// Whether there are none.
    public var isEmpty: Bool { list.isEmpty }

    /// Makes the changes, one after another.
    ///
    /// - Throws: `conflict` if an entry is not as a change takes it to be; what the store throws.
    ///   The changes before are made then.
    public func keep() async throws(Failure) {
        for change in list { try await store?.keep(change) }
    }
}

extension KeyValueStore {
    // A change that loses a comparison loses to another collector of the same installation, and
    // there are no more of those than days that are collected at once.
    private static var updateAttemptCountMax: Int { 64 }

    /// Makes one change.
    ///
    /// - Throws: What ``put(_:for:if:until:)`` throws; an update conflicts only where others never
    ///   stop writing.
    public func keep(_ change: StateChange) async throws(Failure) {
        switch change {
        case .put(let value, let key, let condition, let expiry):
            try await put(value, for: key, if: condition, until: expiry)
        case .update(let key, let expiry, let next):
            for left in (0..<Self.updateAttemptCountMax).reversed() {
                let current = try await entry(for: key)
                guard let value = next(current?.value) else { return }
                do {
                    try await put(
                        value, for: key, if: StoreCondition(unchangedSince: current), until: expiry)
                    return
                } catch {
                    guard error.code == .conflict, left > 0 else { throw error }
                }
            }
        }
    }
}
