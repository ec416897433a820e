public import Domain

/// Real time, as the functions see it; elapsed time is a `Clock` of the standard library.
public protocol WallClock: Sendable {
    /// The moment this is called.
    func now() -> Timestamp
}
