import Authorization
import Domain
import Fakes
import FunctionInterface
import GitHub
import InMemory
import OnDailyTick
import Ports
import Problems
import Testing
import Toolbox

@Suite("The problems that a tick finds", .timeLimit(.minutes(5)))
struct TickProblemTests {
    let clock = ManualClock(Timestamp(seconds: 1_795_327_200))  // 2026-11-22T06:00:00Z
    let store: MemoryStore
    let github = AuthorizingGitHub()
    let id: IntegrationID
    let start = Timestamp(seconds: 1_795_327_200)

    init() async throws {
        store = MemoryStore(clock: clock)
        id = try #require(IntegrationID("9-copilot"))
        try await connect()
    }

    private func connect() async throws {
        let expiry = clock.now().advanced(by: .seconds(90 * 86_400))
        try await github.connect(id, in: store, at: clock.now(), until: expiry)
    }

    /// A tick a day later, with its changes made.
    @discardableResult
    private func tick(
        _ event: DailyTick.Event = .init()
    ) async throws -> (output: DailyTick.Output, problems: ProblemChanges) {
        clock.advance(by: .seconds(86_400))
        let function = try DailyTick(
            store: store, vault: OpenVault(), clock: clock,
            github: try github.client(clock: clock),
            authorizeURL: "https://usage.example/authorize")
        let handled = try await function.handle(event)
        return (try await handled.kept(), handled.problems.changes)
    }

    private func stored() async throws -> [Problem] {
        try await ProblemBook(store).all().flatMap(\.problems)
    }

    @Test("are stored with their beginning until they are resolved, and announced daily")
    func revoked() async throws {
        #expect(try await tick().problems.isEmpty)
        try await store.remove(.credentials(id), if: .always)
        let begun = try await tick()
        #expect(begun.problems.began.map(\.kind) == [.authorization])
        let since = clock.now()
        for _ in 1...3 {
            let next = try await tick()
            #expect(next.problems.began.isEmpty && next.problems.ended.isEmpty)
            #expect(next.problems.lasting.map(\.since) == [since])
        }
        let problem = try #require(try await stored().first)
        #expect(problem.text == "nothing is collected: its tokens are missing")
        #expect(problem.remedy == "Authorize again at https://usage.example/authorize")
        #expect(problem.since == since && problem.seen == clock.now())
        #expect(problem.isFault)

        try await connect()
        #expect(try await tick().problems.ended.map(\.kind) == [.authorization])
        #expect(try await stored().isEmpty)
    }

    @Test(
        "have a kind, and count as faults or notices",
        arguments: [
            (.init(id: 2, login: "other", role: "member"), .notOwner, false),
            (.init(id: 2, login: "asleep", suspendedAt: "2026-11-01T00:00:00Z"), .suspended, true),
            (.init(id: 2, login: "ada", type: "User"), .skipped, false),
            (.init(id: 2, login: "no login at all"), .unreadable, true),
            (
                .init(
                    id: 2, login: "secret", membership: .mayNotAsk,
                    permissions: ["organization_copilot_metrics", "organization_administration"]),
                .attention, true
            ),
        ] as [(AuthorizingGitHub.Account, Problem.Kind, Bool)])
    func kinds(account: AuthorizingGitHub.Account, kind: Problem.Kind, isFault: Bool) async throws {
        github.change { $0.accounts = [.init(id: 1, login: "acme"), account] }
        let began = try await tick().problems.began
        #expect(began.map(\.kind) == [kind])
        #expect(began.map(\.isFault) == [isFault])
        #expect(began.map(\.organization) == [account.login])
        #expect(try await stored() == began)
        github.change { $0.accounts = [.init(id: 1, login: "acme")] }
        let ended = try await tick().problems.ended
        #expect(ended.map(\.kind).contains(kind))
    }

    @Test("include an organization that was there before, until it is back")
    func missing() async throws {
        github.change { $0.accounts = [.init(id: 1, login: "acme"), .init(id: 2, login: "bar")] }
        #expect(try await tick().problems.isEmpty)
        github.change { $0.accounts = [.init(id: 1, login: "acme")] }
        for day in 1...3 {
            let gone = try await tick()
            #expect(gone.problems.began.count == (day == 1 ? 1 : 0))
            // The stored list no longer names it; the problem does, and so does the exit status.
            #expect(gone.output.attention.map(\.organization) == [nil])
            #expect(gone.output.attention.first?.reason.hasPrefix("bar: was collected") == true)
        }
        #expect(try await stored().map(\.kind) == [.missing])
        github.change { $0.accounts = [.init(id: 1, login: "acme"), .init(id: 2, login: "bar")] }
        #expect(try await tick().problems.ended.map(\.organization) == ["bar"])
    }

    @Test("no longer include it once another integration collects it")
    func takenOver() async throws {
        github.change { $0.accounts = [.init(id: 1, login: "acme"), .init(id: 2, login: "bar")] }
        #expect(try await tick().problems.isEmpty)
        let mine = try #require(github.latestAccess)
        github.change { $0.reach[mine] = [1] }
        #expect(try await tick().problems.began.map(\.organization) == ["bar"])
        let other = try #require(IntegrationID("10-copilot"))
        let expiry = clock.now().advanced(by: .seconds(90 * 86_400))
        try await github.connect(other, in: store, at: clock.now(), until: expiry)
        #expect(try await tick().problems.ended.map(\.organization) == ["bar"])
        #expect(try await stored().isEmpty)
    }

