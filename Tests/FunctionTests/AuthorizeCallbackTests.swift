import Authorization
import Domain
import Fakes
import FunctionInterface
import GitHub
import InMemory
import OnAuthorize
import OnAuthorizeCallback
import OpenSSLCrypto
import Ports
import Testing
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("onAuthorizeCallback", .timeLimit(.minutes(5)))
struct AuthorizeCallbackTests {
    let clock: ManualClock
    let store: MemoryStore
    let github = AuthorizingGitHub()

    init() throws {
        clock = ManualClock(try #require(Timestamp("2026-11-22T12:00:00Z")))
        store = MemoryStore(clock: clock)
    }

    private func site(token: String? = nil) throws -> AuthorizationSite {
        try AuthorizationSite(
            publicURL: "http://127.0.0.1:8080", setupToken: token.map(Secret.init))
    }

    private func function(_ other: (any KeyValueStore)? = nil) throws -> AuthorizeCallback {
        AuthorizeCallback(
            store: other ?? store, vault: OpenVault(), hashing: OpenSSLHashing(), clock: clock,
            github: try github.client(clock: clock), site: try site())
    }

    /// Begins an authorization, has the person consent, and returns the request that follows.
    private func returning(
        _ query: [String: String] = [:], seed: UInt64 = 1
    ) async throws -> WebEvent {
        let authorize = Authorize(
            vault: OpenVault(), hashing: OpenSSLHashing(), entropy: SeededEntropy(seed: seed),
            clock: clock, github: try github.client(clock: clock), site: try site())
        let sent = try await authorize.run(WebEvent(query: query))
        let location = try #require(sent.headers["location"])
        let items = try #require(URLComponents(string: location)?.queryItems)
        let state = try #require(items.first { $0.name == "state" }?.value)
        let cookie = try #require(sent.headers["set-cookie"]?.split(separator: ";").first)
        return WebEvent(
            query: ["code": try github.agree(to: location), "state": state],
            headers: ["cookie": String(cookie)])
    }

    private func integration(_ id: String) async throws -> Integration? {
        let key = StoreKey.integration(try #require(IntegrationID(id)))
        return try await store.entry(for: key).map { entry in
            try JSON.decode(Integration.self, from: entry.value, at: key)
        }
    }

    private func tokens(_ id: String) async throws -> UserTokens? {
        let id = try #require(IntegrationID(id))
        return try await store.entry(for: .credentials(id)).map { entry in
            try Credentials.open(entry.value, of: id, in: OpenVault())
        }
    }

    /// Whether the store contains anything but used authorizations.
    private func isAnythingKept() async throws -> Bool {
        try await store.allKeys(prefix: "").contains {
            !$0.description.hasPrefix("used-authorization/")
        }
    }

    @Test("stores the tokens and the integration, and reports what is connected")
    func connects() async throws {
        let event = try await returning([
            "name": "Team A", "application": "apps", "subsystem": "dev",
        ])
        let result = try await function().run(event)
        #expect(result.status == 200)
        #expect(
            result.integration
                == ConnectedIntegration(id: "9-team-a", name: "Team A", organizations: ["acme"]))
        #expect(result.error == nil)
        #expect(result.body.contains("<li>acme</li>"))
        #expect(
            result.body.contains("https://github.com/apps/copilot-usage/installations/new"))
        #expect(result.headers["set-cookie"]?.contains("Max-Age=0") ?? false)

        let kept = try #require(try await integration("9-team-a"))
        #expect(kept.name == "Team A")
        #expect(kept.tags == SampleTags(application: "apps", subsystem: "dev"))
        #expect(kept.user == GitHubUser(id: 9, login: "ada"))
        #expect(kept.authorizedAt == clock.now())
        #expect(kept.organizations.map(\.id) == [InstallationID(1)])
        let tokens = try #require(try await tokens("9-team-a"))
        #expect(tokens.access.secret.reveal { $0 } == "ghu_1")
        #expect(tokens.refresh?.reveal { $0 } == "ghr_1")
        #expect(tokens.accessExpires == clock.now().advanced(by: .seconds(28_800)))
    }

