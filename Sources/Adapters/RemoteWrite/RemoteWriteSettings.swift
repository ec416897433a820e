public import Domain
import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where samples are sent by remote write, and as whom.
public struct RemoteWriteSettings: Sendable {
    /// How the backend knows who sends.
    public enum Authorization: Sendable {
        /// It does not ask, or one of the extra header fields tells it.
        case none
        /// `Authorization: Bearer`, RFC 6750.
        case bearer(Secret)
        /// `Authorization: Basic`, RFC 7617.
        case basic(username: String, password: Secret)
    }

    /// What is known of the backend beyond the protocol.
    public enum Backend: Sendable {
        /// Nothing.
        case generic
        /// It files series by application and subsystem, and says when a request came in empty.
        case coralogix
    }

    /// How much is sent at once, and for how long it is tried.
    public struct Limits: Sendable {
        /// The most series in one request; the count that Prometheus itself sends.
        public var seriesPerRequest = 2_000
        /// The most bytes of a request before compression.
        ///
        /// Snappy makes at most n + n/6 + 32 bytes of n, so the compressed body too stays below the
        /// smallest documented limit, Coralogix's 2,411,724 bytes, of which it is not documented
        /// which of the two it counts:
        /// <https://coralogix.com/docs/developer-portal/apis/limitations/>.
        public var requestByteCountMax = 2_000_000
        /// The most requests on their way at once; they never hold the same series.
        public var requestsAtOnce = 4
        /// The longest value of a label, in bytes, that the backend keeps; nil if there is none.
        public var labelValueByteCountMax: Int?
        /// How long one request may take.
        public var timeout = Duration.seconds(30)
        /// How often a request is sent before its failure is the caller's.
        public var attemptsMax = 5
        /// The longest wait between two attempts; if the backend asks for a longer one, the wait
        /// is left to the caller.
        public var waitMax = Duration.seconds(10)
        /// The longest time after which a request is still sent again.
        public var retryTimeMax = Duration.seconds(60)

        /// Creates the limits that suit every backend we know.
        public init() {}
    }

    /// The address that samples are posted to.
    public let url: String
    /// How the backend knows who sends.
    public var authorization: Authorization
    /// Further header fields by lower-case name, such as `x-scope-orgid`.
    public var headers: [String: Secret]
    /// What is known of the backend.
    public var backend: Backend
    /// How much is sent at once, and for how long it is tried.
    public var limits = Limits()
    /// The program's name and version; a remote-write sender has to say them.
    public var userAgent = ProductVersion.userAgent

    /// The address without its query, which may hold what not everybody should read.
    let place: String

    /// Creates settings.
    ///
    /// - Parameters:
    ///   - url: An absolute address, `https` or `http`.
    ///   - authorization: How the backend knows who sends.
    ///   - headers: Further header fields; see ``parseHeaders(_:)``.
    ///   - backend: What is known of the backend.
    /// - Throws: `misconfigured` if the address is none, or holds a password.
    public init(
        url: String, authorization: Authorization = .none, headers: [String: Secret] = [:],
        backend: Backend = .generic
    ) throws(Failure) {
        guard let parts = URLComponents(string: url), let host = parts.host, !host.isEmpty,
            let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme)
        else {
            throw Failure(
                .misconfigured,
                "the remote-write address in METRICS_SINK must be absolute, such as "
                    + "remote-write:https://prometheus.example.com/api/v1/write")
        }
        guard parts.user == nil, parts.password == nil else {
            throw Failure(
                .misconfigured,
                "the remote-write address in METRICS_SINK holds credentials; put them into "
                    + "REMOTE_WRITE_USERNAME and REMOTE_WRITE_PASSWORD")
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
                "REMOTE_WRITE_HEADERS has an Authorization beside the credentials in "
                    + "REMOTE_WRITE_BEARER_TOKEN or REMOTE_WRITE_USERNAME; keep one of them")
        }
    }
}
