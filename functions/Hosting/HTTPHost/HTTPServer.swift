import Domain
import HTTPTypes
import HummingbirdCore
public import Logging
import NIOCore
import NIOPosix
import Ports
import Lifecycle

/// A server of HTTP/1.1 that hands each request on and sends the answer.
public struct HTTPServer: Sendable {
    /// What a client may do at most.
    public struct Limits: Hashable, Sendable {
        /// The largest body.
        public var bodyByteCountMax: Int
        /// How long the whole body may take.
        public var bodyTime: Duration
        /// How long a connection may lie idle, and how long a request's head may take.
        public var idleTime: Duration
        /// The most connections at once; those beyond wait to be accepted.
        public var connectionsMax: Int

        /// Creates limits.
        public init(
            bodyByteCountMax: Int = 1 << 20, bodyTime: Duration = .seconds(20),
            idleTime: Duration = .seconds(60), connectionsMax: Int = 1_024
        ) {
            self.bodyByteCountMax = bodyByteCountMax
            self.bodyTime = bodyTime
            self.idleTime = idleTime
            self.connectionsMax = connectionsMax
        }
    }

    /// Answers a request.
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
    ///   - port: The port; 0 for any.
    ///   - limits: What a client may do at most.
    ///   - logger: Hears of the server's own trouble.
    ///   - answer: Answers a request.
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
    /// - Parameter onReady: Is given the port once requests are taken.
    /// - Throws: Why the port cannot be had, or that the task was cancelled.
    public func run(onReady: @escaping @Sendable (Int) async -> Void) async throws {
        try await server(onReady).run()
    }

    /// Serves while `body` runs.
    ///
    /// - Parameter body: Is given the port once requests are taken.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or why the port cannot be had.
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
            // It ends by being cancelled; how it says so is of no interest.
            while await group.nextResult() != nil {}
            return result
        }
    }

    /// Serves until the process gets `SIGTERM` or `SIGINT`; then nothing new is taken, and what is
    /// begun is finished, unless a second signal says that it must not.
    ///
    /// - Parameter onReady: Is given the port once requests are taken.
    /// - Throws: Why the port cannot be had.
    public func runUntilSignalled(
        onReady: @escaping @Sendable (Int) async -> Void
    ) async throws {
        let server = server(onReady)
        do {
            try await withGracefulShutdown { try await server.run() }
        } catch Server<HTTP1Channel>.Error.serverShutdown {
            // The signal came before the port was asked for.
        }
    }

    /// One loop reads and writes for every connection: what takes time is done elsewhere, and a
    /// thread a core would each have to be started before the first answer.
    private static let eventLoops = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// The framework's server without its application around it, whose router, clock and responder
    /// would be passed over: the responder reads what is left of a body however long it is.
    private func server(
        _ onReady: @escaping @Sendable (Int) async -> Void
    ) -> Server<HTTP1Channel> {
        var logger = logger
        // It calls a browser that keeps its connection while we stop an error.
        logger.logLevel = .critical
        let (answer, limits, port) = (answer, limits, port)
        let channel = HTTP1Channel(
            responder: { request, writer, _ in
                let exchange = Exchange(request, limits)
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
                availableConnectionsDelegate: .maximum(limits.connectionsMax, logger: logger)),
            onServerRunning: { channel in await onReady(channel.localAddress?.port ?? port) },
            eventLoopGroup: Self.eventLoops, logger: logger)
    }
}
