import Domain

/// The words for refusals of an enterprise's bill.
///
/// The table of the REST API decides what kind of failure a response is. If it is about access, its
/// advice is for Apps and organizations; here it is for the token of a person. The code is always
/// `forbidden`, because 404 does not mean that nobody is billed: GitHub also answers 404 to a token
/// that may not know the enterprise.
enum EnterpriseRefusals {
    static func reworded(
        _ refusal: Refusal, _ response: APIResponse, _ account: EnterpriseAccount
    ) -> Refusal {
        let message = response.message.lowercased()
        switch refusal.failure.code {
        case .unauthorized, .notFound, .policyOff, .suspended: break
        case .forbidden where !message.contains("ip allow list"): break
        default: return refusal
        }
        return Refusal(Failure(.forbidden, advice(response, message, account)))
    }

    private static func advice(
        _ response: APIResponse, _ message: String, _ account: EnterpriseAccount
    ) -> String {
        if let kind = account.wrongTokenKind {
            return wrongKind(account, "is \(kind)")
        }
        if response.status == 401 {
            return """
                GitHub does not accept GITHUB_BILLING_TOKEN: it has expired, was revoked or is \
                mistyped. Set it to \(newToken(account))
                """
        }
        if response.fields["x-github-sso"] != nil || message.contains("saml") {
            return """
                GITHUB_BILLING_TOKEN is not authorized for the single sign-on of the enterprise \
                \(account.slug). Its owner must choose Configure SSO beside the token in the settings \
                of GitHub, under Developer settings, Personal access tokens, Tokens (classic)
                """
        }
        if message.contains("resource not accessible by") {
            return wrongKind(account, "is not a classic token")
        }
        let scopes = TokenScopes.listed(in: response.fields)
        if let scopes, scopes.isDisjoint(with: EnterpriseAccount.sufficientScopes) {
            let list = scopes.sorted().joined(separator: ", ")
            return """
                GITHUB_BILLING_TOKEN lacks the scope \(EnterpriseAccount.scope) \
                (it has \(list.isEmpty ? "none" : list)). Add the scope to the token, or set \
                GITHUB_BILLING_TOKEN to \(newToken(account))
                """
        }
        let reminder =
            scopes == nil ? ", and that the token has the scope \(EnterpriseAccount.scope)" : ""
        if response.status == 404 {
            return """
                GitHub does not know the enterprise \(account.slug), or the person of \
                GITHUB_BILLING_TOKEN is neither an owner nor a billing manager of it. Check \
                GITHUB_ENTERPRISE, the last part of the enterprise's address, \
                https://github.com/enterprises/NAME\(reminder)
                """
        }
        return """
            GitHub refused the bill of the enterprise \(account.slug). Check that the person of \
            GITHUB_BILLING_TOKEN is an owner or billing manager of it\(reminder)
            """
    }

    private static func wrongKind(_ account: EnterpriseAccount, _ finding: String) -> String {
        """
        GITHUB_BILLING_TOKEN \(finding), and GitHub gives the bill of an enterprise only to classic \
        tokens. Set it to \(newToken(account))
        """
    }

    private static func newToken(_ account: EnterpriseAccount) -> String {
        """
        a classic personal access token with the scope \(EnterpriseAccount.scope), of an owner or \
        billing manager of \(account.slug)
        """
    }
}
