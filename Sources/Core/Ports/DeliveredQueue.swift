public import Domain

/// A queue whose messages a platform receives and hands to a host, which settles each by its receipt.
///
/// AWS Lambda polls SQS itself: the host gets a batch of messages, and reaches the queue only to
/// honour waits and to move what failed for good to the dead-letter queue.
public protocol DeliveredQueue: EventQueue {
    /// Whether this is the queue that a message names as its source.
    ///
    /// - Parameter source: The platform's name of a queue, such as
    ///   `arn:aws:sqs:eu-central-1:123456789012:copilot-usage`.
    func isNamed(by source: String) -> Bool

    /// Makes a received message visible again after a wait.
    ///
    /// - Parameters:
    ///   - receipt: The receipt of the message.
    ///   - wait: How long to hide the message, from now on; a queue may shorten it.
    /// - Throws: `conflict` if the receipt is no longer valid.
    func setVisibility(of receipt: String, after wait: Duration) async throws(Failure)

    /// Moves a received message, whatever it holds, to the dead-letter queue.
    ///
    /// - Parameter reason: Why, for a person; it is kept beside the message.
    /// - Throws: `misconfigured` if the queue has no dead-letter queue.
    func deadLetter(_ message: ReceivedMessage, reason: String) async throws(Failure)
}

/// A message that was received from a queue, whoever sent it.
public struct ReceivedMessage: Hashable, Sendable {
    /// The queue's id of the message.
    public let id: String
    /// The content: a ``CloudEvent`` in JSON, unless somebody else sends to the queue.
    public let body: String
    /// What settles the message.
    public let receipt: String
    /// How often the message was received, this time included.
    public let attempt: Int

    /// Creates a message.
    public init(id: String, body: String, receipt: String, attempt: Int) {
        self.id = id
        self.body = body
        self.receipt = receipt
        self.attempt = attempt
    }
}
