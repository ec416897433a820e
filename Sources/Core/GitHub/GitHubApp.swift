public import Domain

/// The GitHub App that everything is asked as.
public struct GitHubApp: Sendable {
    /// The App's number; empty if only the client id is known.
    public let id: String
    /// The client id that people authorize.
    public let clientID: String
    /// Proves to GitHub that an authorization code is redeemed by the App.
    public let clientSecret: Secret
    /// The App's name in addresses, such as `copilot-usage`.
    public let slug: String

    /// Creates an App's identity.
    public init(id: String, clientID: String, clientSecret: Secret, slug: String) {
        self.id = id
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.slug = slug
    }
}

/// A permission that the App needs on an organization, always to read.
public struct Permission: Hashable, Sendable {
    /// GitHub's key of it, as it stands in an installation.
    public let name: String
    /// What the settings page calls it.
    public let label: String

    /// The three reports.
    public static let copilotMetrics = Permission(
        name: "organization_copilot_metrics", label: "Organization Copilot metrics")
    /// The billing summary.
    public static let administration = Permission(
        name: "organization_administration", label: "Administration")
    /// The names, the addresses and who is an owner.
    public static let members = Permission(name: "members", label: "Members")

    /// All that the App needs.
    public static let needed = [copilotMetrics, administration, members]

    /// What a person has to do to grant it.
    ///
    /// - Parameter organization: On which organization, or what to call it.
    /// - Returns: One sentence, without a full stop.
    public func advice(for organization: some CustomStringConvertible) -> String {
        """
        the App lacks the organization permission "\(label): read" (\(name)) on \(organization): \
        add it in the App's settings if it is not there, then an owner of \(organization) must \
        approve it
        """
    }
}
