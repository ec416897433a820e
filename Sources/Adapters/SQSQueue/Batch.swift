import Toolbox
import Domain
import Ports

/// The messages of one `SendMessageBatch`.
struct Batch: Sendable {
    /// Source: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/>, both for
    /// one message and for all of a batch together.
    static let byteCountMax = 1 << 20
    static let countMax = 10

    private(set) var entries: [JSONValue] = []
    private var byteCount = 0

    /// Packs events into as few batches as they fit, in order.
    ///
    /// - Throws: `limitExceeded` if one event alone is too large.
    static func batches(of events: [CloudEvent]) throws(Failure) -> [Batch] {
        var batches: [Batch] = []
        for event in events {
            let body = JSON.encode(event)
            guard body.count <= byteCountMax else {
                throw Failure(
                    .limitExceeded, "\(event.id): an event of \(body.count) bytes; SQS takes 1 MiB")
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
        // On a standard queue this orders nothing: it keeps one large organization's backlog from
        // holding up the others ("fair queues").
        if let organization = event.data["organization"]?.text, !organization.isEmpty {
            entry["MessageGroupId"] = .string(organization)
        }
        entries.append(.object(entry))
        byteCount += body.count
    }
}
