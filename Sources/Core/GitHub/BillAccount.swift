import Domain

/// A bill as GitHub's API offers it: an organization's own, an enterprise's, or an organization's part
/// of the latter.
///
/// All have the same paths and responses. Source: <https://docs.github.com/en/rest/billing/usage>.
struct BillAccount: Sendable {
    /// The request that all have in common; its address ends where the bill begins.
    private let base: APIRequest
    /// The organization that an enterprise's bill is limited to.
    let organization: OrganizationLogin?

    /// The bill as a noun phrase.
    var subject: String { base.subject }

    /// An organization's own bill.
    static func own(
        _ organization: OrganizationLogin, _ token: AccessToken, at endpoints: GitHubEndpoints
    ) -> Self {
        Self(
            base: APIRequest(
                url: "\(endpoints.api)/organizations/\(organization)/settings/billing",
                caller: .installation(token), subject: "the bill of \(organization)",
                organization: organization.description, permission: .administration,
                missing: """
                    \(organization) has no bill of its own: an enterprise pays for it, or it does \
                    not use GitHub's enhanced billing platform. If an enterprise pays, set \
                    GITHUB_ENTERPRISE and GITHUB_BILLING_TOKEN
                    """),
            organization: nil)
    }

    /// The bill of an enterprise.
    static func whole(_ enterprise: EnterpriseAccount, at endpoints: GitHubEndpoints) -> Self {
        Self(
            base: request(
                to: enterprise, "the bill of the enterprise \(enterprise.slug)", endpoints),
            organization: nil)
    }

    /// An organization's part of the bill of an enterprise.
    static func part(
        of enterprise: EnterpriseAccount, _ organization: OrganizationLogin,
        at endpoints: GitHubEndpoints
    ) -> Self {
        Self(
            base: request(
                to: enterprise,
                "\(organization) on the bill of the enterprise \(enterprise.slug)", endpoints),
            organization: organization)
    }

    private static func request(
        to enterprise: EnterpriseAccount, _ subject: String, _ endpoints: GitHubEndpoints
    ) -> APIRequest {
        APIRequest(
            url: "\(endpoints.api)/enterprises/\(enterprise.slug)/settings/billing",
            caller: .biller(enterprise), subject: subject,
            // All organizations are asked at the same place, and share its limit.
            organization: "the enterprise \(enterprise.slug)",
            missing: "the enterprise \(enterprise.slug) does not exist")
    }

    /// The request for a part of the bill.
    func request(_ path: String, year: Int, month: Int) -> APIRequest {
        var request = base
        request.url += "/\(path)?year=\(year)&month=\(month)&product=copilot"
        if let organization { request.url += "&organization=\(organization)" }
        return request
    }
}
