import FunctionInterface
import Authorization
import Domain
import GitHub
import Ports

/// A way back from GitHub that brings no authorization.
///
/// Source: <https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-authorization-request-errors>.
enum Declined {
    case wrongMethod
    case byPerson
    case byApp
    case byAddress
    case otherwise
    /// The person is no owner; GitHub asked the owners to install the App.
    case pendingApproval

    /// Recognizes such a request; nil if it may bring an authorization.
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

    /// The page; GitHub's own description is not repeated, because anybody can write an address.
    func result(_ again: Page.Part) -> WebResult {
        switch self {
        case .wrongMethod:
            .refusal(
                Failure(.malformedEvent, "this page is opened with GET"), status: 405,
                headers: ["allow": "GET"])
        case .byPerson:
            .refusal(
                Failure(
                    .invalidAuthorization,
                    "GitHub was told not to authorize the App, so nothing is connected"),
                status: 403, links: [again])
        case .byApp:
            .refusal(
                Failure(
                    .suspended, "GitHub suspended the App: its owner must ask GitHub's support"))
        case .byAddress:
            .refusal(
                Failure(
                    .misconfigured,
                    """
                    the address to come back to is not registered with the App: PUBLIC_URL with \
                    /authorize/callback after it must be one of the App's callback URLs
                    """))
        case .otherwise:
            .refusal(
                Failure(.invalidAuthorization, "GitHub refused the authorization"),
                links: [again])
        case .pendingApproval:
            WebResult(
                status: 202,
                page: Page(
                    title: "Waiting for an owner",
                    parts: [
                        .text(
                            """
                            GitHub asked the owners of the organization to install the App. \
                            Nothing is connected until one of them approves and connects here.
                            """)
                    ]))
        }
    }
}

/// What a person reads who connected.
struct Connected {
    let integration: Integration
    let reach: Reach
    let installURL: String

    func result(clearing cookie: String) -> WebResult {
        let organizations = reach.organizations.map(\.organization.description)
        var parts: [Page.Part] =
            organizations.isEmpty
            ? [.text("Created, but no organizations yet. Install the App on one.")]
            : [.list("Collected from the next daily run on", organizations)]
        if !reach.skipped.isEmpty {
            parts.append(.list("Not collected", lines(reach.skipped)))
        }
        let remarks = reach.unreadable + reach.attention
        if !remarks.isEmpty {
            parts.append(.list("Worth a look", lines(remarks)))
        }
        parts.append(.link("Install the App on another organization", to: installURL))
        parts.append(.text("An organization that is added later is found by the next daily run."))
        var result = WebResult(
            status: 200, headers: ["set-cookie": cookie],
            page: Page(title: "\(integration.name) is connected", parts: parts))
        result.integration = ConnectedIntegration(
            id: integration.id.description, name: integration.name, organizations: organizations)
        return result
    }

    private func lines(_ accounts: [SkippedAccount]) -> [String] {
        accounts.map { "\($0.organization): \($0.reason)" }
    }
}
