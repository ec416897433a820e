import Domain
import Toolbox

extension SimulatedGitHub {
    /// Checks that the caller may read the bill of the enterprise in the path.
    ///
    /// Only a classic token with the scope, of an owner or billing manager, may:
    /// <https://docs.github.com/en/enterprise-cloud@latest/rest/billing/usage>.
    ///
    /// - Throws: 403 for other kinds of tokens and without single sign-on, otherwise 404.
    func requireEnterprise(
        _ request: SimulatedRequest
    ) throws(ErrorResponse) -> SimulatedEnterprise {
        guard case .personal(let token) = try caller(request) else {
            recordViolation("an App's token for the bill of an enterprise", request)
            throw ErrorResponse.notAccessible
        }
        guard token.isClassic else {
            throw ErrorResponse(403, "Resource not accessible by personal access token")
        }
        let slug = request.parameter("enterprise")
        guard let enterprise = world.enterprise(slug), token.mayManageBilling,
            !Set(token.scopes).isDisjoint(with: Self.billingScopes)
        else { throw ErrorResponse.notFound }
        guard token.isSignedOn else {
            var response = SimulatedResponse.refusal(
                403,
                "Resource protected by organization SAML enforcement. You must grant your Personal "
                    + "Access token access to this organization.")
            response.fields["x-github-sso"] =
                "required; url=https://github.com/enterprises/\(enterprise.slug)/sso"
            throw ErrorResponse(response)
        }
        return enterprise
    }

    /// The scope of the bill, and the one that includes it.
    private static let billingScopes = ["manage_billing:enterprise", "admin:enterprise"]
}

extension PersonalToken {
    /// The header fields by which GitHub reports what a token may do, and for how long.
    var fields: [String: String] {
        var fields: [String: String] = [:]
        if isClassic { fields["x-oauth-scopes"] = scopes.joined(separator: ", ") }
        if let expires {
            fields["github-authentication-token-expiration"] =
                expires.description.replacing("T", with: " ").replacing("Z", with: " UTC")
        }
        return fields
    }
}
