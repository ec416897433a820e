public import Domain
public import Lifecycle
public import Ports
public import Worker

extension Dispatcher {
    /// Works until nothing is due up to `horizon`, and moves the clock ahead instead of waiting.
    ///
    /// - Parameters:
    ///   - horizon: The latest moment to jump to; events due later stay on the bus.
    ///   - bus: The bus that this dispatcher works on, which knows when the next event is due.
    ///   - clock: The clock that the bus and the functions see.
    ///   - stop: As for ``drain(until:)``.
    ///   - jump: Moves `clock` to a later moment.
    /// - Throws: What the bus throws when it is asked for events.
    public func drain(
        through horizon: Timestamp, on bus: any EventBus, clock: any WallClock,
        until stop: StopSign = StopSign(), jump: (Timestamp) -> Void
    ) async throws(Failure) {
        while true {
            try await drain(until: stop)
            // Each round moves time ahead, so the horizon ends the loop.
            guard let next = try await bus.queued().compactMap(\.due).min(),
                clock.now() < next, next <= horizon, !stop.isRaised
            else { return }
            jump(next)
        }
    }
}
