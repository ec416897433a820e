public import Authorization
public import Domain
public import Ports
public import Toolbox

/// Decides which requests the local pages answer.
///
///     request ─▶ to a host of ours? ─▶ setup token or session? ─▶ page
///                                                              └▶ form of our own page? ─▶ change
///
/// The pages show organizations and people, so a request must come to a name of ours: a website whose
/// own name resolves to this machine (DNS rebinding) would otherwise read them in a visitor's browser.
/// Where `SETUP_TOKEN` is set, it opens every page. A person presents it once, and a cookie remembers
/// it until this process ends.
public struct PageGuard: Sendable {
    /// What to do with a request.
    public enum Verdict: Sendable {
        /// Answer it; a request of a session has the setup token added, which functions ask for.
        case answer(WebEvent)
        /// Send this instead.
        case refuse(WebResult)
    }

    /// The name of the form field that holds ``formToken``.
    public static let formField = "session"

    /// What a form of our own pages has in ``formField``.
    ///
    /// Other websites cannot read our pages, so they do not know it.
    public let formToken: String

    private static let cookieName = "copilot-usage-session"

    private let ownURL: String
    private let ownHosts: Set<String>
    private let setupToken: SetupToken?
    let hashing: any Hashing
    let entropy: any Entropy
    /// The secret of this process.
    let key: [UInt8]
    private let cookie: String
    let isSecure: Bool

    /// Creates a guard.
    ///
    /// - Parameters:
    ///   - publicURL: The value of `PUBLIC_URL`, whose host is one of ours.
    ///   - host: The address that is listened on.
    ///   - setupToken: The value of `SETUP_TOKEN`; nil or empty if it is not set.
    ///   - hashing: Compares secrets.
    ///   - entropy: Generates the secrets of this process.
    public init(
        publicURL: String, listeningOn host: String, setupToken: Secret?, hashing: any Hashing,
        entropy: any Entropy
    ) {
        let origin = Origin(publicURL)
        ownURL = publicURL
        // An address, unlike a name, cannot be rebound, and whoever chose it will open it.
        let listened = Origin("http://\(host.contains(":") ? "[\(host)]" : host)")?.host
        ownHosts = Set([origin?.host, listened].compactMap(\.self))
        isSecure = origin?.isSecure ?? false
        self.setupToken = SetupToken(setupToken)
        self.hashing = hashing
        self.entropy = entropy
        key = entropy.bytes(32)
        cookie = Base64URL.encode(hashing.hmac(Array("cookie".utf8), key: key))
        formToken = Base64URL.encode(hashing.hmac(Array("form".utf8), key: key))
    }

    /// Judges a request.
    ///
    /// - Parameters:
    ///   - event: The request.
    ///   - path: Its path.
    public func verdict(on event: WebEvent, to path: String) -> Verdict {
        // Health checks come from probes that know an address only, and say nothing about anyone.
        if ["/healthz", "/readyz"].contains(path) { return .answer(event) }
        guard isOurs(event.headers["host"]) else { return .refuse(foreignHost(event)) }
        // The state and the cookie that GitHub's redirect must match guard the callbacks.
        guard let setupToken, !["/authorize/callback", "/setup/callback"].contains(path) else {
            return .answer(event)
        }
        if isSession(event) { return .answer(setupToken.presented(in: event)) }
        // It asks for the token itself, and leads to GitHub rather than to a page of ours.
        if path == "/authorize" { return .answer(event) }
        guard setupToken.isPresented(in: event, hashing: hashing) else {
            return .refuse(Self.unauthorized)
        }
        guard event.query["token"] != nil else { return .answer(event) }
        return .refuse(session(at: path, event))
    }

    /// The request with the setup token added, if there is one.
    ///
    /// For a request whose state and cookie prove that the token was presented before.
    public func presenting(_ event: WebEvent) -> WebEvent {
        setupToken?.presented(in: event) ?? event
    }

    /// Whether a form was sent by a page of ours.
    ///
    /// - Parameters:
    ///   - form: The request's body.
    ///   - event: The request.
    public func isOwn(_ form: Form, of event: WebEvent) -> Bool {
        guard let given = form[Self.formField], areEqual(given, formToken) else { return false }
        if let site = event.headers["sec-fetch-site"] { return site == "same-origin" }
        // A browser without Fetch Metadata names the page's origin; a program names none.
        guard let origin = event.headers["origin"] else { return true }
        return Origin(origin).map { isOurs("\($0.host):\($0.port)") } ?? false
    }

    /// What a form of another website is answered.
    public static let foreignForm = text(
        403,
        """
        This form was not sent by a page of this server, or the server was restarted since. Open the \
        page again, and repeat what you did.
        """)

    private func isOurs(_ host: String?) -> Bool {
        guard let host = host.flatMap({ Origin("http://\($0)")?.host }) else { return false }
        // Any port: a tunnel or a container may listen on another one than this process. A name that
        // always means the visitor's own machine cannot be rebound.
        return IPAddress.isLoopback(host: host) || ownHosts.contains(host)
    }

    private func foreignHost(_ event: WebEvent) -> WebResult {
        let host = event.headers["host"].flatMap { Origin("http://\($0)")?.host }
        return Self.text(
            403,
            """
            This server does not answer to \(host.map { "the host \($0)" } ?? "this host"). Open \
            \(ownURL), or set PUBLIC_URL to the address at which browsers reach this server.
            """)
    }

    private static let unauthorized = text(
        401,
        """
        The setup token is missing or wrong. Add ?token=TOKEN to this address, or enter the token as \
        the password when the browser asks for one.
        """, headers: SetupToken.challenge)

    /// A redirect to the same page without the token, which would stay in the browser's history.
    private func session(at path: String, _ event: WebEvent) -> WebResult {
        let rest = event.query.filter { $0.key != "token" }.sorted { $0.key < $1.key }
        let query = rest.isEmpty ? "" : "?" + Form(rest.map { ($0.key, $0.value) }).encoded
        // Two slashes would begin the name of another host.
        let place = path.hasPrefix("//") ? "/" : path
        return WebResult(
            status: 303,
            headers: [
                "location": place + query,
                "set-cookie": "\(Self.cookieName)=\(cookie); Path=/; HttpOnly; SameSite=Lax"
                    + (isSecure ? "; Secure" : ""),
            ])
    }

    private func isSession(_ event: WebEvent) -> Bool {
        cookies(Self.cookieName, of: event).contains { areEqual($0, cookie) }
    }

    /// The values of all cookies of a name, which may be set for several paths.
    func cookies(_ name: String, of event: WebEvent) -> [String] {
        (event.headers["cookie"] ?? "").split(separator: ";").compactMap { pair in
            let parts = pair.split(separator: "=", maxSplits: 1).map { $0.trimmed() }
            return parts.count == 2 && parts[0] == name ? parts[1] : nil
        }
    }

    func areEqual(_ lhs: String, _ rhs: String) -> Bool {
        hashing.areEqual(hashing.sha256(Array(lhs.utf8)), hashing.sha256(Array(rhs.utf8)))
    }

    static func text(
        _ status: Int, _ sentence: String, headers: [String: String] = [:]
    ) -> WebResult {
        let own = ["content-type": "text/plain; charset=utf-8"]
        return WebResult(
            status: status, headers: own.merging(headers) { $1 }, body: sentence + "\n")
    }
}
