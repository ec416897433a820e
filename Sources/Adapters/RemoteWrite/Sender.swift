import Domain
import Ports
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Sends one request until the backend accepts or rejects it, or another attempt is not worthwhile.
struct Sender: Sendable {
    /// A backend's final response to a request.
    enum Response: Sendable {
        /// The backend has the samples.
        case accepted
        /// The backend does not accept the request as it is. Sending it again does not help.
        case rejected(Rejection)
    }

    /// Why a request was rejected.
    struct Rejection: Hashable, Sendable {
        /// The status and the backend's message, in one line.
        var text: String
        /// Whether the request was only too large.
        var isAboutSize = false
    }

    private let settings: RemoteWriteSettings
    private let transport: any HTTPTransport
    private let time: any Clock<Duration>
    private let wallClock: any WallClock
    private let entropy: any Entropy
    private let fields: [String: String]
    private let secretFields: [String: Secret]
    private let secrets: [Secret]

    init(
        _ settings: RemoteWriteSettings, _ transport: any HTTPTransport,
        _ time: any Clock<Duration>, _ wallClock: any WallClock, _ entropy: any Entropy
    ) {
        self.settings = settings
        self.transport = transport
        self.time = time
        self.wallClock = wallClock
        self.entropy = entropy
        fields = [
            "content-encoding": "snappy", "content-type": "application/x-protobuf",
            "user-agent": settings.userAgent, "x-prometheus-remote-write-version": "0.1.0",
        ]
        // "These headers MUST be set and MUST NOT be overridden by users."
        var secretFields = settings.headers
        for name in fields.keys { secretFields[name] = nil }
        var secrets = Array(settings.headers.values)
        switch settings.authorization {
        case .none: break
        case .bearer(let token):
            secretFields["authorization"] = token.reveal { Secret("Bearer \($0)") }
            secrets.append(token)
        case .basic(let username, let password):
            let pair = password.reveal { Data("\(username):\($0)".utf8).base64EncodedString() }
            secretFields["authorization"] = Secret("Basic \(pair)")
            secrets += [password, Secret(pair)]
        }
        self.secretFields = secretFields
        self.secrets = secrets
    }

    /// Sends a request body.
    ///
    /// - Parameter body: A compressed write request.
    /// - Throws: `unauthorized` or `misconfigured` if the settings have to change; `malformedReply`
    ///   if the backend read an empty request; `cancelled`; or, after the last attempt,
    ///   `rateLimited`, `timedOut` or `unavailable`, with the wait that the backend asked for.
    func send(_ body: [UInt8]) async throws(Failure) -> Response {
        try await retry.run("sending to \(settings.place)", on: time, wallClock, entropy) {
            () async throws(Failure) in try await sendOnce(body)
        }
    }

    private var retry: RetryPolicy {
        RetryPolicy(
            attemptCountMax: settings.limits.attemptsMax, firstWait: .milliseconds(250),
            waitMax: settings.limits.waitMax, totalTimeMax: settings.limits.retryTimeMax)
    }

    private func sendOnce(_ body: [UInt8]) async throws(Failure) -> Response {
        var timeout = settings.limits.timeout
        if let left = Deadline.timeLeft(at: wallClock.now()) {
            guard left > .zero else {
                throw Failure(
                    .timedOut, "\(settings.place): no time is left in this run to send samples")
            }
            timeout = min(timeout, left)
        }
        let reply = try await transport.send(
            HTTPClientRequest(
                "POST", settings.url, fields: fields, secretFields: secretFields, body: body,
                timeout: timeout))
        return try await response(to: reply)
    }
}

