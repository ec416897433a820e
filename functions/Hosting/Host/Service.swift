public import Domain
public import FunctionInterface
public import Logging
public import Ports

/// Everything that a host serves: functions, the ports they reach, and the process around them.
public struct Service: Sendable {
    /// Finds a function by its name, or reports the settings that it lacks.
    public typealias Lookup = @Sendable (FunctionName) throws(Failure) -> JSONFunction

    /// The functions that may be invoked.
    public let functions: [FunctionName]
    /// The function that handles an event which names no other.
    public let primary: FunctionName
    /// The ports that the functions reach.
    public let adapters: Adapters
    /// What people know the event bus by, without credentials; nil if there is none.
    public let busName: String?
    /// How many events a worker handles at once.
    public let concurrency: Int
    /// Logs what becomes of events.
    public let logger: Logger
    /// The process's variables, for what a platform says of itself.
    public let environment: [String: String]
    private let lookup: Lookup

    /// Creates a service.
    public init(
        functions: [FunctionName], primary: FunctionName, adapters: Adapters, busName: String?,
        concurrency: Int, logger: Logger, environment: [String: String], lookup: @escaping Lookup
    ) {
        self.functions = functions
        self.primary = primary
        self.adapters = adapters
        self.busName = busName
        self.concurrency = concurrency
        self.logger = logger
        self.environment = environment
        self.lookup = lookup
    }

    /// Invokes the functions.
    public var invoker: Invoker { invoker(logger: logger) }

    /// Invokes the functions and logs their conclusions.
    ///
    /// - Parameter logger: A logger that carries what the host knows of the event.
    public func invoker(logger: Logger) -> Invoker { Invoker(logger: logger, function: lookup) }

    /// Runs one of the authorization functions for a browser that waits for the response.
    public func conclude(_ name: FunctionName, _ event: WebEvent) async -> Conclusion {
        await Concluder(logger: logger).conclude(
            await invoker.run(name, event: event.json),
            by: ResponseAcknowledgement(adapters.bus, logger: logger)
        ).conclusion
    }
}

/// The ways to serve more than one event; the command that is deployed puts them in.
public struct Servers: Sendable {
    /// Serves until the process is told to stop.
    ///
    /// - Throws: Why it could not start.
    public typealias Serve = @Sendable (Service) async throws(Failure) -> CommandStatus

    /// Serves HTTP on a port.
    public var http: @Sendable (_ port: Int) -> Serve
    /// Serves AWS Lambda's Runtime API.
    public var lambda: Serve
    /// Works on the event bus.
    public var worker: Serve
    /// Tells a platform that started the program that it cannot serve.
    public var report: Report

    /// Tells somebody who asked for more than an exit status why the program cannot serve.
    public typealias Report =
        @Sendable (
            _ failure: Failure, _ environment: [String: String], _ transport: any HTTPTransport
        ) async -> Void

    /// Creates servers; what is left out says that this program does not have it.
    public init(
        http: (@Sendable (_ port: Int) -> Serve)? = nil, lambda: Serve? = nil, worker: Serve? = nil,
        report: @escaping Report = { _, _, _ in }
    ) {
        self.report = report
        self.http = http ?? { _ in Self.missing("serving HTTP") }
        self.lambda = lambda ?? Self.missing("serving AWS Lambda's Runtime API")
        self.worker = worker ?? Self.missing("working on the event bus")
    }

    private static func missing(_ what: String) -> Serve {
        { _ throws(Failure) in
            throw Failure(
                .misconfigured,
                "\(what) is not in this version yet: run one event with --event FILE")
        }
    }
}
