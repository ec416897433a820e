public import Domain

/// An organization: its members, its settings and its history.
public struct SimulatedOrganization: Sendable {
    /// The login, in GitHub's spelling.
    public var login: String
    /// The numeric ID.
    public var id: Int64
    /// The numeric ID of its enterprise; nil if it has none.
    public var enterpriseID: Int64?
    /// The App's installation; nil if the App is not installed.
    public var installation: SimulatedInstallation?
    /// The members, including owners.
    public var members: [OrganizationMember]
    /// The teams.
    public var teams: [OrganizationTeam]
    /// Whether the "Copilot usage metrics" policy is on.
    public var isPolicyOn: Bool
    /// Whether an enterprise pays, so that the organization has no bill of its own.
    public var isBilledElsewhere: Bool
    /// The use of Copilot.
    public var history: History

    /// Creates an organization that allows everything and pays for itself.
    public init(
        login: String, id: Int64, enterpriseID: Int64? = nil,
        installation: SimulatedInstallation?, members: [OrganizationMember],
        teams: [OrganizationTeam] = [],
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

    /// Whether the files of all reports are those of another organization, byte for byte.
    func hasReports(of other: SimulatedOrganization) -> Bool {
        (login, id, enterpriseID) == (other.login, other.id, other.enterpriseID)
            && members == other.members && teams == other.teams && history == other.history
    }

    /// The member with this ID.
    func member(_ id: Int64) -> OrganizationMember? { members.first { $0.id == id } }

    /// Whether this person owns the organization.
    func isOwned(by id: Int64) -> Bool { member(id)?.isOwner ?? false }
}

/// The App's installation on an organization.
public struct SimulatedInstallation: Hashable, Sendable {
    /// Every permission that a collector asks for.
    public static let fullPermissions = [
        "members": "read", "organization_administration": "read",
        "organization_copilot_metrics": "read",
    ]

    /// The numeric ID.
    public var id: Int64
    /// The granted permissions, by GitHub's names.
    public var permissions: [String: String]
    /// When it was suspended; nil if it is active.
    public var suspendedAt: Timestamp?

    /// Creates an installation with every permission by default.
    public init(
        id: Int64, permissions: [String: String] = fullPermissions, suspendedAt: Timestamp? = nil
    ) {
        self.id = id
        self.permissions = permissions
        self.suspendedAt = suspendedAt
    }
}

/// The App's installation on an account that is not an organization.
public struct OtherInstallation: Hashable, Sendable {
    /// The kind of account, by GitHub's `target_type`.
    public enum Target: String, Sendable {
        /// A personal account.
        case user = "User"
        /// An enterprise.
        case enterprise = "Enterprise"
    }

    /// The numeric ID of the installation.
    public var id: Int64
    /// The login of the account.
    public var login: String
    /// The numeric ID of the account.
    public var accountID: Int64
    /// The kind of account.
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
public struct OrganizationTeam: Hashable, Sendable {
    /// The numeric ID.
    public var id: Int64
    /// The name in URLs.
    public var slug: String
    /// The user IDs of the members.
    public var memberIDs: [Int64]

    /// Creates a team.
    public init(id: Int64, slug: String, memberIDs: [Int64]) {
        self.id = id
        self.slug = slug
        self.memberIDs = memberIDs
    }
}
