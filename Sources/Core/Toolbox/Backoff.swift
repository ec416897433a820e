public import Ports

/// How long to wait before something that failed is tried again, within one event.
///
/// It is a random part of a ceiling that doubles with each attempt, so that many that failed together
/// do not come back together: "full jitter",
/// <https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>.
public struct Backoff: Hashable, Sendable {
    // As often as this a ceiling doubles, which is past every wait that is borne.
    private static let doublingCountMax = 16

    private let first: Duration
    private let most: Duration

    /// Creates waits.
    ///
    /// - Parameters:
    ///   - first: The ceiling after the first attempt.
    ///   - most: The highest ceiling.
    public init(first: Duration, most: Duration) {
        self.first = first
        self.most = most
    }

    /// The wait after an attempt that failed.
    ///
    /// - Parameters:
    ///   - attempt: Which attempt it was, from 1.
    ///   - entropy: Chooses the part.
    /// - Returns: A wait between nothing and the attempt's ceiling.
    public func wait(after attempt: Int, _ entropy: any Entropy) -> Duration {
        let ceiling = min(first * (1 << min(attempt - 1, Self.doublingCountMax)), most)
        let random = entropy.bytes(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return ceiling * (Double(random) / Double(UInt32.max))
    }
}
