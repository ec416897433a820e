public import Domain

/// HTTP requests out into the world.
public protocol HTTPTransport: Sendable {
    /// Sends one request and returns as soon as the reply's head is there.
    ///
    /// - Parameter request: The request, with its own limits of time and size.
    /// - Returns: The reply, whatever its status: 404 and 503 are replies, not failures. The body
    ///   is still to be read; a reply that is dropped unread ends its transfer.
    /// - Throws: `timedOut`, `unavailable`, `untrustedHost` if the address may not be reached, or
    ///   `cancelled` when the task is. It never retries and never follows a redirect.
    func send(_ request: HTTPClientRequest) async throws(Failure) -> HTTPClientResponse
}

/// A request and the limits it is sent under.
public struct HTTPClientRequest: Sendable {
    /// Where a request may go.
    public enum AddressPolicy: Hashable, Sendable {
        /// To any address: the operator configured it.
        case anywhere
        /// To public addresses only, judged when the socket opens: somebody else chose the host.
        case publicAddresses
    }

    /// The method, in capitals.
    public var method: String
    /// An absolute address, `https` or `http`.
    public var url: String
    /// Header fields by lower-case name.
    public var fields: [String: String]
    /// Header fields whose values are secrets, by lower-case name.
    public var secretFields: [String: Secret]
    /// The body; empty for none.
    public var body: [UInt8]
    /// The longest the whole exchange may take, body included.
    public var timeout: Duration
    /// The longest the other side may say nothing while it is listened to; nil for the whole time.
    ///
    /// After that the connection counts as broken.
    public var idleTimeout: Duration?
    /// The largest reply body to accept, in bytes on the wire and again after decompression.
    public var replyByteCountMax: Int
    /// Where the request may go.
    public var addressPolicy: AddressPolicy
    /// Who signs the request in AWS's way; nil for nobody.
    public var signing: AWSSigning?

    /// Creates a request with the limits of ordinary API calls: 30 seconds and 4 MiB.
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

/// What a transport needs to sign a request by AWS Signature Version 4.
///
/// It signs what it sends at the moment it sends it. Only `POST` to `/` without a query is promised
/// to be signed right.
public struct AWSSigning: Sendable {
    /// The region, such as `eu-central-1`.
    public let region: String
    /// The service as signatures name it, such as `dynamodb`.
    public let service: String
    /// The access key's id.
    public let keyID: String
    /// The access key's secret.
    public let secretKey: Secret
    /// Sent along with keys that are lent for a while, in `x-amz-security-token`.
    public let sessionToken: Secret?

    /// Names who signs, and for what.
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

/// A reply whose body is still to be read.
public struct HTTPClientResponse: Sendable {
    /// The status code, 100 to 599.
    public let status: Int
    /// Header fields by lower-case name; values of a repeated one are joined by `, `.
    public let fields: [String: String]
    /// The body.
    public let body: HTTPBody

    /// Creates a reply.
    public init(status: Int, fields: [String: String] = [:], body: HTTPBody) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// Creates a reply whose body is already there.
    public init(status: Int, fields: [String: String] = [:], bytes: [UInt8]) {
        self.init(status: status, fields: fields, body: HTTPBody(bytes))
    }
}

/// A body that arrives chunk by chunk, as fast as it is read: a sender that is faster waits.
///
/// It is read once, by one reader.
public struct HTTPBody: Sendable {
    private let pull: @Sendable () async throws(Failure) -> [UInt8]?

    /// Creates a body from a source of chunks.
    ///
    /// - Parameter pull: Gives the next chunk, never an empty one, and nil at the end.
    public init(pull: @escaping @Sendable () async throws(Failure) -> [UInt8]?) {
        self.pull = pull
    }

    /// Reads the next chunk.
    ///
    /// - Returns: At least one byte, or nil at the end.
    /// - Throws: `timedOut`, `unavailable` if the connection broke before the announced end,
    ///   `limitExceeded` past the request's limit, or `cancelled`.
    public func next() async throws(Failure) -> [UInt8]? { try await pull() }

    /// Reads all that is left; the request's limit bounds it.
    public func bytes() async throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        while let chunk = try await next() { bytes += chunk }
        return bytes
    }
}
