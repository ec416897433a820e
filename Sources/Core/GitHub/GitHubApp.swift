public import Domain

/// The GitHub App that makes all requests.
public struct GitHubApp: Sendable {
    /// The App ID; empty if only the client ID is known.
    public let id: String
    /// The client ID of the authorization flow.
    public let clientID: String
    /// The client secret, which proves to GitHub that the App itself redeems an authorization code.
    public let clientSecret: Secret
    /// The App's name in URLs, such as `copilot-usage`.
    public let slug: String

    /// Creates an App's identity.
    public init(id: String, clientID: String, clientSecret: Secret, slug: String) {
        self.id = id
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.slug = slug
    }
}

/// A read permission that the App needs on every organization.
public struct Permission: Hashable, Sendable {
    /// GitHub's key for the permission, as in an installation's `permissions`.
    public let name: String
    /// The permission's name on GitHub's settings pages.
    public let label: String

    /// Needed for the three reports.
    public static let copilotMetrics = Permission(
        name: "organization_copilot_metrics", label: "Organization Copilot metrics")
    /// Needed for the bill.
    public static let administration = Permission(
        name: "organization_administration", label: "Administration")
    /// Needed for members' names and e-mail addresses, and to find out who is an owner.
    public static let members = Permission(name: "members", label: "Members")

    /// All permissions that the App needs.
    public static let needed = [copilotMetrics, administration, members]

    /// A message that reports the missing permission and how to grant it, without a final full stop.
    ///
    /// - Parameter organization: The organization's login, or a phrase that can stand for it.
    public func advice(for organization: some CustomStringConvertible) -> String {
        """
        the App lacks the organization permission "\(label): read" (\(name)) on \(organization). \
        Add it in the App's settings if it is missing there; then an owner of \(organization) must \
        approve it
        """
    }
}
