import Authorization
import Domain
import Fakes
import GitHub
import InMemory
import OpenSSLCrypto
import Ports
import Runner
import Synchronization
import Testing
import Toolbox

@Suite("Making the App", .timeLimit(.minutes(5)))
struct AppSetupTests {
    private static let url = "http://127.0.0.1:8080"

    private let clock = ManualClock(Timestamp(seconds: 1_795_348_800))
    private let time: ManualTime
    private let store: FlakyStore
    private let asked: ScriptedTransport
    private let hashing = OpenSSLHashing()

    init() {
        time = ManualTime(moving: clock)
        store = FlakyStore(clock: clock)
        let script = Answers()
        asked = ScriptedTransport { _ throws(Failure) in try script.next() }
        self.script = script
    }

    private let script: Answers

    private final class Answers: Sendable {
        let list = Mutex<[Result<HTTPClientResponse, Failure>]>([])

        func next() throws(Failure) -> HTTPClientResponse {
            let next = list.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            return try next?.get() ?? HTTPClientResponse(status: 404, bytes: Array("{}".utf8))
        }
    }

    /// A store whose writes of the App fail a number of times.
    private final class FlakyStore: StoreWrapper {
        let store: MemoryStore
        let failures = Mutex(0)

        init(clock: ManualClock) { store = MemoryStore(clock: clock) }

        func put(
            _ value: [UInt8], for key: StoreKey, if condition: StoreCondition,
            until expiry: Timestamp?
        ) async throws(Failure) -> StoreVersion {
            let fails = failures.withLock { left in
                guard key == .gitHubApp, left > 0 else { return false }
                left -= 1
                return true
            }
            guard !fails else { throw Failure(.unavailable, "the disk is full") }
            return try await store.put(value, for: key, if: condition, until: expiry)
        }
    }

    private func setup(seed: UInt64 = 1, url: String = url) -> AppSetup {
        let (clock, time, hashing, asked) = (clock, time, hashing, asked)
        return AppSetup(
            store: store, vault: OpenVault(), hashing: hashing,
            entropy: SeededEntropy(seed: seed), clock: clock,
            site: AppSetup.Site(url: url, callbackURLs: ["\(url)/authorize/callback"])
        ) { stored throws(Failure) in
            guard stored?.app.slug != "bad-key" else {
                throw Failure(.misconfigured, "GITHUB_APP_PRIVATE_KEY: it is damaged")
            }
            return GitHubClient(
                endpoints: try GitHubEndpoints(),
                app: GitHubApp(
                    id: stored.map { "\($0.app.id)" } ?? "", clientID: "",
                    clientSecret: Secret(""), slug: stored?.app.slug ?? ""),
                signer: AnySigner(), transport: asked, hashing: hashing, clock: clock, time: time,
                entropy: SeededEntropy(seed: 2))
        }
    }

    private struct AnySigner: AppSigner {
        func sign(_ message: [UInt8]) throws(Failure) -> [UInt8] { [1] }
    }

    private func answer(_ results: Result<HTTPClientResponse, Failure>...) {
        script.list.withLock { $0 += results }
    }

    private static func made(
        id: Int = 42, slug: String = "copilot-usage-acme"
    ) -> Result<HTTPClientResponse, Failure> {
        reply(
            201,
            """
            {"id":\(id),"slug":"\(slug)","client_id":"Iv23li","client_secret":"s","owner":\
            {"login":"acme"},"pem":"-----BEGIN RSA PRIVATE KEY-----"}
            """)
    }

    private static func reply(
        _ status: Int, _ text: String = "{}"
    ) -> Result<HTTPClientResponse, Failure> {
        .success(HTTPClientResponse(status: status, bytes: Array(text.utf8)))
    }

    /// The request with which the browser returns from GitHub.
    private func back(_ beginning: AppSetup.Beginning, code: String = "abc") throws -> WebEvent {
        let cookie = try #require(beginning.cookie).prefix { $0 != ";" }
        return WebEvent(
            query: ["code": code, "state": beginning.state], headers: ["cookie": String(cookie)])
    }

    private func stored() async throws -> StoredApp? {
        try await StoredApp.read(from: store, OpenVault())?.app
    }

    @Test("stores what GitHub reveals, and does nothing when the page is opened again")
    func happyPath() async throws {
        let setup = setup()
        let event = try back(try await setup.begin([:]))
        answer(Self.made())
        guard case .made(let app) = await setup.finish(event) else {
            Issue.record("it was not made")
            return
        }
        #expect(app.app.slug == "copilot-usage-acme")
        #expect(app.server == "https://github.com")
        #expect(try await stored()?.app.id == 42)
        guard case .existing(let again) = await setup.finish(event) else {
            Issue.record("it was made again")
            return
        }
        #expect(again.app.id == 42)
        #expect(asked.requests.count == 1)
    }

