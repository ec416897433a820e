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
    private let binding: BrowserCookie

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
        binding = BrowserCookie(
            "copilot-usage-authorization", isSecure: base.hasPrefix("https:"))
    }

    /// The `Set-Cookie` value that binds an authorization to a browser.
    ///
    /// - Parameters:
    ///   - secret: A sealed ``PendingAuthorization``.
    ///   - lifetime: The time until the browser deletes the cookie, in whole seconds.
    public func cookie(_ secret: String, lifetime: Duration) -> String {
        binding.field(secret, lifetime: lifetime)
    }

    /// The `Set-Cookie` value that makes a browser delete the cookie.
    public var expiredCookie: String { cookie("", lifetime: .zero) }

    /// Finds the secret among a request's cookies.
    ///
    /// - Parameter headers: The request's headers by lower-case name.
    public func cookieSecret(in headers: [String: String]) -> String? {
        binding.secret(in: headers)
    }
}
