/// The table that says what a backend means by an error status.
///
/// The first matching row decides. Remote write 1.0 only says that 5xx and 429 may be retried, and 4xx
/// must not be. Backends and the proxies before them differ:
/// <https://prometheus.io/docs/specs/prw/remote_write_spec/>, and the sources at the rows.
enum BackendRefusals {
    /// What to do.
    enum Verdict: Hashable, Sendable {
        /// The credentials are wrong.
        case credentials
        /// A proxy in between asks for credentials.
        case proxyCredentials
        /// The address is wrong.
        case address
        /// The request was too large.
        case tooLarge
        /// The backend asks for fewer requests.
        case pause
        /// The backend is not available; the same request may succeed later.
        case wait
        /// As ``wait``, unless the backend keeps saying the same: then some samples may be at fault.
        case doubtful
        /// The backend does not accept some of the samples.
        case refused
    }

    private struct Row: Sendable {
        let statuses: ClosedRange<Int>
        var phrases: [String] = []
        let verdict: Verdict
    }

    // swift-format-ignore
    private static let rows: [Row] = [
        Row(statuses: 401...401, verdict: .credentials),
        Row(statuses: 403...403, verdict: .credentials),
        Row(statuses: 300...399, verdict: .address),
        Row(statuses: 407...407, verdict: .proxyCredentials),
        Row(statuses: 404...405, verdict: .address),
        Row(statuses: 415...415, verdict: .address),
        Row(statuses: 413...413, verdict: .tooLarge),
        Row(statuses: 429...429, verdict: .pause),
        // Proxies, and some backends when they are slow: prometheus#12409, GreptimeDB#8639. 499 is
        // nginx's word for a client that went away.
        Row(statuses: 408...408, verdict: .wait),
        Row(statuses: 425...425, verdict: .wait),
        Row(statuses: 499...499, verdict: .wait),
        // Prometheus before 2.50 and 2.55, about samples that it will never accept: #13335, #14716.
        Row(statuses: 500...500, phrases: ["too old sample", "out of order sample", "out of bounds", "duplicate sample", "invalid sample", "is not unique"], verdict: .refused),
        // Gateways that do not reach the backend.
        Row(statuses: 502...502, verdict: .wait),
        Row(statuses: 504...504, verdict: .wait),
        // The sign-in page of a network.
        Row(statuses: 511...511, verdict: .wait),
        // M3 says 500 of a label that is too long (#3410), Thanos 503 and 500 of conflicts (#8727).
        Row(statuses: 500...599, verdict: .doubtful),
    ]

    /// Returns what a status that is not from 200 to 299 means.
    ///
    /// - Parameter body: The beginning of the body.
    static func verdict(on status: Int, _ body: [UInt8]) -> Verdict {
        let message = String(decoding: body, as: UTF8.self)
        let row = rows.first { row in
            row.statuses ~= status
                && (row.phrases.isEmpty || row.phrases.contains { message.contains($0) })
        }
        return row?.verdict ?? .refused
    }
}
