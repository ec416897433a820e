import CollectedDays
import Domain
import Fakes
import FunctionInterface
import GitHub
import InMemory
import OnCollectOrg
import Ports
import Synchronization
import Testing
import Toolbox

/// The summary that a tick reads is derived.
///
/// If it is outdated, a day is read once more, never lost.
@Suite("The days that a tick knows of", .timeLimit(.minutes(5)))
struct DayLedgerTests {
    let clock: ManualClock
    let store: MemoryStore
    let github: ScriptedGitHub
    let integration: IntegrationID
    let today: Day

    init() throws {
        clock = ManualClock(try #require(Timestamp("2026-12-01T06:00:00Z")))
        today = Day(containing: clock.now())
        store = MemoryStore(clock: clock)
        var answers = ScriptedGitHub.Answers()
        for source in Source.reports { answers.envelopes[source] = (204, "") }
        github = ScriptedGitHub(answers)
        integration = try #require(IntegrationID("9-copilot"))
    }

    private var ledger: DayLedger { ledger(store) }
    private var window: ClosedRange<Day> { today.advanced(by: -28)...today.advanced(by: -1) }
    private var key: StoreKey { .knownDays(integration, InstallationID(555)) }

    private func ledger(_ store: any KeyValueStore) -> DayLedger {
        DayLedger(store: store, integration: integration, installation: InstallationID(555))
    }

    @discardableResult
    private func collect(
        _ age: Int, in other: (any KeyValueStore)? = nil
    ) async throws -> Manifest {
        let function = CollectOrg(
            settings: CollectOrg.Settings(
                identity: .login, tags: SampleTags(application: "copilot")),
            github: try github.client(clock: clock), store: other ?? store, sink: RecordingSink(),
            vault: OpenVault(), entropy: SeededEntropy(seed: 2), hashing: NoHashing(), clock: clock)
        return try await function.run(
            CollectEvent(
                integration: integration, installation: InstallationID(555),
                organization: try #require(OrganizationLogin("acme")),
                day: today.advanced(by: -age)))
    }

    private func manifest(
        _ age: Int, isFinal: Bool = false, _ outcome: Outcome? = nil
    ) throws -> Manifest {
        let event = CollectEvent(
            integration: integration, installation: InstallationID(555),
            organization: try #require(OrganizationLogin("acme")), day: today.advanced(by: -age))
        return Manifest(
            event: event, sources: outcome.map { [.users: SourceResult($0)] } ?? [:],
            final: isFinal, readAt: clock.now())
    }

    private func keepManifest(_ age: Int, isFinal: Bool) async throws {
        let manifest = try manifest(age, isFinal: isFinal)
        try await store.put(
            JSON.encode(manifest), for: .manifest(integration, InstallationID(555), manifest.day),
            if: .always)
    }

    private func history() async throws -> DayHistory? {
        guard let entry = try await store.entry(for: key) else { return nil }
        return try Stored.decode(KnownDays.self, from: entry.value, at: key).history
    }

    /// Provides every report of the day ten days ago, which is old enough to become final.
    private func haveReports() {
        github.change {
            $0.envelopes = [:]
            $0.files = [
                .organization: [CollectOrgTests.organization], .users: [CollectOrgTests.ada],
                .userTeams: [CollectOrgTests.team],
            ]
        }
    }

    @Test("are in one entry, and nothing else is read")
    func oneEntry() async throws {
        for age in [1, 2, 9] { try await collect(age) }
        let reading = CountingStore(store)
        let known = try await ledger(reading).days(in: window)
        #expect(reading.calls == ["read days/9-copilot/555"])
        #expect(try await ledger.manifests(in: window) == known)
        #expect(known.count == 3)
    }

    @Test("are taken from the manifests if the summary is missing or cannot be decoded")
    func fallback() async throws {
        for (age, isFinal) in [(3, true), (2, false), (35, true)] {
            try await keepManifest(age, isFinal: isFinal)
        }
        let expected = [today.advanced(by: -3): true, today.advanced(by: -2): false]
        #expect(try await ledger.days(in: window) == expected)
        for text in ["", "{", #"{"since":"yesterday","days":"ffff"}"#] {
            try await store.put(Array(text.utf8), for: key, if: .always)
            #expect(try await ledger.days(in: window) == expected)
        }
        // The next collected day completes the summary again.
        try await collect(1)
        let reading = CountingStore(store)
        let known = try await ledger(reading).days(in: window)
        #expect(reading.calls.count == 1)
        #expect(known[today.advanced(by: -35)] == true)
        #expect(
            known.filter { window.contains($0.key) }
                == expected.merging([today.advanced(by: -1): false]) { $1 })
    }

    @Test("are taken from the manifests if the summary does not reach far enough")
    func farBack() async throws {
        try await collect(1)
        try await keepManifest(100, isFinal: true)
        let days = try await ledger.days(in: today.advanced(by: -365)...today)
        #expect(days == [today.advanced(by: -1): false, today.advanced(by: -100): true])
    }

    @Test("are not forgotten, whichever step a collector dies at", arguments: [false, true])
    func death(isClosed: Bool) async throws {
        // So old that a tick considers the day only if it knows that it was begun.
        let day = today.advanced(by: -10)
        var deaths = 0
        for steps in 0..<200 {
            for isTaken in [false, true] {
                let life = try DayLedgerTests()
                if isClosed { life.haveReports() }
                try await life.keepManifest(4, isFinal: true)
                let dying = CountingStore(life.store, dyingAfter: steps, lastIsTaken: isTaken)
                let manifest = try? await life.collect(10, in: dying)
                let truth = try await life.ledger.manifests(in: window)
                let known = try await life.ledger.days(in: window)
                // A begun day is known, and no day is final by mistake.
                #expect(known[day] != nil || truth[day] == nil, "step \(steps)")
                #expect(known.allSatisfy { !$0.value || truth[$0.key] == true }, "step \(steps)")
                #expect(known.filter { $0.key != day } == truth.filter { $0.key != day })
                deaths += dying.isDead ? 1 : 0

                // A second delivery has the same result.
                let again = try await life.collect(10)
                #expect(again.final == isClosed, "\(again.sources)")
                let history = try await life.history()
                #expect(history?[day] == .state(again.state), "step \(steps)")
                #expect(history?[life.today.advanced(by: -4)] == .state(.complete))
                #expect(
                    try await life.ledger.days(in: window)
                        == life.ledger.manifests(in: window), "step \(steps)")
                if !dying.isDead {
                    #expect(manifest?.final == isClosed)
                    #expect(deaths >= 2 * 6, "there were hardly any steps to die between")
                    return
                }
            }
        }
        Issue.record("the day never ended")
    }

