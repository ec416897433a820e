public import Authorization
public import Domain
import Ports
public import Toolbox

/// A browser that was shown a page with forms.
///
/// The browser keeps a random number in a cookie, and each form carries a token that is made of it with
/// a key of this process. So a token that leaked works in no other browser, and none works after a
/// restart.
public struct PageSession: Hashable, Sendable {
    /// The value of ``PageGuard/formField`` in the browser's forms.
    public let token: String
    /// The cookie to set; nil if the browser has it.
    public let cookie: String?
}

extension PageGuard {
    private static let sessionCookieName = "copilot-usage-forms"
    /// The length of a random number as text: 16 bytes.
    private static let numberLength = 22

    /// The session of the browser that sent a request; a new one if it has none.
    public func session(of event: WebEvent) -> PageSession {
        if let number = numbers(in: event).first {
            return PageSession(token: token(number), cookie: nil)
        }
        let number = Base64URL.encode(entropy.bytes(16))
        return PageSession(
            token: token(number),
            cookie: "\(Self.sessionCookieName)=\(number); Path=/; HttpOnly; SameSite=Strict"
                + (isSecure ? "; Secure" : ""))
    }

    /// Why a request may not change anything.
    ///
    /// A form counts if it is posted by a page of this very server to a host of ours, and carries the
    /// token of its browser's session. All browsers say where a posted form comes from, so a request
    /// that does not is not a page's.
    /// Source: <https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html>.
    ///
    /// - Returns: The refusal; nil if the form is ours.
    public func refusal(of form: Form, _ event: WebEvent) -> WebResult? {
        guard event.method == "POST" else { return Self.notPosted }
        guard isSameOrigin(event) else { return Self.foreignForm }
        guard let given = form[Self.formField],
            numbers(in: event).contains(where: { areEqual(given, token($0)) })
        else { return Self.foreignForm }
        return nil
    }

    /// What an address is answered that only takes forms.
    public static let notPosted = text(
        403,
        "Nothing was changed. This address only takes forms of this server's own pages, by POST.",
        headers: ["allow": "POST"])

    private func isSameOrigin(_ event: WebEvent) -> Bool {
        if let site = event.headers["sec-fetch-site"], site != "same-origin" { return false }
        guard let text = event.headers["origin"], let origin = Origin(text) else { return false }
        // A proxy that ends TLS passes on the host that the browser asked for.
        let addressed = event.headers["host"].flatMap { Origin("\(origin.scheme)://\($0)") }
        return origin == addressed
    }

    private func token(_ number: String) -> String {
        Base64URL.encode(hashing.hmac(Array("session \(number)".utf8), key: key))
    }

    private func numbers(in event: WebEvent) -> [String] {
        cookies(Self.sessionCookieName, of: event).filter { $0.utf8.count == Self.numberLength }
    }
}
