/// A request that the simulated GitHub received, without secrets.
public struct RequestRecord: Hashable, Sendable {
    /// The kind of credential.
    public enum Credential: String, Hashable, Sendable {
        /// No credential.
        case none
        /// A JSON Web Token signed by the App.
        case appToken = "app-jwt"
        /// An installation access token.
        case installationToken = "installation-token"
        /// A user access token.
        case userToken = "user-token"
        /// A personal access token.
        case personalToken = "personal-token"
        /// The App's client secret.
        case clientSecret = "client-secret"
        /// The signature in a report link.
        case signedLink = "signed-link"
        /// Anything else.
        case unknown
    }

    /// The method.
    public let method: String
    /// The path, without the query.
    public let path: String
    /// The operation; nil if the request matched no route.
    public let operation: GitHubOperation?
    /// The kind of credential.
    public let credential: Credential
    /// The status code of the response.
    public let status: Int
}
