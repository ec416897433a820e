import Domain
import GitHub
import Ports
import Testing

private let page = "<!DOCTYPE html>\n<html><body>Blocked</body></html>"
private let html = ["content-type": "text/html; charset=utf-8"]

/// Refusals that do not look like those of GitHub's REST API, and answers of somebody else.
@Suite("A refusal in another form", .timeLimit(.minutes(5)))
struct OtherRefusalTests {
    private func membersFailure(
        _ error: String, _ fields: [String: String] = [:]
    ) async throws -> Failure {
        let bench = try Bench(
            answers: .json(
                200, #"{"data": {"organization": null}, "errors": [{\#(error)}]}"#, fields))
        return try await failure { () async throws(Failure) in
            try await bench.client.members(of: acme, token: token) { _ in }
        }
    }

    @Test(
        "is a rate limit of GraphQL, by each of its names, even while requests remain",
        arguments: [
            #""type": "RATE_LIMIT", "code": "graphql_rate_limit", "message": "API rate limit already exceeded for installation ID 5.""#,
            #""type": "RATE_LIMITED", "message": "…""#,
            #""message": "You have exceeded a secondary rate limit.""#,
            #""extensions": {"code": "graphql_rate_limit"}, "message": "…""#,
        ])
    func limited(error: String) async throws {
        let failure = try await membersFailure(
            error, ["x-ratelimit-remaining": "4", "x-ratelimit-reset": "1795350000"])
        #expect(failure.code == .rateLimited)
        #expect(failure.delay == .seconds(1_200))
        #expect(try await membersFailure(error).delay == .seconds(60))
        #expect(try await membersFailure(error, ["retry-after": "90"]).delay == .seconds(90))
    }

    @Test(
        "is about an allow list, single sign-on or a suspension, by GraphQL's message",
        arguments: [
            (
                "Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list enabled, and your IP address is not permitted to access this resource.",
                Failure.Code.forbidden, "IP allow list of acme"
            ),
            (
                "Resource protected by organization SAML enforcement. You must grant your OAuth token access to this organization.",
                .forbidden, "single sign-on"
            ),
            ("This installation has been suspended", .suspended, "unsuspend"),
            ("Resource not accessible by integration", .forbidden, "Members: read"),
        ])
    func message(words: String, code: Failure.Code, advice: String) async throws {
        for type in ["FORBIDDEN", "UNPROCESSABLE"] {
            let failure = try await membersFailure(#""type": "\#(type)", "message": "\#(words)""#)
            #expect(failure.code == code)
            #expect(failure.message.contains(advice), "\(failure.message)")
        }
    }

    @Test(
        "is an error that lost its status on the way, of each endpoint",
        arguments: [
            ("API rate limit exceeded for installation ID 555.", Failure.Code.rateLimited),
            ("You have exceeded a secondary rate limit.", .rateLimited),
            ("Resource protected by organization SAML enforcement.", .forbidden),
            ("This installation has been suspended", .suspended),
            ("Bad credentials", .unauthorized), ("Server Error", .unavailable),
        ])
    func lostStatus(message: String, code: Failure.Code) async throws {
        for status in [200, 201, 202] {
            let bench = try Bench { _ in Reply.message(status, message).response }
            let report = try await failure { () async throws(Failure) in
                try await bench.client.report(
                    .users, of: acme, day: day("2026-11-21"), token: token)
            }
            let bill = try await failure { () async throws(Failure) in
                try await bench.client.billing(of: acme, year: 2026, month: 11, token: token)
            }
            let list = try await failure { () async throws(Failure) in
                try await bench.client.installations(token: token)
            }
            #expect([report, bill, list].map(\.code) == [code, code, code])
        }
    }

    @Test("is an empty answer, which is asked for again")
    func nothing() async throws {
        let bench = try Bench { _ in Reply(text: " ").response }
        let list = try await failure { () async throws(Failure) in
            try await bench.client.installations(token: token)
        }
        #expect(list.code == .unavailable)
        #expect(list.message.contains("is empty"))
        #expect(bench.paths.count > 1)
    }

    @Test(
        "is no unreadable end of a token's life, which only people read",
        arguments: ["-1", "1e300", #""soon""#, #""99999-12-31T23:59:59Z""#, "null", "[]"])
    func oddExpiry(value: String) async throws {
        let bench = try Bench(
            answers: .json(201, #"{"token": "ghs_1", "expires_at": \#(value)}"#))
        let token = try await bench.client.installationToken(InstallationID(5))
        #expect(token.expires == nil)
    }

    @Test(
        "is the page of a proxy in place of a document, and says so",
        arguments: [(200, html), (200, [:]), (403, html), (404, html), (511, [:])])
    func pageInPlace(status: Int, fields: [String: String]) async throws {
        let reply = Reply(status: status, text: page, fields: fields)
        let bench = try Bench { _ in reply.response }
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.report(.users, of: acme, day: day("2026-11-21"), token: token)
        }
        // Nothing is settled by an answer that is not GitHub's.
        #expect(failure.code == .unavailable)
        #expect(failure.message.contains("proxy") == (status < 500), "\(failure.message)")
    }

    @Test("is the page of a proxy in place of an installation token or members")
    func otherDocuments() async throws {
        let reply = Reply(text: page, fields: html)
        let bench = try Bench { _ in reply.response }
        let tokenFailure = try await failure { () async throws(Failure) in
            try await bench.client.installationToken(InstallationID(5))
        }
        let memberFailure = try await failure { () async throws(Failure) in
            try await bench.client.members(of: acme, token: token) { _ in }
        }
        for failure in [tokenFailure, memberFailure] {
            #expect(failure.code == .unavailable)
            #expect(failure.message.contains("HTML page"), "\(failure.message)")
        }
    }

    @Test("is a redirect, which is followed only for a GET to the same place, of each endpoint")
    func redirects() async throws {
        for status in [301, 302, 303, 307, 308] {
            let bench = try Bench { _ in
                HTTPClientResponse(
                    status: status, fields: ["location": "https://filter.example/"], bytes: [])
            }
            let failures = [
                try await failure { () async throws(Failure) in
                    try await bench.client.installationToken(InstallationID(5))
                },
                try await failure { () async throws(Failure) in
                    try await bench.client.members(of: acme, token: token) { _ in }
                },
                try await failure { () async throws(Failure) in
                    try await bench.client.installations(token: token)
                },
                try await failure { () async throws(Failure) in
                    try await bench.client.currentApp()
                },
            ]
            for failure in failures {
                #expect(failure.code == .unavailable)
                #expect(failure.message.contains("a redirect"), "\(failure.message)")
                #expect(failure.message.contains("proxy or filter"))
                #expect(failure.message.contains("(status \(status))"))
            }
            #expect(bench.requests.allSatisfy { $0.url.hasPrefix("https://api.github.com/") })
        }
    }

    @Test("is a page in place of the App itself")
    func noApp() async throws {
        let bench = try Bench { _ in Reply(text: page, fields: html).response }
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.currentApp()
        }
        #expect(failure.code == .unavailable)
        #expect(failure.message.contains("HTML page"), "\(failure.message)")
    }

    @Test("is a request of the proxy for credentials")
    func proxyCredentials() async throws {
        let bench = try Bench(answers: .json(407, "{}"))
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.currentUser(token: token)
        }
        #expect(failure.code == .misconfigured)
        #expect(failure.message.contains("HTTPS_PROXY"))
    }

    @Test(
        "is a pause of the OAuth host, not the end of an authorization",
        arguments: [
            (403, page, html.merging(["retry-after": "60"]) { $1 }, 60),
            (403, page, html, 60), (403, "", [:], 60),
            (400, page, html.merging(["retry-after": "7"]) { $1 }, 7),
            (429, page, html.merging(["retry-after": "90"]) { $1 }, 90),
        ])
    func pause(status: Int, body: String, fields: [String: String], seconds: Int) async throws {
        let bench = try Bench(answers: .json(status, body, fields))
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.refresh(Secret("ghr_old"))
        }
        #expect(failure.code == .rateLimited)
        #expect(failure.delay == .seconds(seconds))
        #expect(failure.message.contains("nobody has to authorize again"))
    }

    @Test("is a page in place of tokens")
    func noTokens() async throws {
        let bench = try Bench(answers: .json(200, page, html))
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.refresh(Secret("ghr_old"))
        }
        #expect(failure.code == .unavailable)
        #expect(failure.message.contains("GITHUB_SERVER_URL"))
    }

    @Test("is a token of an OAuth App, which cannot be installed")
    func oauthApp() async throws {
        let bench = try Bench(
            answers: .json(200, #"{"access_token": "gho_x", "scope": "", "token_type": "bearer"}"#))
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.exchange(
                code: Secret("c"), verifier: Secret("v"), redirectURI: "https://usage.example/c")
        }
        #expect(failure.code == .misconfigured)
        #expect(failure.message.contains("OAuth App"))
    }

    @Test(
        "is a list without the organizations that single sign-on hides",
        arguments: [
            ("partial-results; organizations=21955855,20582480", "2 organizations are hidden"),
            ("partial-results;organizations=21955855", "1 organization is hidden"),
            ("partial-results", "organizations are hidden"),
            ("Partial-Results; organizations=", "organizations are hidden"),
            ("partial-results; organizations= , ", "organizations are hidden"),
            ("required; url=https://github.com/orgs/acme/sso", nil),
        ] as [(String, String?)])
    func hidden(header: String, words: String?) async throws {
        let list = #"""
            {"total_count": 1, "installations": [{"id": 1, "target_type": "Organization",
             "account": {"login": "acme", "id": 7, "type": "Organization"}, "permissions": {}}]}
            """#
        let bench = try Bench(
            answers: .json(200, list, ["x-github-sso": header]),
            .json(200, #"{"state": "active", "role": "admin"}"#))
        let reach = try await bench.client.reach(token: token)
        #expect(reach.organizations.count == 1)
        #expect((reach.hiddenNotice == nil) == (words == nil))
        if let words {
            #expect(reach.hiddenNotice?.contains(words) ?? false)
            #expect(reach.hiddenNotice?.contains("authorize again") ?? false)
        }
    }
}