    @Test(
        "name the likely cause of a missing organization by what else GitHub says",
        arguments: [
            (false, nil, "the App was uninstalled, or the person left the organization"),
            (true, nil, "SAML single sign-on probably hides it"),
            (false, "no login at all", "probably among those that could not be read"),
        ] as [(Bool, String?, String)])
    func likelyCause(isOneHidden: Bool, odd: String?, cause: String) async throws {
        github.change { $0.accounts = [.init(id: 1, login: "acme"), .init(id: 2, login: "bar")] }
        try await tick()
        github.change { state in
            state.isOneHidden = isOneHidden
            state.accounts = [.init(id: 1, login: "acme")]
            if let odd { state.accounts.append(.init(id: 3, login: odd)) }
        }
        let missing = try await tick().problems.began.filter { $0.kind == .missing }
        #expect(missing.map(\.organization) == ["bar"])
        #expect(missing.first?.text.contains(cause) == true, "\(missing)")
        let isCured = isOneHidden || odd == nil
        #expect(
            missing.first?.remedy?.contains("https://usage.example/authorize") == isCured,
            "\(missing)")
    }

    @Test("include an organization that the person no longer owns, and only one that was collected")
    func ownerLost() async throws {
        let bar = AuthorizingGitHub.Account(id: 2, login: "bar")
        let demoted = AuthorizingGitHub.Account(id: 2, login: "bar", role: "member")
        github.change { $0.accounts = [.init(id: 1, login: "acme"), bar] }
        try await tick()
        github.change {
            $0.accounts = [
                .init(id: 1, login: "acme"), demoted,
                .init(id: 3, login: "other", role: "member"),
            ]
        }
        for _ in 1...3 {
            try await tick()
            let problems = try await stored()
            #expect(problems.map(\.kind) == [.missing, .notOwner])
            #expect(problems.map(\.organization) == ["bar", "other"])
            #expect(problems[0].text.hasSuffix("the authorizing person no longer owns it"))
            #expect(problems[0].remedy?.contains("Have an owner of bar authorize at") == true)
        }
        github.change { $0.accounts = [.init(id: 1, login: "acme"), bar] }
        #expect(try await tick().problems.ended.map(\.kind) == [.missing, .notOwner])
    }

    @Test("include a missing organization until it is back or forgotten, also when a tick names it")
    func forgotten() async throws {
        let bar = try #require(OrganizationLogin("bar"))
        github.change { $0.accounts = [.init(id: 1, login: "acme"), .init(id: 2, login: "bar")] }
        try await tick()
        github.change { $0.accounts = [.init(id: 1, login: "acme")] }
        try await tick()
        for _ in 1...50 { try await tick() }
        #expect(try await tick(.init(organizations: [bar])).problems.ended.isEmpty)
        let missing = try await stored()
        #expect(missing.map(\.kind) == [.missing])
        #expect(missing.first?.remedy?.contains("integrations forget bar") == true)
    }

    @Test("do not include an organization that was renamed")
    func notMissing() async throws {
        github.change { $0.accounts = [.init(id: 1, login: "acme"), .init(id: 2, login: "bar")] }
        try await tick()
        github.change { $0.accounts = [.init(id: 1, login: "acme"), .init(id: 2, login: "new")] }
        #expect(try await tick().problems.isEmpty)
    }

    @Test("of other organizations stay when a tick is about one")
    func only() async throws {
        github.change {
            $0.accounts = [
                .init(id: 1, login: "acme"),
                .init(id: 2, login: "asleep", suspendedAt: "2026-11-01T00:00:00Z"),
            ]
        }
        try await tick()
        let one = try await tick(.init(organizations: [try #require(OrganizationLogin("acme"))]))
        #expect(one.problems.ended.isEmpty)
        #expect(try await stored().map(\.kind) == [.suspended])
    }

    @Test("are not stored twice if two integrations share an organization")
    func shared() async throws {
        let other = try #require(IntegrationID("9-other"))
        let entry = try #require(try await store.entry(for: .integration(id)))
        var record = try JSON.decode(Integration.self, from: entry.value, at: "it")
        record.id = other
        let pair = github.tokens()
        let tokens = UserTokens(
            access: Secret(pair.access),
            accessExpires: clock.now().advanced(by: .seconds(90 * 86_400)),
            refresh: Secret(pair.refresh))
        try await store.put(JSON.encode(record), for: .integration(other), if: .always)
        try await store.put(
            Credentials.seal(tokens, of: other, in: OpenVault()), for: .credentials(other),
            if: .always)
        github.change { $0.accounts = [.init(id: 1, login: "acme", permissions: [])] }
        try await tick()
        #expect(Set(try await stored().compactMap(\.integration)) == ["9-copilot"])
    }

    @Test("leave the time of the last tick, but only of one about everything")
    func last() async throws {
        try await tick(.init(organizations: [try #require(OrganizationLogin("acme"))]))
        #expect(try await store.entry(for: .tickRun) == nil)
        try await tick()
        let entry = try #require(try await store.entry(for: .tickRun))
        #expect(try JSON.decode(LastTick.self, from: entry.value, at: "it").at == clock.now())
    }
}