    @Test("gives two tabs one state, and a new one once it is used or late")
    func states() async throws {
        let setup = setup()
        let first = try await setup.begin([:])
        let event = try back(first)
        let second = try await setup.begin(event.headers)
        #expect(second.state == first.state)
        #expect(second.cookie == nil)
        // To replace an App is another beginning.
        #expect(try await setup.begin(event.headers, replacing: 42).state != first.state)
        clock.advance(by: .seconds(86_400 - 3_600))
        #expect(try await setup.begin(event.headers).state != first.state)
    }

    /// What is wrong with a return from GitHub.
    enum Fault: CaseIterable {
        case noState, otherState, noCookie, otherBrowser, late, noCode, oddCode, used, expired
    }

    @Test("takes nothing that was not begun here, each with its reason", arguments: Fault.allCases)
    func refusals(fault: Fault) async throws {
        let setup = setup()
        let beginning = try await setup.begin([:])
        var event = try back(beginning)
        let words: String
        switch fault {
        case .noState:
            event.query["state"] = nil
            words = "after it made an App"
        case .otherState:
            event.query["state"] = "forged"
            words = "not begun in this browser"
        case .noCookie:
            event.headers = [:]
            words = "not begun in this browser"
        case .otherBrowser:
            let other = try await self.setup(seed: 9).begin([:])
            event.headers = try back(other).headers
            words = "not begun in this browser"
        case .late:
            clock.advance(by: .seconds(86_401))
            words = "more than a day"
        case .noCode:
            event.query["code"] = nil
            words = "no code of a new App"
        case .oddCode:
            event.query["code"] = "../../user"
            words = "no code of a new App"
        case .used:
            answer(Self.reply(404))
            _ = await setup.finish(event)
            words = "used already"
        case .expired:
            answer(Self.reply(404))
            words = "older than an hour"
        }
        guard case .refused(let failure) = await setup.finish(event) else {
            Issue.record("it was taken")
            return
        }
        #expect(failure.message.contains(words), "\(failure.message)")
        #expect(failure.code == .invalidAuthorization)
        #expect(try await stored() == nil)
        #expect(asked.requests.count == (fault == .used || fault == .expired ? 1 : 0))
    }

    @Test(
        "lets the person ask again after an outage, and never asks by itself",
        arguments: [
            reply(503), .failure(Failure(.unavailable, "refused")),
            .failure(Failure(.timedOut, "no answer")),
        ])
    func outage(outage: Result<HTTPClientResponse, Failure>) async throws {
        let setup = setup()
        let event = try back(try await setup.begin([:]))
        answer(outage)
        guard case .refused(let failure) = await setup.finish(event) else {
            Issue.record("it was taken")
            return
        }
        #expect(failure.message.contains("reload this page"))
        #expect(asked.requests.count == 1)
        answer(Self.made())
        guard case .made = await setup.finish(event) else {
            Issue.record("it was not made")
            return
        }
        #expect(asked.requests.count == 2)
        #expect(try await stored()?.app.id == 42)
    }

    @Test("keeps trying to store what GitHub reveals once")
    func slowStore() async throws {
        let setup = setup()
        let event = try back(try await setup.begin([:]))
        store.failures.withLock { $0 = 3 }
        answer(Self.made())
        guard case .made = await setup.finish(event) else {
            Issue.record("it was not made")
            return
        }
        #expect(try await stored()?.app.id == 42)
        #expect(asked.requests.count == 1)
    }

    @Test("keeps the credentials in memory while the store fails, and stores them later")
    func fullStore() async throws {
        let setup = setup()
        let event = try back(try await setup.begin([:]))
        store.failures.withLock { $0 = 100 }
        answer(Self.made())
        guard case .refused(let failure) = await setup.finish(event) else {
            Issue.record("it was stored")
            return
        }
        #expect(failure.message.contains("the disk is full"))
        #expect(failure.message.contains("This program keeps it"))
        #expect(!failure.message.contains("BEGIN"))
        store.failures.withLock { $0 = 0 }
        // Either page stores it: this is the one to which GitHub returned.
        guard case .made(let app) = await setup.finish(event) else {
            Issue.record("it was lost")
            return
        }
        #expect(app.app.id == 42)
        #expect(try await setup.stored()?.app.id == 42)
        #expect(asked.requests.count == 1)
    }

