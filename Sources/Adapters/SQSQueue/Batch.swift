import Domain
import Ports
import Toolbox

/// The messages of one `SendMessageBatch`.
struct Batch: Sendable {
    /// The limit for one message and for a whole batch.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/>.
    static let byteCountMax = 1 << 20
    static let countMax = 10

    private(set) var entries: [JSONValue] = []
    private var byteCount = 0

    /// Distributes events over batches, in order.
    ///
    /// - Throws: `limitExceeded` if a single event is too large.
    static func batches(of events: [CloudEvent]) throws(Failure) -> [Batch] {
        var batches: [Batch] = []
        for event in events {
            let body = JSON.encode(event)
            guard body.count <= byteCountMax else {
                throw Failure(
                    .limitExceeded,
                    "\(event.id): the event has \(body.count) bytes, but SQS accepts 1 MiB")
            }
            if batches.last?.hasRoom(for: body) != true { batches.append(Batch()) }
            batches[batches.count - 1].add(event, body)
        }
        return batches
    }

    private func hasRoom(for body: [UInt8]) -> Bool {
        entries.count < Self.countMax && byteCount + body.count <= Self.byteCountMax
    }

    private mutating func add(_ event: CloudEvent, _ body: [UInt8]) {
        var entry: [String: JSONValue] = [
            "Id": .string(String(entries.count)),
            "MessageBody": .string(String(decoding: body, as: UTF8.self)),
        ]
        // On a standard queue this does not order messages. It prevents the backlog of one integration
        // with many organizations from delaying the others ("fair queues").
        if let integration = event.data["integration"]?.text, !integration.isEmpty {
            entry["MessageGroupId"] = .string(integration)
        }
        entries.append(.object(entry))
        byteCount += body.count
    }
}
