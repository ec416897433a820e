import Toolbox
public import FunctionInterface
public import Domain
public import Ports

/// One event through one function, and how it came out.
public struct Invocation: Sendable {
    /// The function.
    public let function: FunctionName
    /// One JSON document: the function's result, or the report of its failure.
    public let output: [UInt8]
    /// Why there is no result.
    public let failure: Failure?
    /// What a command that ran only this should say.
    public let exitStatus: CommandStatus
    /// The events that follow, which the host publishes before it acknowledges the one it ran.
    public let events: [CloudEvent]
    /// The state that goes with the result, which the host keeps with publishing the events.
    public internal(set) var changes: StateChanges
    /// After how many seconds the same event is worth sending again although there is a result: part
    /// of the work failed with what may pass.
    public let retryAfterSeconds: Int?
    /// What became of a day, if that was collected.
    public let manifest: Manifest?

    /// Reads what a function gave.
    ///
    /// - Parameters:
    ///   - function: The function.
    ///   - output: Its result.
    ///   - changes: What is to be remembered with it.
    /// - Throws: `malformedReply` if the result is not one of this function.
    public init(
        _ function: FunctionName, output: [UInt8], changing changes: StateChanges = .none
    ) throws(Failure) {
        self.function = function
        self.output = output
        self.changes = changes
        failure = nil
        switch function {
        case .onAuthorize, .onAuthorizeCallback:
            let answer = try Self.decode(WebAnswer.self, from: output, of: function)
            exitStatus = CommandStatus(httpStatus: answer.status)
            events = []
            retryAfterSeconds = nil
            manifest = nil
        case .onDailyTick:
            let tick = try Self.decode(TickResult.self, from: output, of: function)
            // What concerns an authorization as a whole hides organizations that nobody can name.
            let isBlind = tick.attention?.contains { $0.organization == nil } ?? false
            exitStatus = isBlind ? .fault : .done
            events = tick.events
            retryAfterSeconds = nil
            manifest = nil
        case .onCollectOrg:
            let collected = try Self.decode(Manifest.self, from: output, of: function)
            exitStatus = CommandStatus(collected)
            events = []
            retryAfterSeconds = collected.retryAfterSeconds
            manifest = collected
        }
    }

    /// Reports that a function failed, or was never reached.
    public init(_ function: FunctionName, failure: Failure) {
        self.function = function
        self.failure = failure
        output = JSON.encode(FailureReport(failure))
        exitStatus = CommandStatus(failure)
        events = []
        changes = .none
        retryAfterSeconds = FailureReport(failure).error.retryAfterSeconds
        manifest = nil
    }

    /// The output, and what is to be remembered with it.
    ///
    /// - Throws: Why there is none.
    public func handled() throws(Failure) -> Handled<[UInt8]> {
        if let failure { throw failure }
        return Handled(output, changing: changes)
    }

    private static func decode<Value: Decodable>(
        _ type: Value.Type, from output: [UInt8], of function: FunctionName
    ) throws(Failure) -> Value {
        do {
            return try JSON.decode(type, from: output, at: function.rawValue)
        } catch {
            throw Failure(.malformedReply, "\(function.rawValue) gave a result of another form")
        }
    }
}

/// The part of an answer to a browser that the exit status depends on.
private struct WebAnswer: Decodable { let status: Int }

/// The part of a tick's result that the host acts on.
private struct TickResult: Decodable {
    struct Attention: Decodable { let organization: String? }

    let events: [CloudEvent]
    let attention: [Attention]?
}
