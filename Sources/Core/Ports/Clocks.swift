public import Domain

/// The current date and time.
///
/// To measure or wait for elapsed time, use a `Clock` instead.
public protocol WallClock: Sendable {
    /// Returns the current time.
    func now() -> Timestamp
}
