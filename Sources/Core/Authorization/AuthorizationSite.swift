import Toolbox
public import Domain
import Ports

/// Where people authorize: the two web routes, who may open them, and the cookie between them.
public struct AuthorizationSite: Sendable {
    /// Where an authorization begins.
    public let authorizeURL: String
    /// Where GitHub sends the browser back to; it is registered with the App.
    public let callbackURL: String
    /// What a person must present to begin; nil on loopback, where only this machine gets in.
    public let setupToken: Secret?
    private let isSecure: Bool

    /// Checks the settings of both authorization functions.
    ///
    /// - Parameters:
    ///   - publicURL: The value of `PUBLIC_URL`.
    ///   - setupToken: The value of `SETUP_TOKEN`, if there is one.
    /// - Throws: `misconfigured`, naming the variable: the page is open to the world, so without a
    ///   token anybody could connect an account to this backend.
    public init(publicURL: String, setupToken: Secret?) throws(Failure) {
        let base = try Origin.base(publicURL, "PUBLIC_URL")
        let isLoopback = Origin(base)?.isLoopback ?? false
        let isEmpty = setupToken?.reveal(\.isEmpty) ?? true
        guard isLoopback || !isEmpty else {
            throw Failure(
                .misconfigured,
                "SETUP_TOKEN must be set, because PUBLIC_URL can be reached from other machines")
        }
        authorizeURL = base + "/authorize"
        callbackURL = base + "/authorize/callback"
        self.setupToken = isEmpty ? nil : setupToken
        isSecure = base.hasPrefix("https:")
    }

    /// What the cookie is called.
    ///
    /// `__Host-` makes a browser keep it to this very host; it asks for `Secure`, which a browser
    /// does not take over plain http. Source: RFC 6265bis, section 4.1.3.2.
    private var cookieName: String {
        isSecure ? "__Host-copilot-usage-authorization" : "copilot-usage-authorization"
    }

    /// The header field that binds an authorization to a browser.
    public func cookie(_ secret: String, lifetime: Duration) -> String {
        // Lax: the browser comes back from GitHub by a link, which Strict would strip it from.
        let attributes = "Path=/; Max-Age=\(lifetime.components.seconds); HttpOnly; SameSite=Lax"
        return "\(cookieName)=\(secret); \(attributes)\(isSecure ? "; Secure" : "")"
    }

    /// The header field that makes a browser forget the cookie.
    public var expiredCookie: String { cookie("", lifetime: .zero) }

    /// Finds the secret in a request's cookies.
    public func cookieSecret(in headers: [String: String]) -> String? {
        for pair in (headers["cookie"] ?? "").split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0].filter({ $0 != " " }) == cookieName else { continue }
            return parts[1].filter { $0 != " " }
        }
        return nil
    }
}
