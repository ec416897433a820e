public import Domain
public import Ports
import Synchronization

/// HTTP by the system's libcurl: all transfers on one thread, connections kept for the next.
///
/// TLS is from 1.2 on and always verified, with HTTP/2 where the server offers it. Replies may come
/// packed by gzip or zstd and are unpacked. A request that finds its kept connection closed before any
/// reply is sent again on a new one: libcurl's doing, and the only way anything is sent twice.
public final class CurlTransport: HTTPTransport {
    /// What a transport is made with; it reads no environment beside what libcurl itself reads.
    public struct Settings: Sendable {
        /// What requests that hold no `user-agent` of their own are signed with.
        public var userAgent: String
        /// A file of PEM certificates to trust in place of the system's, for a private authority.
        public var caFile: String?
        /// The proxy for requests to public addresses, written as in `https_proxy`.
        ///
        /// All other requests follow `https_proxy`, `no_proxy` and the like in the environment.
        public var proxy: String?
        /// Who may be on loopback though the request asks for public addresses, as `host:port`.
        public var loopbackAllowed: Set<String>

        /// Creates settings.
        public init(
            userAgent: String = ProductVersion.userAgent, caFile: String? = nil,
            proxy: String? = nil,
            loopbackAllowed: Set<String> = []
        ) {
            self.userAgent = userAgent
            self.caFile = caFile
            self.proxy = proxy
            self.loopbackAllowed = loopbackAllowed
        }
    }

    private let started = Mutex<TransferLoop?>(nil)
    private let settings: Settings

    /// Creates a transport; its thread begins with the first request, and ends after the transport
    /// and its last reply.
    public init(_ settings: Settings = Settings()) { self.settings = settings }

    deinit { started.withLock { $0 }?.post(.stop) }

    /// The thread, which is started by whoever needs it first: an event that asks nobody anything is
    /// answered before libcurl and OpenSSL would be ready.
    var loop: TransferLoop {
        started.withLock { loop in
            if let loop { return loop }
            let fresh = TransferLoop(settings)
            loop = fresh
            return fresh
        }
    }

    /// Sends one request; see ``HTTPTransport``.
    ///
    /// - Throws: Also `misconfigured` if the address, a field or a setting is unusable, and
    ///   `malformedReply` if the body is packed in another way than was asked for.
    public func send(_ request: HTTPClientRequest) async throws(Failure) -> HTTPClientResponse {
        let target = try Target(request.url)
        guard !Task.isCancelled else {
            throw Failure(.cancelled, "\(target.host): given up before it was asked")
        }
        let policy = ProxyPolicy(to: target, request.addressPolicy, settings)
        let transfer = Transfer(request, to: target, by: policy)
        let reader = TransferReader(transfer, on: self)
        var head = try await transfer.head()
        let packing = head.encoding.flatMap(Packing.init)
        if let encoding = head.encoding, packing == nil {
            throw Failure(.malformedReply, "\(transfer.target.host): a reply in \(encoding)")
        }
        let digest = head.digest(of: request.method)
        if packing != nil { head.dropEncoding() }
        let body = UnpackedBody(reader, packing, digest: digest)
        return HTTPClientResponse(
            status: head.status, fields: head.fields,
            body: HTTPBody { () async throws(Failure) in try await body.next() })
    }
}
