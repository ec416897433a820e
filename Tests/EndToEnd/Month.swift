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

/// A month of daily ticks on a virtual clock: GitHub, the bus and the functions in one process,
/// with everything that can go wrong at a time that the seed decides.
///
/// There is no socket and no wait in it, so it is the same each time and a matter of seconds.
struct Month: Sendable {
    static let dayCount = 30
    private static let schedule = DailySchedule()

    let days: ClosedRange<Day>
    let github: SimulatedGitHub
    let sink = RecordingSink()
    private let clock: ManualClock
    private let bus: MemoryBus
    private let store: MemoryStore
    private let functions: Functions
    private let plan: MonthPlan
    private let entries = Entries()

    private final class Entries: Sendable {
        let all = Mutex<[JournalEntry]>([])
    }

    /// Prepares a month.
    ///
    /// - Parameter seed: What happens, and when.
    /// - Throws: `misconfigured` if the functions cannot be made.
    init(seed: UInt64) throws(Failure) {
        let first = Day(number: 20_500)
        days = first...first.advanced(by: Self.dayCount - 1)
        plan = MonthPlan(seed: seed, days: days)
        clock = ManualClock(Timestamp(startOf: first).advanced(by: .seconds(64_800)))
        store = MemoryStore(clock: clock)
        bus = MemoryBus(clock: clock)
        let office = try InProcess(world: plan.world, clock: clock, seed: seed, faults: plan.faults)
        github = office.github
        functions = Functions(
            settings: office.settings,
            adapters: Adapters(
                transport: github.directTransport(), store: store, sink: sink, bus: bus,
                clock: clock, time: ManualTime(), entropy: SeededEntropy(seed: seed),
                hashing: OpenSSLHashing(), vault: OpenVault(),
                signer: try RSAAppSigner(pem: InProcess.keys.privateKey)))
    }

    /// Lets the month pass.
    ///
    /// - Throws: What the bus throws, or why nobody can authorize.
    func pass() async throws {
        try await functions.authorize(at: github)
        for day in days {
            let moment = Self.schedule.moment(on: day.advanced(by: 1))
            clock.set(moment)
            if plan.apply(on: Day(containing: moment), to: github) {
                try await functions.authorize(at: github)
            }
            try await bus.publish([.tick(at: moment)])
            try await dispatcher.drain(
                through: moment.advanced(by: .seconds(86_400 - 1)), on: bus, clock: clock,
                jump: clock.set)
        }
    }

    /// Everything that is known of every day.
    func manifests() async throws(Failure) -> [Manifest] {
        try await StateReader(store).manifests()
    }

    /// Every attempt, in order.
    var journal: [JournalEntry] { entries.all.withLock { $0 } }

    private var dispatcher: Dispatcher {
        let functions = functions
        let entries = entries
        return Dispatcher(
            bus: bus, clock: clock, limits: Dispatcher.Limits(parallel: 1),
            logger: Logger(label: "month") { _ in SwiftLogNoOpLogHandler() },
            handler: { event in
                await Conclusion.of(event, by: functions)
            }
        ) { entry in entries.all.withLock { $0.append(entry) } }
    }
}
