import Domain
import Fakes
import GitHubSimulator
import InMemory
import Testing

/// The App's requests, the person's requests and the requirements of every request.
@Suite("The simulated API", .timeLimit(.minutes(5)))
struct APITests {
    @Test(
        "accepts an App token with the App ID or the client ID as issuer",
        arguments: ["42", "Iv23liSIMULATED00042"])
    func appToken(issuer: String) async throws {
        try await RunningSimulator.run { simulator in
            let reply = try await simulator.get(
                "/app", token: try simulator.appToken(issuer: issuer))
            #expect(reply.status == 200)
            #expect(reply.json?["id"] == .integer(42))
        }
    }

    @Test("refuses an invalid App token")
    func badAppTokens() async throws {
        try await RunningSimulator.run { simulator in
            let cases = [
                (try simulator.appToken(isStrange: true), "could not be decoded"),
                (try simulator.appToken(expires: 601), "too far in the future"),
                (try simulator.appToken(expires: 0), "('exp') must be a numeric value"),
                (try simulator.appToken(issued: 61), "('iat') must be an Integer"),
                (try simulator.appToken(issuer: "43"), "('iss')"),
                ("not.a.token", "could not be decoded"),
            ]
            for (token, message) in cases {
                let reply = try await simulator.get("/app", token: token)
                #expect(reply.status == 401)
                #expect(reply.message?.contains(message) == true, "\(reply.text)")
                #expect(reply.json?["status"] == .string("401"))
            }
            #expect(try await simulator.get("/app").status == 401)
        }
    }

    @Test("creates a long installation token that is valid for an hour")
    func installationToken() async throws {
        try await RunningSimulator.run { simulator in
            let reply = try await simulator.post(
                "/app/installations/555/access_tokens", token: try simulator.appToken())
            #expect(reply.status == 201)
            let token = try #require(reply.json?["token"]?.text)
            #expect(token.hasPrefix("ghs_42_"))
            #expect(token.utf8.count > 100)
            #expect(reply.json?["expires_at"] == .string("2026-04-10T07:00:00Z"))
            let path = "/orgs/acme/copilot/metrics/reports/organization-1-day?day=2026-04-09"
            #expect(try await simulator.get(path, token: token).status == 200)
            simulator.clock.advance(by: .seconds(3_600))
            #expect(try await simulator.get(path, token: token).status == 401)
            #expect(try await simulator.get(path, token: token + "x").status == 401)
        }
    }

