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
import Toolbox
import Worker

/// Some organizations and weeks on a virtual clock: GitHub, the bus, the backend and the functions in one
/// process without a socket, and everything that can go wrong at a time that the seed decides.
final class SoakWorld {
    private static let schedule = DailySchedule()
    private static let quiet = Logger(label: "soak") { _ in SwiftLogNoOpLogHandler() }

    let plan: SoakPlan
    let github: SimulatedGitHub
    let sink = SoakSink()
    let store: MemoryStore
    let bus: MemoryBus
    /// The organizations as they are without the troubles of a day.
    private(set) var world: World
    /// The organization of each installation there ever was.
    private(set) var places: [InstallationID: Int] = [:]
    private(set) var tally = Tally()
    private(set) var breaches: [String] = []
    /// The days on which a tick could ask GitHub, and the organizations that it left out or could not
    /// find.
    private(set) var ticks: [Day: Set<String>] = [:]

    private let seed: UInt64
    private let clock: ManualClock
    private let settings: Settings
    private let entropy: SeededEntropy
    private let signer: RememberingSigner
    private var random: SeededGenerator
    private var isAuthorized = false
    private var isCalm = false
    private let journal = Journal()
    private let trace: ((String) -> Void)?

    /// What the functions were given, and what came of it.
    private final class Journal: Sendable {
        let collected = Mutex<[CloudEvent]>([])
        let entries = Mutex<[JournalEntry]>([])
    }

    /// Prepares a world.
    ///
    /// - Parameters:
    ///   - seed: What happens, and when.
    ///   - trace: Told what goes wrong on each day, and what came of each event, as the journal has it;
    ///     nil if nobody wants to know.
    /// - Throws: `misconfigured` if the functions cannot be made.
    init(seed: UInt64, trace: ((String) -> Void)?) throws(Failure) {
        self.seed = seed
        self.trace = trace
        plan = SoakPlan(seed: seed)
        world = plan.world
        random = SeededGenerator(seed: ~seed)
        entropy = SeededEntropy(seed: seed)
        clock = ManualClock(Timestamp(startOf: plan.days.lowerBound).advanced(by: .seconds(64_800)))
        store = MemoryStore(clock: clock)
        bus = MemoryBus(clock: clock)
        signer = RememberingSigner(try RSAAppSigner(pem: InProcess.keys.privateKey))
        let office = try InProcess(
            world: plan.world, clock: clock, seed: seed,
            environment: [
                "GITHUB_ENTERPRISE": "acme-inc",
                "GITHUB_BILLING_TOKEN": PersonalToken().secret.reveal { $0 },
            ])
        (github, settings) = (office.github, office.settings)
    }

    /// Lets the days pass, then a few calm ones, as after an operator has seen to everything.
    ///
    /// - Throws: What cannot go wrong here, such as a bus in memory.
    func pass() async throws {
        await authorize()
        let days = plan.days
        for day in days.lowerBound...days.upperBound.advanced(by: 3) {
            try await live(through: day.advanced(by: 1), plan.today(day.advanced(by: 1)))
        }
        isCalm = true
        let moment = Self.schedule.moment(on: days.upperBound.advanced(by: 5))
        clock.set(moment)
        begin(SoakPlan.Today(), on: Day(containing: moment))
        if !isAuthorized { await authorize() }
        try await bus.redrive(nil)
        try await bus.publish([.tick(at: moment)])
        try await work(until: moment.advanced(by: .seconds(3_600 * 12)), SoakPlan.Today())
        try await checkGaps()
        // What was refused on its last day is read when somebody asks for it.
        try await bus.publish([
            .tick(at: clock.now(), from: days.lowerBound, to: days.upperBound)
        ])
        try await work(until: moment.advanced(by: .seconds(3_600 * 17)), SoakPlan.Today())
        tally.samples = sink.sampleCount
        tally.requests = github.requests.count
        for (trouble, count) in sink.counts {
            tally.faults["backend: \(trouble.rawValue)", default: 0] += count
        }
    }

    /// Everything that is known of every day, by the place of the organization.
    func manifests() async throws(Failure) -> [Int: [Manifest]] {
        Dictionary(
            grouping: try await StateReader(store).manifests(),
            by: { places[$0.installation] ?? -1 })
    }

    /// Reports what must not be.
    func breach(_ sentence: String) { breaches.append("seed \(seed): \(sentence)") }

