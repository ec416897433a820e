import Domain
import FunctionInterface
import Host
import Logging
import Ports

/// Acknowledges a message of a batch.
///
/// Lambda deletes handled messages, and the queue receives the time to hide the rest.
struct MessageAcknowledgement: Acknowledgement {
    private let record: QueueRecord
    private let response: ResponseAcknowledgement
    // Without it, the queue's visibility timeout and redrive policy determine what happens to a
    // message.
    private let queue: (any DeliveredQueue)?
    private let logger: Logger

    init(_ record: QueueRecord, on bus: (any EventPublisher)?, logger: Logger) {
        self.record = record
        self.logger = logger
        response = ResponseAcknowledgement(bus, logger: logger)
        queue = (bus as? any DeliveredQueue).flatMap { queue in
            queue.isNamed(by: record.source) ? queue : nil
        }
    }

    func acknowledge(_ event: ConcludedEvent) async throws(Failure) {
        try await response.acknowledge(event)
        switch event.settlement {
        case .done, .extend: break
        case .retry(let wait, let reason):
            logger.warning("the message will be retried after \(wait): \(reason)")
            try await queue?.setVisibility(of: record.message.receipt, after: wait)
        case .dead(let reason):
            logger.error("the message failed for good: \(reason)")
            try await queue?.deadLetter(record.message, reason: reason)
        }
    }

    func failure(for failure: Failure, of conclusion: Conclusion) -> Failure {
        response.failure(for: failure, of: conclusion)
    }

    /// Whether the queue may delete the message: it was handled, or it is among the dead letters.
    func isRemoved(after settlement: Settlement) -> Bool {
        switch settlement {
        case .done, .extend: true
        case .retry: false
        case .dead: queue != nil
        }
    }
}
