import Toolbox
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
