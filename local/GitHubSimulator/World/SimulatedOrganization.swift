public import Domain

/// An organization: who is in it, what it allows and what it did.
public struct SimulatedOrganization: Sendable {
    /// The login, as GitHub spells it.
    public var login: String
    /// GitHub's number of it.
    public var id: Int64
    /// GitHub's number of its enterprise; nil if it stands alone.
    public var enterpriseID: Int64?
    /// The App on it; nil before somebody installs it.
    public var installation: SimulatedInstallation?
    /// Who is a member, owners included.
    public var members: [Member]
    /// Its teams.
    public var teams: [Team]
    /// Whether the "Copilot usage metrics" policy is on.
    public var isPolicyOn: Bool
    /// Whether an enterprise pays, so that the organization's own billing does not exist.
    public var isBilledElsewhere: Bool
    /// What was done with Copilot.
    public var history: History

    /// Creates an organization that allows everything and pays for itself.
    public init(
        login: String, id: Int64, enterpriseID: Int64? = nil,
        installation: SimulatedInstallation?, members: [Member], teams: [Team] = [],
        isPolicyOn: Bool = true, isBilledElsewhere: Bool = false, history: History
    ) {
        self.login = login
        self.id = id
        self.enterpriseID = enterpriseID
        self.installation = installation
        self.members = members
        self.teams = teams
        self.isPolicyOn = isPolicyOn
        self.isBilledElsewhere = isBilledElsewhere
        self.history = history
    }

    /// The member with this number.
    func member(_ id: Int64) -> Member? { members.first { $0.id == id } }

    /// Whether this person owns the organization.
    func isOwned(by id: Int64) -> Bool { member(id)?.isOwner ?? false }
}

/// The App on an organization.
public struct SimulatedInstallation: Hashable, Sendable {
    /// All that a collector asks for, granted.
    public static let fullPermissions = [
        "members": "read", "organization_administration": "read",
        "organization_copilot_metrics": "read",
    ]

    /// GitHub's number of it.
    public var id: Int64
    /// What was granted, by GitHub's names.
    public var permissions: [String: String]
    /// When it was suspended; nil if it works.
    public var suspendedAt: Timestamp?

    /// Creates an installation that was granted everything.
    public init(
        id: Int64, permissions: [String: String] = fullPermissions, suspendedAt: Timestamp? = nil
    ) {
        self.id = id
        self.permissions = permissions
        self.suspendedAt = suspendedAt
    }
}

/// The App on an account that is no organization.
public struct OtherInstallation: Hashable, Sendable {
    /// What kind of account, as GitHub's `target_type` has it.
    public enum Target: String, Sendable {
        /// A person's own account.
        case user = "User"
        /// An enterprise.
        case enterprise = "Enterprise"
    }

    /// GitHub's number of the installation.
    public var id: Int64
    /// The account's name.
    public var login: String
    /// GitHub's number of the account.
    public var accountID: Int64
    /// What kind of account it is.
    public var target: Target

    /// Creates an installation.
    public init(id: Int64, login: String, accountID: Int64, target: Target) {
        self.id = id
        self.login = login
        self.accountID = accountID
        self.target = target
    }
}

/// A team of an organization.
public struct Team: Hashable, Sendable {
    /// GitHub's number of it.
    public var id: Int64
    /// The name as it stands in addresses.
    public var slug: String
    /// Who is in it, by number.
    public var memberIDs: [Int64]

    /// Creates a team.
    public init(id: Int64, slug: String, memberIDs: [Int64]) {
        self.id = id
        self.slug = slug
        self.memberIDs = memberIDs
    }
}
