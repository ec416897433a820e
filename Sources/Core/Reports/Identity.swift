public import Domain

/// Which labels tell who a user is, and how.
public struct Identity: Sendable {
    /// The setting.
    public let mode: UserIdentity
    private let key: @Sendable (String) -> String

    /// Creates an identity that shows who a user is, or nobody.
    ///
    /// - Parameter mode: Any mode but `pseudonym`, which needs a key.
    public init(_ mode: UserIdentity) {
        precondition(mode != .pseudonym, "pseudonyms need a key")
        self.mode = mode
        key = { $0 }
    }

    /// Creates an identity of pseudonyms.
    ///
    /// - Parameter pseudonym: A keyed one-way function: the same person gives the same text, and
    ///   nobody without the key can find out who it is.
    public init(pseudonym: @escaping @Sendable (String) -> String) {
        mode = .pseudonym
        key = pseudonym
    }

    func pseudonym(_ person: String) -> String { key(person) }
}
