public import Ports

/// The waits between attempts of a ``RetryPolicy``: exponential backoff with full jitter.
///
/// Each wait is a random part of a ceiling that doubles with every attempt, so that many callers
/// that failed together do not retry together. Source:
/// <https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>.
public struct Backoff: Hashable, Sendable {
    // Keeps the shift from overflowing; every ceiling has reached its limit long before.
    private static let doublingCountMax = 16

    private let first: Duration
    private let most: Duration

    /// Creates a backoff.
    ///
    /// - Parameters:
    ///   - first: The ceiling of the wait after the first attempt.
    ///   - most: The highest ceiling.
    public init(first: Duration, most: Duration) {
        self.first = first
        self.most = most
    }

    /// Returns the wait after a failed attempt.
    ///
    /// - Parameter attempt: The number of the attempt, from 1.
    /// - Returns: A random duration from zero to the ceiling of the attempt.
    public func wait(after attempt: Int, _ entropy: any Entropy) -> Duration {
        let ceiling = min(first * (1 << min(attempt - 1, Self.doublingCountMax)), most)
        let random = entropy.bytes(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return ceiling * (Double(random) / Double(UInt32.max))
    }
}
