import Toolbox
import CloudEvents
import Domain
import Ports

/// Takes a function's event out of the CloudEvent it may travel in.
enum Envelope {
    /// Finds what a function takes.
    ///
    /// - Parameters:
    ///   - bytes: A CloudEvent, known by its `specversion`, or the bare event.
    ///   - function: Whom it is for.
    /// - Returns: The event's JSON; bytes that are no CloudEvent are returned as they are, for the
    ///   function to judge.
    /// - Throws: `malformedEvent`, naming the attribute, if it is a CloudEvent that is wrong or is
    ///   meant for another function.
    static func data(of bytes: [UInt8], for function: FunctionName) throws(Failure) -> [UInt8] {
        let event = try naming(function) { () throws(Failure) in
            try ReceivedEvent.find(in: bytes)
        }
        return try event.map { event throws(Failure) in try data(of: event, for: function) }
            ?? bytes
    }

    /// Finds what a function takes in an event that was read already.
    static func data(
        of event: ReceivedEvent, for function: FunctionName
    ) throws(Failure) -> [UInt8] {
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

    /// Schedulers bring ticks under type names of their own, such as `dev.knative.sources.ping`;
    /// our names belong to the function that ``EventType`` says, and only we ask to collect.
    private static func accepts(_ type: String, _ function: FunctionName) -> Bool {
        if type.hasPrefix("copilot-usage.") {
            return EventType(rawValue: type)?.function == function
        }
        return function != .onCollectOrg
    }

    /// A scheduler says when the tick was due in the envelope, if it says so at all; without it a
    /// delivery that is late or repeated would be another tick.
    private static func tick(_ data: [UInt8]?, due: String?) -> [UInt8] {
        var members: [String: JSONValue] = [:]
        if let data {
            switch JSON.value(data) {
            case .null: break
            case .object(let given): members = given
            // The function says what is wrong with it.
            default: return data
            }
        }
        if let due, members["time"] ?? .null == .null { members["time"] = .string(due) }
        return JSON.encode(JSONValue.object(members))
    }
}
