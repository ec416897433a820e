/// The labels of series.
///
/// They are declared in the byte order of their names, as remote write requires. A test checks the
/// order.
public enum Label: UInt8, CaseIterable, Comparable, Sendable, CustomStringConvertible {
    /// The kind of a review comment.
    case commentType
    /// The Copilot feature.
    case feature
    /// The editor, such as `vscode`.
    case ide
    /// The programming language.
    case language
    /// The model.
    case model
    /// The organization's login. Every series has it.
    case organization
    /// The AI-adoption phase.
    case phase
    /// The billing SKU.
    case sku
    /// GitHub's number of the team.
    case teamID
    /// The team's slug.
    case teamSlug
    /// The billing unit.
    case unitType
    /// The user's e-mail address in a domain that the organization has verified.
    case userEmail
    /// GitHub's number of the user.
    case userID
    /// The user's login.
    case userLogin
    /// The user's display name.
    case userName

    /// The label's name in a series, such as `user_login`.
    public var description: String {
        switch self {
        case .commentType: "comment_type"
        case .feature: "feature"
        case .ide: "ide"
        case .language: "language"
        case .model: "model"
        case .organization: "organization"
        case .phase: "phase"
        case .sku: "sku"
        case .teamID: "team_id"
        case .teamSlug: "team_slug"
        case .unitType: "unit_type"
        case .userEmail: "user_email"
        case .userID: "user_id"
        case .userLogin: "user_login"
        case .userName: "user_name"
        }
    }

    /// The JSON field of GitHub's reports that contains the label's value.
    public var field: String {
        switch self {
        case .teamSlug: "slug"
        case .unitType: "unitType"
        default: description
        }
    }

    /// Whether the label is part of a series' identity.
    ///
    /// A user's display name and e-mail address are not: when one changes, the numbers of the days
    /// before it are still the same, and are not sent again.
    public var isIdentifying: Bool { self != .userEmail && self != .userName }

    /// Orders by name.
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}
