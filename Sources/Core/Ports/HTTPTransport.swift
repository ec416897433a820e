public import Domain

/// An HTTP client.
public protocol HTTPTransport: Sendable {
    /// Sends a request and returns when the head of the response has arrived.
    ///
    /// The client never follows redirects. It sends a request again only if a connection that it reused
    /// was closed before a response began, and never one that ``HTTPClientRequest/isOnce``.
    ///
    /// - Returns: The response with any status: 404 and 503 are responses, not failures. The caller
    ///   reads the body; dropping the response ends the transfer.
    /// - Throws: `timedOut`; `unavailable`; ``Failure/notPublic(_:)`` if the address is not allowed;
    ///   `untrustedHost` if the certificate is not trusted; `cancelled` if the task is cancelled.
    func send(_ request: HTTPClientRequest) async throws(Failure) -> HTTPClientResponse
}

extension Failure {
    /// The failure of a request whose policy does not allow the address of its host.
    ///
    /// - Parameter host: The host in the URL, in lower case.
    public static func notPublic(_ host: String) -> Failure {
        Failure(.untrustedHost, "\(host) does not have a public address")
    }
}

/// An HTTP request and its limits.
public struct HTTPClientRequest: Sendable {
    /// The addresses that a request may connect to.
    public enum AddressPolicy: Hashable, Sendable {
        /// Any address, because the operator configured the URL.
        case anywhere
        /// Public addresses only, because another party chose the host. The client checks the
        /// address when it opens the socket.
        case publicAddresses
    }

    /// The method in upper case, such as `GET`.
    public var method: String
    /// An absolute `https` or `http` URL.
    public var url: String
    /// Header fields by lower-case name.
    public var fields: [String: String]
    /// Header fields with secret values, by lower-case name.
    public var secretFields: [String: Secret]
    /// The body; empty for none.
    public var body: [UInt8]
    /// The longest time for the whole request, including reading the response body.
    public var timeout: Duration
    /// The longest time without receiving a byte, while the body is being read; nil for no limit.
    ///
    /// After that the request fails as `unavailable`.
    public var idleTimeout: Duration?
    /// The largest response body in bytes, both as transferred and decompressed.
    public var replyByteCountMax: Int
    /// The addresses that the request may connect to.
    public var addressPolicy: AddressPolicy
    /// The credentials for AWS Signature Version 4; nil for an unsigned request.
    public var signing: AWSSigning?
    /// Whether the request must not arrive twice, because what it presents works once, such as a code
    /// or a refresh token.
    public var isOnce = false

    /// Creates a request.
    ///
    /// The default limits suit API calls: 30 seconds and 4 MiB.
    public init(
        _ method: String = "GET", _ url: String, fields: [String: String] = [:],
        secretFields: [String: Secret] = [:], body: [UInt8] = [], timeout: Duration = .seconds(30),
        idleTimeout: Duration? = nil, replyByteCountMax: Int = 4 << 20,
        addressPolicy: AddressPolicy = .anywhere,
        signing: AWSSigning? = nil
    ) {
        self.method = method
        self.url = url
        self.fields = fields
        self.secretFields = secretFields
        self.body = body
        self.timeout = timeout
        self.idleTimeout = idleTimeout
        self.replyByteCountMax = replyByteCountMax
        self.addressPolicy = addressPolicy
        self.signing = signing
    }
}

/// Credentials and scope for AWS Signature Version 4.
///
/// The client signs a request when it sends it. It supports only `POST` to `/` without a query.
public struct AWSSigning: Sendable {
    /// The region, such as `eu-central-1`.
    public let region: String
    /// The service's name in signatures, such as `dynamodb`.
    public let service: String
    /// The access key's id.
    public let keyID: String
    /// The access key's secret.
    public let secretKey: Secret
    /// The session token of temporary credentials, sent as `x-amz-security-token`.
    public let sessionToken: Secret?

    /// Creates credentials for requests to one service in one region.
    public init(
        region: String, service: String, keyID: String, secretKey: Secret, sessionToken: Secret?
    ) {
        self.region = region
        self.service = service
        self.keyID = keyID
        self.secretKey = secretKey
        self.sessionToken = sessionToken
    }
}

/// An HTTP response whose body arrives as it is read.
public struct HTTPClientResponse: Sendable {
    /// The status code, 100 to 599.
    public let status: Int
    /// Header fields by lower-case name.
    ///
    /// The values of a repeated field are joined with `, `.
    public let fields: [String: String]
    /// The body.
    public let body: HTTPBody

    /// Creates a response.
    public init(status: Int, fields: [String: String] = [:], body: HTTPBody) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// Creates a response whose body is in memory.
    public init(status: Int, fields: [String: String] = [:], bytes: [UInt8]) {
        self.init(status: status, fields: fields, body: HTTPBody(bytes))
    }
}

/// A body that arrives in chunks, no faster than it is read.
///
/// It can be read once, by one reader.
public struct HTTPBody: Sendable {
    private let pull: @Sendable () async throws(Failure) -> [UInt8]?

    /// Creates a body from a function.
    ///
    /// - Parameter pull: Returns the next chunk, which is not empty, or nil at the end.
    public init(pull: @escaping @Sendable () async throws(Failure) -> [UInt8]?) {
        self.pull = pull
    }

    /// Reads the next chunk.
    ///
    /// - Returns: At least one byte, or nil at the end.
    /// - Throws: `timedOut`; `unavailable` if the connection ends before the body does;
    ///   `limitExceeded` if the body is larger than the request allows; `cancelled`.
    public func next() async throws(Failure) -> [UInt8]? { try await pull() }

    /// Reads the rest of the body.
    ///
    /// The request limits its size.
    public func bytes() async throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        while let chunk = try await next() { bytes += chunk }
        return bytes
    }
}
