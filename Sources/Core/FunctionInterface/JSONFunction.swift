public import Domain
import Toolbox

/// A function behind its JSON: a parsed event in, a ``Conclusion`` out.
///
/// This is all that a host and the local runner know of a function.
public struct JSONFunction: Sendable {
    /// The function's name.
    public let name: FunctionName
    private let body: @Sendable (JSONValue) async throws(Failure) -> Conclusion

    /// Wraps a function.
    public init<F: Function>(_ function: F) {
        name = F.name
        body = { (event: JSONValue) async throws(Failure) -> Conclusion in
            let handled = try await function.handle(
                try Self.decode(F.Event.self, from: event, for: F.name))
            return Conclusion(
                F.name, output: handled.output, changing: handled.changes,
                problems: handled.problems)
        }
    }

    /// Runs the function on one event.
    ///
    /// It never throws, because a host has to answer in any case.
    ///
    /// - Parameters:
    ///   - event: The event's JSON.
    ///   - deadline: When the caller gives up; nil if it does not. See ``Deadline``.
    /// - Returns: The conclusion; its failure is `malformedEvent`, naming the field, if the JSON is not
    ///   the function's event.
    public func conclude(_ event: JSONValue, deadline: Timestamp? = nil) async -> Conclusion {
        do throws(Failure) {
            return try await Deadline.meeting(deadline) { () async throws(Failure) in
                try await body(event)
            }
        } catch {
            return Conclusion(name, failure: error)
        }
    }

    /// Runs the function on one event and makes its state changes at once.
    ///
    /// - Parameter event: The event's JSON, UTF-8.
    /// - Returns: The output's JSON, keys sorted: equal outputs are equal bytes.
    /// - Throws: The failure, or why the state could not be kept.
    public func callAsFunction(_ event: [UInt8]) async throws(Failure) -> [UInt8] {
        let conclusion = await conclude(try JSON.event(event, for: name.rawValue)).keeping()
        if let failure = conclusion.failure { throw failure }
        return conclusion.document
    }

    private static func decode<Event: Decodable>(
        _ type: Event.Type, from event: JSONValue, for name: FunctionName
    ) throws(Failure) -> Event {
        do {
            return try event.decode(type)
        } catch {
            throw Failure(.malformedEvent, "\(name.rawValue): \(explain(error))")
        }
    }

    /// Says which field of an event is wrong and why, without repeating its value.
    private static func explain(_ error: any Error) -> String {
        func name(_ path: [any CodingKey]) -> String {
            path.isEmpty ? "the event" : path.map(\.stringValue).joined(separator: ".")
        }
        return switch error as? DecodingError {
        case .keyNotFound(let key, let context):
            "\(name(context.codingPath + [key])) is missing"
        case .typeMismatch(let type, let context):
            "\(name(context.codingPath)) is not \(words(for: type))"
        case .valueNotFound(let type, let context):
            "\(name(context.codingPath)) is null; it must be \(words(for: type))"
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            "\(name(context.codingPath)) \(context.debugDescription)"
        default: "the event is not JSON"
        }
    }

    private static func words(for type: any Any.Type) -> String {
        switch type {
        case is String.Type: "text"
        case is Int64.Type, is Int.Type, is Double.Type: "a number"
        case is Bool.Type: "true or false"
        case is [String: any Sendable].Type, is [String: Any].Type: "an object"
        case is [Any].Type: "a list"
        default: "of the right type"
        }
    }
}
