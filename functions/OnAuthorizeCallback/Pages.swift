import Authorization
import Domain
import FunctionInterface
import GitHub
import Ports

/// A request that returns from GitHub without an authorization.
///
/// Source: <https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-authorization-request-errors>.
enum Declined {
    case wrongMethod
    case byPerson
    case byApp
    case byAddress
    case otherwise
    /// The person is not an owner, and GitHub asked the owners to install the App.
    case pendingApproval

    /// Recognizes such a request; nil if the request may contain an authorization.
    init?(_ event: WebEvent) {
        guard event.method == "GET" else {
            self = .wrongMethod
            return
        }
        switch event.query["error"] {
        case "access_denied": self = .byPerson
        case "application_suspended": self = .byApp
        case "redirect_uri_mismatch": self = .byAddress
        case .some: self = .otherwise
        case nil:
            guard event.query["setup_action"] == "request", event.query["code"] == nil else {
                return nil
            }
            self = .pendingApproval
        }
    }

    /// The page to show.
    ///
    /// It omits GitHub's own description, because anyone can craft such a URL.
    func result(_ again: AuthorizationPage.Part) -> WebResult {
        switch self {
        case .wrongMethod:
            .refusal(
                Failure(.malformedEvent, "this page must be requested with GET"), status: 405,
                headers: ["allow": "GET"])
        case .byPerson:
            .refusal(
                Failure(
                    .invalidAuthorization,
                    "you did not authorize the App on GitHub, so nothing is connected"),
                status: 403, links: [again])
        case .byApp:
            .refusal(
                Failure(
                    .suspended, "GitHub suspended the App. Its owner must contact GitHub Support"))
        case .byAddress:
            .refusal(
                Failure(
                    .misconfigured,
                    """
                    the callback URL is not registered with the App. Add the value of PUBLIC_URL, \
                    followed by /authorize/callback, to the App's callback URLs
                    """))
        case .otherwise:
            .refusal(
                Failure(.invalidAuthorization, "GitHub refused the authorization"),
                links: [again])
        case .pendingApproval:
            WebResult(
                status: 202,
                page: AuthorizationPage(
                    title: "Waiting for an owner",
                    parts: [
                        .text(
                            """
                            GitHub asked the owners of the organization to install the App. \
                            Nothing is connected until one of them approves it and connects here.
                            """)
                    ]))
        }
    }
}

/// The page that reports a successful authorization.
struct Connected {
    let integration: Integration
    let reach: Reach
    let installURL: String

    func result(clearing cookie: String) -> WebResult {
        let organizations = reach.organizations.map(\.organization.description)
        var parts: [AuthorizationPage.Part] =
            organizations.isEmpty
            ? [
                .text(
                    reach.leftOut.isEmpty
                        ? "There are no organizations yet. Install the App on one."
                        : "The settings of this deployment leave out every organization of yours.")
            ]
            : [.list("Organizations to collect", organizations)]
        if !reach.skipped.isEmpty {
            parts.append(.list("Skipped", lines(reach.skipped)))
        }
        let remarks = lines(reach.unreadable + reach.attention)
        let notes = (reach.hiddenNotice.map { [$0] } ?? []) + remarks
        if !notes.isEmpty {
            parts.append(.list("Notes", notes))
        }
        parts.append(
            .link(
                organizations.isEmpty
                    ? "Install the App on an organization"
                    : "Install the App on another organization", to: installURL))
        parts.append(.text("The next daily run finds organizations that you add later."))
        var result = WebResult(
            status: 200, headers: ["set-cookie": cookie],
            page: AuthorizationPage(title: "\(integration.name) is connected", parts: parts))
        result.integration = ConnectedIntegration(
            id: integration.id.description, name: integration.name, organizations: organizations)
        return result
    }

    private func lines(_ accounts: [SkippedAccount]) -> [String] {
        accounts.map { "\($0.organization): \($0.reason)" }
    }
}
