public import Domain
import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The address, the credentials and the limits for remote write.
public struct RemoteWriteSettings: Sendable {
    /// How requests are authenticated.
    public enum Authorization: Sendable {
        /// Not at all, or with one of the additional headers.
        case none
        /// `Authorization: Bearer`, RFC 6750.
        case bearer(Secret)
        /// `Authorization: Basic`, RFC 7617.
        case basic(username: String, password: Secret)
    }

    /// The kind of backend.
    public enum Backend: Sendable {
        /// Any backend that supports the protocol.
        case generic
        /// Coralogix, which sorts series by application and subsystem, and reports an empty
        /// request.
        case coralogix
    }

    /// The size of requests, and how long they are retried.
    public struct Limits: Sendable {
        /// The most series per request: the default of Prometheus.
        public var seriesPerRequest = 2_000
        /// The most bytes per request before compression.
        ///
        /// Snappy compresses n bytes to at most n + n/6 + 32. So the compressed body also stays
        /// below the smallest documented limit, the 2,411,724 bytes of Coralogix, which does not
        /// document whether it counts compressed bytes:
        /// <https://coralogix.com/docs/developer-portal/apis/limitations/>.
        public var requestByteCountMax = 2_000_000
        /// The most requests in flight.
        ///
        /// They never contain the same series.
        public var requestsAtOnce = 4
        /// The longest label value that the backend accepts, in bytes; nil for any.
        public var labelValueByteCountMax: Int?
        /// The timeout of a request.
        public var timeout = Duration.seconds(30)
        /// The most attempts per request.
        public var attemptsMax = 5
        /// The longest wait between two attempts.
        ///
        /// If the backend asks for a longer one, the write fails, and the caller waits.
        public var waitMax = Duration.seconds(10)
        /// The longest time from the first attempt to the last one.
        public var retryTimeMax = Duration.seconds(60)

        /// Creates the limits that suit every known backend.
        public init() {}
    }

    /// The address that requests are sent to.
    public let url: String
    /// How requests are authenticated.
    public var authorization: Authorization
    /// Additional headers by lower-case name, such as `x-scope-orgid`.
    public var headers: [String: Secret]
    /// The kind of backend.
    public var backend: Backend
    /// The size of requests, and how long they are retried.
    public var limits = Limits()
    /// Whether the help, the type and the unit of each metric are sent once a day.
    public var sendsMetadata = false
    /// The name and version of the program, which remote write requires.
    public var userAgent = ProductVersion.userAgent

    /// The address without its query, which may contain secrets.
    let place: String

    /// Creates settings.
    ///
    /// - Parameters:
    ///   - url: An absolute `https` or `http` address.
    ///   - headers: Additional headers; see ``parseHeaders(_:)``.
    /// - Throws: `misconfigured` if the address is malformed or contains a password.
    public init(
        url: String, authorization: Authorization = .none, headers: [String: Secret] = [:],
        backend: Backend = .generic
    ) throws(Failure) {
        guard let parts = URLComponents(string: url), let host = parts.host, !host.isEmpty,
            let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme)
        else {
            throw Failure(
                .misconfigured,
                "the remote-write address in METRICS_SINK is not an absolute http or https address. "
                    + "Write it like remote-write:https://prometheus.example.com/api/v1/write.")
        }
        guard parts.user == nil, parts.password == nil else {
            throw Failure(
                .misconfigured,
                "the remote-write address in METRICS_SINK contains credentials. Move them to "
                    + "REMOTE_WRITE_USERNAME and REMOTE_WRITE_PASSWORD.")
        }
        self.url = url
        self.authorization = authorization
        self.headers = headers
        self.backend = backend
        place = "\(host)\(parts.port.map { ":\($0)" } ?? "")\(parts.path)"
        if case .none = authorization { return }
        guard headers["authorization"] == nil else {
            throw Failure(
                .misconfigured,
                "REMOTE_WRITE_HEADERS has an Authorization header, but REMOTE_WRITE_BEARER_TOKEN or "
                    + "REMOTE_WRITE_USERNAME is set too. Keep one of them.")
        }
    }
}
