public import Domain
import Logging
public import Ports

/// The command `copilot-functions`, apart from reading its arguments.
public struct Program: Sendable {
    /// What the command was asked on its command line.
    public struct Request: Sendable {
        /// A function, or `work`.
        public var target: String?
        /// The file of an event, `-` for standard input.
        public var event: String?
        /// A file of variables.
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

    /// The process around the program.
    public struct Process: Sendable {
        /// Variables by name.
        public var environment: [String: String]
        /// Reads an event.
        public var read: @Sendable (_ path: String) throws(Failure) -> [UInt8]
        /// Takes the result, one JSON document.
        public var print: @Sendable (_ document: String) -> Void
        /// Takes lines for people and log lines, line breaks included.
        public var complain: @Sendable (_ text: String) -> Void

        /// Creates a process.
        public init(
            environment: [String: String],
            read: @escaping @Sendable (_ path: String) throws(Failure) -> [UInt8],
            print: @escaping @Sendable (_ document: String) -> Void,
            complain: @escaping @Sendable (_ text: String) -> Void
        ) {
            self.environment = environment
            self.read = read
            self.print = print
            self.complain = complain
        }
    }

    /// Makes what a function reaches.
    public typealias MakeAdapters =
        @Sendable (_ settings: Settings, _ function: FunctionName) throws(Failure) -> Adapters

    private let process: Process
    private let clock: any WallClock
    private let makeAdapters: MakeAdapters

    /// Creates a program.
    ///
    /// - Parameters:
    ///   - process: The process around it.
    ///   - clock: The time of log lines.
    ///   - makeAdapters: Makes what a function reaches.
    public init(
        process: Process, clock: any WallClock, makeAdapters: @escaping MakeAdapters
    ) {
        self.process = process
        self.clock = clock
        self.makeAdapters = makeAdapters
    }

    /// Does what was asked.
    ///
    /// - Parameter request: What was asked.
    /// - Returns: What to say to the shell.
    public func run(_ request: Request) async -> CommandStatus {
        do throws(Failure) {
            let file = try request.environmentFile.map(EnvironmentFile.read) ?? [:]
            let mode = try Mode.decide(
                target: request.target, event: request.event,
                environment: file.merging(process.environment) { $1 })
            switch mode {
            case .event(let function, let path):
                return await run(function, on: path, file: file, isPretty: request.isPretty)
            case .lambda: throw notBuilt("serving AWS Lambda's Runtime API")
            case .worker: throw notBuilt("working on the event bus")
            case .http: throw notBuilt("serving HTTP")
            }
        } catch {
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
            let adapters = try makeAdapters(settings, function)
            let functions = Functions(settings: settings, adapters: adapters)
            let invoker = Invoker(logger: logger) { name throws(Failure) in try functions[name] }

            let invocation = await invoker.run(function, event: event)
            show(invocation.output, isPretty: isPretty)
            let isPublished = await publish(invocation.events, on: adapters.bus, logger)
            return max(invocation.exitStatus, isPublished ? .done : .fault)
        } catch {
            show(JSON.encode(FailureReport(error)), isPretty: isPretty)
            return complain(error)
        }
    }

    /// Sends on what follows from the event, once the caller has the result.
    private func publish(
        _ events: [CloudEvent], on bus: (any EventBus)?, _ logger: Logger
    ) async -> Bool {
        guard !events.isEmpty else { return true }
        guard let bus else {
            logger.notice(
                "EVENT_BUS is not set: the events stand in the result and nowhere else",
                metadata: ["events": "\(events.count)"])
            return true
        }
        do throws(Failure) {
            try await bus.publish(events)
            logger.info("published on EVENT_BUS", metadata: ["events": "\(events.count)"])
            return true
        } catch {
            logger.error("publishing failed: run the same event again", error: error)
            return false
        }
    }

    private func show(_ document: [UInt8], isPretty: Bool) {
        var document = document
        if isPretty, let value = try? JSON.decode(JSONValue.self, from: document, at: "the result") {
            document = JSON.encode(value, isPretty: true)
        }
        process.print(String(decoding: document, as: UTF8.self))
    }

    private func complain(_ failure: Failure) -> CommandStatus {
        for line in failure.message.split(separator: "\n") {
            process.complain("copilot-functions: \(line)\n")
        }
        return CommandStatus(failure)
    }

    private func notBuilt(_ what: String) -> Failure {
        Failure(
            .misconfigured,
            "\(what) is not in this version yet: run one event with --event FILE")
    }
}
