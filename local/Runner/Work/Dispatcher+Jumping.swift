public import Lifecycle
public import Domain
public import Ports
public import Worker

extension Dispatcher {
    /// Works until nothing is due up to `horizon`, and moves the clock ahead instead of waiting.
    ///
    /// - Parameters:
    ///   - clock: The clock that the bus and the functions see.
    ///   - horizon: The latest moment to jump to; what is due later stays on the bus.
    ///   - bus: The bus that this works on, which says when something is due next.
    ///   - stop: As for ``drain(until:)``.
    /// - Throws: What the bus throws when it is asked for events.
    public func drain(
        jumping clock: VirtualClock, to horizon: Timestamp, on bus: any EventBus,
        until stop: StopSign = StopSign()
    ) async throws(Failure) {
        while true {
            try await drain(until: stop)
            // Each round moves time ahead, so the horizon ends the loop.
            guard let next = try await bus.queued().compactMap(\.due).min(),
                clock.now() < next, next <= horizon, !stop.isRaised
            else { return }
            clock.advance(to: next)
        }
    }
}
