/// One person's authorization and what belongs to it, without its tokens.
public struct Integration: Codable, Hashable, Sendable {
    /// The name it is kept under; authorizing again with the same name renews it.
    public var id: IntegrationID
    /// What the person called it.
    public var name: String
    /// How its samples are tagged.
    public var tags: SampleTags
    /// Who authorized.
    public var user: GitHubUser
    /// When, last.
    public var authorizedAt: Timestamp
    /// The organizations the last tick found, or the callback before it; of very many the first,
    /// as ``list(_:)`` has it.
    public private(set) var organizations: [Installation]
    /// When it was removed; its tokens are gone, and events that still name it do nothing.
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

    /// Lists what was found, by number, for people to read; nothing is collected by it.
    ///
    /// A store's value is limited, and who connects ten thousand does not read them all: it is the
    /// first ``listedCountMax``.
    public mutating func list(_ found: [Installation]) {
        organizations = Array(found.sorted { $0.id < $1.id }.prefix(Self.listedCountMax))
    }

    /// The most organizations that are listed.
    public static let listedCountMax = 800
}

/// How a backend that sorts by application and subsystem files the samples.
public struct SampleTags: Codable, Hashable, Sendable {
    /// The application, `copilot` unless a person chose another.
    public var application: String
    /// The subsystem, if any.
    public var subsystem: String?

    /// Creates tags.
    public init(application: String, subsystem: String? = nil) {
        self.application = application
        self.subsystem = subsystem
    }
}

/// A person on GitHub.
public struct GitHubUser: Codable, Hashable, Sendable {
    /// GitHub's number of the person; it outlives a renaming.
    public var id: Int64
    /// What the person is called now.
    public var login: String

    /// Creates a person.
    public init(id: Int64, login: String) {
        self.id = id
        self.login = login
    }
}

/// The App on one organization.
public struct Installation: Codable, Hashable, Sendable {
    /// GitHub's number of the installation.
    public var id: InstallationID
    /// GitHub's number of the organization; it outlives a renaming.
    public var organizationID: Int64
    /// What the organization is called now.
    public var organization: OrganizationLogin
    /// The permissions that the organization granted, by GitHub's names; the value is the access.
    public var permissions: [String: String]
    /// Why nothing can be collected, when an owner or GitHub suspended the installation.
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
