public import Domain
public import FunctionInterface
public import Logging
public import Ports

/// How the sender of an event learns what became of it.
public protocol Acknowledgement: Sendable {
    /// Keeps the state of a conclusion, publishes what follows, and settles the event, in one step where
    /// the engines can.
    ///
    /// - Throws: Why it could not: then the event has to come again.
    func acknowledge(_ event: ConcludedEvent) async throws(Failure)

    /// The failure that the sender sees where ``acknowledge(_:)`` failed.
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
    ///   - bus: Where follow-up events go; nil if they stay in the response.
    ///   - traceparent: The trace that the event came with, which each follow-up event carries on.
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

    /// `unavailable`, whatever the reason, where events could not be published.
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
