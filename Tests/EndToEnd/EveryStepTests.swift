import Deployment
import Domain
import Fakes
import FunctionInterface
import GitHubSimulator
import Host
import InMemory
import InProcess
import Logging
import OpenSSLCrypto
import Ports
import Runner
import Synchronization
import TestSupport
import Testing
import Worker

/// State and events in two places that know nothing of each other: the weakest case there is.
///
/// Where both are in one database there are fewer steps to die between.
@Suite("A day whose state or bus fails", .timeLimit(.minutes(5)))
struct EveryStepTests {
    @Test("ends the same, whichever step the failure precedes or follows")
    func everyStep() async throws {
        let calm = try await Life(dyingAfter: nil).ended()
        #expect(calm.manifests.count == 2)
        #expect(!calm.rows.isEmpty)
        var deaths = 0
        // One past the last step is a day without a death, and ends the loop.
        for steps in 0..<400 {
            // A step that is not answered may have been taken or not.
            for isTaken in [false, true] {
                let life = try await Life(dyingAfter: steps, lastIsTaken: isTaken)
                let end = try await life.ended()
                guard life.fuse.isBlown else {
                    #expect(deaths >= 2 * 15, "there were hardly any steps to die between")
                    return
                }
                deaths += 1
                #expect(end.manifests == calm.manifests, "step \(steps), taken: \(isTaken)")
                #expect(end.rows == calm.rows, "step \(steps), taken: \(isTaken)")
                #expect(end.left.isEmpty, "step \(steps), taken: \(isTaken)")
            }
        }
        Issue.record("the day never ended")
    }
}

/// Counts the calls of a store and a bus, and ends the process that makes them, as they see it.
private final class Fuse: Sendable {
    private let left: Mutex<Int>
    private let lastIsTaken: Bool

    init(after steps: Int?, lastIsTaken: Bool) {
        left = Mutex(steps ?? .max)
        self.lastIsTaken = lastIsTaken
    }

    var isBlown: Bool { left.withLock { $0 < 0 } }

    /// Makes a call, unless the process is dead by then; the caller of the last one never hears.
    func step<Result>(
        _ call: () async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let left = left.withLock { left in
            left -= left >= 0 ? 1 : 0
            return left
        }
        let isLast = left == -1 && claimLast()
        if left >= 0 { return try await call() }
        if isLast, lastIsTaken { _ = try await call() }
        throw Failure(.unavailable, "the process is gone")
    }

    private let last = Atomic(true)

    private func claimLast() -> Bool { last.exchange(false, ordering: .relaxed) }
}

private struct FusedStore: KeyValueStore {
    let store: any KeyValueStore
    let fuse: Fuse

    func entry(for key: StoreKey) async throws(Failure) -> StoreEntry? {
        try await fuse.step { () async throws(Failure) in try await store.entry(for: key) }
    }

    func put(
        _ value: [UInt8], for key: StoreKey, if condition: StoreCondition, until expiry: Timestamp?
    ) async throws(Failure) -> StoreVersion {
        try await fuse.step { () async throws(Failure) in
            try await store.put(value, for: key, if: condition, until: expiry)
        }
    }

    func remove(_ key: StoreKey, if condition: StoreCondition) async throws(Failure) {
        try await fuse.step { () async throws(Failure) in
            try await store.remove(key, if: condition)
        }
    }

    func keys(
        prefix: String, after cursor: StoreKey?, limit: Int
    ) async throws(Failure) -> [StoreKey] {
        try await fuse.step { () async throws(Failure) in
            try await store.keys(prefix: prefix, after: cursor, limit: limit)
        }
    }
}

private struct FusedQueue: EventQueue {
    let queue: any EventQueue
    let fuse: Fuse

    func publish(_ events: [CloudEvent]) async throws(Failure) {
        // Each on its own: a publishing that stops half-way has taken some of them.
        for event in events {
            try await fuse.step { () async throws(Failure) in try await queue.publish([event]) }
        }
    }

