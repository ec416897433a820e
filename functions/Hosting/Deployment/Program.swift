import CurlHTTP
public import Domain
public import FunctionInterface
public import Host
import Logging
public import Ports
import SystemClock
import Toolbox

/// The command `copilot-functions`, without its argument parser.
public struct Program: Sendable {
    /// The arguments of the command.
    public struct Request: Sendable {
        /// A function, or `work`.
        public var target: String?
        /// The path of an event file, or `-` for standard input.
        public var event: String?
        /// The path of a file of variables.
        public var environmentFile: String?
        /// Whether the result is indented.
        public var isPretty: Bool

        /// Creates a request.
        public init(
            target: String? = nil, event: String? = nil, environmentFile: String? = nil,
            isPretty: Bool = false
        ) {
            self.target = target
            self.event = event
            self.environmentFile = environmentFile
            self.isPretty = isPretty
        }
    }

    /// Creates the adapters that a function uses.
    public typealias MakeAdapters =
        @Sendable (_ settings: Settings, _ functions: [FunctionName]) throws(Failure) -> Adapters

    private let process: ProgramEnvironment
    private let servers: Servers
    private let clock: any WallClock
    private let makeAdapters: MakeAdapters

    /// Creates a program.
    ///
    /// - Parameters:
    ///   - process: The environment and streams of the process.
    ///   - servers: The servers for more than one event.
    ///   - clock: The clock for the times of log lines.
    ///   - makeAdapters: Creates the adapters that a function uses.
    public init(
        process: ProgramEnvironment, servers: Servers, clock: any WallClock,
        makeAdapters: @escaping MakeAdapters
    ) {
        self.process = process
        self.servers = servers
        self.clock = clock
        self.makeAdapters = makeAdapters
    }

    /// Creates the deployed program, with the system's clock and the adapters from the settings.
    ///
    /// - Parameters:
    ///   - process: The environment and streams of the process.
    ///   - servers: The servers for more than one event.
    public init(process: ProgramEnvironment, servers: Servers) {
        let clock = SystemClock()
        self.init(
            process: process, servers: servers, clock: clock
        ) { settings, functions throws(Failure) in
            try Adapters(settings: settings, for: functions, clock: clock)
        }
    }

    /// Runs the command.
    ///
    /// - Returns: The exit status.
    public func run(_ request: Request) async -> CommandStatus {
        do throws(Failure) {
            let file = try request.environmentFile.map(EnvironmentFile.read) ?? [:]
            let mode = try Mode.decide(
                target: request.target, event: request.event,
                environment: file.merging(process.environment) { $1 })
            switch mode {
            case .event(let function, let path):
                return await run(function, on: path, file: file, isPretty: request.isPretty)
            case .lambda(let function):
                return try await serve(function.served, by: servers.lambda, file)
            case .worker:
                return try await serve(Self.onBus, by: servers.worker, file, needing: [.eventBus])
            case .http(let function, let port):
                return try await serve(
                    function.served, by: servers.http(port), file, listeningOn: "::")
            }
        } catch {
            if request.event == nil {
                await servers.report(error, process.environment, CurlTransport())
            }
            return complain(error)
        }
    }

    private func run(
        _ function: FunctionName, on path: String, file: [String: String], isPretty: Bool
    ) async -> CommandStatus {
        do throws(Failure) {
            let settings = try Settings(
                environment: process.environment, file: file, defaults: .container,
                for: [function])
            let logger = Logger(
                settings: settings, clock: clock, environment: process.environment,
                write: process.complain)
            for warning in settings.warnings { logger.warning("\(warning)") }
            let event = try process.read(path)
            let adapters = try makeAdapters(settings, [function])
            let app = AppSource(settings: settings, adapters: adapters)
            let conclusion = await Invoker(logger: logger) { name async throws(Failure) in
                try await app.functions()[name]
            }.run(function, event: event)
            let ended = await Concluder(logger: logger).conclude(
                conclusion, by: ResponseAcknowledgement(adapters.bus, logger: logger))
            show(ended.conclusion.document, isPretty: isPretty)
            return ended.conclusion.exitStatus
        } catch {
            show(JSON.encode(FailureReport(error)), isPretty: isPretty)
            return complain(error)
        }
    }

    private func show(_ document: [UInt8], isPretty: Bool) {
        var document = document
        if isPretty, let value = try? JSON.decode(JSONValue.self, from: document, at: "the result")
        {
            document = JSON.encode(value, isPretty: true)
        }
        process.answer(String(decoding: document, as: UTF8.self))
    }

    private func complain(_ failure: Failure) -> CommandStatus {
        for line in failure.message.split(separator: "\n") {
            process.complain("copilot-functions: \(line)\n")
        }
        return CommandStatus(failure)
    }

    /// The functions whose events travel on the bus.
    private static let onBus = [EventType.tick, .collect].map(\.function)

    private func serve(
        _ functions: [FunctionName], by serve: Servers.Serve, _ file: [String: String],
        needing variables: [Variable] = [], listeningOn host: String? = nil
    ) async throws(Failure) -> CommandStatus {
        let settings = try Settings(
            environment: process.environment, file: file, defaults: .container, for: functions,
            and: variables, listeningOn: host)
        let logger = Logger(
            settings: settings, clock: clock, environment: process.environment,
            write: process.complain)
        for warning in settings.warnings { logger.warning("\(warning)") }
        let adapters = try makeAdapters(settings, functions)
        try await checkApp(AppSource(settings: settings, adapters: adapters), logger)
        return try await serve(
            Service(
                functions: functions, settings: settings, adapters: adapters, logger: logger,
                environment: process.environment))
    }

    /// Checks that there is an App, as it would be checked that its variables are set.
    ///
    /// - Throws: Why there is none. A store that does not respond is no reason not to start, because
    ///   each event asks it again.
    private func checkApp(_ app: AppSource, _ logger: Logger) async throws(Failure) {
        do throws(Failure) {
            _ = try await app.found()
        } catch  where error.retry != .never {
            logger.warning("The GitHub App could not be read yet: \(error.message)")
        }
    }
}

/// The environment of a program: its variables and streams.
public struct ProgramEnvironment: Sendable {
    /// The variables by name.
    public var environment: [String: String]
    /// Reads an event.
    public var read: @Sendable (_ path: String) throws(Failure) -> [UInt8]
    /// Writes the result, one JSON document.
    public var answer: @Sendable (_ document: String) -> Void
    /// Writes messages for people and log lines, line breaks included.
    public var complain: @Sendable (_ text: String) -> Void

    /// Creates an environment.
    public init(
        environment: [String: String],
        read: @escaping @Sendable (_ path: String) throws(Failure) -> [UInt8],
        answer: @escaping @Sendable (_ document: String) -> Void,
        complain: @escaping @Sendable (_ text: String) -> Void
    ) {
        self.environment = environment
        self.read = read
        self.answer = answer
        self.complain = complain
    }
}
