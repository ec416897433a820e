public import Domain

/// An enterprise that pays for its organizations, and the tokens that people have for it.
public struct SimulatedEnterprise: Sendable {
    /// The numeric ID, as in ``SimulatedOrganization/enterpriseID``.
    public var id: Int64
    /// The name in addresses.
    public var slug: String
    /// The tokens of people, of whom not all may read the bill.
    public var tokens: [PersonalToken]
    /// Seats, in months, that no organization is charged for, such as those of enterprise teams.
    public var unassignedMonths = 0.0

    /// Creates an enterprise.
    public init(id: Int64, slug: String, tokens: [PersonalToken]) {
        self.id = id
        self.slug = slug
        self.tokens = tokens
    }

    /// The enterprise that generated organizations belong to, if they belong to one.
    public static func generated(token: PersonalToken = PersonalToken()) -> SimulatedEnterprise {
        SimulatedEnterprise(id: 700, slug: "acme-inc", tokens: [token])
    }
}

/// A personal access token.
public struct PersonalToken: Sendable {
    /// The token.
    public var secret: Secret
    /// Whether it is a classic token, which has scopes.
    public var isClassic: Bool
    /// The scopes, of a classic token.
    public var scopes: [String]
    /// Whether its person is an owner or billing manager of the enterprise.
    public var mayManageBilling: Bool
    /// Whether it is authorized for single sign-on.
    public var isSignedOn: Bool
    /// When it expires; nil for never.
    public var expires: Timestamp?

    /// Creates a token; by default a classic one that may read the bill.
    public init(
        secret: Secret = Secret("ghp_simulatedBillingTokenOfAnEnterprise00"),
        isClassic: Bool = true, scopes: [String] = ["manage_billing:enterprise", "read:org"],
        mayManageBilling: Bool = true, isSignedOn: Bool = true, expires: Timestamp? = nil
    ) {
        self.secret = secret
        self.isClassic = isClassic
        self.scopes = scopes
        self.mayManageBilling = mayManageBilling
        self.isSignedOn = isSignedOn
        self.expires = expires
    }
}

extension World {
    /// The enterprise with this slug, ignoring case.
    func enterprise(_ slug: String) -> SimulatedEnterprise? {
        enterprises.first { $0.slug.lowercased() == slug.lowercased() }
    }

    /// The organizations that an enterprise pays for.
    func organizations(paidBy enterprise: SimulatedEnterprise) -> [SimulatedOrganization] {
        organizations.filter { $0.isBilledElsewhere && $0.enterpriseID == enterprise.id }
    }

    /// The personal token with this text.
    func personalToken(_ text: String) -> PersonalToken? {
        enterprises.flatMap(\.tokens).first { token in token.secret.reveal { $0 == text } }
    }
}
