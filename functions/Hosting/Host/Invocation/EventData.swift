import CloudEvents
import Domain
import Ports
import Toolbox

/// Takes the data of an event out of the CloudEvent it may travel in.
enum EventData {
    /// Finds what a function takes.
    ///
    /// - Parameter event: A CloudEvent, known by its `specversion`, or the function's own event.
    /// - Returns: The event's data. JSON that is not a CloudEvent is returned as it is: the function
    ///   reports what is wrong with it.
    /// - Throws: `malformedEvent`, naming the attribute, if it is a CloudEvent that is invalid or is
    ///   meant for another function.
    static func find(in event: JSONValue, for function: FunctionName) throws(Failure) -> JSONValue {
        let received = try naming(function) { () throws(Failure) in
            try ReceivedEvent.find(in: event)
        }
        return try received.map { event throws(Failure) in try of(event, for: function) } ?? event
    }

    /// Finds what a function takes in a CloudEvent.
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

    /// Whether a function takes events of a type.
    ///
    /// Schedulers send ticks under type names of their own, such as `dev.knative.sources.ping`. Names
    /// that begin with ours belong to the function that ``EventType`` says, and only we ask to collect.
    private static func accepts(_ type: String, _ function: FunctionName) -> Bool {
        if type.hasPrefix("copilot-usage.") {
            return EventType(rawValue: type)?.function == function
        }
        return function != .onCollectOrg
    }

    /// Adds the time that a tick was due, which schedulers put into the envelope if anywhere.
    ///
    /// Without it, a late or repeated delivery would be another tick.
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