    func receive(_ countMax: Int, lease: Duration) async throws(Failure) -> [EventDelivery] {
        try await fuse.step { () async throws(Failure) in
            try await queue.receive(countMax, lease: lease)
        }
    }

    func settle(_ delivery: EventDelivery, as settlement: Settlement) async throws(Failure) {
        try await fuse.step { () async throws(Failure) in
            try await queue.settle(delivery, as: settlement)
        }
    }
}

/// One tick and what follows from it, on a virtual clock; with a death in it, and a new start.
private struct Life {
    /// What there is in the end.
    struct End {
        /// The outcome of each source of each day, as far as it does not depend on how often it
        /// was read.
        var manifests: [String: [Source: String]] = [:]
        var rows: Set<RecordingSink.Row> = []
        var left: [QueuedEvent] = []
    }

    private static let today = Day(number: 20_530)
    private static let noon = Timestamp(startOf: today).advanced(by: .seconds(43_200))
    private static let world: World = {
        var world = World.generated(
            organizations: 1, users: 5, seed: 11, firstDay: today.advanced(by: -10),
            lastDay: today.advanced(by: -1))
        world.publication.insert(PublicationRule(.published(after: .zero)), at: 0)
        world.updateAll { $0.history.worksOnWeekends() }
        return world
    }()

    let fuse: Fuse
    private let clock = ManualClock(noon)
    private let store: MemoryStore
    private let bus: MemoryBus
    private let sink = RecordingSink()
    private let github: SimulatedGitHub
    private let settings: Settings

    init(dyingAfter steps: Int?, lastIsTaken: Bool = false) async throws {
        fuse = Fuse(after: steps, lastIsTaken: lastIsTaken)
        store = MemoryStore(clock: clock)
        bus = MemoryBus(clock: clock)
        let office = try InProcess(
            world: Self.world, clock: clock, environment: ["LOOKBACK_DAYS": "2"])
        (github, settings) = (office.github, office.settings)
    }

    /// Lives to the end: authorized, ticked, died, and started again.
    func ended() async throws -> End {
        try await functions(store).authorize(at: github)
        try await bus.publish([.tick(at: clock.now())])
        let dying = try dispatcher(
            FusedStore(store: store, fuse: fuse), FusedQueue(queue: bus, fuse: fuse))
        try? await dying.drain()
        // Whoever starts again finds what the dead one had when its lease has run out.
        try await dispatcher(store, bus).drain(
            through: clock.now().advanced(by: .seconds(11 * 3_600)), on: bus, clock: clock,
            jump: clock.set)

        var end = End()
        for manifest in try await StateReader(store).manifests() {
            end.manifests["\(manifest.organization)/\(manifest.day)"] = manifest.sources
                .mapValues { result in
                    // What was read once more after a death is unchanged instead of written.
                    let outcome = result.outcome == .unchanged ? .written : result.outcome
                    return "\(outcome) \(result.samples) \(result.digest ?? "")"
                }
        }
        // What the collector says of itself depends on when it ran.
        end.rows = Set(sink.rows.filter { $0.name.hasPrefix("github_") })
        end.left = try await bus.queued()
        return end
    }

    private func functions(_ store: any KeyValueStore) throws -> Functions {
        Functions(
            settings: settings,
            adapters: Adapters(
                transport: github.directTransport(), store: store, sink: sink, bus: bus,
                clock: clock, time: ManualTime(), entropy: SeededEntropy(seed: 1),
                hashing: OpenSSLHashing(), vault: OpenVault(),
                signer: try RSAAppSigner(pem: InProcess.keys.privateKey)))
    }

    private func dispatcher(
        _ store: any KeyValueStore, _ queue: any EventQueue
    ) throws -> Dispatcher {
        let functions = try functions(store)
        return Dispatcher(
            bus: queue, clock: clock, limits: Dispatcher.Limits(parallel: 1),
            logger: Logger(label: "life") { _ in SwiftLogNoOpLogHandler() },
            handler: { event in
                await Conclusion.of(event, by: functions)
            },
            observer: { _ in })
    }
}
