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

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        if case .head(var head) = part, !head.isKeepAlive {
            head.headers.replaceOrAdd(name: "connection", value: Self.close)
            part = .head(head)
        }
        context.fireChannelRead(wrapInboundOut(part))
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
