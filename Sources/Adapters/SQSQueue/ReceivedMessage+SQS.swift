import Domain
import Ports

extension ReceivedMessage {
    /// Parses a message of `ReceiveMessage`; nil without a body or a receipt.
    init?(_ value: JSONValue) {
        guard let body = value["Body"]?.text, let receipt = value["ReceiptHandle"]?.text else {
            return nil
        }
        let count = value["Attributes"]?["ApproximateReceiveCount"]?.text.flatMap { Int($0) }
        self.init(
            id: value["MessageId"]?.text ?? "", body: body, receipt: receipt, attempt: count ?? 1)
    }

    /// Returns the message for the dead-letter queue.
    func deadLetterEntry(reason: String) -> [String: JSONValue] {
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

    /// Returns text that SQS accepts as an attribute: not empty, with characters of XML 1.0.
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
