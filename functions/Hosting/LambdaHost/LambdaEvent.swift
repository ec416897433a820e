import Toolbox
import Domain
import Ports

/// What an event is, as far as Lambda wrapped it up.
enum LambdaEvent {
    /// Messages of a queue.
    case messages([QueueRecord])
    /// A browser's request.
    case web(WebRequest)
    /// What the function itself takes, bare or in a CloudEvent.
    case plain(JSONValue)

    /// Tells what an event is.
    ///
    /// - Throws: `malformedEvent`, saying what it looks like, if it is of a service that nothing here
    ///   takes events from.
    init(_ bytes: [UInt8]) throws(Failure) {
        guard let value = JSON.value(bytes) else {
            throw Failure(.malformedEvent, "the event is not JSON")
        }
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
            // Some services write `EventSource`.
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

    /// An event of EventBridge: what it is about, and when it was due.
    private static func event(_ detail: JSONValue, time: JSONValue?) -> JSONValue {
        guard case .object(var members) = detail else { return detail }
        if members["specversion"] == nil, members["time"] ?? .null == .null {
            members["time"] = time
        }
        return .object(members)
    }
}
