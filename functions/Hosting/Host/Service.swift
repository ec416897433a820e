public import Domain
public import FunctionInterface
public import Logging
public import Ports

/// The functions that a host serves, the ports they use, and the process around them.
public struct Service: Sendable {
    /// Finds a function by its name, or reports the settings that it lacks.
    ///
    /// It may read the GitHub App from the store.
    public typealias Lookup = @Sendable (FunctionName) async throws(Failure) -> JSONFunction

    /// The functions that may be invoked.
    public let functions: [FunctionName]
    /// The function that handles an event that names no function.
    public let primary: FunctionName
    /// The ports that the functions use.
    public let adapters: Adapters
    /// The event bus's display name, without credentials; nil if there is no bus.
    public let busName: String?
    /// The most events that a worker handles at once.
    public let concurrency: Int
    /// The logger for the outcomes of events.
    public let logger: Logger
    /// The process's environment variables, for the information that a platform provides in them.
    public let environment: [String: String]
    /// What a person must present to see the pages; nil if nothing.
    public let setupToken: Secret?
    /// What a worker does after each tick, besides what the function returns.
    public let afterTick: @Sendable () async -> Void
    private let lookup: Lookup

    /// Creates a service.
    public init(
        functions: [FunctionName], primary: FunctionName, adapters: Adapters, busName: String?,
        concurrency: Int, logger: Logger, environment: [String: String],
        setupToken: Secret? = nil, afterTick: @escaping @Sendable () async -> Void = {},
        lookup: @escaping Lookup
    ) {
        self.afterTick = afterTick
        self.setupToken = setupToken
        self.functions = functions
        self.primary = primary
        self.adapters = adapters
        self.busName = busName
        self.concurrency = concurrency
        self.logger = logger
        self.environment = environment
        self.lookup = lookup
    }

    /// The invoker of the functions.
    public var invoker: Invoker { invoker(logger: logger) }

    /// Creates an invoker that logs the conclusions of the functions.
    ///
    /// - Parameter logger: A logger with the event's metadata.
    public func invoker(logger: Logger) -> Invoker { Invoker(logger: logger, function: lookup) }

    /// Runs one of the authorization functions for a browser that waits for the response.
    public func conclude(_ name: FunctionName, _ event: WebEvent) async -> Conclusion {
        await Concluder(logger: logger).conclude(
            await invoker.run(name, event: event.json),
            by: ResponseAcknowledgement(adapters.bus, logger: logger)
        ).conclusion
    }
}

/// The ways to serve more than one event; the deployed command provides them.
public struct Servers: Sendable {
    /// Serves until the process is asked to stop.
    ///
    /// - Throws: The reason why serving could not start.
    public typealias Serve = @Sendable (Service) async throws(Failure) -> CommandStatus

    /// Serves HTTP on a port.
    public var http: @Sendable (_ port: Int) -> Serve
    /// Serves AWS Lambda's Runtime API.
    public var lambda: Serve
    /// Handles the events on the event bus.
    public var worker: Serve
    /// Reports to the platform that started the program that it cannot serve.
    public var report: Report

    /// Reports why the program cannot serve, to a platform that expects more than an exit status.
    public typealias Report =
        @Sendable (
            _ failure: Failure, _ environment: [String: String], _ transport: any HTTPTransport
        ) async -> Void

    /// Creates servers; each default reports that this program does not include that server.
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
