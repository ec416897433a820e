/// Somebody with a GitHub account who can sign in.
public struct Person: Hashable, Sendable {
    /// GitHub's number of the person.
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

    /// Owns every organization of the worlds that come with this package.
    public static let owner = Person(id: 1_001, login: "ola-owner", name: "Ola Owner")
    /// Is a member of each of them and owns none.
    public static let plainMember = Person(id: 1_002, login: "pat-plain", name: "Pat Plain")
    /// Belongs to none of them.
    public static let stranger = Person(
        id: 1_003, login: "sam-stranger", name: "Sam UnrecognizedMessage")
}

/// A person in an organization.
public struct Member: Hashable, Sendable {
    /// GitHub's number of the person.
    public var id: Int64
    /// The login.
    public var login: String
    /// The name on the profile, which may be empty.
    public var name: String?
    /// Addresses in domains that the organization verified.
    public var verifiedEmails: [String]
    /// Whether GitHub refuses the addresses of this one member.
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

    /// Creates a member without a seat from somebody who can sign in.
    public init(_ person: Person, isOwner: Bool) {
        self.init(
            id: person.id, login: person.login, name: person.name, isOwner: isOwner,
            hasSeat: false)
    }
}
