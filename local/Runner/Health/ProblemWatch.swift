public import Domain
import Host
public import Lifecycle
public import Logging
public import Ports
import Problems

/// Looks at the bus from time to time, and logs dead letters when they come, while they last, and when
/// they are gone.
///
/// What ticks and collections find is logged with them; dead letters have nobody else to speak of them.
public struct ProblemWatch: Sendable {
    private static let pause = Duration.seconds(60)

    private let store: any KeyValueStore
    private let bus: any EventBus
    private let logger: Logger

    /// Creates a watch.
    public init(store: any KeyValueStore, bus: any EventBus, logger: Logger) {
        self.store = store
        self.bus = bus
        self.logger = logger
    }

    /// Looks until `stop` is raised or the task is cancelled.
    public func run(
        until stop: StopSign, clock: any WallClock, time: any Clock<Duration>
    ) async {
        while !stop.isRaised, !Task.isCancelled {
            do throws(Failure) {
                logger.log(try await look(at: clock.now()))
            } catch {
                logger.error("Cannot look for dead letters: \(error.message)")
            }
            guard (try? await time.sleep(for: Self.pause)) != nil else { return }
        }
    }

    /// Compares the dead letters and retries with those that are known, and keeps them.
    public func look(at now: Timestamp) async throws(Failure) -> ProblemChanges {
        let found = try await QueueProblems.found(on: bus, at: now)
        let reconciled = try await ProblemBook(store).reconcile(.runnerProblems, at: now) { _ in
            found
        }
        if let state = reconciled.state { try await store.keep(state) }
        return reconciled.notes.changes
    }
}
