import Deployment
import Domain
import GitHubSimulator
import HTTPHost
import Host
import Lifecycle
import Logging
import Ports
import Runner
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Weeks of the product in seconds: GitHub, a browser, schedule, the bus and the functions, with
/// nothing between them but HTTP on loopback.
struct DemoPlay: Sendable {
    /// The result.
    struct Played: Sendable {
        var report: TickReport
        var days: ClosedRange<Day>
        var scenario: Scenario?
        var accepted: DemoSink.Accepted
        var requestCount: Int
        /// Events that failed permanently.
        var deadCount: Int
        var sinks: [String]
        /// Requests that a correct client does not make.
        var violations: [String]
        /// Organizations whose installation is suspended, which should have been collected.
        var suspended: Set<String>
        /// Whether the last day is yesterday, as it is for other commands.
        var endsYesterday: Bool

        var tickCount: Int { days.count }

        /// Why not everything is right; empty if it is.
        var faults: [String] {
            var faults = violations.map { "Protocol violation: \($0)" }
            if report.isFault(wanted: suspended) {
                faults.append(
                    "An organization or a source failed or was refused, so the exit status is 1.")
            }
            return faults
        }
    }

    let folder: DemoFolder
    let days: ClosedRange<Day>
    let size: WorldOptions
    let scenario: Scenario?
    let options: CommonOptions
    /// The variables that the functions see; the demo sets those of GitHub and of the folder.
    let environment: [String: String]

    private static let schedule = DailySchedule()

    /// Plays from the first authorization to the last tick.
    ///
    /// - Throws: What the server, GitHub or the bus throws.
    func run() async throws -> Played {
        // The person connects on the evening of the first day.
        let clock = SystemPorts.adjustableClock(
            at: Timestamp(startOf: days.lowerBound).advanced(by: .seconds(64_800)))
        let logger = Logger(label: "demo") { _ in
            LineLogHandler(logLevel: .warning, format: .text, clock: clock)
        }
        // The page has to listen before GitHub can know its address, and GitHub before the
        // functions behind the page can know GitHub's.
        let routes = Mutex<WebRoutes?>(nil)
        let server = HTTPServer(host: "127.0.0.1", port: 0, logger: logger) { request in
            guard let routes = routes.withLock({ $0 }) else { return .text(404, "Not found.") }
            return await routes.answer(request)
        }
        return try await server.withRunning { port in
            let publicURL = "http://127.0.0.1:\(port)"
            // Weekly and monthly numbers need activity from before the first collected day. As many
            // days follow, because some scenarios happen in the middle.
            var simulation = try SimulatorSetup(
                callbackURL: "\(publicURL)/authorize/callback", seed: size.seed,
                world: try SimulatorSetup.world(
                    size, around: days,
                    days: days.lowerBound.advanced(by: -28)...days.upperBound.advanced(by: 28)),
                consent: .automatic(login: Person.owner.login))
            if let scenario, !scenario.isLater { simulation.apply(scenario) }
            let github = try SimulatedGitHub(
                configuration: simulation.configuration, world: simulation.world, clock: clock,
                logger: logger)
            return try await github.withRunning { addresses in
                let own = try variables(simulation.variables(at: addresses), publicURL)
                let counter = Mutex<DemoSink?>(nil)
                let runtime = try Runtime(
                    options, for: Set(FunctionName.allCases),
                    environment: environment.merging(own) { $1 }, clock: clock
                ) { adapters in
                    let sink = DemoSink(adapters.sink)
                    adapters.sink = sink
                    counter.withLock { $0 = sink }
                }
                routes.withLock { $0 = WebRoutes(runtime) }
                try await authorize(at: publicURL, runtime)
                if let scenario, scenario.isLater { github.begin(scenario) }
                let report = try await collect(runtime, clock)
                let yesterday = Day(containing: SystemPorts.clock.now()).advanced(by: -1)
                return Played(
                    report: report, days: days, scenario: scenario,
                    accepted: counter.withLock { $0?.accepted } ?? DemoSink.Accepted(),
                    requestCount: github.requests.count,
                    deadCount: try await runtime.bus.queued().count { $0.due == nil },
                    sinks: runtime.settings.sinks.map(\.name), violations: github.violations,
                    suspended: try await StateReader(runtime.adapters.store).suspended(),
                    endsYesterday: days.upperBound == yesterday)
            }
        }
    }

