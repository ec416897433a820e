import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix

/// A listener on loopback that hands each request on, whole, and sends the answer.
enum Listener {
    /// The largest body a request may have.
    static let bodyByteCountMax = 1 << 20

    /// Listens until the task is cancelled.
    ///
    /// - Parameters:
    ///   - port: The port; 0 for any.
    ///   - logger: Is told of the server's own trouble.
    ///   - onReady: Is given the port once requests are taken.
    ///   - answer: Answers a request: its method, target, fields and body.
    /// - Throws: Why the port cannot be had.
    static func run(
        port: Int, logger: Logger, onReady: @escaping @Sendable (Int) -> Void,
        answer: @escaping @Sendable (_ head: HTTPRequest, _ body: [UInt8]) -> Answer
    ) async throws {
        // The server calls its own cancellation, the ordinary end here, an error.
        var logger = logger
        logger.logLevel = .critical
        let channel = HTTP1Channel { request, writer, _ in
            let body = try await request.body.collect(upTo: bodyByteCountMax)
            let answer = answer(request.head, Array(body.readableBytesView))
            if let interruption = answer.interruption, interruption.byteCount == nil {
                try await interruption.end()
            }
            let response = response(answer)
            try await writer.write(response: response.head, body: response.body)
        }
        // Without the framework's application around it, which would date answers by the real clock.
        let server = Server(
            childChannelSetup: channel,
            configuration: ServerConfiguration(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { channel in onReady(channel.localAddress?.port ?? port) },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
        try await server.run()
    }

    private static func response(_ answer: Answer) -> Response {
        var fields = HTTPFields()
        for (name, value) in answer.fields.sorted(by: { $0.key < $1.key }) {
            if let name = HTTPFields.Element.Name(name) { fields[name] = value }
        }
        let status = HTTPResponse.Status(code: answer.status)
        guard status.code != 204 else { return Response(status: status, headers: fields) }
        return Response(status: status, headers: fields, body: body(answer))
    }

    private static func body(_ answer: Answer) -> ResponseBody {
        guard let interruption = answer.interruption, let count = interruption.byteCount,
            count < answer.body.count
        else {
            return ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body))
        }
        // Announced whole, sent in part.
        return ResponseBody(contentLength: answer.body.count) { writer in
            try await writer.write(ByteBuffer(bytes: answer.body.prefix(count)))
            try await interruption.end()
        }
    }
}

extension Answer.Interruption {
    /// Says nothing for longer than anybody waits, if that is how it ends, then breaks off.
    ///
    /// - Throws: Always; an error closes the connection.
    fileprivate func end() async throws -> Never {
        if isSilent { try await Task.sleep(for: .seconds(3_600)) }
        throw ConnectionBreak()
    }

    private struct ConnectionBreak: Error {}
}
