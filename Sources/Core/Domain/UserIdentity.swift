/// What the samples of a user say about who the user is: `USER_IDENTITY`.
public enum UserIdentity: String, Codable, CaseIterable, Sendable {
    /// Login, number, address and name.
    case full
    /// Login and number.
    case login
    /// A keyed pseudonym in place of login and number, the same every day.
    case pseudonym
    /// No series of single users at all.
    case none
}
