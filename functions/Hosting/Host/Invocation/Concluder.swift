import Domain
public import FunctionInterface
public import Logging
public import Ports

/// Concludes events: saves the state, publishes follow-up events, and acknowledges.
///
/// Every host uses it: HTTP, one event from a file, AWS Lambda, SQS batches, the worker and the
/// local runner. They differ only in the ``Acknowledgement``.
public struct Concluder: Sendable {
    private let logger: Logger

    /// Creates a concluder.
    ///
    /// - Parameter logger: Logs failures to publish, save or acknowledge.
    public init(logger: Logger) { self.logger = logger }

    /// Concludes one event.
    ///
    /// - Parameters:
    ///   - conclusion: The function's conclusion on the event.
    ///   - attempt: The attempt that ended, from 1.
    ///   - acknowledgement: The way to inform the sender.
    ///   - isStopped: Whether the host abandoned the event because the host must stop.
    /// - Returns: The final conclusion and settlement of the event. If saving the state or
    ///   publishing a follow-up event failed, the conclusion is that failure: no other copy of the
    ///   follow-up events exists, so the event that causes them must be delivered again.
    public func conclude(
        _ conclusion: Conclusion, attempt: Int = 1, by acknowledgement: some Acknowledgement,
        isStopped: Bool = false
    ) async -> ConcludedEvent {
        let settlement =
            isStopped && conclusion.failure != nil
            // The event did not cause this, so another worker takes it at once.
            ? .retry(after: .zero, reason: "the worker was stopped before it was done")
            : conclusion.settlement(attempt: attempt)
        let event = ConcludedEvent(conclusion: conclusion, settlement: settlement)
        guard let failure = await acknowledge(event, by: acknowledgement) else { return event }
        guard !conclusion.followUps.isEmpty || !conclusion.changes.isEmpty else {
            logger.warning("the event could not be acknowledged and will come again: \(failure)")
            return ConcludedEvent(
                conclusion: conclusion, settlement: settlement, isAcknowledged: false)
        }
        logger.error(
            "The result could not be kept or published. The event has to run again.",
            error: failure, metadata: ["events": "\(conclusion.followUps.count)"])
        let failed = Conclusion(
            conclusion.function, failure: acknowledgement.failure(for: failure, of: conclusion))
        let retry = ConcludedEvent(
            conclusion: failed, settlement: failed.settlement(attempt: attempt))
        // If this fails as well, the event is delivered again when its lease expires.
        let isAcknowledged = await acknowledge(retry, by: acknowledgement) == nil
        return ConcludedEvent(
            conclusion: failed, settlement: retry.settlement, isAcknowledged: isAcknowledged)
    }

    /// Acknowledges in a separate task: a host cancels the work, but not the acknowledgement.
    private func acknowledge(
        _ event: ConcludedEvent, by acknowledgement: some Acknowledgement
    ) async -> Failure? {
        await Task { () -> Failure? in
            do throws(Failure) {
                try await acknowledgement.acknowledge(event)
                return nil
            } catch {
                return error
            }
        }.value
    }
}

/// An event whose current attempt has ended.
public struct ConcludedEvent: Sendable {
    /// The conclusion of the attempt.
    public let conclusion: Conclusion
    /// The settlement of the event.
    public let settlement: Settlement
    /// Whether the sender was informed; if not, the event is delivered again.
    public let isAcknowledged: Bool

    init(conclusion: Conclusion, settlement: Settlement, isAcknowledged: Bool = true) {
        self.conclusion = conclusion
        self.settlement = settlement
        self.isAcknowledged = isAcknowledged
    }
}