    @Test("creates no token for an unknown or suspended installation or for missing permissions")
    func noInstallationToken() async throws {
        try await RunningSimulator.run(scenario: "suspended-installation") { simulator in
            let app = try simulator.appToken()
            let unknown = try await simulator.post(
                "/app/installations/1/access_tokens", token: app)
            #expect(unknown.status == 404)
            let suspended = try await simulator.post(
                "/app/installations/555/access_tokens", token: app)
            #expect(suspended.status == 403)
            #expect(suspended.message == "This installation has been suspended")
            let tooMuch = try await simulator.post(
                "/app/installations/556/access_tokens", token: app,
                body: #"{"permissions":{"members":"write"}}"#)
            #expect(tooMuch.status == 422)
            let less = try await simulator.post(
                "/app/installations/556/access_tokens", token: app,
                body: #"{"permissions":{"members":"read"}}"#)
            #expect(less.json?["permissions"] == .object(["members": .string("read")]))
            let path = "/orgs/acme-2/copilot/metrics/reports/users-1-day?day=2026-04-09"
            let reply = try await simulator.get(path, token: less.json?["token"]?.text)
            #expect(reply.status == 403)
            #expect(reply.message == "Resource not accessible by integration")
        }
    }

    @Test("pages through installations with Link headers", arguments: [1, 30, 100, 1_000])
    func paging(size: Int) async throws {
        try await RunningSimulator.run(scenario: "many-installations") { simulator in
            let token = try await simulator.userToken()
            var path: String? = "/user/installations?per_page=\(size)"
            if size == 1 { path = "/user/installations?per_page=1&page=250" }
            var ids: Set<Int64> = []
            var pages = 0
            while let next = path, pages < 300 {
                let reply = try await simulator.get(next, token: token)
                #expect(reply.json?["total_count"] == .integer(256))
                guard case .array(let page)? = reply.json?["installations"] else {
                    Issue.record("no installations in \(reply.text)")
                    return
                }
                #expect(page.count <= min(size, 100))
                for case .integer(let id)? in page.map({ $0["id"] }) { ids.insert(id) }
                pages += 1
                path = Self.next(reply.fields["link"], base: simulator.addresses.api)
            }
            #expect(ids.count == (size == 1 ? 7 : 256))
            #expect(pages == (size == 1 ? 7 : (256 + min(size, 100) - 1) / min(size, 100)))
        }
    }

    private static func next(_ link: String?, base: String) -> String? {
        for part in (link ?? "").split(separator: ", ") where part.hasSuffix("rel=\"next\"") {
            let address = part.prefix { $0 != ">" }.dropFirst()
            return String(address.dropFirst(base.count))
        }
        return nil
    }

    @Test("lists installations on users and enterprises with their kind of account")
    func otherInstallations() async throws {
        try await RunningSimulator.run(scenario: "many-installations") { simulator in
            let reply = try await simulator.get(
                "/app/installations?per_page=100&page=3", token: try simulator.appToken())
            guard case .array(let page)? = reply.json else {
                Issue.record("no list in \(reply.text)")
                return
            }
            let users = page.count { $0["target_type"]?.text == "User" }
            #expect(users == 3)
            let enterprise = page.first { $0["target_type"]?.text == "Enterprise" }
            #expect(enterprise?["account"]?["slug"] == .string("big-enterprise"))
            #expect(enterprise?["account"]?["login"] == nil)
        }
    }

    @Test(
        "returns a person's role",
        arguments: [
            (Person.owner.login, "admin"), (Person.plainMember.login, "member"),
            (Person.stranger.login, nil),
        ])
    func membership(login: String, role: String?) async throws {
        try await RunningSimulator.run(configure: { $0.consent = .automatic(login: login) }) {
            simulator in
            let token = try await simulator.userToken()
            let reply = try await simulator.get("/user/memberships/orgs/ACME", token: token)
            #expect(reply.status == (role == nil ? 404 : 200))
            #expect(reply.json?["role"]?.text == role)
        }
    }

    @Test("refuses the role without the members permission")
    func hiddenMembership() async throws {
        try await RunningSimulator.run(scenario: "no-members-permission") { simulator in
            let token = try await simulator.userToken()
            let reply = try await simulator.get("/user/memberships/orgs/acme", token: token)
            #expect(reply.status == 403)
            #expect(reply.message == "Resource not accessible by integration")
        }
    }

    @Test("limits the requests per hour of each installation separately")
    func budget() async throws {
        try await RunningSimulator.run(configure: { $0.requestsPerHour = 2 }) { simulator in
            let path = "/orgs/acme/copilot/metrics/reports/organization-1-day?day=2026-04-09"
            let other = "/orgs/acme-2/copilot/metrics/reports/organization-1-day?day=2026-04-09"
            let token = try await simulator.installationToken()
            let otherToken = try await simulator.installationToken(556)
            for remaining in ["1", "0"] {
                let reply = try await simulator.get(path, token: token)
                #expect(reply.status == 200)
                #expect(reply.fields["x-ratelimit-remaining"] == remaining)
                #expect(reply.fields["x-ratelimit-limit"] == "2")
            }
            let refused = try await simulator.get(path, token: token)
            #expect(refused.status == 403)
            #expect(refused.message?.hasPrefix("API rate limit exceeded") == true)
            #expect(refused.fields["x-ratelimit-remaining"] == "0")
            let reset = try #require(Int64(refused.fields["x-ratelimit-reset"] ?? ""))
            #expect(reset == simulator.clock.now().seconds + 3_600)
            #expect(try await simulator.get(other, token: otherToken).status == 200)
            simulator.clock.set(Timestamp(seconds: reset))
            let fresh = try await simulator.installationToken()
            #expect(try await simulator.get(path, token: fresh).status == 200)
        }
    }

    @Test("records requests that a correct client never sends")
    func manners() async throws {
        try await RunningSimulator.run { simulator in
            let token = try await simulator.userToken()
            let old = try await simulator.get(
                "/user", token: token, fields: ["x-github-api-version": "2019-01-01"])
            #expect(old.status == 410)
            let none = try await simulator.fetch(
                simulator.addresses.api + "/user",
                fields: ["authorization": "Bearer \(token)", "user-agent": "tests"])
            #expect(none.status == 200)
            let scheme = try await simulator.get(
                "/user", fields: ["authorization": "token \(token)"])
            #expect(scheme.status == 401)
            let elsewhere = try await simulator.get("/users/acme/copilot", token: token)
            #expect(elsewhere.status == 404)
            #expect(
                simulator.github.violations.map { $0.split(separator: ": ").last } == [
                    "an X-GitHub-Api-Version that GitHub does not have",
                    "no X-GitHub-Api-Version",
                    "an Authorization header without a bearer token",
                    "an unknown endpoint",
                ])
        }
    }

    @Test("refuses a request without a User-Agent")
    func userAgent() async throws {
        try await RunningSimulator.run { simulator in
            let token = try await simulator.userToken()
            let reply = try await simulator.get("/user", token: token, fields: ["user-agent": ""])
            #expect(reply.status == 403)
            #expect(reply.message?.contains("User-Agent") == true)
            #expect(simulator.github.violations.count == 1)
        }
    }

    @Test("listens until its task is cancelled, then can run again")
    func running() async throws {
        try await RunningSimulator.run { simulator in
            let github = simulator.github
            for _ in 0..<2 {
                let (addresses, announcement) = AsyncStream.makeStream(of: SimulatorAddresses.self)
                let running = Task { try await github.run { announcement.yield($0) } }
                for await address in addresses {
                    let page = try await simulator.fetch(
                        address.api + RunningSimulator.authorizePath())
                    #expect(page.status == 302)
                    running.cancel()
                    break
                }
                try await running.value
            }
        }
    }

    @Test("throws if it cannot listen")
    func portInUse() async throws {
        try await RunningSimulator.run { simulator in
            let port = try #require(Int(simulator.addresses.api.split(separator: ":").last ?? ""))
            await #expect(throws: (any Error).self) {
                try await RunningSimulator.run(configure: { $0.apiPort = port }) { _ in
                    Issue.record("two servers listen on one port")
                }
            }
        }
    }

    @Test("dates responses by the simulator's clock and records requests without secrets")
    func notes() async throws {
        try await RunningSimulator.run { simulator in
            let token = try await simulator.userToken()
            let reply = try await simulator.get("/user", token: token)
            #expect(reply.fields["date"] == "Fri, 10 Apr 2026 06:00:00 GMT")
            #expect(reply.fields["x-github-request-id"]?.isEmpty == false)
            #expect(
                simulator.github.requests.map(\.credential) == [.none, .clientSecret, .userToken])
            #expect(
                simulator.github.requests.map(\.operation) == [.authorize, .exchangeCode, .user])
            #expect(!"\(simulator.github.requests)".contains(token))
        }
    }
}
