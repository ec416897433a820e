import Domain
import Ports
import Toolbox

/// The table that assigns a failure to every error response of GitHub's REST API.
///
/// The first matching row decides. A row matches by status and headers, or by documented phrases in
/// GitHub's message, because status 403 has half a dozen meanings. GraphQL and the OAuth host have
/// tables of their own, because they report the same things in other forms.
/// Sources: <https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api>, and
/// the status tables of the endpoints.
enum RefusalTable {
    /// One row of a table about a kind of reply.
    struct Row<Reply>: Sendable {
        var statuses: ClosedRange<Int> = 100...599
        let matches: @Sendable (Reply) -> Bool
        let code: Failure.Code
        let advice: @Sendable (Context) -> String
        /// Whether GitHub does not know the token or its permissions, at least not yet.
        var isAboutToken = false
        /// Whether a smaller page may be answered.
        var isAboutSize = false
    }

    /// The facts that a message to a person may mention.
    struct Context: Sendable {
        let request: APIRequest
        /// The wait that GitHub asks for.
        let delay: Duration?
        /// How far this machine's clock is ahead of GitHub's, in seconds; nil if GitHub sent no date.
        let clockLead: Int64?
        /// The status of the response.
        let status: Int

        var organization: String { request.organization }
        var subject: String { request.subject }
    }

    /// How far this machine's clock may be ahead of GitHub's, in seconds, before GitHub rejects the
    /// App's token because of its times.
    ///
    /// The token is dated a minute ago and ends in nine minutes.
    private static let clockLeads: ClosedRange<Int64> = -540...60

    // swift-format-ignore
    private static let rows: [Row<APIResponse>] = [
        // Rate limits. A response that names a wait or a limit is a rate limit, whatever else it says.
        Row(statuses: 429...429, matches: { _ in true }, code: .rateLimited, advice: limited),
        Row(statuses: 403...403, matches: hasField("retry-after"), code: .rateLimited, advice: limited),
        Row(statuses: 403...403, matches: mentions("rate limit exceeded", "secondary rate limit", "abuse detection"), code: .rateLimited, advice: limited),
        // GitHub's API never answers with a page; its own servers in front of it do, with a 5xx.
        Row(statuses: 200...499, matches: \.isPage, code: .unavailable, advice: otherServer),
        Row(statuses: 407...407, matches: { _ in true }, code: .misconfigured, advice: { _ in proxyCredentials }),
        // GitHub redirects renamed resources, which is followed where the token may be sent. A filter redirects to its own page.
        Row(statuses: 300...399, matches: { _ in true }, code: .unavailable, advice: redirect),
        // Refusals with a documented message.
        Row(statuses: 403...403, matches: mentions("copilot usage metrics' policy", "copilot usage metrics policy"), code: .policyOff, advice: policy),
        Row(statuses: 403...403, matches: mentions("installation has been suspended"), code: .suspended, advice: suspended),
        Row(statuses: 403...403, matches: mentions("resource not accessible by"), code: .forbidden, advice: permission, isAboutToken: true),
        Row(statuses: 403...403, matches: hasField("x-github-sso"), code: .forbidden, advice: signOn),
        Row(statuses: 403...403, matches: mentions("saml enforcement", "saml sso"), code: .forbidden, advice: signOn),
        Row(statuses: 403...403, matches: mentions("ip allow list"), code: .forbidden, advice: allowList),
        // The last request of an hour can be refused for a reason above. Otherwise it is the limit.
        Row(statuses: 403...403, matches: { RateLimit.isUsedUp($0.fields) }, code: .rateLimited, advice: limited),
        Row(statuses: 403...403, matches: { _ in true }, code: .forbidden, advice: role),
        // The token.
        Row(statuses: 401...401, matches: { _ in true }, code: .unauthorized, advice: token, isAboutToken: true),
        // The resource.
        Row(statuses: 404...404, matches: { _ in true }, code: .notFound, advice: \.request.missing),
        Row(statuses: 410...410, matches: { _ in true }, code: .misconfigured, advice: version),
        // The server.
        Row(statuses: 408...408, matches: { _ in true }, code: .unavailable, advice: unavailable),
        Row(statuses: 502...502, matches: { _ in true }, code: .unavailable, advice: unavailable, isAboutSize: true),
        Row(statuses: 504...504, matches: { _ in true }, code: .unavailable, advice: unavailable, isAboutSize: true),
        Row(statuses: 500...599, matches: { _ in true }, code: .unavailable, advice: unavailable),
    ]

    /// Returns what an error response stands for.
    ///
    /// - Parameters:
    ///   - response: A response whose status is not from 200 to 299, or whose body is a page.
    ///   - now: The time of arrival, from which the wait until a reset is computed.
    /// - Returns: A refusal whose message says what to do.
    static func refusal(
        for response: APIResponse, to request: APIRequest, at now: Timestamp
    ) -> Refusal {
        refusal(rows, for: response, response, to: request, at: now)
            ?? Refusal(
                Failure(
                    .malformedReply,
                    """
                    GitHub returned the undocumented status \(response.status) for \(request.subject). \
                    Check for a newer version of copilot-usage
                    """))
    }

