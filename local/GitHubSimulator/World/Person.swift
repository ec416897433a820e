/// A person with a GitHub account who can sign in.
public struct Person: Hashable, Sendable {
    /// The numeric user ID.
    public var id: Int64
    /// The login.
    public var login: String
    /// The name on the profile.
    public var name: String?

    /// Creates a person.
    public init(id: Int64, login: String, name: String? = nil) {
        self.id = id
        self.login = login
        self.name = name
    }

    /// The owner of every organization in the generated and recorded worlds.
    public static let owner = Person(id: 1_001, login: "ola-owner", name: "Ola Owner")
    /// A member of each organization who owns none.
    public static let plainMember = Person(id: 1_002, login: "pat-plain", name: "Pat Plain")
    /// A person who is not a member of any organization.
    public static let stranger = Person(
        id: 1_003, login: "sam-stranger", name: "Sam Stranger")
}

/// A member of an organization.
public struct OrganizationMember: Hashable, Sendable {
    /// The numeric user ID.
    public var id: Int64
    /// The login.
    public var login: String
    /// The name on the profile, which may be empty.
    public var name: String?
    /// Email addresses in domains that the organization verified.
    public var verifiedEmails: [String]
    /// Whether GitHub withholds the addresses of this member.
    public var isEmailForbidden: Bool
    /// Whether the person owns the organization.
    public var isOwner: Bool
    /// Whether the person has a Copilot seat.
    public var hasSeat: Bool

    /// Creates a member with a seat.
    public init(
        id: Int64, login: String, name: String? = nil, verifiedEmails: [String] = [],
        isEmailForbidden: Bool = false, isOwner: Bool = false, hasSeat: Bool = true
    ) {
        self.id = id
        self.login = login
        self.name = name
        self.verifiedEmails = verifiedEmails
        self.isEmailForbidden = isEmailForbidden
        self.isOwner = isOwner
        self.hasSeat = hasSeat
    }

    /// Creates a member without a seat from a person who can sign in.
    public init(_ person: Person, isOwner: Bool) {
        self.init(
            id: person.id, login: person.login, name: person.name, isOwner: isOwner,
            hasSeat: false)
    }
}