    @Test("tell how each day stands, and are written only when that changes")
    func states() async throws {
        let writing = CountingStore(store)
        let steps: [(Outcome, isFinal: Bool, DayState, writes: Int)] = [
            (.notReady, false, .waiting, 1), (.notReady, false, .waiting, 0),
            (.failed, false, .faulty, 1), (.written, false, .complete, 1),
            (.written, true, .complete, 1), (.policyOff, true, .faulty, 2),
        ]
        for (outcome, isFinal, state, writes) in steps {
            let before = writing.calls.count { $0.hasPrefix("put") }
            let manifest = try manifest(5, isFinal: isFinal, outcome)
            try await ledger(writing).open(manifest, at: clock.now())
            if isFinal {
                try await writing.keep(ledger(writing).closing(manifest, at: clock.now()))
            }
            #expect(writing.calls.count { $0.hasPrefix("put") } == before + writes, "\(outcome)")
            #expect(try await history()?[manifest.day] == .state(state), "\(outcome)")
        }
    }

    @Test("are completed if a version that did not tell how days stand wrote them")
    func inherited() async throws {
        let first = today.advanced(by: -3)
        try await store.put(
            Array(#"{"since":"\#(first)","days":"f-o"}"#.utf8), for: key, if: .always)
        #expect(
            try await ledger.days(in: first...today) == [
                first: true, today.advanced(by: -1): false,
            ])
        try await collect(1)
        let history = try #require(try await history())
        #expect(history[first] == .unknown)
        #expect(history[today.advanced(by: -2)] == .nothing)
        #expect(history[today.advanced(by: -1)] == .state(.waiting))
        #expect(history[first.advanced(by: -1)] == .unknown)
    }

    @Test("are all kept if many days are collected concurrently")
    func together() async throws {
        // GitHub has the reports of one day, which becomes final. The others stay open.
        haveReports()
        let ages = Array(1...28)
        let functions = self
        _ = await withTaskGroup(of: Bool.self) { group in
            for age in ages {
                group.addTask { (try? await functions.collect(age)) != nil }
            }
            for await isDone in group { #expect(isDone) }
        }
        let known = try await ledger.days(in: window)
        #expect(known.count == ages.count)
        #expect(try await ledger.manifests(in: window) == known)
        #expect(known.filter(\.value).keys.map(\.self) == [today.advanced(by: -10)])
    }

    @Test("are marked as open although another writer changes the summary")
    func race() async throws {
        try await collect(5)
        let (store, clock, key, today) = (store, clock, key, today)
        let (integration, late) = (integration, try manifest(7))
        // Another writer marks another day between reading and writing.
        let racing = CountingStore(store) { call in
            guard call == "put \(key)" else { return }
            let other = DayLedger(
                store: store, integration: integration, installation: InstallationID(555))
            _ = try? await other.open(late, at: clock.now())
        }
        try await ledger(racing).open(try manifest(6), at: clock.now())
        #expect(racing.calls.count { $0 == "put \(key)" } == 2)
        let ages = try await ledger.days(in: window).keys.map { $0.distance(to: today) }
        #expect(ages.sorted() == [5, 6, 7])
    }
}

/// A store that records its calls, reports each one beforehand, and can die.
private final class CountingStore: KeyValueStore {
    private struct State {
        var calls: [String] = []
        var left: Int
    }

    private let store: MemoryStore
    private let lastIsTaken: Bool
    private let before: @Sendable (String) async -> Void
    private let state: Mutex<State>

    init(
        _ store: MemoryStore, dyingAfter steps: Int = .max, lastIsTaken: Bool = false,
        before: @escaping @Sendable (String) async -> Void = { _ in }
    ) {
        self.store = store
        self.lastIsTaken = lastIsTaken
        self.before = before
        state = Mutex(State(left: steps))
    }

    var calls: [String] { state.withLock(\.calls) }
    var isDead: Bool { state.withLock { $0.left < 0 } }

    private func step<Result>(
        _ call: String, _ body: () async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        await before(call)
        let left = state.withLock { state in
            state.calls.append(call)
            state.left -= 1
            return state.left
        }
        let dead = Failure(.unavailable, "the process is dead")
        if left >= 0 { return try await body() }
        // The caller of the last call never learns whether it was made.
        if left == -1, lastIsTaken { _ = try await body() }
        throw dead
    }

    func entry(for key: StoreKey) async throws(Failure) -> StoreEntry? {
        try await step("read \(key)") { () throws(Failure) in try await store.entry(for: key) }
    }

    func put(
        _ value: [UInt8], for key: StoreKey, if condition: StoreCondition, until expiry: Timestamp?
    ) async throws(Failure) -> StoreVersion {
        try await step("put \(key)") { () throws(Failure) in
            try await store.put(value, for: key, if: condition, until: expiry)
        }
    }

    func remove(_ key: StoreKey, if condition: StoreCondition) async throws(Failure) {
        try await step("remove \(key)") { () throws(Failure) in
            try await store.remove(key, if: condition)
        }
    }

    func keys(
        prefix: String, after cursor: StoreKey?, limit: Int
    ) async throws(Failure) -> [StoreKey] {
        try await step("list \(prefix)") { () throws(Failure) in
            try await store.keys(prefix: prefix, after: cursor, limit: limit)
        }
    }
}
