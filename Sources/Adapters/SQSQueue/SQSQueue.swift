public import AWS
public import Domain
public import Ports
import Toolbox

/// A standard SQS queue.
///
/// The visibility timeout is the lease, and the redrive policy names the dead-letter queue.
///
/// | setting | required value |
/// | --- | --- |
/// | type | standard |
/// | redrive policy | a dead-letter queue in the same account, and a `maxReceiveCount` above the attempts of ``RetrySchedule``: at least 8 |
/// | retention | longer than the longest wait before a retry; the default of 4 days is enough |
///
/// A message that is not an event is delivered as an ``UnrecognizedMessage``, and goes to the
/// dead-letter queue unchanged.
public struct SQSQueue: DeliveredQueue {
    /// The most batches to send concurrently.
    static let parallel = 8
    /// The longest visibility timeout of SQS.
    ///
    /// SQS counts its twelve hours from the receipt of the message, and refuses a wait that ends later.
    /// An hour is left for the work on the message.
    static let visibilityTimeoutMax = Duration.seconds(11 * 3_600)

    private let queueURL: String
    private let client: AWSClient
    private let waiting: Duration
    private let deadLetters: DeadLetterQueue

    /// Creates a queue.
    ///
    /// It sends no request before the first use.
    ///
    /// - Parameter waiting: How long to wait for events if there are none, up to 20 seconds. With zero,
    ///   SQS queries only some of its servers and may miss events.
    public init(queueURL: String, client: AWSClient, waiting: Duration = .seconds(1)) {
        self.queueURL = queueURL
        self.client = client
        self.waiting = waiting
        deadLetters = DeadLetterQueue(of: queueURL)
    }

    /// Publishes events; see ``EventPublisher``.
    public func publish(_ events: [CloudEvent]) async throws(Failure) {
        _ = try await Batch.batches(of: events).concurrentMap(atMost: Self.parallel) {
            (batch) async throws(Failure) in try await send(batch)
        }
    }

    private func send(_ batch: Batch) async throws(Failure) {
        let reply = try await call("SendMessageBatch", ["Entries": .array(batch.entries)])
        guard case .array(let failed) = reply["Failed"], let first = failed.first else {
            guard case .array(let done) = reply["Successful"], done.count == batch.entries.count
            else {
                throw Failure(
                    .unavailable,
                    "sqs:SendMessageBatch: the response does not confirm that the events were accepted"
                )
            }
            return
        }
        let isOurs = first["SenderFault"] == .bool(true)
        throw Failure(
            isOurs ? .rejected : .unavailable,
            "sqs:SendMessageBatch: \(failed.count) of \(batch.entries.count) events were not accepted:"
                + " \(first["Message"]?.text ?? first["Code"]?.text ?? "no reason given")")
    }

    /// Receives at most ten events; see ``EventQueue``.
    public func receive(
        _ countMax: Int, lease: Duration
    ) async throws(Failure) -> [EventDelivery] {
        guard countMax > 0 else { return [] }
        // Fails before the first event is received if there is no dead-letter queue.
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

    /// Settles a leased event; see ``EventQueue``.
    ///
    /// A wait of more than twelve hours becomes twelve, the longest visibility timeout of SQS. The
    /// reason for a retry is not stored.
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

    /// Makes a received message visible again after a wait of up to eleven hours.
    ///
    /// - Throws: `conflict` if the receipt is no longer valid.
    public func setVisibility(of receipt: String, after wait: Duration) async throws(Failure) {
        try await call(
            "ChangeMessageVisibility",
            [
                "ReceiptHandle": .string(receipt),
                "VisibilityTimeout": Self.seconds(min(max(wait, .zero), Self.visibilityTimeoutMax)),
            ])
    }

    /// Moves a received message with any content to the dead-letter queue.
    ///
    /// It is sent before it is deleted, so an interruption in between duplicates it and never loses it.
    ///
    /// - Parameter reason: The reason for people, sent as the message attribute `reason`.
    /// - Throws: `misconfigured` if the queue has no dead-letter queue, or the error of SQS.
    public func deadLetter(_ message: ReceivedMessage, reason: String) async throws(Failure) {
        let url = try await deadLetters.url(asking: client)
        var entry = message.deadLetterEntry(reason: reason)
        entry["QueueUrl"] = .string(url)
        do throws(AWSFault) { _ = try await client.call("SendMessage", entry) } catch {
            throw error.failure
        }
        try await delete(message.receipt)
    }

    /// Returns whether an ARN names this queue.
    ///
    /// - Parameter arn: For example `arn:aws:sqs:eu-central-1:123456789012:copilot-usage`.
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
