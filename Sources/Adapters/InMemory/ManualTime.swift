import Synchronization

/// Elapsed time that passes only by sleeping: a sleep returns at once and is remembered.
///
/// It stands where a `ContinuousClock` does, so that waits of hours are tested in no time.
public final class ManualTime: Clock {
    /// A point of this clock's time, counted from its creation.
    public struct Instant: InstantProtocol {
        /// The time since the clock was created.
        public let elapsed: Duration

        /// Returns the point `duration` later.
        public func advanced(by duration: Duration) -> Instant {
            Instant(elapsed: elapsed + duration)
        }

        /// Returns the time from this point to `other`; negative if `other` is earlier.
        public func duration(to other: Instant) -> Duration { other.elapsed - elapsed }

        /// Orders by time, earlier first.
        public static func < (lhs: Instant, rhs: Instant) -> Bool { lhs.elapsed < rhs.elapsed }
    }

    private struct State {
        var elapsed = Duration.zero
        var sleeps: [Duration] = []
    }

    private let state = Mutex(State())
    private let wallClock: ManualClock?

    /// Creates a clock at zero.
    ///
    /// - Parameter wallClock: Real time that passes along with this clock's; nil for none.
    public init(moving wallClock: ManualClock? = nil) { self.wallClock = wallClock }

    /// The present of this clock.
    public var now: Instant { Instant(elapsed: state.withLock { $0.elapsed }) }

    /// Any duration can be told from any other.
    public var minimumResolution: Duration { .zero }

    /// How long each sleep was meant to last, in order; one whose end had passed is zero.
    public var sleeps: [Duration] { state.withLock { $0.sleeps } }

    /// Lets time pass without a sleep.
    public func advance(by duration: Duration) {
        state.withLock { $0.elapsed += duration }
        wallClock?.advance(by: duration)
    }

    /// Lets the time until `deadline` pass, and lets other tasks run.
    ///
    /// - Parameters:
    ///   - deadline: When to wake; a past one does not turn time back.
    ///   - tolerance: Not used: it wakes on the point.
    /// - Throws: `CancellationError` if the task was cancelled; then no time passes.
    public func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        let slept = state.withLock { state in
            let slept = max(.zero, deadline.elapsed - state.elapsed)
            state.elapsed += slept
            state.sleeps.append(slept)
            return slept
        }
        wallClock?.advance(by: slept)
        await Task.yield()
    }
}
