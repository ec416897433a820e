import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix

/// An HTTP server on loopback that can also break off a response or stay silent.
///
/// The functions' server always finishes a response, and faults do not belong in it.
enum Listener {
    /// The largest body a request may have.
    static let bodyByteCountMax = 1 << 20

    /// Listens until the task is cancelled.
    ///
    /// - Parameters:
    ///   - port: The port; 0 for any.
    ///   - logger: Receives the server's own errors.
    ///   - onReady: Receives the port once the server listens.
    ///   - respond: Returns the response to a request.
    /// - Throws: Why the server cannot listen on the port.
    static func run(
        port: Int, logger: Logger, onReady: @escaping @Sendable (Int) -> Void,
        respond: @escaping @Sendable (_ head: HTTPRequest, _ body: [UInt8]) -> SimulatedResponse
    ) async throws {
        // The server logs its own cancellation, the normal end here, as an error.
        var logger = logger
        logger.logLevel = .critical
        let channel = HTTP1Channel { request, writer, _ in
            let body = try await request.body.collect(upTo: bodyByteCountMax)
            let simulated = respond(request.head, Array(body.readableBytesView))
            if let interruption = simulated.interruption, interruption.byteCount == nil {
                try await interruption.end()
            }
            let response = response(simulated)
            try await writer.write(response: response.head, body: response.body)
        }
        // Without the framework's application, which would date responses by the real clock.
        let server = Server(
            childChannelSetup: channel,
            configuration: ServerConfiguration(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { channel in onReady(channel.localAddress?.port ?? port) },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
        try await server.run()
    }

    private static func response(_ response: SimulatedResponse) -> Response {
        var fields = HTTPFields()
        for (name, value) in response.fields.sorted(by: { $0.key < $1.key }) {
            if let name = HTTPFields.Element.Name(name) { fields[name] = value }
        }
        let status = HTTPResponse.Status(code: response.status)
        guard status.code != 204 else { return Response(status: status, headers: fields) }
        return Response(status: status, headers: fields, body: body(response))
    }

    private static func body(_ response: SimulatedResponse) -> ResponseBody {
        guard let interruption = response.interruption, let count = interruption.byteCount,
            count < response.body.count
        else {
            return ResponseBody(byteBuffer: ByteBuffer(bytes: response.body))
        }
        // The head announces the whole length; only a part is sent.
        return ResponseBody(contentLength: response.body.count) { writer in
            try await writer.write(ByteBuffer(bytes: response.body.prefix(count)))
            try await interruption.end()
        }
    }
}

extension SimulatedResponse.Interruption {
    /// Breaks the connection, if the interruption is silent only after an hour without a byte.
    ///
    /// - Throws: Always, because an error closes the connection.
    fileprivate func end() async throws -> Never {
        if isSilent { try await Task.sleep(for: .seconds(3_600)) }
        throw ConnectionBreak()
    }

    private struct ConnectionBreak: Error {}
}
