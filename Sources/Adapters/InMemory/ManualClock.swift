public import Domain
public import Ports
import Synchronization

/// A wall clock that only moves when it is set.
public final class ManualClock: AdjustableClock {
    private let moment: Mutex<Timestamp>

    /// Creates a clock with the time `start`.
    public init(_ start: Timestamp) { moment = Mutex(start) }

    /// The time that was set last.
    public func now() -> Timestamp { moment.withLock { $0 } }

    /// Sets the time.
    ///
    /// Like real time, it may go back.
    public func set(_ time: Timestamp) { moment.withLock { $0 = time } }

    /// Moves the time by `duration`, which may be negative.
    public func advance(by duration: Duration) {
        moment.withLock { $0 = $0.advanced(by: duration) }
    }
}
