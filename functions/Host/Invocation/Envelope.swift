import Domain
import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Takes a function's event out of the CloudEvent it may travel in.
///
/// Source: the JSON format of CloudEvents 1.0,
/// <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md>.
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
        guard let event = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)),
            let version = event["specversion"]
        else { return bytes }

        func check(_ condition: Bool, _ complaint: String) throws(Failure) {
            guard condition else {
                throw Failure(.malformedEvent, "\(function.rawValue): \(complaint)")
            }
        }
        try check(version == .string("1.0"), "specversion must be \"1.0\"")
        for attribute in ["id", "source", "type"] {
            let value = event[attribute]?.text ?? ""
            try check(!value.isEmpty, "\(attribute) is missing or no text")
        }
        let type = event["type"]?.text ?? ""
        try check(accepts(type, function), "type names an event for another function")
        try check(
            event["data"] == nil || event["data_base64"] == nil,
            "data and data_base64 are both there")

        if let text = event["data_base64"] {
            guard let data = text.text.flatMap({ Data(base64Encoded: $0) }) else {
                throw Failure(.malformedEvent, "\(function.rawValue): data_base64 is no base64")
            }
            return [UInt8](data)
        }
        guard function == .onDailyTick else {
            try check(event["data"] != nil, "data is missing")
            return JSON.encode(event["data"])
        }
        return JSON.encode(tick(event))
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
    private static func tick(_ event: JSONValue) -> JSONValue {
        var members: [String: JSONValue] = [:]
        switch event["data"] {
        case nil, .null: break
        case .object(let given): members = given
        case .some(let other): return other
        }
        if members["time"] ?? .null == .null { members["time"] = event["time"] }
        return .object(members)
    }
}
