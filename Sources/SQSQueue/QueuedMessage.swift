import Domain
public import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A message on loan, whoever put it into the queue.
public struct QueuedMessage: Sendable {
    /// What SQS knows it by.
    public let id: String
    /// What is in it.
    public let body: String
    /// By which it is settled.
    public let receipt: String
    /// How often it was lent, this time included.
    public let attempt: Int

    /// Creates a message.
    public init(id: String, body: String, receipt: String, attempt: Int) {
        self.id = id
        self.body = body
        self.receipt = receipt
        self.attempt = attempt
    }

    /// Reads a message of `ReceiveMessage`; nil if it is none.
    init?(_ value: JSONValue) {
        guard let body = value["Body"]?.text, let receipt = value["ReceiptHandle"]?.text else {
            return nil
        }
        let count = value["Attributes"]?["ApproximateReceiveCount"]?.text.flatMap { Int($0) }
        self.init(
            id: value["MessageId"]?.text ?? "", body: body, receipt: receipt, attempt: count ?? 1)
    }

    /// The event that it carries, or the stranger that it is.
    public var delivery: EventDelivery {
        guard let event = try? JSONDecoder().decode(CloudEvent.self, from: Data(body.utf8)) else {
            let reason =
                "the message \(id) is no event of copilot-usage: somebody else sends to this queue"
            return EventDelivery(
                Stranger(reason: reason, content: body), id: id, receipt: receipt,
                attempt: attempt)
        }
        return EventDelivery(event: event, receipt: receipt, attempt: attempt)
    }

    /// What is sent to the dead-letter queue.
    func deadLetter(reason: String) -> [String: JSONValue] {
        func attribute(_ type: String, _ value: String) -> JSONValue {
            .object(["DataType": .string(type), "StringValue": .string(value)])
        }
        return [
            "MessageBody": .string(body),
            "MessageAttributes": .object([
                "reason": attribute("String", Self.sendable(reason)),
                "attempts": attribute("Number", String(attempt)),
            ]),
        ]
    }

    /// What SQS takes as an attribute: not empty, and only what XML 1.0 can hold.
    private static func sendable(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(1_000) {
            switch scalar.value {
            case 0x9, 0xA, 0xD, 0x20...0xD7FF, 0xE000...0xFFFD, 0x1_0000...0x10_FFFF:
                scalars.append(scalar)
            default: scalars.append(" ")
            }
        }
        return scalars.isEmpty ? "no reason given" : String(scalars)
    }
}
