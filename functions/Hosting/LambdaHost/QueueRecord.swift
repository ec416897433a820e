import Domain
import Ports

/// One message of a batch that Lambda received from a queue.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>.
struct QueueRecord: Sendable {
    /// The id that the batch response uses for the message.
    var id: String { message.id }
    /// The queue that the message came from.
    let source: String
    /// The message.
    let message: ReceivedMessage

    /// Reads a record; nil if a member is missing.
    init?(_ value: JSONValue) {
        guard let id = value["messageId"]?.text, let body = value["body"]?.text,
            let receipt = value["receiptHandle"]?.text
        else { return nil }
        source = value["eventSourceARN"]?.text ?? ""
        let count = value["attributes"]?["ApproximateReceiveCount"]?.text.flatMap { Int($0) }
        message = ReceivedMessage(
            id: id, body: body, receipt: receipt, attempt: count ?? 1)
    }
}

/// The response to a batch: the messages that Lambda must leave in the queue.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>.
struct BatchAnswer: Encodable {
    struct Item: Encodable {
        let itemIdentifier: String
    }

    let batchItemFailures: [Item]

    init(failed ids: [String]) { batchItemFailures = ids.map(Item.init) }
}
