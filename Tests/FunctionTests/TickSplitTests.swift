import Domain
import Fakes
import FunctionInterface
import GitHub
import InMemory
import OnDailyTick
import Ports
import Synchronization
import Testing
import Toolbox

@Suite("onDailyTick with many integrations", .timeLimit(.minutes(5)))
struct TickSplitTests {
    let clock: ManualClock
    let store: MemoryStore
    let github = AuthorizingGitHub()

    init() throws {
        clock = ManualClock(try #require(Timestamp("2026-11-22T06:00:00Z")))
        store = MemoryStore(clock: clock)
    }

    private func function(
        isSplitting: Bool = true, selection: OrganizationSelection = .all
    ) throws -> DailyTick {
        try DailyTick(
            store: store, vault: OpenVault(), clock: clock,
            github: try github.client(clock: clock),
            authorizeURL: "https://usage.example/authorize", selection: selection,
            isSplitting: isSplitting)
    }

    /// Connects integrations, each of which reaches some organizations by number, and lists them.
    private func connect(_ reached: [Set<Int64>]) async throws {
        let accounts = Set(reached.joined()).sorted()
        github.change { $0.accounts = accounts.map { .init(id: $0, login: "org-\($0)") } }
        for (number, organizations) in reached.enumerated() {
            let pair = github.tokens()
            github.change { $0.reach[pair.access] = organizations }
            try await github.connect(
                try #require(IntegrationID("\(10 + number)-copilot")), in: store, at: clock.now(),
                until: clock.now().advanced(by: .seconds(28_800)), tokens: pair)
        }
        _ = try await function(isSplitting: false).run(.init())
        try await store.remove(.tickRun, if: .always)
    }

    /// The integrations that each tick of an output names.
    private func parts(_ output: DailyTick.Output) -> [[String]] {
        output.events.map { event in
            event.type == .tick ? event.namedIntegrations.map { String($0.prefix(2)) } : []
        }
    }

    @Test(
        "becomes one tick for each integration, but one for those with an organization in common",
        arguments: [
            ((1...9).map { [$0] }, (10...18).map { ["\($0)"] }),
            // The first and the last share one; so do two others with a third between them.
            (
                [[1], [2], [3, 4], [4, 5], [5, 6], [7], [8], [9], [1, 10]],
                [["11"], ["12", "13", "14"], ["15"], ["16"], ["17"], ["10", "18"]]
            ),
            // An integration without organizations shares none.
            ((1...8).map { [$0] } + [[]], (10...18).map { ["\($0)"] }),
            // Few are read by one tick, as are too many that hang together.
            ((1...8).map { [$0] }, []),
            ((1...9).map { [$0, 99] }, []),
        ] as [([Set<Int64>], [[String]])])
    func groups(reached: [Set<Int64>], expected: [[String]]) async throws {
        try await connect(reached)
        let output = try await function().run(.init())
        #expect(parts(output).filter { !$0.isEmpty } == expected)
        #expect(output.attention.isEmpty)

        // All together they ask for what one tick over everything asks for.
        var found: [CloudEvent] = []
        for event in output.events {
            guard event.type == .tick else {
                found.append(event)
                continue
            }
            let part = try event.data.decode(DailyTick.Event.self)
            found += try await function().run(part).events
        }
        let whole = try await function(isSplitting: false).run(.init()).events
        #expect(Set(found) == Set(whole) && found.count == whole.count)
        #expect(Set(found.map { $0.data["organization"] }).count == Set(reached.joined()).count)
    }

    @Test("says in its summary how many ticks took its place, and of what a part is")
    func summary() async throws {
        try await connect((1...9).map { [$0] })
        let output = try await function().run(.init())
        guard case .tick(let summary) = output.summary else {
            Issue.record("a tick has the summary of one")
            return
        }
        #expect(summary.ticks == 9 && summary.events == 0)
        #expect(output.summary.text == "daily tick 2026-11-22T06:00:00Z: split into 9 ticks")
        let part = try #require(output.events.first).data.decode(DailyTick.Event.self)
        let text = try await function().run(part).summary.text
        #expect(
            text == "daily tick 2026-11-22T06:00:00Z of 10-copilot: 3 days of 1 organization")
    }

