import NIOCore
import NIOHTTP1

/// Finds out whether a connection outlives a request, and says so in one way.
///
/// That depends on the version of HTTP, RFC 9112, section 9.3: 1.0 ends a connection unless the client
/// says `keep-alive`, 1.1 keeps it unless the client says `close`, in a list and in capitals too. What
/// comes later in the pipeline is not told the version, so a request that is the last one is given
/// the field as the framework reads it.
final class PersistenceHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    /// The value of `connection` on a request that is the last one.
    static let close = "close"

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        if case .head(var head) = part, !head.isKeepAlive {
            head.headers.replaceOrAdd(name: "connection", value: Self.close)
            part = .head(head)
        }
        context.fireChannelRead(wrapInboundOut(part))
    }

    /// Puts one behind the decoder; the framework itself only takes what comes after its own codec.
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
