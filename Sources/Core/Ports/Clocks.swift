public import Domain

/// The current date and time.
///
/// To measure or wait for elapsed time, use a `Clock` instead.
public protocol WallClock: Sendable {
    /// Returns the current time.
    func now() -> Timestamp
}

/// A clock that shows the time it was last told, so that days can pass in seconds.
public protocol AdjustableClock: WallClock {
    /// Sets the time; it may go back, as real time may.
    func set(_ time: Timestamp)
}
