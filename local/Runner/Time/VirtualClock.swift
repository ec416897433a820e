public import Domain
public import Ports
import Synchronization

/// A clock that stands still until it is told to jump: weeks pass in seconds, and the same way
/// each time.
public final class VirtualClock: WallClock {
    private let moment: Mutex<Timestamp>

    /// Creates a clock that stands at `start`.
    public init(_ start: Timestamp) { moment = Mutex(start) }

    /// The moment the clock stands at.
    public func now() -> Timestamp { moment.withLock { $0 } }

    /// Jumps ahead to `later`; time that has passed does not come back, so an earlier moment
    /// changes nothing.
    public func advance(to later: Timestamp) { moment.withLock { $0 = max($0, later) } }
}
