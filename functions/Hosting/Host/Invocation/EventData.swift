import CloudEvents
import Domain
import Ports

/// Extracts an event's data from the CloudEvent that may wrap it.
enum EventData {
    /// Finds a function's input in an event.
    ///
    /// - Parameter event: A CloudEvent, known by its `specversion`, or the function's own event.
    /// - Returns: The event's data. JSON that is not a CloudEvent is returned unchanged, and the
    ///   function reports what is wrong with it.
    /// - Throws: `malformedEvent`, naming the attribute, if the event is a CloudEvent that is
    ///   invalid or addressed to another function.
    static func find(in event: JSONValue, for function: FunctionName) throws(Failure) -> JSONValue {
        let received = try naming(function) { () throws(Failure) in
            try ReceivedEvent.find(in: event)
        }
        return try received.map { event throws(Failure) in try of(event, for: function) } ?? event
    }

    /// Finds a function's input in a CloudEvent.
    static func of(
        _ event: ReceivedEvent, for function: FunctionName
    ) throws(Failure) -> JSONValue {
        try naming(function) { () throws(Failure) in
            guard accepts(event.type, function) else {
                throw Failure(.malformedEvent, "type names an event for another function")
            }
            let data = try event.json()
            if function == .onDailyTick { return tick(data, due: event.attributes["time"]) }
            guard let data else { throw Failure(.malformedEvent, "data is missing") }
            return data
        }
    }

    private static func naming<Value>(
        _ function: FunctionName, _ body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        do throws(Failure) {
            return try body()
        } catch {
            throw Failure(error.code, "\(function.rawValue): \(error.message)")
        }
    }

    /// Whether a function accepts events of a type.
    ///
    /// Schedulers send ticks under their own type names, such as `dev.knative.sources.ping`. Type
    /// names with the project's prefix belong to the function that ``EventType`` assigns, and only
    /// the project itself sends collect events.
    private static func accepts(_ type: String, _ function: FunctionName) -> Bool {
        if type.hasPrefix("copilot-usage.") {
            return EventType(rawValue: type)?.function == function
        }
        return function != .onCollectOrg
    }

    /// Adds the time when a tick was due, which schedulers put into the envelope, if anywhere.
    ///
    /// Without it, a late or repeated delivery would count as another tick.
    private static func tick(_ data: JSONValue?, due: String?) -> JSONValue {
        var members: [String: JSONValue] = [:]
        switch data {
        case nil, .null?: break
        case .object(let given)?: members = given
        // The function reports what is wrong with it.
        case let other?: return other
        }
        if let due, members["time"] ?? .null == .null { members["time"] = .string(due) }
        return .object(members)
    }
}