    private func live(through day: Day, _ today: SoakPlan.Today) async throws {
        let moment = Self.schedule.moment(on: day)
        clock.set(Timestamp(startOf: day).advanced(by: .seconds(3_600)))
        begin(today, on: day)
        if !isAuthorized { await authorize() }
        clock.set(moment)
        if today.missesTick {
            tally.faults["schedule: days without a tick", default: 0] += 1
        } else {
            try await bus.publish([.tick(at: moment)])
        }
        // An event of a day before that comes once more.
        let before = journal.collected.withLock { events in
            defer { events = [] }
            return events
        }
        if today.process.twice > 0, let event = before.randomElement(using: &random) {
            tally.faults["bus: events delivered again a day later", default: 0] += 1
            try await bus.publish([event])
        }
        try await work(until: Timestamp(endOf: day), today)
    }

    /// Lets happen what happens on a day.
    private func begin(_ today: SoakPlan.Today, on day: Day) {
        trace?("\(day): \(today)")
        for turn in today.turns { take(turn, on: day) }
        for (place, organization) in world.organizations.enumerated() {
            guard let installation = organization.installation else { continue }
            places[InstallationID(installation.id)] = place
        }
        var (changed, configuration) = (world, SimulatorConfiguration(app: nil))
        var answers: [OrganizationLogin: SoakSink.Trouble] = [:]
        for trouble in today.troubles {
            switch trouble.kind {
            case .sink(let answer):
                let login = OrganizationLogin(world.organizations[trouble.organization].login)
                if let login { answers[login] = answer }
            case .scenario(let scenario):
                play(scenario, at: trouble.organization, on: day, &changed, &configuration)
            }
        }
        if today.clockOffset != .zero {
            tally.faults["process: a clock that is wrong", default: 0] += 1
        }
        let present = changed
        github.update { $0 = present }
        github.strike(with: configuration.faults)
        if !configuration.revoked.isEmpty { isAuthorized = false }
        for login in configuration.revoked { github.revokeAuthorization(of: login) }
        sink.answer(answers)
    }

    /// Plays a scenario, which is about the first organization, if not about all.
    private func play(
        _ scenario: Scenario, at place: Int, on day: Day, _ changed: inout World,
        _ configuration: inout SimulatorConfiguration
    ) {
        let group = Scenario.groups.first { group in
            group.scenarios.contains { $0.name == scenario.name }
        }
        tally.faults["GitHub: \(group?.title ?? "")", default: 0] += 1
        changed.organizations.swapAt(0, place)
        let (login, rules) = (changed.organizations[0].login, changed.publication)
        changed.publication = []
        scenario.apply(to: &changed, &configuration)
        // The day is chosen here.
        for index in configuration.faults.indices { configuration.faults[index].days = nil }
        let (lasting, passing) = Self.rules(changed.publication, on: day)
        // The rules of the world come last and count: what never comes, never comes.
        world.publication = lasting + world.publication
        changed.publication = lasting + passing + rules
        changed.rename(login, to: changed.organizations[0].login)
        changed.organizations.swapAt(0, place)
    }

    /// The rules that a scenario adds, as far as they last, and the others.
    ///
    /// What GitHub has revised stays revised, of the days that are read then.
    private static func rules(
        _ rules: [PublicationRule], on day: Day
    ) -> (lasting: [PublicationRule], passing: [PublicationRule]) {
        let lasting = rules.filter { $0.effect != .withheld }.map { rule in
            var rule = rule
            rule.days = day.advanced(by: -3)...day.advanced(by: -1)
            return rule
        }
        return (lasting, rules.filter { $0.effect == .withheld })
    }

    private func take(_ turn: SoakPlan.Turn, on day: Day) {
        let name =
            switch turn {
            case .joins: "organizations: join"
            case .leaves: "organizations: leave"
            case .returns: "organizations: return under another number"
            case .suspended(_, true): "organizations: are suspended"
            case .suspended(_, false): "organizations: are allowed again"
            case .renamed: "organizations: are renamed"
            }
        tally.faults[name, default: 0] += 1
        switch turn {
        case .joins(let place):
            world.organizations[place].installation =
                plan.world.organizations[place].installation
                ?? SimulatedInstallation(id: Int64(555 + place))
        case .leaves(let place): world.organizations[place].installation = nil
        case .returns(let place, let id):
            world.organizations[place].installation = SimulatedInstallation(id: id)
        case .suspended(let place, let isSo):
            world.organizations[place].installation?.suspendedAt =
                isSo ? Timestamp(startOf: day) : nil
        case .renamed(let place, let login):
            let old = world.organizations[place].login
            world.organizations[place].login = login
            world.rename(old, to: login)
        }
    }