    @Test("passes the days on, and has the same ids whenever it is repeated")
    func days() async throws {
        try await connect((1...9).map { [$0] })
        let event = DailyTick.Event(
            time: clock.now(), from: Day("2026-11-03"), to: Day("2026-11-04"), again: true)
        let output = try await function().run(event)
        #expect(
            output.events.first?.id
                == "tick/2026-11-22T06:00:00Z/2026-11-03/2026-11-04/again/10-copilot")
        let part = try #require(output.events.first).data.decode(DailyTick.Event.self)
        #expect((part.from, part.to) == (event.from, event.to) && part.again == true)
        clock.advance(by: .seconds(3_600))
        #expect(try await function().run(event).events == output.events)
    }

    @Test("leaves a tick whole that names organizations or integrations")
    func restricted() async throws {
        try await connect((1...9).map { [$0] })
        let acme = try #require(OrganizationLogin("org-1"))
        let one = try await function().run(.init(organizations: [acme]))
        #expect(one.events.count == 3 && one.events.allSatisfy { $0.type == .collect })
        let ids = try (10...18).map { try #require(IntegrationID("\($0)-copilot")) }
        let all = try await function().run(.init(integrations: ids))
        #expect(all.events.count == 27 && all.events.allSatisfy { $0.type == .collect })
        let empty = try await function().run(.init(integrations: []))
        #expect(parts(empty).count == 9)
    }

    @Test("refuses to tick an integration that does not exist")
    func stranger() async throws {
        try await connect([[1]])
        let id = try #require(IntegrationID("77-copilot"))
        let failure = await #expect(throws: Failure.self) {
            try await function().run(.init(integrations: [id]))
        }
        #expect(failure?.code == .malformedEvent)
        #expect(failure?.message.hasPrefix("integrations names 77-copilot, which") == true)
    }

    @Test("gives what cannot be read a tick of its own, which says why")
    func damaged() async throws {
        try await connect((1...9).map { [$0] })
        let id = try #require(IntegrationID("13-copilot"))
        try await store.put(Array("{".utf8), for: .integration(id), if: .always)
        let output = try await function().run(.init())
        #expect(parts(output).contains(["13"]) && parts(output).count == 9)
        #expect(output.attention.isEmpty)
        let part = try await function().run(.init(integrations: [id]))
        #expect(part.events.isEmpty && part.attention.map(\.integration) == ["13-copilot"])
        #expect(part.exitStatus == .fault)
    }

    @Test("remains one tick while a list of organizations may be incomplete")
    func longList() async throws {
        let many = Set(1...Int64(Integration.listedCountMax))
        try await connect([many] + (1_001...1_008).map { [$0] })
        let output = try await function().run(.init())
        #expect(output.events.allSatisfy { $0.type == .collect })
    }

    @Test("names organizations of the settings that no integration lists")
    func unlisted() async throws {
        try await connect((1...9).map { [$0] })
        let selection = OrganizationSelection(only: OrganizationPatterns("ORG-1 org-2* elsewhere"))
        let output = try await function(selection: selection).run(.init())
        #expect(parts(output).count == 9)
        #expect(output.skipped.map(\.organization) == ["elsewhere"])
        // A part does not know what the others reach.
        let part = try #require(output.events.first).data.decode(DailyTick.Event.self)
        #expect(try await function(selection: selection).run(part).skipped.isEmpty)
    }

    @Test("is remembered as the latest tick; its parts are not")
    func latest() async throws {
        try await connect((1...9).map { [$0] })
        let part = DailyTick.Event(integrations: [try #require(IntegrationID("10-copilot"))])
        _ = try await function().run(part)
        #expect(try await store.entry(for: .tickRun) == nil)
        _ = try await function().run(.init())
        #expect(try await store.entry(for: .tickRun) != nil)
    }

    @Test("asks about several integrations at once")
    func concurrent() async throws {
        try await connect((1...8).map { [$0] })
        let gate = Gate(count: 8)
        let client = try github.client(clock: clock) { request, answer throws(Failure) in
            if request.url.contains("/user/installations") { await gate.pass() }
            return try await answer()
        }
        let tick = try DailyTick(
            store: store, vault: OpenVault(), clock: clock, github: client,
            authorizeURL: "https://usage.example/authorize")
        #expect(try await tick.run(.init()).events.count == 24)
    }
}

/// Lets nobody pass before a number of tasks have come.
private actor Gate {
    private var missing: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(count: Int) { missing = count }

    func pass() async {
        missing -= 1
        if missing > 0 { return await withCheckedContinuation { waiting.append($0) } }
        for task in waiting { task.resume() }
        waiting = []
    }
}
