public import CloudEvents
public import Domain
public import FunctionInterface
public import Logging
import Ports
import Toolbox

/// Runs a function on an event from any host.
///
/// It never throws, because a host must always respond.
public struct Invoker: Sendable {
    private let function: Service.Lookup
    private let logger: Logger

    /// Creates an invoker.
    ///
    /// - Parameters:
    ///   - logger: Logs the outcome of each event.
    ///   - function: Finds a function, or reports the settings that it lacks.
    public init(logger: Logger, function: @escaping Service.Lookup) {
        self.function = function
        self.logger = logger
    }

    /// Runs one event that has not been parsed.
    ///
    /// - Parameters:
    ///   - event: JSON: the function's input, or a CloudEvent around it.
    ///   - deadline: The time when the caller gives up; nil if it never does. See ``Deadline``.
    public func run(
        _ name: FunctionName, event: [UInt8], deadline: Timestamp? = nil
    ) async -> Conclusion {
        await run(name, deadline) { () throws(Failure) in
            try EventData.find(in: try JSON.event(event, for: name.rawValue), for: name)
        }
    }

    /// Runs one event whose JSON has been parsed.
    ///
    /// - Parameter event: The function's input, or a CloudEvent around it.
    public func run(
        _ name: FunctionName, event: JSONValue, deadline: Timestamp? = nil
    ) async -> Conclusion {
        await run(name, deadline) { () throws(Failure) in
            try EventData.find(in: event, for: name)
        }
    }

    /// Runs one event that was received as a CloudEvent, in either HTTP binding.
    public func run(
        _ name: FunctionName, event: ReceivedEvent, deadline: Timestamp? = nil
    ) async -> Conclusion {
        await run(name, deadline) { () throws(Failure) in try EventData.of(event, for: name) }
    }

    /// Runs one of the project's own events in the form that travels on the bus.
    public func run(
        _ name: FunctionName, event: CloudEvent, deadline: Timestamp? = nil
    ) async -> Conclusion {
        await run(name, deadline) { () throws(Failure) in
            guard event.type.function == name else {
                throw Failure(
                    .malformedEvent, "\(name.rawValue): type names an event for another function")
            }
            return event.data
        }
    }

    private func run(
        _ name: FunctionName, _ deadline: Timestamp?, _ data: () throws(Failure) -> JSONValue
    ) async -> Conclusion {
        let conclusion: Conclusion
        do throws(Failure) {
            let data = try data()
            conclusion = try await function(name).conclude(data, deadline: deadline)
        } catch {
            conclusion = Conclusion(name, failure: error)
        }
        log(conclusion)
        return conclusion
    }

    private func log(_ conclusion: Conclusion) {
        let failure = conclusion.failure
        logger.log(
            conclusion.summary, failure?.code, failure?.message, conclusion.problems,
            fields: ["function": "\(conclusion.function.rawValue)"])
    }
}
