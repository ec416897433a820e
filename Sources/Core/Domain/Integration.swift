/// One person's authorization, without its tokens.
///
///     {
///       "id": "1001-copilot", "name": "copilot", "tags": {"application": "copilot"},
///       "user": {"id": 1001, "login": "ola-owner"}, "authorizedAt": "2026-11-20T10:15:00Z",
///       "organizations": [{
///         "id": 555, "organizationID": 42, "organization": "acme",
///         "permissions": {"organization_copilot_metrics": "read"}
///       }]
///     }
public struct Integration: Codable, Hashable, Sendable {
    /// The key of the integration.
    ///
    /// Authorizing again with the same name renews the integration.
    public var id: IntegrationID
    /// The name that the person chose.
    public var name: String
    /// The tags of its samples.
    public var tags: SampleTags
    /// The person who authorized.
    public var user: GitHubUser
    /// The time of the latest authorization.
    public var authorizedAt: Timestamp
    /// The organizations that the latest tick or the authorization found, at most
    /// ``listedCountMax`` of them.
    ///
    /// For people to read, and to tell which integrations have organizations in common.
    public private(set) var organizations: [Installation]
    /// The time of removal.
    ///
    /// The tokens are deleted, and events for the integration do nothing.
    public var removedAt: Timestamp?

    /// Creates an integration.
    public init(
        id: IntegrationID, name: String, tags: SampleTags, user: GitHubUser,
        authorizedAt: Timestamp, organizations: [Installation], removedAt: Timestamp? = nil
    ) {
        self.id = id
        self.name = name
        self.tags = tags
        self.user = user
        self.authorizedAt = authorizedAt
        self.organizations = []
        self.removedAt = removedAt
        list(organizations)
    }

    /// Lists the first ``listedCountMax`` of the found organizations, sorted by number.
    ///
    /// The list is bounded because stores limit the size of a value.
    public mutating func list(_ found: [Installation]) {
        organizations = Array(found.sorted { $0.id < $1.id }.prefix(Self.listedCountMax))
    }

    /// The most organizations to list.
    public static let listedCountMax = 800

    /// Whether the list certainly has all organizations that were found.
    public var isListComplete: Bool { organizations.count < Self.listedCountMax }
}

/// The application and subsystem names under which a backend such as Coralogix files samples.
public struct SampleTags: Codable, Hashable, Sendable {
    /// The application name; `copilot` by default.
    public var application: String
    /// The subsystem name, if any.
    public var subsystem: String?

    /// Creates tags.
    public init(application: String, subsystem: String? = nil) {
        self.application = application
        self.subsystem = subsystem
    }
}

/// A person on GitHub.
public struct GitHubUser: Codable, Hashable, Sendable {
    /// GitHub's number of the person.
    ///
    /// It does not change when the person is renamed.
    public var id: Int64
    /// The person's current login.
    public var login: String

    /// Creates a person.
    public init(id: Int64, login: String) {
        self.id = id
        self.login = login
    }
}

/// An installation of the GitHub App on one organization.
public struct Installation: Codable, Hashable, Sendable {
    /// GitHub's number of the installation.
    public var id: InstallationID
    /// GitHub's number of the organization.
    ///
    /// It does not change when the organization is renamed.
    public var organizationID: Int64
    /// The organization's current login.
    public var organization: OrganizationLogin
    /// The access that the organization granted, such as `read`, by GitHub's permission name.
    public var permissions: [String: String]
    /// The time when an owner or GitHub suspended the installation, if it is suspended.
    public var suspendedAt: Timestamp?

    /// Creates an installation.
    public init(
        id: InstallationID, organizationID: Int64, organization: OrganizationLogin,
        permissions: [String: String], suspendedAt: Timestamp? = nil
    ) {
        self.id = id
        self.organizationID = organizationID
        self.organization = organization
        self.permissions = permissions
        self.suspendedAt = suspendedAt
    }
}
