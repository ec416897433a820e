/// One request that reached the simulated GitHub, without anything secret.
public struct RequestRecord: Hashable, Sendable {
    /// What a request proved itself with.
    public enum Credential: String, Hashable, Sendable {
        /// Nothing.
        case none
        /// A JSON web token that the App signed.
        case appToken = "app-jwt"
        /// An installation access token.
        case installationToken = "installation-token"
        /// A user access token.
        case userToken = "user-token"
        /// The App's client secret.
        case clientSecret = "client-secret"
        /// The signature in a report link.
        case signedLink = "signed-link"
        /// Something else.
        case unknown
    }

    /// The method.
    public let method: String
    /// The path, without the query.
    public let path: String
    /// What was asked for; nil if there is no such thing.
    public let operation: Operation?
    /// What the request proved itself with.
    public let credential: Credential
    /// The status that was answered.
    public let status: Int
}
