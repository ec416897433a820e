public import Domain
public import Logging
public import Ports
import Synchronization

/// A GitHub on loopback: the web flow, the REST and GraphQL calls that a collector of Copilot usage
/// makes, and the host that report links point to.
///
/// It is as strict as GitHub, and stricter where GitHub would let a faulty client get away: what a
/// correct client never does is kept in ``violations``. Time is the clock's it is given, so a month
/// can pass in a second.
public final class SimulatedGitHub: Sendable {
    let configuration: Configuration
    let logger: Logger
    let crypto: Crypto
    let state: Mutex<State>
    /// Where the two listeners are, once they are; links and pages point there.
    let addresses = Mutex<Addresses?>(nil)
    private let clock: any WallClock

    /// Creates a GitHub that is not listening yet.
    ///
    /// - Parameters:
    ///   - configuration: How it behaves.
    ///   - world: What it knows.
    ///   - clock: What time it is.
    ///   - logger: Is told of each request, at debug.
    /// - Throws: `misconfigured` if the App's private key is none.
    public init(
        configuration: Configuration, world: World, clock: any WallClock,
        logger: Logger = Logger(label: "simulated-github")
    ) throws(Failure) {
        self.configuration = configuration
        self.clock = clock
        self.logger = logger
        crypto = try Crypto(seed: configuration.seed, appKey: configuration.app.privateKey)
        state = Mutex(State(world: world, faults: configuration.faults))
    }

    /// What was asked that a correct client never asks, in order, one sentence each.
    public var violations: [String] { state.withLock { $0.violations } }

    /// Every request so far, in the order of their answers.
    public var requests: [RequestRecord] { state.withLock { $0.requests } }

    /// What GitHub knows now.
    public var world: World { state.withLock { $0.world } }

    /// Changes what GitHub knows, from the next request on.
    public func update(_ change: @Sendable (inout World) -> Void) {
        state.withLock { state in
            change(&state.world)
            state.updateCount += 1
            state.files = [:]
        }
    }

    /// Changes what goes wrong, from the next request on; every count begins anew.
    public func strike(with faults: [Fault]) {
        state.withLock { state in
            state.faults = faults
            state.faultCounts = [:]
        }
    }

    /// Revokes the authorization of a person, so that every token of theirs is dead.
    public func revokeAuthorization(of login: String) {
        state.withLock { state in
            for person in state.world.people where person.login == login {
                state.revokeTokens(of: person.id)
            }
        }
    }

    /// The present, by GitHub's clock.
    var now: Timestamp { clock.now().advanced(by: configuration.clockOffset) }

    /// Keeps what a correct client would not have done.
    func recordViolation(_ sentence: String, _ call: Call) {
        state.withLock { $0.violations.append("\(call.method) \(call.path): \(sentence)") }
    }

    /// Makes up a word that nobody has seen before; the same seed makes the same ones in order.
    func makeWord(_ purpose: String, count: Int) -> String {
        let ordinal = state.withLock { state in
            state.madeCount += 1
            return state.madeCount
        }
        return String(crypto.word("\(purpose)/\(ordinal)").prefix(count))
    }
}
