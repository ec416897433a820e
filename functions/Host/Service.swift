public import Domain
public import Logging
public import Ports

/// What a server serves: functions on their ports, and everything it may want to know.
public struct Service: Sendable {
    /// The functions that may be asked for; the last is the one that the host was started for.
    public let functions: [FunctionName]
    /// What was decided outside the program.
    public let settings: Settings
    /// What the functions reach.
    public let adapters: Adapters
    /// Hears what becomes of events.
    public let logger: Logger
    /// The process's variables, for what a platform says of itself.
    public let environment: [String: String]

    /// Creates a service.
    public init(
        functions: [FunctionName], settings: Settings, adapters: Adapters, logger: Logger,
        environment: [String: String]
    ) {
        self.functions = functions
        self.settings = settings
        self.adapters = adapters
        self.logger = logger
        self.environment = environment
    }

    /// Runs the functions on events.
    public var invoker: Invoker { invoker(logger: logger) }

    /// Runs the functions on events.
    ///
    /// - Parameter logger: Hears how they came out, with what a server knows of the event.
    /// - Returns: The functions of this service.
    public func invoker(logger: Logger) -> Invoker {
        Invoker(Functions(settings: settings, adapters: adapters), logger: logger)
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
        @Sendable (_ failure: Failure, _ environment: [String: String]) async -> Void

    /// Creates servers; what is left out says that this program does not have it.
    public init(
        http: (@Sendable (_ port: Int) -> Serve)? = nil, lambda: Serve? = nil, worker: Serve? = nil,
        report: @escaping Report = { _, _ in }
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

extension FunctionName {
    /// What a host that was started for this function serves.
    ///
    /// Whoever takes browsers back from GitHub can send them there too, so that one service behind
    /// one address is a whole web side.
    var served: [FunctionName] {
        self == .onAuthorizeCallback ? [.onAuthorize, .onAuthorizeCallback] : [self]
    }
}
