import Domain
import Ports
import Toolbox

/// An event, classified by how Lambda wrapped it.
enum LambdaEvent {
    /// Messages from a queue.
    case messages([QueueRecord])
    /// A request from a browser.
    case web(WebRequest)
    /// The function's own input, bare or in a CloudEvent.
    case plain(JSONValue)

    /// Classifies an event.
    ///
    /// - Throws: `malformedEvent`, describing the event, if it comes from an unsupported service.
    init(_ bytes: [UInt8]) throws(Failure) {
        let value = try JSON.event(bytes)
        guard case .object(let members) = value else {
            // The function reports what is wrong with it.
            self = .plain(value)
            return
        }
        if case .array(let records)? = members["Records"] {
            self = .messages(try Self.records(records))
        } else if members["requestContext"] != nil {
            self = .web(try WebRequest(.object(members)))
        } else if let detail = members["detail"], members["detail-type"] != nil {
            self = .plain(Self.event(detail, time: members["time"]))
        } else {
            self = .plain(value)
        }
    }

    private static func records(_ records: [JSONValue]) throws(Failure) -> [QueueRecord] {
        var found: [QueueRecord] = []
        for record in records {
            // Some services spell it `EventSource`.
            let source = (record["eventSource"] ?? record["EventSource"])?.text ?? "somebody"
            guard source == "aws:sqs" else {
                throw Failure(
                    .malformedEvent,
                    "the event holds records of \(source); only those of aws:sqs are taken")
            }
            guard let one = QueueRecord(record) else {
                throw Failure(
                    .malformedEvent,
                    "a record of aws:sqs has no messageId, receiptHandle or body")
            }
            found.append(one)
        }
        return found
    }

    /// An EventBridge event: its detail, and the time when it was due.
    private static func event(_ detail: JSONValue, time: JSONValue?) -> JSONValue {
        guard case .object(var members) = detail else { return detail }
        if members["specversion"] == nil, members["time"] ?? .null == .null {
            members["time"] = time
        }
        return .object(members)
    }
}
