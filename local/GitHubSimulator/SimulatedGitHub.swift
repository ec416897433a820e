public import Domain
public import Logging
public import Ports
import Synchronization
import Toolbox

/// A GitHub on loopback: the web flow, the REST and GraphQL endpoints that a collector of Copilot usage
/// needs, and the host of report links.
///
/// It is as strict as GitHub, and stricter where GitHub tolerates a faulty client: it records every
/// request that a correct client never sends in ``violations``. It takes the time from a clock, so a
/// test can simulate a month in a second.
public final class SimulatedGitHub: Sendable {
    let configuration: SimulatorConfiguration
    let logger: Logger
    let crypto: SimulatorCrypto
    let state: Mutex<SimulatorState>
    /// The addresses that links and pages point to; nil before the servers listen.
    let addresses = Mutex<SimulatorAddresses?>(nil)
    private let clock: any WallClock

    /// Creates a simulator that does not listen yet.
    ///
    /// - Parameters:
    ///   - configuration: The App, its limits and the faults.
    ///   - world: The organizations, people and reports.
    ///   - clock: The source of the current time.
    ///   - logger: Logs each request, at debug level.
    /// - Throws: `misconfigured` if the App's private key cannot be read.
    public init(
        configuration: SimulatorConfiguration, world: World, clock: any WallClock,
        logger: Logger = Logger(label: "simulated-github")
    ) throws(Failure) {
        self.configuration = configuration
        self.clock = clock
        self.logger = logger
        crypto = SimulatorCrypto(seed: configuration.seed)
        let app = try configuration.app.map { app throws(Failure) in try KnownApp(app) }
        state = Mutex(SimulatorState(world: world, app: app, faults: configuration.faults))
    }

    /// The App that GitHub knows; nil if there is none.
    public var app: RegisteredApp? { state.withLock { $0.app?.registration } }

    /// Registers an App in the place of the present one, or deletes that.
    ///
    /// - Throws: `misconfigured` if the App's private key cannot be read.
    public func register(_ app: RegisteredApp?) throws(Failure) {
        let known = try app.map { app throws(Failure) in try KnownApp(app) }
        state.withLock { state in
            // A renamed App stays installed.
            if state.app?.registration.id != known?.registration.id { state.uninstall() }
            state.app = known
        }
    }

    /// The App, for pages that need one.
    func requireRegistration() throws(ErrorResponse) -> RegisteredApp {
        guard let app else { throw ErrorResponse(.page(404, Pages.notFound)) }
        return app
    }

    /// The requests so far that a correct client never sends: one sentence each, in order.
    public var violations: [String] { state.withLock { $0.violations } }

    /// Every request so far, in the order of the responses.
    public var requests: [RequestRecord] { state.withLock { $0.requests } }

    /// The current data.
    public var world: World { state.withLock { $0.world } }

    /// Changes the data, from the next request on.
    public func update(_ change: @Sendable (inout World) -> Void) {
        state.withLock { state in
            let before = state.world
            change(&state.world)
            state.updateCount += 1
            // Most changes leave the reports of most organizations as they are.
            let same = Set(
                state.world.organizations.filter { organization in
                    before.organizations.contains { organization.hasReports(of: $0) }
                }.map(\.login))
            state.files = state.files.filter { same.contains($0.key.organization) }
        }
    }

    /// The faults that have not occurred yet.
    public var idleFaults: [Fault] {
        state.withLock { state in
            state.faults.enumerated().filter { !state.struckFaults.contains($0.offset) }
                .map(\.element)
        }
    }

    /// Replaces the faults, from the next request on, and resets their counts.
    public func strike(with faults: [Fault]) {
        state.withLock { state in
            state.faults = faults
            state.faultCounts = [:]
            state.struckFaults = []
        }
    }

    /// Revokes a person's authorization and with it all of the person's tokens.
    public func revokeAuthorization(of login: String) {
        state.withLock { state in
            for person in state.world.people where person.login == login {
                state.revokeTokens(of: person.id)
            }
        }
    }

    /// The current time by GitHub's clock.
    var now: Timestamp { clock.now().advanced(by: configuration.clockOffset) }

    /// Records a request that a correct client never sends.
    func recordViolation(_ sentence: String, _ request: SimulatedRequest) {
        state.withLock { $0.violations.append("\(request.method) \(request.path): \(sentence)") }
    }

    /// Makes an unused word; the same seed makes the same words in the same order.
    func makeWord(_ purpose: String, count: Int) -> String {
        String(crypto.word("\(purpose)/\(nextOrdinal())").prefix(count))
    }

    /// Makes the number of a response, which nobody has to keep secret.
    func makeResponseID() -> String {
        var random = SeededRandom(configuration.seed, UInt64(nextOrdinal()))
        return Hex.encode(random.next()).uppercased()
    }

    private func nextOrdinal() -> Int {
        state.withLock { state in
            state.madeCount += 1
            return state.madeCount
        }
    }
}
