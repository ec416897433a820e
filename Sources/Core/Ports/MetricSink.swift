public import Domain

/// Where samples go.
public protocol MetricSink: Sendable {
    /// Begins writing one source of one organization's day.
    ///
    /// - Parameter scope: Which source of which day; a second writing of the same scope replaces
    ///   the first where the backend can, and repeats it where it cannot.
    /// - Returns: A writer for this scope; one that is dropped before ``SampleWriter/finish()``
    ///   may leave some samples behind.
    /// - Throws: `unavailable` or `misconfigured`.
    func open(_ scope: SampleScope) async throws(Failure) -> any SampleWriter
}

/// One source of one day on its way to the backend.
public protocol SampleWriter: Sendable {
    /// Takes samples; returns when the next may come, so a slow backend slows the reader.
    ///
    /// - Parameter batch: Samples of the writer's scope; no series twice over the whole writing.
    /// - Throws: `rateLimited`, `timedOut`, `unavailable`, `unauthorized` or `malformedReply` when
    ///   the backend does not take any more. Some samples may have arrived: write all again.
    func write(_ batch: SampleBatch) async throws(Failure)

    /// Sends what is left and closes.
    ///
    /// - Returns: How much the backend took, and what it refused.
    /// - Throws: As ``write(_:)``.
    func finish() async throws(Failure) -> Delivery
}

/// What a backend did with the samples of one writing.
public struct Delivery: Hashable, Sendable {
    /// The samples it took.
    public var accepted: Int
    /// The samples it refused for good.
    public var rejected: Int
    /// What it said about them, and which they are: a few, for a person.
    public var reasons: [String]

    /// Creates a delivery.
    public init(accepted: Int, rejected: Int = 0, reasons: [String] = []) {
        self.accepted = accepted
        self.rejected = rejected
        self.reasons = reasons
    }
}
