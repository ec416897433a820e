/// The labels that a series may carry.
///
/// They are declared in the order of their names' bytes, which is the order in which remote write
/// wants them; a test holds the declaration to it.
public enum Label: UInt8, CaseIterable, Comparable, Sendable, CustomStringConvertible {
    /// The kind of a review comment.
    case commentType
    /// The Copilot feature.
    case feature
    /// The editor.
    case ide
    /// The programming language.
    case language
    /// The model.
    case model
    /// The organization's login; on every series.
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
    /// The organization-verified address of the user.
    case userEmail
    /// GitHub's number of the user.
    case userID
    /// The user's login.
    case userLogin
    /// The user's display name.
    case userName

    /// The label's name in a series.
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

    /// The field of GitHub's JSON that holds the label's value, beside the fields it labels.
    public var field: String {
        switch self {
        case .teamSlug: "slug"
        case .unitType: "unitType"
        default: description
        }
    }

    /// Whether the label tells one person from another without saying anything that counts: a new
    /// name or address of a user does not make yesterday's numbers new.
    public var isDecoration: Bool { self == .userEmail || self == .userName }

    /// Orders by name.
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}
