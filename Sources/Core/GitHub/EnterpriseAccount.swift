public import Domain

/// An enterprise that pays for organizations, and the token that may read its bill.
///
/// GitHub gives the bill of an enterprise to no App and no fine-grained token, only to a classic
/// token of an owner or billing manager:
/// <https://docs.github.com/en/enterprise-cloud@latest/rest/billing/usage>.
public struct EnterpriseAccount: Sendable {
    /// The scope that the token needs.
    public static let scope = "manage_billing:enterprise"
    /// The scopes that include it.
    static let sufficientScopes: Set<String> = [scope, "admin:enterprise"]

    /// The enterprise's name in addresses, such as `acme-inc`.
    public let slug: String
    /// A classic token.
    let token: Secret

    /// Creates an account.
    ///
    /// - Parameters:
    ///   - slug: A slug that ``slug(_:)`` returned.
    public init(slug: String, token: Secret) {
        self.slug = slug
        self.token = token
    }

    /// Reads a slug, alone or in the address of the enterprise's page.
    ///
    /// - Returns: The slug; nil if the text holds none.
    public static func slug(_ text: String) -> String? {
        let parts = text.split(separator: "/").map(String.init)
        let place = parts.firstIndex(of: "enterprises").map { $0 + 1 } ?? 0
        guard parts.count == 1 || place > 0, parts.indices.contains(place),
            parts[place].wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9_-]{0,99}/) != nil
        else { return nil }
        return parts[place]
    }

    /// The kind of the token if the bill is never given to such tokens; nil if it may be a classic one.
    ///
    /// Source of the prefixes:
    /// <https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats>.
    public var wrongTokenKind: String? {
        let kinds = [
            ("github_pat_", "a fine-grained token"), ("ghs_", "a GitHub App's token"),
            ("ghu_", "a GitHub App's token"), ("ghr_", "a refresh token"),
        ]
        return token.reveal { text in kinds.first { text.hasPrefix($0.0) }?.1 }
    }
}

/// The bill of a whole enterprise, and what GitHub reports of the token that read it.
public struct EnterpriseBill: Sendable {
    /// The rows of all organizations, and of what no organization is charged for.
    public let summary: BillingSummary
    /// The token's scopes; nil if GitHub did not list them.
    public let scopes: Set<String>?
    /// The day on which the token expires; nil if GitHub named none.
    public let tokenExpires: Day?
}

extension EnterpriseBill {
    init(summary: BillingSummary, fields: [String: String]) {
        self.summary = summary
        scopes = TokenScopes.listed(in: fields)
        // For example `2026-12-31 09:00:00 UTC`.
        tokenExpires = fields["github-authentication-token-expiration"]
            .flatMap { Day(String($0.prefix(10))) }
    }
}

/// The header `X-OAuth-Scopes`, by which GitHub reports what a classic token may do.
enum TokenScopes {
    /// The scopes; nil if the response does not list them, as for other kinds of tokens.
    static func listed(in fields: [String: String]) -> Set<String>? {
        fields["x-oauth-scopes"].map { list in
            Set(list.split { $0 == "," || $0.isWhitespace }.map(String.init))
        }
    }
}
