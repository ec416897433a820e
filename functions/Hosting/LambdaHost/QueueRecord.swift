import Domain
import Ports
import Toolbox

/// One message of a batch that Lambda took from a queue.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>.
struct QueueRecord: Sendable {
    /// What the answer names it by.
    var id: String { message.id }
    /// The queue it came from.
    let source: String
    /// The message.
    let message: ReceivedMessage

    /// Reads a record; nil if something is missing.
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

/// What a batch is answered: the messages that Lambda must leave in the queue.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>.
struct BatchAnswer: Encodable {
    struct Item: Encodable {
        let itemIdentifier: String
    }

    let batchItemFailures: [Item]

    init(failed ids: [String]) { batchItemFailures = ids.map(Item.init) }
}
