public import Domain
public import FunctionInterface
public import Host
import Logging
import Ports

/// Serves functions over HTTP: events by `POST /`, the authorization functions as web pages.
public struct HTTPHost: Sendable {
    /// The limits on concurrency and time.
    public struct Limits: Hashable, Sendable {
        /// The limits for a client.
        public var server: HTTPServer.Limits
        /// The most events handled at once; others wait in line.
        public var parallel: Int
        /// The longest that an event waits in line.
        public var lineTime: Duration
        /// The longest that one event may take, publishing included.
        public var eventTime: Duration

        /// Creates limits.
        public init(
            server: HTTPServer.Limits = HTTPServer.Limits(), parallel: Int = 16,
            lineTime: Duration = .seconds(60), eventTime: Duration = .seconds(570)
        ) {
            self.server = server
            self.parallel = max(1, parallel)
            self.lineTime = lineTime
            self.eventTime = eventTime
        }
    }

    private let service: Service
    private let port: Int
    private let limits: Limits

    /// Creates a host that does not listen yet.
    ///
    /// - Parameter port: The port; 0 for any free port, which the log then names.
    public init(_ service: Service, port: Int, limits: Limits = Limits()) {
        self.service = service
        self.port = port
        self.limits = limits
    }

    /// Serves until the process gets `SIGTERM` or `SIGINT`, then finishes running requests.
    ///
    /// - Throws: `misconfigured` if the host cannot listen on the port.
    public func run() async throws(Failure) -> CommandStatus {
        let logger = service.logger
        if service.functions.contains(.onDailyTick), service.adapters.bus == nil {
            logger.warning(
                "EVENT_BUS is not set: what a tick finds stands in its answer and is collected only if the caller sends it on"
            )
        }
        let routes = Routes(service, limits)
        let host = WildcardAddress.best()
        let server = HTTPServer(
            host: host, port: port, limits: limits.server, logger: logger,
            answer: routes.answer)
        let names = service.functions.map(\.rawValue).joined(separator: ", ")
        do {
            try await server.runUntilSignalled { port in
                logger.info(
                    "serving HTTP",
                    metadata: ["host": "\(host)", "port": "\(port)", "functions": "\(names)"])
            }
        } catch {
            throw Failure.cannotListen(
                on: "PORT \(port)", error, advice: "Set PORT to one that is free and allowed.")
        }
        logger.info("stopped; what was begun is finished")
        return .done
    }
}
