public import Domain

/// A stateless function: one event in, one output out, everything else through ports.
///
/// A function may run twice with the same event, and two may run at once: the effect must be the same.
/// It returns the events that follow and the state that proves its work; the host publishes and keeps
/// them in one step. A function writes only one kind of state itself: what must survive whatever
/// happens next, such as a renewed token.
public protocol Function: Sendable {
    /// The event, decoded from JSON.
    associatedtype Event: Decodable & Sendable
    /// The output, which the caller receives as JSON.
    associatedtype Output: FunctionOutput

    /// The name that deployments and logs use.
    static var name: FunctionName { get }

    /// Handles one event.
    ///
    /// - Parameter event: The event, decoded but not yet validated.
    /// - Returns: The output and the state changes that belong to it.
    /// - Throws: A ``Failure``, whose ``Failure/retry`` says whether the event is worth sending again.
    func handle(_ event: Event) async throws(Failure) -> Handled<Output>
}

extension Function {
    /// Handles one event and makes its state changes at once.
    ///
    /// - Throws: What ``handle(_:)`` throws, or why the state could not be kept.
    public func run(_ event: Event) async throws(Failure) -> Output {
        try await handle(event).kept()
    }
}

/// What a host must know about an output beyond its JSON.
///
/// It is read off the output while its type is known, so nothing decodes the JSON again.
public protocol FunctionOutput: Encodable, Sendable {
    /// What happened, for logs, journals and reports.
    var summary: Conclusion.Summary { get }
    /// The events to publish before the event counts as handled.
    var followUps: [CloudEvent] { get }
    /// After how many seconds the same event is worth sending again, because part of the work failed
    /// in a way that may pass; nil if the work is complete.
    var retryAfterSeconds: Int? { get }
    /// The exit status of a command that ran only this event.
    var exitStatus: CommandStatus { get }
}

extension FunctionOutput {
    /// No events.
    public var followUps: [CloudEvent] { [] }
    /// No retry.
    public var retryAfterSeconds: Int? { nil }
    /// Success.
    public var exitStatus: CommandStatus { .done }
}
