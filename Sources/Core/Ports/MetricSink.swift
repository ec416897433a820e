public import Domain

/// A backend for samples.
///
/// Every adapter passes the test suite `MetricSinkConformance`.
public protocol MetricSink: Sendable {
    /// Writes one source of one organization's day.
    ///
    ///     let delivery = try await sink.withWriter(for: scope) { writer throws(Failure) in
    ///         for batch in batches { try await writer.write(batch) }
    ///     }
    ///
    /// The sink owns all work that writing starts, such as requests in flight. When this method
    /// returns or throws, that work has ended: if `body` throws or the task is cancelled, the sink
    /// cancels it and waits for it. Some samples may then be in the backend; write all of them
    /// again.
    ///
    /// - Parameters:
    ///   - scope: The organization, day and source. Writing a scope again replaces its samples if
    ///     the backend can do that, and repeats them otherwise.
    ///   - body: Writes all samples of the scope. When it returns, the sink sends what is left.
    /// - Returns: How many samples the backend accepted and rejected.
    /// - Throws: What `body` throws; `misconfigured`; or what ``SampleWriter/write(_:)`` throws.
    func withWriter(
        for scope: SampleScope, _ body: (any SampleWriter) async throws(Failure) -> Void
    ) async throws(Failure) -> Delivery

    /// Writes samples about the collector itself.
    ///
    /// They are few, and nobody waits for them: the sink tries once or twice, not for minutes.
    /// Writing the same report again changes nothing.
    ///
    /// - Returns: How many samples the backend accepted and rejected.
    /// - Throws: What ``SampleWriter/write(_:)`` throws.
    func write(_ report: CollectorReport) async throws(Failure) -> Delivery
}

extension MetricSink {
    /// Writes samples about the collector, whose loss stops nothing.
    ///
    /// - Returns: Why some were not written; nil if all were.
    public func refusal(of report: CollectorReport) async -> String? {
        do throws(Failure) {
            let delivery = try await write(report)
            return delivery.rejected > 0 ? delivery.reasons.joined(separator: "; ") : nil
        } catch {
            return error.message
        }
    }
}

/// Takes the samples of one scope, one batch at a time.
public protocol SampleWriter: Sendable {
    /// Writes samples. The method returns when the next batch may follow, so that a slow backend
    /// slows the caller.
    ///
    /// - Parameter batch: Samples of the writer's scope. No series occurs twice within a scope.
    /// - Throws: `rateLimited`, `timedOut`, `unavailable`, `unauthorized` or `malformedReply` if
    ///   the backend stops accepting samples.
    func write(_ batch: SampleBatch) async throws(Failure)
}

/// What a backend did with the samples of one scope.
public struct Delivery: Hashable, Sendable {
    /// The number of samples accepted.
    public var accepted: Int
    /// The number of samples rejected for good.
    public var rejected: Int
    /// The backend's reasons, each with the names of a few rejected series, for a person.
    public var reasons: [String]

    /// Creates a delivery.
    public init(accepted: Int, rejected: Int = 0, reasons: [String] = []) {
        self.accepted = accepted
        self.rejected = rejected
        self.reasons = reasons
    }
}