    /// Returns what the first matching row of a table says; nil if no row matches.
    ///
    /// - Parameter hasReset: Whether the header `x-ratelimit-reset` is about the limit that was reached,
    ///   although requests remain.
    static func refusal<Reply>(
        _ rows: [Row<Reply>], for reply: Reply, _ response: APIResponse, to request: APIRequest,
        at now: Timestamp, hasReset: Bool = false
    ) -> Refusal? {
        guard
            let row = rows.first(where: { $0.statuses ~= response.status && $0.matches(reply) })
        else { return nil }
        var delay: Duration?
        if row.code == .rateLimited {
            delay =
                RateLimit.wait(response.fields, at: now, hasReset: hasReset)
                ?? RateLimit.waitDefault
        } else if row.code == .unavailable {
            delay = RateLimit.wait(response.fields, at: now)
        }
        let lead = response.fields["date"].flatMap(HTTPDate.parse).map {
            now.seconds - $0.seconds
        }
        let advice = row.advice(
            Context(
                request: request, delay: delay, clockLead: lead, status: response.status))
        // A rejected token of the App is a matter for the operator, not for the person who authorized.
        if row.code == .unauthorized, case .app = request.caller {
            return Refusal(Failure(.misconfigured, advice))
        }
        return Refusal(
            Failure(row.code, advice, delay: delay), isAboutToken: row.isAboutToken,
            isAboutSize: row.isAboutSize)
    }

    // MARK: Matching

    private static func hasField(_ field: String) -> @Sendable (APIResponse) -> Bool {
        { $0.fields[field] != nil }
    }

    private static func mentions(_ phrases: String...) -> @Sendable (APIResponse) -> Bool {
        { response in
            let message = response.message.lowercased()
            return phrases.contains { message.contains($0) }
        }
    }

    // MARK: Messages

    static func limited(_ context: Context) -> String {
        limited(context.request, for: context.delay ?? RateLimit.waitDefault)
    }

    /// A message that reports a rate limit and the wait.
    static func limited(_ request: APIRequest, for delay: Duration) -> String {
        """
        GitHub's rate limit is reached: wait \(words(delay.secondsRoundedUp)) before requesting \
        \(request.subject) again
        """
    }

    private static func words(_ seconds: Int) -> String {
        seconds < 120 ? "\(seconds) s" : "\((seconds + 59) / 60) min"
    }

    private static func policy(_ context: Context) -> String {
        """
        the policy "Copilot usage metrics" is off for \(context.organization). Set it to \
        "Enabled everywhere" in the Copilot policies of the enterprise, or of the organization if \
        it belongs to none. The first report follows a day later
        """
    }

    static func suspended(_ context: Context) -> String {
        """
        the App's installation on \(context.organization) is suspended. An owner can unsuspend it \
        in the organization's settings, under GitHub Apps
        """
    }

    static func permission(_ context: Context) -> String {
        context.request.permission?.advice(for: context.organization)
            ?? "the App may not read \(context.subject). Check the App's permissions"
    }

    static func signOn(_ context: Context) -> String {
        """
        \(context.organization) requires SAML single sign-on. Sign in to it in the browser, then \
        authorize again
        """
    }

    static func allowList(_ context: Context) -> String {
        """
        the IP allow list of \(context.organization) does not contain this machine's address. An \
        owner must add it, or allow the addresses of installed GitHub Apps
        """
    }

    private static func role(_ context: Context) -> String {
        """
        GitHub refused access to \(context.subject). The person must be an owner of \
        \(context.organization), and the App must be approved there
        """
    }

    static func token(_ context: Context) -> String {
        switch context.request.caller {
        case .app: signature(context.clockLead)
        case .person: authorizationEnded
        case .installation:
            """
            GitHub rejected the installation token. The App may have been uninstalled from \
            \(context.organization)
            """
        case .biller: "GitHub does not accept GITHUB_BILLING_TOKEN"
        }
    }

    /// The message for a rejected user token; callers append the URL at which to authorize.
    static let authorizationEnded =
        "GitHub no longer accepts the person's authorization. Authorize again"

    /// Why GitHub rejected the App's token: its times if the clocks differ, otherwise the key.
    private static func signature(_ clockLead: Int64?) -> String {
        let refusal = "GitHub rejected the App's signature"
        let key = "Set GITHUB_APP_PRIVATE_KEY to a private key of the App that GITHUB_APP_ID names"
        guard let clockLead else {
            return "\(refusal). \(key), and check this machine's clock"
        }
        guard !clockLeads.contains(clockLead) else { return "\(refusal). \(key)" }
        let side = clockLead < 0 ? "behind" : "ahead of"
        // Rounded to minutes, so that the same cause produces the same message every time.
        let minutes = max(1, (Int(abs(clockLead)) + 30) / 60)
        return """
            \(refusal), because this machine's clock is \(words(minutes * 60)) \(side) GitHub's. \
            Synchronize the clock with NTP
            """
    }

    /// A message about a page that came in place of a document.
    static func otherServer(_ context: Context) -> String {
        """
        an HTML page arrived in place of \(context.subject) (status \(context.status)): a proxy or \
        filter answered for GitHub, or GITHUB_API_URL is not the address of its API. Allow GitHub's \
        hosts there, or correct the address
        """
    }

    /// A message about a redirect that was not followed.
    private static func redirect(_ context: Context) -> String {
        """
        a redirect arrived in place of \(context.subject) (status \(context.status)), and it is not \
        followed: a proxy or filter answered for GitHub, GITHUB_API_URL is not the address of its API, or \
        GitHub moved this to another host. Allow GitHub's hosts in the proxy, or correct the address
        """
    }

    /// The message about a proxy that asks for credentials.
    static let proxyCredentials = """
        the proxy asks for credentials (status 407). Write them into the address in HTTPS_PROXY, as \
        http://user:password@host:port
        """

    private static func version(_: Context) -> String {
        """
        GitHub no longer supports the API version that was requested. Check for a newer version of \
        copilot-usage
        """
    }

    static func unavailable(_ context: Context) -> String {
        temporarilyUnavailable(context.request)
    }

    /// A message for a failure on GitHub's side that usually passes.
    static func temporarilyUnavailable(_ request: APIRequest) -> String {
        "GitHub cannot serve the request for \(request.subject) at the moment"
    }
}
