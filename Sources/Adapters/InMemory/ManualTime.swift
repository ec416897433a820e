import Synchronization

/// A clock of elapsed time that only moves when a task sleeps.
///
/// A sleep returns at once and is recorded.
///
/// It replaces a `ContinuousClock`, so that tests of long waits take no time.
public final class ManualTime: Clock {
    /// A point in time, counted from the creation of the clock.
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

    /// Creates a clock that starts at zero.
    ///
    /// - Parameter wallClock: A wall clock that moves together with this clock.
    public init(moving wallClock: ManualClock? = nil) { self.wallClock = wallClock }

    /// The current time of this clock.
    public var now: Instant { Instant(elapsed: state.withLock { $0.elapsed }) }

    /// Zero: the clock does not round.
    public var minimumResolution: Duration { .zero }

    /// The length of each sleep, in order; zero if its deadline had passed.
    public var sleeps: [Duration] { state.withLock { $0.sleeps } }

    /// Moves the time without a sleep.
    public func advance(by duration: Duration) {
        state.withLock { $0.elapsed += duration }
        wallClock?.advance(by: duration)
    }

    /// Moves the time to `deadline`, unless it has passed, and lets other tasks run.
    ///
    /// - Parameter tolerance: Not used.
    /// - Throws: `CancellationError` if the task was cancelled. Then the time does not move.
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
