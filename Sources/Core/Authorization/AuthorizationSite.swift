public import Domain
import Ports
import Toolbox

/// The two web routes of an authorization, the token that guards them, and the cookie between them.
public struct AuthorizationSite: Sendable {
    /// The URL at which an authorization begins.
    public let authorizeURL: String
    /// The callback URL, to which GitHub redirects the browser.
    ///
    /// It is registered with the App.
    public let callbackURL: String
    /// The token that a person must present to begin; nil on loopback, which only this machine reaches.
    public let setupToken: SetupToken?
    private let isSecure: Bool

    /// Checks the settings of both authorization functions.
    ///
    /// - Parameters:
    ///   - publicURL: The value of `PUBLIC_URL`.
    ///   - setupToken: The value of `SETUP_TOKEN`; nil or empty if it is not set.
    /// - Throws: `misconfigured`, naming the variable. A page that other machines can reach needs a
    ///   token, because otherwise anyone could connect an account to this backend.
    public init(publicURL: String, setupToken: Secret?) throws(Failure) {
        let base = try Origin.base(publicURL, "PUBLIC_URL")
        let isLoopback = Origin(base)?.isLoopback ?? false
        self.setupToken = SetupToken(setupToken)
        guard isLoopback || self.setupToken != nil else {
            throw Failure(
                .misconfigured,
                """
                SETUP_TOKEN is not set, although PUBLIC_URL can be reached from other machines. Set it \
                to a random secret
                """)
        }
        authorizeURL = base + "/authorize"
        callbackURL = base + "/authorize/callback"
        isSecure = base.hasPrefix("https:")
    }

    /// The cookie's name.
    ///
    /// The prefix `__Host-` makes browsers send the cookie to this host only. It requires `Secure`,
    /// which browsers reject over plain HTTP. Source: RFC 6265bis, section 4.1.3.2.
    private var cookieName: String {
        isSecure ? "__Host-copilot-usage-authorization" : "copilot-usage-authorization"
    }

    /// The `Set-Cookie` value that binds an authorization to a browser.
    ///
    /// - Parameters:
    ///   - secret: A sealed ``PendingAuthorization``.
    ///   - lifetime: The time until the browser deletes the cookie, in whole seconds.
    public func cookie(_ secret: String, lifetime: Duration) -> String {
        // Lax, because browsers omit Strict cookies when they come back from GitHub.
        let attributes = "Path=/; Max-Age=\(lifetime.components.seconds); HttpOnly; SameSite=Lax"
        return "\(cookieName)=\(secret); \(attributes)\(isSecure ? "; Secure" : "")"
    }

    /// The `Set-Cookie` value that makes a browser delete the cookie.
    public var expiredCookie: String { cookie("", lifetime: .zero) }

    /// Finds the secret among a request's cookies.
    ///
    /// - Parameter headers: The request's headers by lower-case name.
    public func cookieSecret(in headers: [String: String]) -> String? {
        for pair in (headers["cookie"] ?? "").split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0].filter({ $0 != " " }) == cookieName else { continue }
            return parts[1].trimmed { $0 == " " }
        }
        return nil
    }
}
