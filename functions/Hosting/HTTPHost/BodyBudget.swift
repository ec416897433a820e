import Synchronization

/// The memory for the bodies of all connections together.
///
/// Each connection may send a body, and each body is held until its request is answered. Without a limit
/// for all, a thousand connections would take a gigabyte.
final class BodyBudget: Sendable {
    private let left: Atomic<Int>

    /// Creates a budget of some bytes.
    init(_ byteCount: Int) { left = Atomic(byteCount) }

    /// Takes bytes.
    ///
    /// - Returns: Whether there were enough.
    func take(_ byteCount: Int) -> Bool {
        guard left.subtract(byteCount, ordering: .relaxed).newValue < 0 else { return true }
        give(byteCount)
        return false
    }

    /// Gives bytes back.
    func give(_ byteCount: Int) { left.add(byteCount, ordering: .relaxed) }
}
