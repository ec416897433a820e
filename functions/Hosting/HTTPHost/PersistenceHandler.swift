import NIOCore
import NIOHTTP1

/// Determines whether a connection persists after a request, and marks the request accordingly.
///
/// Persistence depends on the HTTP version, RFC 9112, section 9.3: version 1.0 closes a connection
/// unless the client sends `keep-alive`, and 1.1 keeps it open unless the client sends `close`.
/// Both may be in a list and in upper case. Later handlers in the pipeline do not see the version,
/// so the last request on a connection gets the field in the form that the framework reads.
final class PersistenceHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    /// The value of `connection` on the last request.
    static let close = "close"

    /// How long a client whose request was refused may go on sending.
    private static let drainTime = TimeAmount.seconds(5)

    /// Whether a request was refused: the connection closes, and what still arrives is thrown away.
    private var isRefused = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        var part = unwrapInboundIn(data)
        if case .head(let head) = part, !Self.isWellFormed(head) {
            return refuse(context, HTTPParserError.invalidHeaderToken)
        }
        if case .head(var head) = part, !head.isKeepAlive {
            head.headers.replaceOrAdd(name: "connection", value: Self.close)
            part = .head(head)
        }
        context.fireChannelRead(wrapInboundOut(part))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError else {
            // After an error of the parser, all that arrives is another one.
            return isRefused ? () : context.fireErrorCaught(error)
        }
        if !isRefused { refuse(context, error) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        if isRefused { context.read() }
    }

    /// Lets a later handler answer 400, and closes the connection.
    ///
    /// A client that sends a line of many megabytes reads no answer before it has sent them. So they are
    /// read and thrown away: if they were not, it would wait, and if the connection were closed at once,
    /// the answer would be lost.
    private func refuse(_ context: ChannelHandlerContext, _ error: any Error) {
        isRefused = true
        context.fireErrorCaught(error)
        context.read()
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.drainTime) {
            context.close(promise: nil)
        }
    }

    /// Whether a request has one host, and a body whose length every recipient understands alike.
    ///
    /// Source: RFC 9112, sections 3.2 and 6.1.
    private static func isWellFormed(_ head: HTTPRequestHead) -> Bool {
        let hosts = head.headers["host"].count
        let codings = head.headers["transfer-encoding"]
        if [.http0_9, .http1_0].contains(head.version) { return hosts <= 1 && codings.isEmpty }
        return hosts == 1
            && (codings.isEmpty || codings.count == 1 && codings[0].lowercased() == "chunked")
    }

    /// Inserts a handler behind the decoder; the framework only takes handlers after its own codec.
    final class Insertion: ChannelInboundHandler, RemovableChannelHandler {
        typealias InboundIn = NIOAny

        func handlerAdded(context: ChannelHandlerContext) {
            let pipeline = context.pipeline.syncOperations
            do {
                let decoder = try pipeline.context(
                    handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self)
                try pipeline.addHandler(PersistenceHandler(), position: .after(decoder.handler))
            } catch {
                preconditionFailure("the pipeline of a connection has no decoder of HTTP/1")
            }
        }
    }
}
