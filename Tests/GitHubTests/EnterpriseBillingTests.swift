import Domain
import GitHub
import Ports
import Testing

@Suite("The bill of an enterprise", .timeLimit(.minutes(5)))
struct EnterpriseBillingTests {
    static let account = EnterpriseAccount(slug: "acme-inc", token: Secret("ghp_planted"))
    static let row = """
        {"product": "Copilot", "sku": "copilot_for_business", "unitType": "user-months",
         "pricePerUnit": 19, "grossQuantity": 12.4, "grossAmount": 235.6, "netAmount": 235.6}
        """

    static func answer(_ rows: String, of organization: String? = "Acme") -> Reply {
        let name = organization.map { #""organization": "\#($0)","# } ?? ""
        return Reply(text: #"{\#(name) "usageItems": [\#(rows)]}"#)
    }

    /// A GitHub where acme has no bill of its own.
    private func bench(
        enterprise: EnterpriseAccount? = account, _ answer: @escaping @Sendable (String) -> Reply
    ) throws -> Bench {
        try Bench(enterprise: enterprise) { request throws(Failure) in
            guard request.path.hasPrefix("/enterprises/") else {
                return Reply.message(404, "Not Found").response
            }
            return answer(request.path).response
        }
    }

    @Test("is read for an organization that has none of its own, by the enterprise's token alone")
    func paid() async throws {
        let bench = try bench { _ in Self.answer(Self.row) }
        let bill = try await bench.client.billing(of: acme, year: 2026, month: 11, token: token)
        #expect(bill.enterprise == "acme-inc")
        #expect(bill.rows.map(\.grossAmount) == [235.6])
        #expect(bill.notes.isEmpty)
        #expect(
            bench.paths == [
                "GET /organizations/acme/settings/billing/usage/summary"
                    + "?year=2026&month=11&product=copilot",
                "GET /enterprises/acme-inc/settings/billing/usage/summary"
                    + "?year=2026&month=11&product=copilot&organization=acme",
            ])
        let tokens = bench.requests.map { $0.secretFields["authorization"]?.reveal { $0 } }
        #expect(tokens == ["Bearer ghs_42_token", "Bearer ghp_planted"])
        #expect(bench.requests.allSatisfy { $0.url.hasPrefix("https://api.github.com/") })
    }

    @Test("is not asked for an organization with a bill of its own, nor without a token")
    func own() async throws {
        let own = try Bench(enterprise: Self.account) { _ throws(Failure) in
            Self.answer(Self.row).response
        }
        let bill = try await own.client.billing(of: acme, year: 2026, month: 11, token: token)
        #expect(bill.enterprise == nil)
        #expect(own.requests.count == 1)

        let none = try bench(enterprise: nil) { _ in Self.answer(Self.row) }
        let failure = try await failure { () async throws(Failure) in
            try await none.client.billing(of: acme, year: 2026, month: 11, token: token)
        }
        #expect(failure.code == .notFound)
        #expect(failure.message.contains("set GITHUB_ENTERPRISE and GITHUB_BILLING_TOKEN"))
        #expect(none.requests.count == 1)
    }

    @Test("has the same rows by model as an organization's own bill")
    func models() async throws {
        let summary = """
            {"product": "Copilot", "sku": "copilot_premium_request", "unitType": "requests",
             "grossQuantity": 3}, {"product": "copilot", "sku": "copilot_ai_unit",
             "unitType": "ai-units", "grossQuantity": 5}
            """
        let bench = try bench { path in
            if path.contains("/premium_request/usage") {
                return Self.answer(
                    """
                    {"sku": "Copilot Premium Request", "unitType": "request", "model": "GPT-5",
                     "grossQuantity": 3}
                    """)
            }
            guard path.contains("/ai_credit/usage") else { return Self.answer(summary) }
            return Self.answer(
                """
                {"sku": "Copilot AI Credits", "unitType": "ai-credits", "model": "Auto: GPT-5",
                 "grossQuantity": 5}
                """)
        }
        let bill = try await bench.client.billing(
            of: acme, year: 2026, month: 11, token: token, hasModels: true)
        #expect(bill.rows.map(\.model) == [nil, "GPT-5"])
        #expect(bill.byModel.map(\.model) == ["Auto: GPT-5"])
        #expect(bench.paths.dropFirst().allSatisfy { $0.contains("&organization=acme") })
        #expect(bench.requests.count == 4)
    }

    @Test("without rows of the organization is no bill of it, which names both")
    func empty() async throws {
        let bench = try bench { _ in Self.answer("") }
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.billing(of: acme, year: 2026, month: 11, token: token)
        }
        #expect(failure.code == .notFound)
        #expect(failure.message.contains("the bill of the enterprise acme-inc has nothing of it"))
    }

