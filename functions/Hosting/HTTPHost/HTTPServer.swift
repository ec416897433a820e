import Domain
import HTTPTypes
import HummingbirdCore
import Lifecycle
public import Logging
import NIOCore
import NIOPosix
import Ports

/// An HTTP/1.1 server that passes each request to a responder and sends its response.
public struct HTTPServer: Sendable {
    /// The limits for a client.
    public struct Limits: Hashable, Sendable {
        /// The largest body, in bytes.
        public var bodyByteCountMax: Int
        /// The most memory for the bodies of all connections together, in bytes.
        public var bodiesByteCountMax: Int
        /// The time limit for the whole body.
        public var bodyTime: Duration
        /// The time limit for an idle connection and for a request's headers.
        public var idleTime: Duration
        /// The most connections at once; further connections wait to be accepted.
        ///
        /// Fewer if the process may not have so many files open.
        public var connectionsMax: Int

        /// Creates limits.
        public init(
            bodyByteCountMax: Int = 1 << 20, bodiesByteCountMax: Int = 32 << 20,
            bodyTime: Duration = .seconds(20), idleTime: Duration = .seconds(60),
            connectionsMax: Int = 1_024
        ) {
            self.bodyByteCountMax = bodyByteCountMax
            self.bodiesByteCountMax = bodiesByteCountMax
            self.bodyTime = bodyTime
            self.idleTime = idleTime
            self.connectionsMax = connectionsMax
        }
    }

    /// Responds to a request.
    public typealias Responder = @Sendable (HTTPServerRequest) async -> HTTPServerResponse

    private let host: String
    private let port: Int
    private let limits: Limits
    private let logger: Logger
    private let answer: Responder

    /// Creates a server that does not listen yet.
    ///
    /// - Parameters:
    ///   - host: The address to listen on.
    ///   - port: The port; 0 for any free port.
    ///   - logger: Receives the server's own errors.
    ///   - answer: Responds to a request.
    public init(
        host: String, port: Int, limits: Limits = Limits(), logger: Logger,
        answer: @escaping Responder
    ) {
        self.host = host
        self.port = port
        self.limits = limits
        self.logger = logger
        self.answer = answer
    }

    /// Serves until the task is cancelled.
    ///
    /// - Parameter onReady: Called with the port once the server accepts requests.
    /// - Throws: The reason why the server cannot listen on the port, or the task's cancellation.
    public func run(onReady: @escaping @Sendable (Int) async -> Void) async throws {
        try await server(onReady).run()
    }

    /// Serves while `body` runs.
    ///
    /// - Parameter body: Called with the port once the server accepts requests.
    /// - Returns: The result of `body`.
    /// - Throws: The error of `body`, or the reason why the server cannot listen on the port.
    public func withRunning<Result: Sendable>(
        _ body: (Int) async throws -> Result
    ) async throws -> Result {
        let (ports, announcement) = AsyncStream.makeStream(of: Int.self)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { announcement.finish() }
                try await run { announcement.yield($0) }
            }
            var port: Int?
            for await announced in ports {
                port = announced
                break
            }
            guard let port else {
                try await group.next()
                throw Failure(.unavailable, "the web server was stopped before it listened")
            }
            let result = try await body(port)
            group.cancelAll()
            // The server ends by cancellation; the error that it reports is irrelevant.
            while await group.nextResult() != nil {}
            return result
        }
    }

    /// Serves until the process gets `SIGTERM` or `SIGINT`, then shuts down gracefully.
    ///
    /// It accepts nothing new and finishes running requests; a second signal ends it at once.
    ///
    /// - Parameters:
    ///   - isDone: Returns when the server has served its purpose, which ends it like a signal.
    ///   - onReady: Called with the port once the server accepts requests.
    /// - Throws: The reason why the server cannot listen on the port.
    public func runUntilSignalled(
        or isDone: (@Sendable () async -> Void)? = nil,
        onReady: @escaping @Sendable (Int) async -> Void
    ) async throws {
        let server = server(onReady)
        do {
            try await withGracefulShutdown(when: isDone) { try await server.run() }
        } catch Server<HTTP1Channel>.Error.serverShutdown {
            // The signal arrived before the server began to listen.
        }
    }

    /// The event loop that reads and writes for every connection.
    ///
    /// One loop is enough because slow work runs elsewhere, and one thread per core would delay the
    /// first response until each had started.
    private static let eventLoops = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// Creates the framework's server without its application.
    ///
    /// The application's router, clock and responder would go unused, and its responder reads the
    /// rest of a body, however long it is.
    private func server(
        _ onReady: @escaping @Sendable (Int) async -> Void
    ) -> Server<HTTP1Channel> {
        var logger = logger
        // It logs an error when a browser keeps its connection open during shutdown.
        logger.logLevel = .critical
        let (answer, limits, port) = (answer, limits, port)
        let budget = BodyBudget(limits.bodiesByteCountMax)
        let channel = HTTP1Channel(
            responder: { request, writer, _ in
                let exchange = Exchange(request, limits, budget)
                if exchange.invitesBody {
                    try await writer.writeInformationalHead(HTTPResponse(status: .continue))
                }
                let response = await exchange.response(by: answer)
                try await writer.write(response: response.head, body: response.body)
                try await exchange.end()
            },
            configuration: HTTP1Channel.Configuration(
                additionalChannelHandlers: [PersistenceHandler.Insertion()],
                idleTimeout: .milliseconds(limits.idleTime.wholeMilliseconds)))
        return Server(
            childChannelSetup: channel,
            configuration: ServerConfiguration(
                address: .hostname(host, port: port),
                availableConnectionsDelegate: .maximum(
                    OpenFileLimit.connectionCount(atMost: limits.connectionsMax), logger: logger)),
            onServerRunning: { channel in await onReady(channel.localAddress?.port ?? port) },
            eventLoopGroup: Self.eventLoops, logger: logger)
    }
}
