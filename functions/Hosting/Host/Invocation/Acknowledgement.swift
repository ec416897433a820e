public import Domain
public import FunctionInterface
public import Logging
public import Ports

/// The way to inform the sender of an event about its outcome.
public protocol Acknowledgement: Sendable {
    /// Saves the state of a conclusion, publishes follow-up events, and settles the event.
    ///
    /// All of this is one step where the engines support it.
    ///
    /// - Throws: The reason for the failure, after which the event must be delivered again.
    func acknowledge(_ event: ConcludedEvent) async throws(Failure)

    /// The failure that the sender sees if ``acknowledge(_:)`` failed.
    func failure(for failure: Failure, of conclusion: Conclusion) -> Failure
}

extension Acknowledgement {
    /// The failure itself.
    public func failure(for failure: Failure, of conclusion: Conclusion) -> Failure { failure }
}

/// Acknowledges by a response: the sender waits for it, so there is nothing to settle.
public struct ResponseAcknowledgement: Acknowledgement {
    private let bus: (any EventPublisher)?
    private let traceparent: String?
    private let logger: Logger

    /// Creates an acknowledgement.
    ///
    /// - Parameters:
    ///   - bus: The destination of follow-up events; nil if they stay in the response.
    ///   - traceparent: The event's trace context, which each follow-up event inherits.
    public init(_ bus: (any EventPublisher)?, traceparent: String? = nil, logger: Logger) {
        self.bus = bus
        self.traceparent = traceparent
        self.logger = logger
    }

    /// Publishes the follow-up events together with the state.
    public func acknowledge(_ event: ConcludedEvent) async throws(Failure) {
        let conclusion = event.conclusion
        guard !conclusion.followUps.isEmpty else { return try await conclusion.changes.keep() }
        let count: Logger.Metadata = ["events": "\(conclusion.followUps.count)"]
        guard let bus else {
            logger.notice(
                "EVENT_BUS is not set: the events are in the result and nowhere else",
                metadata: count)
            return try await conclusion.changes.keep()
        }
        var events = conclusion.followUps
        if let traceparent {
            for index in events.indices { events[index].traceparent = traceparent }
        }
        try await bus.publish(events, keeping: conclusion.changes)
        logger.info("published on EVENT_BUS", metadata: count)
    }

    /// `unavailable`, whatever the reason, if events could not be published.
    public func failure(for failure: Failure, of conclusion: Conclusion) -> Failure {
        guard bus != nil, !conclusion.followUps.isEmpty else { return failure }
        return Failure(
            .unavailable, "the follow-up events could not be published: \(failure.message)",
            delay: failure.delay)
    }
}

/// Acknowledges by settling a lease, in one step with the state and the follow-up events.
public struct QueueAcknowledgement: Acknowledgement {
    private let queue: any EventQueue
    private let delivery: EventDelivery

    /// Creates an acknowledgement.
    public init(of delivery: EventDelivery, on queue: any EventQueue) {
        self.queue = queue
        self.delivery = delivery
    }

    /// Settles the lease.
    public func acknowledge(_ event: ConcludedEvent) async throws(Failure) {
        try await queue.settle(
            delivery, as: event.settlement, publishing: event.conclusion.followUps,
            keeping: event.conclusion.changes)
    }
}
