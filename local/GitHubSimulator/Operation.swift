/// What a call asks for; faults and tests match on it.
public enum Operation: String, CaseIterable, Sendable {
    /// The consent page of the web flow.
    case authorize
    /// What the person decided there.
    case decide
    /// The page that installs the App.
    case chooseOrganizations = "choose-organizations"
    /// Which organizations the person chose there.
    case install
    /// A code for tokens.
    case exchangeCode = "exchange-code"
    /// A refresh token for a new pair.
    case refreshToken = "refresh-token"
    /// Who a user token stands for.
    case user
    /// The installations that a user token reaches.
    case userInstallations = "user-installations"
    /// The role of a user token's person in an organization.
    case membership
    /// The App itself.
    case app
    /// Every installation of the App.
    case appInstallations = "app-installations"
    /// One installation by its number.
    case appInstallation = "app-installation"
    /// One installation by its organization.
    case organizationInstallation = "organization-installation"
    /// A token for an installation.
    case installationToken = "installation-token"
    /// The envelope of an organization report.
    case organizationReport = "organization-report"
    /// The envelope of a users report.
    case usersReport = "users-report"
    /// The envelope of a user-teams report.
    case userTeamsReport = "user-teams-report"
    /// The billing summary.
    case billingSummary = "billing-summary"
    /// Premium requests by model.
    case premiumRequests = "premium-requests"
    /// AI credits by model.
    case aiCredits = "ai-credits"
    /// The members, by GraphQL.
    case members
    /// A shard of a report, from the report host.
    case download

    /// Whether it is asked of the API, by REST or GraphQL, and not of a page or the report host.
    var isAPI: Bool { isREST || self == .members }

    /// What is asked while a day is collected.
    static let collecting: Set<Operation> = [
        .organizationReport, .usersReport, .userTeamsReport, .billingSummary, .members,
    ]

    /// Whether GitHub's REST rules hold for it: headers, versions, rate limits.
    var isREST: Bool {
        switch self {
        case .authorize, .decide, .chooseOrganizations, .install, .exchangeCode, .refreshToken,
            .members, .download:
            false
        default: true
        }
    }
}

/// Where a call goes: a method, a path with `{name}` for what varies, and what it asks for.
struct Route: Sendable {
    let method: String
    let segments: [Substring]
    let operation: Operation

    init(_ method: String, _ path: String, _ operation: Operation) {
        self.method = method
        self.segments = path.split(separator: "/", omittingEmptySubsequences: false)
        self.operation = operation
    }

    // A table reads by its columns, so the formatter leaves it alone.
    // swift-format-ignore
    static let all: [Route] = [
        Route("GET",  "/login/oauth/authorize",                                           .authorize),
        Route("POST", "/login/oauth/authorize",                                           .decide),
        Route("GET",  "/apps/{slug}/installations/new",                                   .chooseOrganizations),
        Route("POST", "/apps/{slug}/installations/new",                                   .install),
        Route("POST", "/login/oauth/access_token",                                        .exchangeCode),
        Route("GET",  "/user",                                                            .user),
        Route("GET",  "/user/installations",                                              .userInstallations),
        Route("GET",  "/user/memberships/orgs/{org}",                                     .membership),
        Route("GET",  "/app",                                                             .app),
        Route("GET",  "/app/installations",                                               .appInstallations),
        Route("GET",  "/app/installations/{installation}",                                .appInstallation),
        Route("POST", "/app/installations/{installation}/access_tokens",                  .installationToken),
        Route("GET",  "/orgs/{org}/installation",                                         .organizationInstallation),
        Route("GET",  "/orgs/{org}/copilot/metrics/reports/organization-1-day",           .organizationReport),
        Route("GET",  "/orgs/{org}/copilot/metrics/reports/users-1-day",                  .usersReport),
        Route("GET",  "/orgs/{org}/copilot/metrics/reports/user-teams-1-day",             .userTeamsReport),
        Route("GET",  "/organizations/{org}/settings/billing/usage/summary",              .billingSummary),
        Route("GET",  "/organizations/{org}/settings/billing/premium_request/usage",      .premiumRequests),
        Route("GET",  "/organizations/{org}/settings/billing/ai_credit/usage",            .aiCredits),
        Route("POST", "/graphql",                                                         .members),
    ]

    /// Matches a call.
    ///
    /// - Returns: What stands at the `{name}` places; nil if the call goes elsewhere.
    func parameters(of call: Call) -> [String: String]? {
        let parts = call.path.split(separator: "/", omittingEmptySubsequences: false)
        guard method == call.method, parts.count == segments.count else { return nil }
        var parameters: [String: String] = [:]
        for (segment, part) in zip(segments, parts) {
            if segment.hasPrefix("{") {
                guard !part.isEmpty else { return nil }
                parameters[String(segment.dropFirst().dropLast())] = String(part)
            } else if segment != part {
                return nil
            }
        }
        return parameters
    }
}
