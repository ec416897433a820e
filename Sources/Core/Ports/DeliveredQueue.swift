public import Domain

/// A queue whose messages a platform delivers to a host, which settles each by its receipt.
///
/// AWS Lambda polls SQS itself and passes batches of messages to the host. The host only calls the
/// queue to postpone a retry, or to move a message to the dead-letter queue.
public protocol DeliveredQueue: EventQueue {
    /// Returns whether a message came from this queue.
    ///
    /// - Parameter source: The platform's name of the message's queue, such as
    ///   `arn:aws:sqs:eu-central-1:123456789012:copilot-usage`.
    func isNamed(by source: String) -> Bool

    /// Makes a received message visible again after a wait.
    ///
    /// - Parameters:
    ///   - receipt: The receipt of the message.
    ///   - wait: The time from now until the message is visible. The queue may shorten it.
    /// - Throws: `conflict` if the receipt is no longer valid.
    func setVisibility(of receipt: String, after wait: Duration) async throws(Failure)

    /// Moves a received message with any content to the dead-letter queue.
    ///
    /// - Parameter reason: The reason for people, stored with the message.
    /// - Throws: `misconfigured` if the queue has no dead-letter queue.
    func deadLetter(_ message: ReceivedMessage, reason: String) async throws(Failure)
}

/// A message received from a queue, by any sender.
public struct ReceivedMessage: Hashable, Sendable {
    /// The message's id in the queue.
    public let id: String
    /// The content: a ``CloudEvent`` in JSON, unless another program sends to the queue.
    public let body: String
    /// The receipt, which settles the message.
    public let receipt: String
    /// How often the message was received, including this time.
    public let attempt: Int

    /// Creates a message.
    public init(id: String, body: String, receipt: String, attempt: Int) {
        self.id = id
        self.body = body
        self.receipt = receipt
        self.attempt = attempt
    }
}
