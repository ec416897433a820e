import Toolbox

/// A cookie that binds what was begun to the browser that began it.
public struct BrowserCookie: Hashable, Sendable {
    /// The cookie's name.
    ///
    /// The prefix `__Host-` makes browsers send the cookie to this host only. It requires `Secure`,
    /// which browsers reject over plain HTTP. Source: RFC 6265bis, section 4.1.3.2.
    private let name: String
    private let isSecure: Bool

    /// Names a cookie.
    ///
    /// - Parameters:
    ///   - name: The name, without a prefix.
    ///   - isSecure: Whether browsers reach this deployment by https.
    public init(_ name: String, isSecure: Bool) {
        self.name = isSecure ? "__Host-\(name)" : name
        self.isSecure = isSecure
    }

    /// The value of the `Set-Cookie` field.
    ///
    /// - Parameter lifetime: The time until the browser deletes the cookie, in whole seconds.
    public func field(_ secret: String, lifetime: Duration) -> String {
        // Lax, because browsers omit Strict cookies when they come back from GitHub.
        let attributes = "Path=/; Max-Age=\(lifetime.components.seconds); HttpOnly; SameSite=Lax"
        return "\(name)=\(secret); \(attributes)\(isSecure ? "; Secure" : "")"
    }

    /// Finds the secret among a request's cookies.
    ///
    /// - Parameter headers: The request's headers by lower-case name.
    public func secret(in headers: [String: String]) -> String? {
        for pair in (headers["cookie"] ?? "").split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0].filter({ $0 != " " }) == name else { continue }
            return parts[1].trimmed { $0 == " " }
        }
        return nil
    }
}