    @Test("stores no App whose key cannot sign, and says what to do about it")
    func damagedKey() async throws {
        let setup = setup()
        let event = try back(try await setup.begin([:]))
        answer(Self.made(slug: "bad-key"))
        guard case .refused(let failure) = await setup.finish(event) else {
            Issue.record("it was taken")
            return
        }
        #expect(failure.message.contains("a private key that cannot be used"))
        #expect(failure.message.contains("Delete the new App on GitHub and begin again"))
        #expect(try await stored() == nil)
        // The next attempt is another App.
        answer(Self.made(id: 43))
        guard case .made = await setup.finish(try back(try await setup.begin(event.headers))) else {
            Issue.record("it was not made")
            return
        }
        #expect(try await stored()?.app.id == 43)
    }

    @Test("does not replace an App that another browser stored meanwhile")
    func race() async throws {
        let setup = setup()
        let mine = try back(try await setup.begin([:]))
        let other = self.setup(seed: 9)
        let theirs = try back(try await other.begin([:]))
        answer(Self.made(id: 1, slug: "first"))
        _ = await other.finish(theirs)
        guard case .refused(let failure) = await setup.finish(mine) else {
            Issue.record("it was taken")
            return
        }
        #expect(failure.code == .conflict)
        #expect(failure.message.contains("first"))
        #expect(failure.message.contains("Delete it on GitHub"))
        #expect(try await stored()?.app.id == 1)
        #expect(asked.requests.count == 1)
    }

    @Test("replaces an App only if the person was shown that it would")
    func replacing() async throws {
        let setup = setup()
        answer(Self.made(id: 1, slug: "first"))
        _ = await setup.finish(try back(try await setup.begin([:])))
        let again = self.setup(seed: 9)
        let event = try back(try await again.begin([:], replacing: 1))
        answer(Self.made(id: 2, slug: "second"))
        guard case .made(let app) = await again.finish(event) else {
            Issue.record("it was not made")
            return
        }
        #expect(app.app.slug == "second")
        #expect(try await stored()?.app.id == 2)
    }

    @Test(
        "reports what became of the App on GitHub",
        arguments: [
            ("copilot-usage-acme", AppSetup.Standing.there),
            ("new-name", .renamed(to: "new-name")), ("../other", .there), ("", .there),
        ])
    func standing(slug: String, standing: AppSetup.Standing) async throws {
        let setup = setup()
        answer(Self.made())
        _ = await setup.finish(try back(try await setup.begin([:])))
        let app = try #require(try await stored())
        for _ in 1...2 { answer(Self.reply(200, #"{"id":42,"slug":"\#(slug)"}"#)) }
        #expect(await setup.standing(of: app) == standing)
        try await setup.takeName()
        #expect(
            try await stored()?.app.slug == (standing == .there ? "copilot-usage-acme" : slug))
    }

    @Test("tells an App that is gone from a GitHub that is", arguments: [404, 401, 503])
    func gone(status: Int) async throws {
        let setup = setup()
        answer(Self.made())
        _ = await setup.finish(try back(try await setup.begin([:])))
        let app = try #require(try await stored())
        for _ in 1...3 {
            answer(Self.reply(status, #"{"message":"Integration not found"}"#))
        }
        switch await setup.standing(of: app) {
        case .gone: #expect(status != 503)
        case .unknown: #expect(status == 503)
        default: Issue.record("it is there")
        }
        #expect(try await stored()?.app.id == 42)
    }

    @Test("suggests a name that GitHub accepts, and a home page that is not on loopback")
    func manifest() throws {
        let long = try #require(OrganizationLogin(String(repeating: "a", count: 39)))
        let server = "https://github.com"
        let cases: [(AppOwner, String, String)] = [
            (.person, "copilot-usage-ab12cd", server),
            (
                .organization(long), "copilot-usage-" + String(repeating: "a", count: 20),
                "\(server)/\(long)"
            ),
            (.enterprise("big"), "copilot-usage-big", "\(server)/enterprises/big"),
        ]
        for (owner, name, page) in cases {
            let manifest = setup().manifest(
                for: owner, state: "Ab-1_2cdEF", isPublic: false, server: server)
            #expect(manifest.name == name)
            #expect(manifest.url == page)
            #expect(manifest.redirectURL == "\(Self.url)/setup/callback")
            #expect(!manifest.isPublic)
        }
        let hosted = setup(url: "https://usage.example").manifest(
            for: .person, state: "ab12cdef", isPublic: true, server: server)
        #expect(hosted.url == "https://usage.example")
    }

    @Test("uses a cookie that stays with an https host")
    func cookie() async throws {
        let cookie = try #require(
            try await setup(url: "https://usage.example").begin([:]).cookie)
        #expect(cookie.hasPrefix("__Host-copilot-usage-setup="))
        #expect(cookie.hasSuffix("; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax; Secure"))
    }
}