    /// The variables of the functions; they are kept for later commands.
    private func variables(
        _ github: [String: String], _ publicURL: String
    ) throws(Failure) -> [String: String] {
        // From anywhere, and whatever the paths in the file are relative to.
        let place = Place.absolute(folder.path)
        var own = [
            Variable.publicURL.rawValue: publicURL,
            Variable.stateStore.rawValue: "file:\(place)/state",
            Variable.eventBus.rawValue: "file:\(place)/bus",
            Variable.encryptionKeys.rawValue:
                Data(SystemPorts.entropy.bytes(32)).base64EncodedString(),
            Variable.metricsSink.rawValue:
                environment[Variable.metricsSink.rawValue] ?? "file:\(place)/metrics",
            // Each tick reads one new day, and again those that may still change.
            Variable.lookbackDays.rawValue: environment[Variable.lookbackDays.rawValue] ?? "1",
        ]
        if scenario != nil {
            // What never ends in a scenario takes real time.
            own[Variable.requestTimeout.rawValue] =
                environment[Variable.requestTimeout.rawValue] ?? "1"
        }
        try folder.keep(own)
        own.merge(github) { $1 }
        // The key is in its own variable; a file in the environment belongs to another App.
        own[Variable.privateKeyFile.rawValue] = ""
        own[Variable.gitHubGraphQLURL.rawValue] = ""
        return own
    }

    /// Connects as a person would, through the browser's redirects and cookies.
    private func authorize(at publicURL: String, _ runtime: Runtime) async throws(Failure) {
        var browser = Browser(runtime.adapters.transport)
        let status = try await browser.open("\(publicURL)/authorize?name=demo")
        guard status == 200 else {
            throw Failure(
                .invalidAuthorization,
                "The authorization ended with HTTP \(status). See \(Place.program) events"
                    + " --env-file \(Place.path(folder.environmentFile)).")
        }
        let integrations = try await StateReader(runtime.adapters.store).integrations()
        guard let integration = integrations.first, !options.quiet else { return }
        let count = integration.organizations.count
        Terminal.say(
            "Connected as \(integration.user.login) to \(count)"
                + (count == 1 ? " organization." : " organizations."))
    }

    /// Publishes a tick each morning, and works until nothing is due before the next.
    private func collect(
        _ runtime: Runtime, _ clock: any AdjustableClock
    ) async throws(Failure) -> TickReport {
        let stop = StopSign()
        let round = Round(runtime, options, isDetailed: false, stop: stop)
        try await withStopSignals {
            stop.raise()
        } _: { () async throws(Failure) in
            try await play(round, runtime, clock, until: stop)
        }
        // Later commands judge this state by where its clock stopped.
        try await StateClock(runtime.adapters.store).stop(at: clock.now())
        return round.report
    }

    private func play(
        _ round: Round, _ runtime: Runtime, _ clock: any AdjustableClock, until stop: StopSign
    ) async throws(Failure) {
        for (place, day) in days.enumerated() {
            let moment = Self.schedule.moment(on: day.advanced(by: 1))
            clock.set(moment)
            if !options.quiet { Terminal.say("\(moment)  daily tick") }
            try await runtime.bus.publish([.tick(at: moment)])
            try await round.work(
                jumping: clock, to: moment.advanced(by: .seconds(86_400 - 1)))
            guard !stop.isRaised else {
                let left = days.count - place - 1
                throw Failure(
                    .cancelled,
                    "Stopped: \(left) of \(days.count) days are left. Run the same command again to"
                        + " play from the beginning.")
            }
        }
    }
}
