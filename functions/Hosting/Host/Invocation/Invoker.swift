public import FunctionInterface
public import CloudEvents
public import Domain
public import Logging
import Ports

/// Runs a function on an event, whoever brought the event; never throws, because a host has to
/// answer in any case.
public struct Invoker: Sendable {
    private let function: @Sendable (FunctionName) throws(Failure) -> JSONFunction
    private let logger: Logger

    /// Creates an invoker.
    ///
    /// - Parameters:
    ///   - logger: Hears how each invocation came out.
    ///   - function: Finds a function, or says what it lacks.
    public init(
        logger: Logger, function: @escaping @Sendable (FunctionName) throws(Failure) -> JSONFunction
    ) {
        self.function = function
        self.logger = logger
    }

    /// Runs one event; whoever asked concludes the invocation, which nothing is kept of yet.
    ///
    /// - Parameters:
    ///   - name: The function.
    ///   - event: JSON: what the function takes, or a CloudEvent around it.
    ///   - deadline: When whoever brought the event gives up; nil if nobody does. See ``Deadline``.
    /// - Returns: The result or the failure.
    public func run(
        _ name: FunctionName, event: [UInt8], deadline: Timestamp? = nil
    ) async -> Invocation {
        await run(name, deadline) { () throws(Failure) in try Envelope.data(of: event, for: name) }
    }

    /// Runs one event that was read as a CloudEvent already.
    ///
    /// - Parameters:
    ///   - name: The function.
    ///   - event: The event around what the function takes.
    ///   - deadline: When whoever brought the event gives up; nil if nobody does. See ``Deadline``.
    /// - Returns: The result or the failure.
    public func run(
        _ name: FunctionName, event: ReceivedEvent, deadline: Timestamp? = nil
    ) async -> Invocation {
        await run(name, deadline) { () throws(Failure) in try Envelope.data(of: event, for: name) }
    }

    private func run(
        _ name: FunctionName, _ deadline: Timestamp?, _ data: () throws(Failure) -> [UInt8]
    ) async -> Invocation {
        let invocation: Invocation
        do throws(Failure) {
            let handled = try await function(name).handle(try data(), deadline: deadline)
            invocation = try Invocation(name, output: handled.output, changing: handled.changes)
        } catch {
            invocation = Invocation(name, failure: error)
        }
        log(invocation)
        return invocation
    }

    private func log(_ invocation: Invocation) {
        var fields: Logger.Metadata = ["function": "\(invocation.function.rawValue)"]
        if let failure = invocation.failure {
            fields["code"] = "\(failure.code.rawValue)"
            logger.error("\(failure.message)", metadata: fields)
        } else if invocation.exitStatus == .done {
            fields["events"] = "\(invocation.events.count)"
            logger.info("done", metadata: fields)
        } else {
            logger.warning("done, and something was refused or failed", metadata: fields)
        }
        if let manifest = invocation.manifest { logger.tell(manifest) }
    }
}