    @Test("works once, and reports that the second time without changing anything")
    func once() async throws {
        let event = try await returning()
        #expect(try await function().run(event).status == 200)
        let before = github.requests.count
        let result = try await function().run(event)
        #expect(result.status == 400)
        #expect(result.error?.code == .invalidAuthorization)
        #expect(result.body.contains("already used"))
        #expect(github.requests.count == before)
    }

    @Test(
        "marks the state as used before it exchanges the code, so a failure does not make it valid again"
    )
    func usedUpFirst() async throws {
        let event = try await returning()
        github.change { $0.outage = ("/login/oauth/access_token", 503) }
        let failure = await #expect(throws: Failure.self) {
            try await function().run(event)
        }
        #expect(failure?.code == .unavailable)
        github.change { $0.outage = nil }
        #expect(try await function().run(event).status == 400)
        #expect(try await !isAnythingKept())
    }

    @Test("accepts only one of two simultaneous requests")
    func race() async throws {
        let event = try await returning()
        let state = try #require(event.query["state"])
        let key = PendingAuthorization.key(state: state, hashing: OpenSSLHashing())
        // Another request uses it between reading and writing.
        let raced = RacedStore(store) { store in
            _ = try? await store.put([1], for: key, if: .always)
        }
        let result = try await function(raced).run(event)
        #expect(result.status == 400)
        #expect(result.body.contains("already used"))
        #expect(github.requests.isEmpty)
    }

    @Test("stores nothing until a browser returns, and remembers a used state for ten minutes")
    func stored() async throws {
        let event = try await returning()
        #expect(try await store.allKeys(prefix: "").isEmpty)
        _ = try await function().run(event)
        #expect(try await store.allKeys(prefix: "used-authorization/").count == 1)
        clock.advance(by: .seconds(600))
        #expect(try await store.allKeys(prefix: "used-authorization/").isEmpty)
        #expect(try await function().run(event).status == 400)
    }

    @Test("rejects an expired state")
    func late() async throws {
        let event = try await returning()
        clock.advance(by: .seconds(600))
        let result = try await function().run(event)
        #expect(result.status == 400)
        #expect(result.error?.code == .invalidAuthorization)
        #expect(github.requests.isEmpty)
    }

    @Test(
        "rejects a request that began in another browser, and keeps the state valid",
        arguments: [
            "", "copilot-usage-authorization=", "copilot-usage-authorization=wrong",
            "other=cookie", "__Host-copilot-usage-authorization=x",
        ])
    func otherBrowser(cookie: String) async throws {
        let event = try await returning()
        var stolen = event
        stolen.headers["cookie"] = cookie
        let result = try await function().run(stolen)
        #expect(result.status == 400)
        #expect(result.error?.code == .invalidAuthorization)
        #expect(github.requests.isEmpty)
        #expect(try await function().run(event).status == 200)
    }

    @Test(
        "rejects a request without a known state, and links to the beginning",
        arguments: [
            ["code": "c"], ["code": "c", "state": ""], ["code": "c", "state": "forged"], [:],
            ["code": "c", "installation_id": "1", "setup_action": "install"],
            ["code": "c", "installation_id": "1", "setup_action": "install", "state": "forged"],
        ])
    func stranger(query: [String: String]) async throws {
        let result = try await function().run(WebEvent(query: query))
        #expect(result.status == 400)
        #expect(result.error?.code == .invalidAuthorization)
        #expect(result.body.contains(#"href="http://127.0.0.1:8080/authorize""#))
        #expect(github.requests.isEmpty)
        #expect(try await !isAnythingKept())
    }

    @Test("rejects a code of somebody else's authorization")
    func foreignCode() async throws {
        var event = try await returning()
        event.query["code"] = try await returning(seed: 2).query["code"]
        let result = try await function().run(event)
        #expect(result.status == 400)
        #expect(try await !isAnythingKept())
    }

    @Test("connects after an installation, whose code is bound to no challenge")
    func installed() async throws {
        var event = try await returning(["install": "true", "name": "Team A"])
        event.query["setup_action"] = "install"
        event.query["installation_id"] = "1"
        let result = try await function().run(event)
        #expect(result.status == 200)
        #expect(result.integration?.organizations == ["acme"])
        #expect(try await integration("9-team-a")?.name == "Team A")
        // A second time, it is used.
        #expect(try await function().run(event).status == 400)
    }

    @Test(
        "goes on to the authorization where an installation brought no code, and keeps the settings"
    )
    func installedBefore() async throws {
        var event = try await returning(
            ["install": "true", "name": "Team A", "application": "usage"])
        event.query["code"] = nil
        event.query["setup_action"] = "install"
        event.query["installation_id"] = "1"
        let result = try await function().run(event)
        #expect(result.status == 302)
        #expect(
            result.headers["location"]
                == "http://127.0.0.1:8080/authorize?name=Team%20A&application=usage")
        #expect(github.requests.isEmpty)
        #expect(try await !isAnythingKept())
    }

    @Test("goes on to the authorization after an installation that began on GitHub")
    func installedElsewhere() async throws {
        let event = WebEvent(query: ["installation_id": "1", "setup_action": "install"])
        let result = try await function().run(event)
        #expect(result.status == 302)
        #expect(result.headers["location"] == "http://127.0.0.1:8080/authorize")
        #expect(github.requests.isEmpty)

        // Where a token guards the authorization, it is said before it is asked for.
        let guarded = AuthorizeCallback(
            store: store, vault: OpenVault(), hashing: OpenSSLHashing(), clock: clock,
            github: try github.client(clock: clock), site: try site(token: "setup"))
        let page = try await guarded.run(event)
        #expect(page.status == 400)
        #expect(page.body.contains("The App is installed"))
        #expect(page.body.contains("setup token"))
        #expect(page.body.contains(#"href="http://127.0.0.1:8080/authorize""#))
        #expect(try await !isAnythingKept())
    }

    @Test("sends the PKCE verifier even if the URL mentions an installation")
    func installing() async throws {
        var event = try await returning()
        event.query["setup_action"] = "install"
        event.query["installation_id"] = "666"
        let result = try await function().run(event)
        #expect(result.integration?.organizations == ["acme"])
        let kept = try #require(try await integration("9-github-copilot-usage"))
        #expect(kept.organizations.map(\.id.number) == [1])
    }

    @Test(
        "reports the error that GitHub returns instead of a code",
        arguments: [
            ("access_denied", 403, Failure.Code.invalidAuthorization),
            ("application_suspended", 403, .suspended),
            ("redirect_uri_mismatch", 500, .misconfigured),
            ("server_error", 400, .invalidAuthorization),
        ])
    func declined(error: String, status: Int, code: Failure.Code) async throws {
        let result = try await function().run(
            WebEvent(query: [
                "error": error, "error_description": "<b>call 555</b>", "state": "s",
            ]))
        #expect(result.status == status)
        #expect(result.error?.code == code)
        #expect(!result.body.contains("555"))
        #expect(github.requests.isEmpty)
    }

    @Test("reports that an owner has to approve the installation")
    func pendingApproval() async throws {
        let result = try await function().run(WebEvent(query: ["setup_action": "request"]))
        #expect(result.status == 202)
        #expect(result.body.contains("owner"))
        #expect(result.integration == nil)
    }

    @Test("accepts GET only")
    func method() async throws {
        var event = try await returning()
        event.method = "POST"
        #expect(try await function().run(event).status == 405)
        #expect(github.requests.isEmpty)
    }

    @Test("connects the organizations that the person owns, and gives a reason for the others")
    func ownership() async throws {
        github.change { world in
            world.accounts = [
                .init(id: 5, login: "other", role: "member"),
                .init(id: 4, login: "gone", role: nil),
                .init(id: 3, login: "unclear", membership: .mayNotAsk, permissions: []),
                .init(id: 7, login: "doubtful", membership: .mayNotAsk),
                .init(id: 2, login: "asleep", suspendedAt: "2026-11-01T00:00:00Z"),
                .init(id: 1, login: "acme"), .init(id: 6, login: "ada", type: "User"),
            ]
        }
        let result = try await function().run(try await returning())
        #expect(result.status == 200)
        #expect(result.integration?.organizations == ["acme", "unclear"])
        for text in [
            "other: ", "gone: ", "asleep: ", "ada: ", "unsuspend", "unclear: collected",
            "doubtful: nothing is collected yet",
        ] {
            #expect(result.body.contains(text), "\(text)")
        }
        let kept = try #require(try await integration("9-github-copilot-usage"))
        #expect(
            kept.organizations.map(\.organization.description).sorted() == [
                "acme", "asleep", "unclear",
            ])
    }

    @Test("lists what the settings leave out, and asks nothing about it")
    func leftOut() async throws {
        github.change {
            $0.accounts = [.init(id: 1, login: "acme"), .init(id: 2, login: "sandbox", role: nil)]
        }
        let event = try await returning()
        let function = AuthorizeCallback(
            store: store, vault: OpenVault(), hashing: OpenSSLHashing(), clock: clock,
            github: try github.client(clock: clock), site: try site(),
            selection: OrganizationSelection(except: OrganizationPatterns("sand*")))
        let result = try await function.run(event)
        #expect(result.integration?.organizations == ["acme"])
        #expect(result.body.contains("sandbox: ORGANIZATIONS_EXCEPT leaves it out"))
        #expect(!github.requests.contains { $0.hasSuffix("/sandbox") })
    }

    @Test("rejects a person who owns none of the organizations, and stores nothing")
    func ownsNone() async throws {
        github.change { $0.accounts = [.init(id: 1, login: "acme", role: "member")] }
        let result = try await function().run(try await returning())
        #expect(result.status == 403)
        #expect(result.error?.code == .forbidden)
        #expect(result.body.contains("acme"))
        #expect(try await !isAnythingKept())
    }

    @Test(
        "connects a person who has no organization yet",
        arguments: [
            [], [AuthorizingGitHub.Account(id: 6, login: "ada", type: "User")],
            [.init(id: 2, login: "asleep", suspendedAt: "2026-11-01T00:00:00Z")],
        ])
    func noneYet(accounts: [AuthorizingGitHub.Account]) async throws {
        github.change { $0.accounts = accounts }
        let result = try await function().run(try await returning())
        #expect(result.status == 200)
        #expect(result.body.contains("There are no organizations yet"))
        #expect(result.integration?.organizations == [])
        #expect(try await tokens("9-github-copilot-usage") != nil)
    }

    @Test("does not renew an integration whose name only has the same words")
    func likeNames() async throws {
        for (seed, name) in ["C++ team", "C# team", "c++ TEAM", "C# team"].enumerated() {
            let result = try await function().run(
                try await returning(["name": name], seed: UInt64(seed)))
            #expect(result.status == 200)
        }
        #expect(try await integration("9-c-team")?.name == "c++ TEAM")
        let keys = try await store.allKeys(prefix: StoreKey.integrationPrefix)
        #expect(keys.count == 2)
        let other = try #require(keys.first { $0.description != "integration/9-c-team" })
        let id = String(other.description.dropFirst(StoreKey.integrationPrefix.count))
        #expect(try await integration(id)?.name == "C# team")
        #expect(try await tokens(id) != nil)
    }

    @Test("leaves a new organization pending if GitHub's response does not prove the owner")
    func unproven() async throws {
        github.change {
            $0.accounts = [
                .init(id: 3, login: "unclear", membership: .odd(status: 403, body: "null"))
            ]
        }
        let result = try await function().run(try await returning())
        #expect(result.status == 200)
        #expect(result.integration?.organizations == [])
        #expect(result.body.contains("unclear: nothing is collected yet"))
        #expect(try await integration("9-github-copilot-usage")?.organizations.isEmpty == true)
    }

    @Test("renews an integration of the same name, even a removed one")
    func renews() async throws {
        _ = try await function().run(try await returning(["application": "old"]))
        var first = try #require(try await integration("9-github-copilot-usage"))
        first.removedAt = clock.now()
        try await store.put(JSON.encode(first), for: .integration(first.id), if: .always)
        clock.advance(by: .seconds(3_600))
        let again = try await function().run(
            try await returning(["application": "new"], seed: 2))
        #expect(again.status == 200)
        let kept = try #require(try await integration("9-github-copilot-usage"))
        #expect(kept.tags.application == "new")
        #expect(kept.removedAt == nil)
        #expect(kept.authorizedAt == clock.now())
        #expect(try await tokens("9-github-copilot-usage")?.access.secret.reveal { $0 } == "ghu_2")
        #expect(try await store.allKeys(prefix: StoreKey.integrationPrefix).count == 1)
    }

    @Test(
        "derives the ID from the letters and digits of the name",
        arguments: [
            ("Team A", "9-team-a"), ("  team   a!", "9-team-a"),
            (String(repeating: "ab ", count: 33), "9-" + String(repeating: "ab-", count: 20)),
        ])
    func ids(name: String, id: String) async throws {
        let result = try await function().run(try await returning(["name": name]))
        #expect(result.integration?.id == id)
    }

    @Test(
        "derives different IDs from different names in any script",
        arguments: [("日本", "日本国"), ("Größe", "Grüße"), ("!", "?")])
    func oddNames(one: String, other: String) async throws {
        let first = try await function().run(try await returning(["name": one]))
        let second = try await function().run(try await returning(["name": other], seed: 2))
        let ids = [first, second].compactMap { $0.integration?.id }
        #expect(ids.count == 2)
        #expect(Set(ids).count == 2)
        #expect(ids.allSatisfy { $0.hasPrefix("9-") })
    }

    @Test("shows names as plain text")
    func escaped() async throws {
        let result = try await function().run(
            try await returning(["name": "<script>alert(1)</script>"]))
        #expect(result.status == 200)
        #expect(!result.body.contains("<script"))
    }

    @Test(
        "throws temporary failures instead of showing a page",
        arguments: ["/user", "/user/installations", "/login/oauth/access_token"])
    func outage(path: String) async throws {
        let event = try await returning()
        github.change { $0.outage = (path, 500) }
        let failure = await #expect(throws: Failure.self) { try await function().run(event) }
        #expect(failure?.code == .unavailable)
        #expect(try await !isAnythingKept())
    }

    @Test("shows no token on any page, and stores none unsealed")
    func secrets() async throws {
        let result = try await function().run(try await returning())
        let shown = String(decoding: JSON.encode(result), as: UTF8.self)
        #expect(!shown.contains("ghu_") && !shown.contains("ghr_"))
        for key in try await store.allKeys(prefix: "") {
            let entry = try #require(try await store.entry(for: key))
            let text = String(decoding: entry.value, as: UTF8.self)
            #expect(!text.contains("ghu_") && !text.contains("ghr_"), "\(key)")
        }
    }
}

/// A store in which somebody else changes something just before each write.
struct RacedStore: StoreWrapper {
    let store: MemoryStore
    private let other: @Sendable (MemoryStore) async -> Void

    init(_ store: MemoryStore, _ other: @escaping @Sendable (MemoryStore) async -> Void) {
        self.store = store
        self.other = other
    }

    func put(
        _ value: [UInt8], for key: StoreKey, if condition: StoreCondition, until expiry: Timestamp?
    ) async throws(Failure) -> StoreVersion {
        await other(store)
        return try await store.put(value, for: key, if: condition, until: expiry)
    }
}
