public import Domain

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A stateless function: one event in, one output out, everything else through ports.
///
/// It may be run twice with the same event, and two may run at once: what it does must come out
/// the same. Events that follow are in its output, and so is the state that stands for having done
/// it: the host publishes the ones and keeps the other. What must last whatever happens next, such
/// as a token that was renewed, a function writes itself before it goes on.
public protocol Function: Sendable {
    /// What it takes, as JSON.
    associatedtype Event: Decodable & Sendable
    /// What it gives, as JSON.
    associatedtype Output: Encodable & Sendable

    /// The name that deployments and logs know it by.
    static var name: FunctionName { get }

    /// Handles one event.
    ///
    /// - Parameter event: The event, decoded and not yet checked against anything.
    /// - Returns: What happened, and what is to be remembered of it.
    /// - Throws: A ``Failure``, whose ``Failure/retry`` tells the bus what to do with the event.
    func handle(_ event: Event) async throws(Failure) -> Handled<Output>
}

extension Function {
    /// Handles one event and keeps what is to be remembered of it at once.
    ///
    /// - Parameter event: The event.
    /// - Returns: What happened.
    /// - Throws: As ``handle(_:)``, or why the state could not be kept.
    public func run(_ event: Event) async throws(Failure) -> Output {
        try await handle(event).kept()
    }
}

/// A function with its types rubbed off: JSON bytes in, JSON bytes out.
///
/// This is all that a host and the local runner know of a function.
public struct JSONFunction: Sendable {
    /// The function's name.
    public let name: FunctionName
    private let body: @Sendable ([UInt8]) async throws(Failure) -> Handled<[UInt8]>

    /// Wraps `function`: decode, handle, encode with sorted keys.
    public init<F: Function>(_ function: F) {
        name = F.name
        body = { (bytes: [UInt8]) async throws(Failure) -> Handled<[UInt8]> in
            let event: F.Event
            guard JSON.isStrict(bytes) else {
                throw Failure(.malformedEvent, "\(F.name.rawValue): the event is not JSON")
            }
            do {
                event = try JSONDecoder().decode(F.Event.self, from: Data(bytes))
            } catch {
                throw Failure(.malformedEvent, "\(F.name.rawValue): \(Self.explain(error))")
            }
            let handled = try await function.handle(event)
            return Handled(JSON.encode(handled.output), changing: handled.changes)
        }
    }

    /// Runs the function on one JSON event, for a caller who may give up at some time; see
    /// ``Deadline``.
    ///
    /// - Parameters:
    ///   - event: The event's JSON.
    ///   - deadline: When the caller gives up; nil if it does not.
    /// - Returns: The output's JSON, keys sorted: the same output is the same bytes. With it, what
    ///   is to be remembered.
    /// - Throws: `malformedEvent`, naming the field, if the JSON is not the function's event; or
    ///   what the function throws.
    public func handle(
        _ event: [UInt8], deadline: Timestamp? = nil
    ) async throws(Failure) -> Handled<[UInt8]> {
        try await Deadline.meeting(deadline) { () async throws(Failure) in
            try await body(event)
        }
    }

    /// Runs the function on one JSON event and keeps what is to be remembered at once.
    ///
    /// - Parameter event: The event's JSON.
    /// - Returns: The output's JSON.
    /// - Throws: As ``handle(_:deadline:)``, or why the state could not be kept.
    public func callAsFunction(_ event: [UInt8]) async throws(Failure) -> [UInt8] {
        try await handle(event).kept()
    }

    /// Says which field of an event is wrong and why, without repeating what stands there.
    private static func explain(_ error: any Error) -> String {
        func name(_ path: [any CodingKey]) -> String {
            path.isEmpty ? "the event" : path.map(\.stringValue).joined(separator: ".")
        }
        return switch error as? DecodingError {
        case .keyNotFound(let key, let context):
            "\(name(context.codingPath + [key])) is missing"
        case .typeMismatch(let type, let context):
            "\(name(context.codingPath)) is not \(Self.words(for: type))"
        case .valueNotFound(let type, let context):
            "\(name(context.codingPath)) is null; it must be \(Self.words(for: type))"
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

/// JSON as this system writes it: sorted keys, so that equal values are equal bytes.
public enum JSON {
    /// Encodes a value.
    ///
    /// - Parameters:
    ///   - value: The value; one that JSON cannot hold, such as an infinity, is a mistake here and
    ///     not bad input, and stops the program.
    ///   - isPretty: Whether to indent, for people.
    /// - Returns: UTF-8 without a line break at the end.
    public static func encode(_ value: some Encodable, isPretty: Bool = false) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
        do {
            return [UInt8](try encoder.encode(value))
        } catch {
            preconditionFailure("JSON cannot hold a value of \(type(of: value)): \(error)")
        }
    }

    /// Reads what a stranger sent.
    ///
    /// - Parameter bytes: Any bytes.
    /// - Returns: The value; nil if they are not JSON.
    public static func value(_ bytes: [UInt8]) -> JSONValue? {
        guard isStrict(bytes) else { return nil }
        return try? JSONDecoder().decode(JSONValue.self, from: Data(bytes))
    }

    /// Judges what the system's decoder lets pass although it is no JSON.
    ///
    /// Source: RFC 8259, sections 4, 5 and 8.1.
    ///
    /// - Parameter bytes: What a stranger sent.
    /// - Returns: Whether it is UTF-8, and no comma stands before a closing bracket.
    fileprivate static func isStrict(_ bytes: [UInt8]) -> Bool {
        guard String(validating: bytes, as: UTF8.self) != nil else { return false }
        var isText = false
        var isEscaped = false
        var isAfterComma = false
        for byte in bytes {
            switch byte {
            case _ where isEscaped: isEscaped = false
            case UInt8(ascii: "\\") where isText: isEscaped = true
            case UInt8(ascii: "\""):
                isText.toggle()
                isAfterComma = false
            case _ where isText, 0x09, 0x0A, 0x0D, 0x20: break
            case UInt8(ascii: "}") where isAfterComma, UInt8(ascii: "]") where isAfterComma:
                return false
            default: isAfterComma = byte == UInt8(ascii: ",")
            }
        }
        return true
    }

    /// Decodes a value that this system wrote.
    ///
    /// - Parameters:
    ///   - type: The type of the value.
    ///   - bytes: UTF-8.
    ///   - place: What is read, for the error.
    /// - Returns: The value.
    /// - Throws: `unreadableState` if the bytes are not such a value.
    public static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: [UInt8], at place: some CustomStringConvertible
    ) throws(Failure) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw Failure(
                .unreadableState, "what is stored under \(place) is not what this version wrote")
        }
    }
}
