/// How samples identify users: the setting `USER_IDENTITY`.
public enum UserIdentity: String, Codable, CaseIterable, Sendable {
    /// By login, number, e-mail address and name.
    case full
    /// By login and number.
    case login
    /// By a keyed pseudonym instead of login and number. It is the same every day.
    case pseudonym
    /// Not at all: there are no series of individual users.
    case none
}
