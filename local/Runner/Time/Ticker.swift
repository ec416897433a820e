public import Lifecycle
import Worker
public import Domain
public import Logging
public import Ports

/// Sends the daily tick when it is due, and once for all that were missed.
public struct Ticker: Sendable {
    private let schedule: DailySchedule
    private let bus: any EventBus
    private let store: any KeyValueStore

    /// Creates a ticker.
    ///
    /// - Parameters:
    ///   - schedule: When the tick is due.
    ///   - bus: Where it is sent.
    ///   - store: Where it is noted which was sent last.
    public init(_ schedule: DailySchedule, bus: any EventBus, store: any KeyValueStore) {
        self.schedule = schedule
        self.bus = bus
        self.store = store
    }

    /// Sends ticks until `stop` is raised or the task is cancelled.
    ///
    /// - Parameters:
    ///   - stop: When raised, no more ticks are sent.
    ///   - clock: Says what is due.
    ///   - time: Paces the looking.
    ///   - logger: Told of a tick that could not be sent; it is tried again.
    public func run(
        until stop: StopSign, clock: any WallClock, time: any Clock<Duration>, logger: Logger
    ) async {
        while !stop.isRaised, !Task.isCancelled {
            let now = clock.now()
            do throws(Failure) {
                try await sendDue(at: now)
            } catch {
                logger.error("The daily tick could not be sent: \(error.message)")
            }
            // Short enough that a machine that slept is not late by much.
            let pause = min(schedule.next(after: now).since(now), .seconds(30))
            guard (try? await time.sleep(for: pause)) != nil else { return }
        }
    }

    /// Sends the tick that is due, if one is.
    ///
    /// The note follows the sending: a crash in between repeats a tick, which does no harm.
    ///
    /// - Parameter now: The present.
    /// - Throws: What the bus or the store throws.
    public func sendDue(at now: Timestamp) async throws(Failure) {
        let entry = try await store.entry(for: .lastTick)
        let last = entry.flatMap { Timestamp(String(decoding: $0.value, as: UTF8.self)) }
        // One tick makes up for all that were missed, because it looks at what is missing.
        let due = schedule.due(
            after: last ?? now.advanced(by: .seconds(-86_400)), through: now, countMax: 1)
        guard let moment = due.last else { return }
        try await bus.publish([.tick(at: moment)])
        try await store.put(
            Array(moment.description.utf8), for: .lastTick, if: .always, until: nil)
    }
}

extension StoreKey {
    /// Which daily tick the local runner sent last.
    fileprivate static let lastTick = makeLastTick()

    private static func makeLastTick() -> StoreKey {
        guard let key = StoreKey("runner/last-tick") else {
            preconditionFailure("the key is printable ASCII")
        }
        return key
    }
}
