import Toolbox
import Domain
import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What an event is, as far as Lambda wrapped it up.
enum LambdaEvent {
    /// Messages of a queue.
    case messages([QueueRecord])
    /// A browser's request.
    case web(WebRequest)
    /// What the function itself takes, bare or in a CloudEvent.
    case plain([UInt8])

    /// Tells what an event is.
    ///
    /// - Throws: `malformedEvent`, saying what it looks like, if it is of a service that nothing here
    ///   takes events from.
    init(_ bytes: [UInt8]) throws(Failure) {
        guard
            case .object(let members)? = try? JSONDecoder().decode(
                JSONValue.self, from: Data(bytes))
        else {
            // The function says what is wrong with it.
            self = .plain(bytes)
            return
        }
        if case .array(let records)? = members["Records"] {
            self = .messages(try Self.records(records))
        } else if members["requestContext"] != nil {
            self = .web(try WebRequest(.object(members)))
        } else if let detail = members["detail"], members["detail-type"] != nil {
            self = .plain(Self.event(detail, time: members["time"]))
        } else {
            self = .plain(bytes)
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
    private static func event(_ detail: JSONValue, time: JSONValue?) -> [UInt8] {
        guard case .object(var members) = detail else { return JSON.encode(detail) }
        if members["specversion"] == nil, members["time"] ?? .null == .null {
            members["time"] = time
        }
        return JSON.encode(JSONValue.object(members))
    }
}
