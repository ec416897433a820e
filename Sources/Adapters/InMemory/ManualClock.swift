public import Domain
public import Ports
import Synchronization

/// A clock that stands still until it is told the time.
public final class ManualClock: AdjustableClock {
    private let moment: Mutex<Timestamp>

    /// Creates a clock that shows `start`.
    public init(_ start: Timestamp) { moment = Mutex(start) }

    /// The time it was last told.
    public func now() -> Timestamp { moment.withLock { $0 } }

    /// Sets the time; it may go back, as real time may.
    public func set(_ time: Timestamp) { moment.withLock { $0 = time } }

    /// Moves the time by `duration`, back if it is negative.
    public func advance(by duration: Duration) {
        moment.withLock { $0 = $0.advanced(by: duration) }
    }
}