    @Test("is not counted for an organization that it is not of")
    func other() async throws {
        let bench = try bench { _ in Self.answer(Self.row, of: "beta") }
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.billing(of: acme, year: 2026, month: 11, token: token)
        }
        #expect(failure.code == .malformedReply)
        let unnamed = try self.bench { _ in Self.answer(Self.row, of: nil) }
        let bill = try await unnamed.client.billing(of: acme, year: 2026, month: 11, token: token)
        #expect(bill.notes.count == 1)
        #expect(bill.notes.first?.contains("does not name acme") == true)
    }

    /// What GitHub answers, the token, and words of the advice.
    static let refusals: [(Reply, String, String)] = [
        (.message(401, "Bad credentials"), "ghp_x", "has expired, was revoked or is mistyped"),
        (
            .message(403, "Resource not accessible by personal access token"), "odd",
            "is not a classic token, and GitHub gives"
        ),
        (.message(404, "Not Found"), "github_pat_x", "is a fine-grained token, and GitHub gives"),
        (.message(403, "No"), "ghs_x", "is a GitHub App's token"),
        (
            Reply(status: 404, fields: ["x-oauth-scopes": "repo, read:org"]), "ghp_x",
            "lacks the scope manage_billing:enterprise (it has read:org, repo)"
        ),
        (Reply(status: 403, fields: ["x-oauth-scopes": ""]), "ghp_x", "(it has none)"),
        (
            Reply(status: 404, fields: ["x-oauth-scopes": "admin:enterprise"]), "ghp_x",
            "https://github.com/enterprises/NAME"
        ),
        (.message(404, "Not Found"), "ghp_x", "and that the token has the scope"),
        (
            Reply(status: 403, fields: ["x-github-sso": "required; url=https://github.com/x"]),
            "ghp_x", "Configure SSO beside the token"
        ),
        (.message(403, "SAML SSO enforcement"), "ghp_x", "Configure SSO beside the token"),
        (
            .message(403, "Your IP address is not in the IP allow list."), "ghp_x",
            "the IP allow list of the enterprise acme-inc"
        ),
        (
            Reply(status: 403, fields: ["x-oauth-scopes": "manage_billing:enterprise"]), "ghp_x",
            "is an owner or billing manager of it"
        ),
    ]

    @Test(
        "is refused in words about its token, never as an organization without a bill",
        arguments: refusals.indices)
    func refusal(index: Int) async throws {
        let (reply, token, words) = Self.refusals[index]
        let account = EnterpriseAccount(slug: "acme-inc", token: Secret(token))
        let bench = try bench(enterprise: account) { _ in reply }
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.billing(
                of: acme, year: 2026, month: 11, token: GitHubTests.token)
        }
        #expect(failure.code == .forbidden)
        #expect(failure.message.contains(words), "\(failure.message)")
        #expect(!failure.message.contains(token))
        #expect(bench.requests.count == 2)
    }

    @Test("waits where GitHub asks to, as for any request")
    func limited() async throws {
        let bench = try bench { _ in
            Reply(status: 403, fields: ["retry-after": "1800"])
        }
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.billing(of: acme, year: 2026, month: 11, token: token)
        }
        #expect(failure.code == .rateLimited)
        #expect(failure.retry == .after(.seconds(1_800)))
    }

    @Test("reports the token's scopes and end with the whole bill")
    func whole() async throws {
        let bench = try bench { _ in
            var reply = Self.answer(Self.row, of: nil)
            reply.fields = [
                "x-oauth-scopes": "manage_billing:enterprise, repo",
                "github-authentication-token-expiration": "2026-12-31 09:00:00 UTC",
            ]
            return reply
        }
        let bill = try #require(try await bench.client.enterpriseBill(year: 2026, month: 11))
        #expect(bill.summary.total(of: \.grossAmount) == 235.6)
        #expect(bill.summary.notes.isEmpty)
        #expect(bill.scopes == ["manage_billing:enterprise", "repo"])
        #expect(bill.tokenExpires == day("2026-12-31"))
        #expect(bench.paths.allSatisfy { !$0.contains("organization") })
    }

    @Test(
        "is found by the enterprise's slug, or its address",
        arguments: [
            ("acme-inc", "acme-inc"), ("https://github.com/enterprises/acme_1", "acme_1"),
            ("https://acme.ghe.com/enterprises/acme/settings/billing", "acme"), ("", nil),
            ("acme inc", nil), ("../orgs/acme", nil), ("acme/inc", nil), ("acme?x=1", nil),
            ("https://github.com/acme", nil), ("-acme", nil),
        ] as [(String, String?)])
    func slug(text: String, slug: String?) {
        #expect(EnterpriseAccount.slug(text) == slug)
    }
}
