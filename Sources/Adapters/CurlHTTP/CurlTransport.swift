public import Domain
public import Ports
import Synchronization

/// An HTTP client that uses the system's libcurl.
///
/// All transfers run on one thread, and connections are reused.
///
/// It requires TLS 1.2, always verifies certificates, and uses HTTP/2 if the server supports it. It
/// decompresses gzip and zstd. If a reused connection turns out to be closed before a response
/// arrives, libcurl sends the request again on a new connection; nothing else is sent twice. A request
/// that must not arrive twice has a new connection from the start.
public final class CurlTransport: HTTPTransport {
    /// The settings of a transport.
    ///
    /// It reads no environment variables except those of libcurl.
    public struct Settings: Sendable {
        /// The default `user-agent`.
        public var userAgent: String
        /// A PEM file with certificates to trust instead of the system's.
        public var caFile: String?
        /// The proxy for requests with the policy `publicAddresses`, in the form of `https_proxy`.
        ///
        /// All other requests use `https_proxy`, `no_proxy` and similar environment variables.
        public var proxy: String?
        /// Hosts, as `host:port`, that may be on loopback despite the policy `publicAddresses`.
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

    /// Creates a transport.
    ///
    /// Its thread starts with the first request, and ends when the transport and all its responses
    /// are released.
    public init(_ settings: Settings = Settings()) { self.settings = settings }

    deinit { started.withLock { $0 }?.post(.stop) }

    /// The thread, started on first use: an event that needs no request is handled before libcurl and
    /// OpenSSL would be loaded.
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
    /// - Throws: Also `misconfigured` if the URL, a header field or a setting is invalid, and
    ///   `malformedReply` if the body has an unsupported content encoding.
    public func send(_ request: HTTPClientRequest) async throws(Failure) -> HTTPClientResponse {
        let target = try Target(request.url)
        guard !Task.isCancelled else {
            throw Failure(
                .cancelled, "\(target.host): the request was cancelled before it was sent")
        }
        let policy = ProxyPolicy(to: target, request.addressPolicy, settings)
        let transfer = Transfer(request, to: target, by: policy)
        let reader = TransferReader(transfer, on: self)
        var head = try await transfer.head()
        let packing = head.encoding.flatMap(Packing.init)
        if let encoding = head.encoding, packing == nil {
            throw Failure(
                .malformedReply, "\(transfer.target.host): unsupported content encoding \(encoding)"
            )
        }
        let digest = head.digest(of: request.method)
        if packing != nil { head.dropEncoding() }
        let body = UnpackedBody(reader, packing, digest: digest)
        return HTTPClientResponse(
            status: head.status, fields: head.fields,
            body: HTTPBody { () async throws(Failure) in try await body.next() })
    }
}
