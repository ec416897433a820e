import Toolbox
public import AWS
public import Domain
public import Ports

/// A standard SQS queue: its visibility timeout is the lease, its redrive policy names where dead
/// events go.
///
/// | of the queue | must be |
/// | --- | --- |
/// | type | standard |
/// | redrive policy | a dead-letter queue in the same account, `maxReceiveCount` above the attempts of ``RetrySchedule``, so at least 8 |
/// | retention | longer than a retry waits; 4 days, the default, is plenty |
///
/// A message that is none of our events is lent as a ``UnrecognizedMessage``, and goes to the dead-letter queue
/// as it is.
public struct SQSQueue: DeliveredQueue {
    /// The most batches that are on their way at once.
    static let parallel = 8
    /// The longest that a message can be hidden.
    static let hiddenMax = Duration.seconds(12 * 3_600)

    private let queueURL: String
    private let client: AWSClient
    private let waiting: Duration
    private let deadLetters: DeadLetterQueue

    /// Creates a queue; nothing is asked before the first use.
    ///
    /// - Parameters:
    ///   - queueURL: The queue's address.
    ///   - client: Calls SQS.
    ///   - waiting: How long a receiver waits for events when there are none, up to 20 seconds; with
    ///     none at all, SQS asks only some of its servers and may overlook events.
    public init(queueURL: String, client: AWSClient, waiting: Duration = .seconds(1)) {
        self.queueURL = queueURL
        self.client = client
        self.waiting = waiting
        deadLetters = DeadLetterQueue(of: queueURL)
    }

    /// Takes events; see ``EventPublisher``.
    public func publish(_ events: [CloudEvent]) async throws(Failure) {
        _ = try await Batch.batches(of: events).concurrentMap(atMost: Self.parallel) {
            (batch) async throws(Failure) in try await send(batch)
        }
    }

    private func send(_ batch: Batch) async throws(Failure) {
        let reply = try await call("SendMessageBatch", ["Entries": .array(batch.entries)])
        guard case .array(let failed) = reply["Failed"], let first = failed.first else { return }
        let isOurs = first["SenderFault"] == .bool(true)
        throw Failure(
            isOurs ? .rejected : .unavailable,
            "sqs:SendMessageBatch: \(failed.count) of \(batch.entries.count) events were not taken:"
                + " \(first["Message"]?.text ?? first["Code"]?.text ?? "no reason given")")
    }

    /// Lends at most ten events; see ``EventQueue``.
    public func receive(
        _ countMax: Int, lease: Duration
    ) async throws(Failure) -> [EventDelivery] {
        guard countMax > 0 else { return [] }
        // Found before the first event is lent: without one, nothing could be given up.
        _ = try await deadLetters.url(asking: client)
        let reply = try await call(
            "ReceiveMessage",
            [
                "MaxNumberOfMessages": .integer(Int64(min(countMax, 10))),
                "VisibilityTimeout": Self.seconds(lease),
                "WaitTimeSeconds": Self.seconds(min(waiting, .seconds(20))),
                "MessageSystemAttributeNames": .array([.string("ApproximateReceiveCount")]),
            ], waiting: waiting)
        guard case .array(let messages) = reply["Messages"] else { return [] }
        return messages.compactMap { ReceivedMessage($0)?.delivery }
    }

    /// Takes back a lent event; see ``EventQueue``.
    ///
    /// A wait of more than twelve hours is twelve: SQS hides a message no longer. Why an event is
    /// tried again is not kept.
    public func settle(
        _ delivery: EventDelivery, as settlement: Settlement
    ) async throws(Failure) {
        switch settlement {
        case .done: try await delete(delivery.receipt)
        case .retry(let wait, _), .extend(let wait):
            try await setVisibility(of: delivery.receipt, after: wait)
        case .dead(let reason):
            try await deadLetter(
                ReceivedMessage(
                    id: delivery.event.id,
                    body: delivery.unrecognized?.content
                        ?? String(decoding: JSON.encode(delivery.event), as: UTF8.self),
                    receipt: delivery.receipt, attempt: delivery.attempt), reason: reason)
        }
    }

    /// Hides a message that is lent, whatever is in it, from now on for so long.
    ///
    /// - Throws: `conflict` if it is no longer lent by this receipt.
    public func setVisibility(of receipt: String, after wait: Duration) async throws(Failure) {
        try await call(
            "ChangeMessageVisibility",
            [
                "ReceiptHandle": .string(receipt),
                "VisibilityTimeout": Self.seconds(min(max(wait, .zero), Self.hiddenMax)),
            ])
    }

    /// Moves a message that is lent, whatever is in it, to the dead-letter queue.
    ///
    /// It is there before it is gone from here, so a crash in between leaves two and never none.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - reason: Why, as it will stand beside it.
    /// - Throws: `misconfigured` if the queue has no dead-letter queue; what SQS refuses.
    public func deadLetter(_ message: ReceivedMessage, reason: String) async throws(Failure) {
        let url = try await deadLetters.url(asking: client)
        var entry = message.deadLetterEntry(reason: reason)
        entry["QueueUrl"] = .string(url)
        do throws(AWSFault) { _ = try await client.call("SendMessage", entry) } catch {
            throw error.failure
        }
        try await delete(message.receipt)
    }

    /// Compares this queue with one that an event says it comes from.
    ///
    /// - Parameter arn: `arn:aws:sqs:region:account:name`.
    /// - Returns: Whether it is this queue's name.
    public func isNamed(by arn: String) -> Bool {
        let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 6 && queueURL.hasSuffix("/\(parts[4])/\(parts[5])")
    }

    private func delete(_ receipt: String) async throws(Failure) {
        try await call("DeleteMessage", ["ReceiptHandle": .string(receipt)])
    }

    @discardableResult
    private func call(
        _ action: String, _ input: [String: JSONValue], waiting: Duration = .zero
    ) async throws(Failure) -> JSONValue {
        var input = input
        input["QueueUrl"] = .string(queueURL)
        do throws(AWSFault) {
            return try await client.call(action, input, waiting: waiting)
        } catch {
            throw error.failure
        }
    }

    private static func seconds(_ duration: Duration) -> JSONValue {
        .integer(Int64(duration.secondsRoundedUp))
    }
}