extension Sender {
    /// Applies the rules of remote write 1.0, and those of backends that differ from it.
    private func response(to reply: HTTPClientResponse) async throws(Failure) -> Response {
        if 200...299 ~= reply.status {
            // "204 = valid, but the WriteRequest is empty": ours never is.
            guard settings.backend != .coralogix || reply.status != 204 else {
                throw Failure(
                    .malformedReply,
                    "\(settings.place) returned 204: it read a request with samples as an empty one"
                )
            }
            // Once the body is read to its end, the connection can be used again.
            _ = await beginning(of: reply.body)
            return .accepted
        }
        let body = await beginning(of: reply.body)
        let message = BackendMessage.text(body, without: secrets)
        let text = message.isEmpty ? "\(reply.status)" : "\(reply.status): \(message)"
        let delay = reply.fields["retry-after"].flatMap {
            RetryAfter.duration($0, now: wallClock.now())
        }
        switch reply.status {
        case 401, 403:
            throw Failure(
                .unauthorized,
                "\(settings.place) returned \(text). Check \(settings.credentialVariables).")
        case 404 where message.contains("remote write receiver needs to be enabled"):
            throw Failure(
                .misconfigured,
                "Prometheus at \(settings.place) does not accept remote write yet. Start it with "
                    + "--web.enable-remote-write-receiver.")
        case 300...399, 404, 405, 415:
            throw Failure(
                .misconfigured,
                "\(settings.place) returned \(text). Check the address in METRICS_SINK: its path is "
                    + "usually /api/v1/write (/prometheus/v1 at Coralogix, /api/v1/push at Mimir, "
                    + "/api/prom/push at Grafana Cloud, /api/v1/receive at Thanos).")
        case 413: return .rejected(Rejection(text: text, isAboutSize: true))
        case 429:
            throw Failure(.rateLimited, "\(settings.place) returned \(text)", delay: delay)
        case 500 where Self.isFinal(body): return .rejected(Rejection(text: text))
        case 500...:
            throw Failure(.unavailable, "\(settings.place) returned \(text)", delay: delay)
        default: return .rejected(Rejection(text: text))
        }
    }

    /// Whether the body of a 500 is about samples that the backend will never accept.
    ///
    /// Prometheus before 2.50 and 2.55 responded like this. Sources: its changelog, #13335 and
    /// #14716.
    private static func isFinal(_ body: [UInt8]) -> Bool {
        let message = String(decoding: body, as: UTF8.self)
        return [
            "too old sample", "out of order sample", "out of bounds", "duplicate sample",
            "invalid sample", "is not unique",
        ].contains { message.contains($0) }
    }

    /// Reads as much of a body as is worth quoting.
    ///
    /// An error while reading ends it.
    private func beginning(of body: HTTPBody) async -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < 4_096, let chunk = try? await body.next() { bytes += chunk }
        return Array(bytes.prefix(4_096))
    }
}

extension Sender.Rejection {
    /// The words of Prometheus, Mimir and Thanos for a sample of the past.
    private static let ageWords = ["too old", "out of bounds", "out of order", "too far behind"]

    /// The backend's setting that would let it accept samples like these; nil if none is known.
    ///
    /// - Parameter reason: The backend's message.
    static func remedy(for reason: String) -> String? {
        guard ageWords.contains(where: reason.lowercased().contains) else { return nil }
        return "The backend does not accept samples that old: raise"
            + " storage.tsdb.out_of_order_time_window in the configuration file of Prometheus, or"
            + " out_of_order_time_window in the limits of Mimir or Grafana Cloud"
    }
}

extension RemoteWriteSettings {
    /// The variables that hold the credentials, for a person who corrects them.
    fileprivate var credentialVariables: String {
        switch (backend, authorization) {
        case (.coralogix, _):
            "CORALOGIX_API_KEY: it must be a Send-Your-Data key of this region"
        case (.generic, .bearer): "REMOTE_WRITE_BEARER_TOKEN"
        case (.generic, .basic): "REMOTE_WRITE_USERNAME and REMOTE_WRITE_PASSWORD"
        case (.generic, .none):
            "REMOTE_WRITE_BEARER_TOKEN, REMOTE_WRITE_USERNAME and REMOTE_WRITE_PASSWORD, or "
                + "REMOTE_WRITE_HEADERS"
        }
    }
}
