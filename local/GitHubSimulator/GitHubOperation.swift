/// The operation that a request asks for; faults and tests match on it.
public enum GitHubOperation: String, CaseIterable, Sendable {
    /// The page on which an App is registered, with choices filled in from the address.
    case registrationPage = "registration-page"
    /// A submitted manifest or registration.
    case createApp = "create-app"
    /// The exchange of a manifest's code for the App's credentials.
    case convertManifest = "convert-manifest"
    /// The consent page of the web flow.
    case authorize
    /// The submitted decision of the consent page.
    case decide
    /// The page on which a person installs the App.
    case chooseOrganizations = "choose-organizations"
    /// The submitted organizations of the installation page.
    case install
    /// The exchange of a code for tokens.
    case exchangeCode = "exchange-code"
    /// The exchange of a refresh token for new tokens.
    case refreshToken = "refresh-token"
    /// The person of a user token.
    case user
    /// The installations that a user token has access to.
    case userInstallations = "user-installations"
    /// The role of a user token's person in an organization.
    case membership
    case memberships
    /// The App itself.
    case app
    /// Every installation of the App.
    case appInstallations = "app-installations"
    /// An installation by its ID.
    case appInstallation = "app-installation"
    /// An installation by its organization.
    case organizationInstallation = "organization-installation"
    /// A new token of an installation.
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
    /// The billing summary of an enterprise.
    case enterpriseSummary = "enterprise-billing-summary"
    /// An enterprise's premium requests by model.
    case enterprisePremiumRequests = "enterprise-premium-requests"
    /// An enterprise's AI credits by model.
    case enterpriseAICredits = "enterprise-ai-credits"
    /// The members of an organization, by GraphQL.
    case members
    /// A file of a report, from the report host.
    case download

    /// Whether the operation belongs to the REST or GraphQL API, not to the web pages or the report host.
    var isAPI: Bool { isREST || self == .members }

    /// The operations that collecting a day needs.
    static let collecting: Set<GitHubOperation> = [
        .organizationReport, .usersReport, .userTeamsReport, .billingSummary, .members,
    ]

    /// Whether GitHub's rules for REST apply: headers, versions, rate limits.
    var isREST: Bool {
        switch self {
        case .registrationPage, .createApp, .authorize, .decide, .chooseOrganizations, .install,
            .exchangeCode, .refreshToken,
            .members, .download:
            false
        default: true
        }
    }
}

/// A method and a path, with `{name}` for variable parts, and their operation.
struct GitHubRoute: Sendable {
    let method: String
    let segments: [Substring]
    let operation: GitHubOperation

    init(_ method: String, _ path: String, _ operation: GitHubOperation) {
        self.method = method
        self.segments = path.split(separator: "/", omittingEmptySubsequences: false)
        self.operation = operation
    }

    // The formatter would break the columns of the table.
    // swift-format-ignore
    static let all: [GitHubRoute] = [
        GitHubRoute("GET",  "/settings/apps/new",                                               .registrationPage),
        GitHubRoute("GET",  "/organizations/{owner}/settings/apps/new",                         .registrationPage),
        GitHubRoute("GET",  "/enterprises/{enterprise}/settings/apps/new",                      .registrationPage),
        GitHubRoute("POST", "/settings/apps/new",                                               .createApp),
        GitHubRoute("POST", "/organizations/{owner}/settings/apps/new",                         .createApp),
        GitHubRoute("POST", "/enterprises/{enterprise}/settings/apps/new",                      .createApp),
        GitHubRoute("POST", "/app-manifests/{code}/conversions",                                .convertManifest),
        GitHubRoute("GET",  "/login/oauth/authorize",                                           .authorize),
        GitHubRoute("POST", "/login/oauth/authorize",                                           .decide),
        GitHubRoute("GET",  "/apps/{slug}/installations/new",                                   .chooseOrganizations),
        GitHubRoute("POST", "/apps/{slug}/installations/new",                                   .install),
        GitHubRoute("POST", "/login/oauth/access_token",                                        .exchangeCode),
        GitHubRoute("GET",  "/user",                                                            .user),
        GitHubRoute("GET",  "/user/installations",                                              .userInstallations),
        GitHubRoute("GET",  "/user/memberships/orgs",                                           .memberships),
        GitHubRoute("GET",  "/user/memberships/orgs/{org}",                                     .membership),
        GitHubRoute("GET",  "/app",                                                             .app),
        GitHubRoute("GET",  "/app/installations",                                               .appInstallations),
        GitHubRoute("GET",  "/app/installations/{installation}",                                .appInstallation),
        GitHubRoute("POST", "/app/installations/{installation}/access_tokens",                  .installationToken),
        GitHubRoute("GET",  "/orgs/{org}/installation",                                         .organizationInstallation),
        GitHubRoute("GET",  "/orgs/{org}/copilot/metrics/reports/organization-1-day",           .organizationReport),
        GitHubRoute("GET",  "/orgs/{org}/copilot/metrics/reports/users-1-day",                  .usersReport),
        GitHubRoute("GET",  "/orgs/{org}/copilot/metrics/reports/user-teams-1-day",             .userTeamsReport),
        GitHubRoute("GET",  "/organizations/{org}/settings/billing/usage/summary",              .billingSummary),
        GitHubRoute("GET",  "/organizations/{org}/settings/billing/premium_request/usage",      .premiumRequests),
        GitHubRoute("GET",  "/organizations/{org}/settings/billing/ai_credit/usage",            .aiCredits),
        GitHubRoute("GET",  "/enterprises/{enterprise}/settings/billing/usage/summary",         .enterpriseSummary),
        GitHubRoute("GET",  "/enterprises/{enterprise}/settings/billing/premium_request/usage", .enterprisePremiumRequests),
        GitHubRoute("GET",  "/enterprises/{enterprise}/settings/billing/ai_credit/usage",       .enterpriseAICredits),
        GitHubRoute("POST", "/graphql",                                                         .members),
    ]

    /// Matches a request.
    ///
    /// - Parameter parts: The path of the request, split at each slash.
    /// - Returns: The values at the `{name}` places; nil if the request does not match.
    func parameters(of method: String, _ parts: [Substring]) -> [String: String]? {
        guard method == self.method, parts.count == segments.count else { return nil }
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
