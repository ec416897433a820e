public import Domain

/// The labels that identify a user, and how.
public struct Identity: Sendable {
    /// The setting.
    public let mode: UserIdentity
    private let key: @Sendable (String) -> String

    /// Creates an identity without pseudonyms.
    ///
    /// - Parameter mode: Any mode except `pseudonym`.
    public init(_ mode: UserIdentity) {
        precondition(mode != .pseudonym, "pseudonyms need a key")
        self.mode = mode
        key = { $0 }
    }

    /// Creates an identity of pseudonyms.
    ///
    /// - Parameter pseudonym: A keyed one-way function. It returns the same text for the same person,
    ///   and nobody without the key can find out who that is.
    public init(pseudonym: @escaping @Sendable (String) -> String) {
        mode = .pseudonym
        key = pseudonym
    }

    func pseudonym(_ person: String) -> String { key(person) }
}
