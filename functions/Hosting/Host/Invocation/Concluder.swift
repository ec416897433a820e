import Domain
public import FunctionInterface
public import Logging
public import Ports

/// Concludes events: keeps the state, publishes what follows, and acknowledges.
///
/// It is the one way out for every host: HTTP, one event from a file, AWS Lambda, SQS batches, the
/// worker and the local runner. They differ in the ``Acknowledgement`` alone.
public struct Concluder: Sendable {
    private let logger: Logger

    /// Creates a concluder.
    ///
    /// - Parameter logger: Logs what could not be published, kept or acknowledged.
    public init(logger: Logger) { self.logger = logger }

    /// Concludes one event.
    ///
    /// - Parameters:
    ///   - conclusion: How the function left the event.
    ///   - attempt: The attempt that ended, from 1.
    ///   - acknowledgement: How the sender learns of it.
    ///   - isStopped: Whether the host gave the event up because it has to end.
    /// - Returns: The conclusion that holds now, and what became of the event. Where the state could not
    ///   be kept or a follow-up not be published, the conclusion is that failure: nobody else has the
    ///   events, so the one that they follow from has to come again.
    public func conclude(
        _ conclusion: Conclusion, attempt: Int = 1, by acknowledgement: some Acknowledgement,
        isStopped: Bool = false
    ) async -> ConcludedEvent {
        let settlement =
            isStopped && conclusion.failure != nil
            // The event is not at fault: another worker takes it up at once.
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
        // If this fails as well, the event comes again when its lease has run out.
        let isAcknowledged = await acknowledge(retry, by: acknowledgement) == nil
        return ConcludedEvent(
            conclusion: failed, settlement: retry.settlement, isAcknowledged: isAcknowledged)
    }

    /// Acknowledges in a task of its own: what a host cancels is the work, not the telling of it.
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

/// An event that is over for this attempt.
public struct ConcludedEvent: Sendable {
    /// How it came out.
    public let conclusion: Conclusion
    /// What becomes of the event.
    public let settlement: Settlement
    /// Whether the sender knows; if it does not, the event comes again.
    public let isAcknowledged: Bool

    init(conclusion: Conclusion, settlement: Settlement, isAcknowledged: Bool = true) {
        self.conclusion = conclusion
        self.settlement = settlement
        self.isAcknowledged = isAcknowledged
    }
}