    /// Works until nothing is due, through the deaths of a day.
    private func work(until horizon: Timestamp, _ today: SoakPlan.Today) async throws {
        var deaths = today.deaths
        // A queue that fails ends the work as well, and somebody starts it again.
        for _ in 0..<200 {
            var faults = today.process
            faults.deathAfter = deaths.popLast()
            let process = FragileProcess(faults, seed: random.next())
            let failure = await drained(by: process, today.clockOffset, until: horizon)
            add(process)
            if failure != nil || process.isDead {
                clock.advance(by: .seconds(25))
                continue
            }
            if deaths.isEmpty { return }
        }
        breach("the work of \(Day(containing: horizon)) does not end")
    }

    /// Works as one process.
    ///
    /// - Returns: What the queue threw, if it did.
    private func drained(
        by process: FragileProcess, _ clockOffset: Duration, until horizon: Timestamp
    ) async -> Failure? {
        let clock = clock
        do throws(Failure) {
            try await dispatcher(process, clockOffset).drain(
                through: horizon, on: bus, clock: clock, jump: { clock.set($0) })
            return nil
        } catch {
            return error
        }
    }

    private func add(_ process: FragileProcess) {
        for (name, count) in process.counts { tally.faults[name, default: 0] += count }
        let entries = journal.entries.withLock { entries in
            defer { entries = [] }
            return entries
        }
        for entry in entries {
            trace?(String(decoding: JSON.encode(entry), as: UTF8.self))
            switch entry.function {
            case .onCollectOrg: tally.collections += 1
            case .onDailyTick:
                tally.ticks += 1
                // The person reads what the tick says, and comes on the next day.
                guard let tick = entry.tick else { break }
                if tick.attention.contains(where: { $0.reason.contains("uthorize again") }) {
                    isAuthorized = false
                } else if case .done = entry.verdict {
                    ticks[Day(containing: clock.now())] = Set(
                        (tick.skipped + tick.attention).compactMap(\.organization))
                }
            case .onAuthorize, .onAuthorizeCallback: break
            }
            switch entry.verdict {
            case .done: break
            case .retry: tally.retries += 1
            case .dead:
                tally.deadLetters += 1
                if isCalm { breach("\(entry.event) died on a calm day: \(entry.text)") }
            }
        }
    }

    private func functions(_ process: FragileProcess, _ clockOffset: Duration = .zero) -> Functions
    {
        Functions(
            settings: settings,
            adapters: Adapters(
                transport: FragileTransport(transport: github.directTransport(), process: process),
                store: FragileStore(store: store, process: process), sink: sink, bus: bus,
                clock: FragileClock(clock: clock, offset: clockOffset), time: ManualTime(),
                entropy: entropy, hashing: OpenSSLHashing(), vault: OpenVault(), signer: signer))
    }

    private func dispatcher(_ process: FragileProcess, _ clockOffset: Duration) -> Dispatcher {
        let (functions, journal) = (functions(process, clockOffset), journal)
        return Dispatcher(
            bus: FragileQueue(queue: bus, process: process), clock: clock,
            limits: Dispatcher.Limits(parallel: 1), logger: Self.quiet,
            handler: { event in
                if event.type == .collect { journal.collected.withLock { $0.append(event) } }
                return await Conclusion.of(event, by: functions)
            },
            observer: { entry in journal.entries.withLock { $0.append(entry) } })
    }

    /// Connects as a person would, whose browser accepts whatever GitHub asks; one who finds GitHub down
    /// comes back another day.
    private func authorize() async {
        let functions = functions(FragileProcess(FragileProcess.Faults(), seed: 0))
        do throws(Failure) {
            try await functions.authorize(at: github)
            isAuthorized = true
        } catch {
            isAuthorized = false
        }
        if isCalm, !isAuthorized { breach("nobody can authorize on a calm day") }
    }
}

extension World {
    /// Lets the rules about an organization follow its name.
    fileprivate mutating func rename(_ old: String, to new: String) {
        guard old != new else { return }
        for index in publication.indices where publication[index].organization == old {
            publication[index].organization = new
        }
    }
}

/// A signer that gives the same signature for the same message: at one moment of a virtual clock all
/// tokens of the App are the same, and signing takes longer than all else that a collection does.
private final class RememberingSigner: AppSigner {
    private let signer: RSAAppSigner
    private let last = Mutex<(message: [UInt8], signature: [UInt8])?>(nil)

    init(_ signer: RSAAppSigner) { self.signer = signer }

    func sign(_ message: [UInt8]) throws(Failure) -> [UInt8] {
        if let last = last.withLock({ $0 }), last.message == message { return last.signature }
        let signature = try signer.sign(message)
        last.withLock { $0 = (message, signature) }
        return signature
    }
}
