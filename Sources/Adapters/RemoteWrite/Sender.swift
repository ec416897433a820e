import Toolbox
import Domain
import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Sends one request until it is answered for good, or no further attempt is worth it.
struct Sender: Sendable {
    /// A backend's last word on a request.
    enum Answer: Sendable {
        /// It has the samples.
        case taken
        /// It will not take the request as it is; sending it again will not help.
        case refused(Refusal)
    }

    /// Why a request was refused.
    struct Refusal: Hashable, Sendable {
        /// The status and what the backend said, as one line.
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

    /// Sends a body.
    ///
    /// - Parameter body: A compressed write request.
    /// - Returns: The backend's last word.
    /// - Throws: `unauthorized` or `misconfigured` if the settings have to change, `malformedReply`
    ///   if the backend says it read nothing, `cancelled`, and after the last attempt
    ///   `rateLimited`, `timedOut` or `unavailable`, with the wait that the backend asked for.
    func send(_ body: [UInt8]) async throws(Failure) -> Answer {
        try await retry.run("sending to \(settings.place)", on: time, wallClock, entropy) {
            () async throws(Failure) in try await sendOnce(body)
        }
    }

    private var retry: RetryPolicy {
        RetryPolicy(
            attemptCountMax: settings.limits.attemptsMax, firstWait: .milliseconds(250),
            waitMax: settings.limits.waitMax, totalTimeMax: settings.limits.retryTimeMax)
    }

    private func sendOnce(_ body: [UInt8]) async throws(Failure) -> Answer {
        let request = HTTPClientRequest(
            "POST", settings.url, fields: fields, secretFields: secretFields, body: body,
            timeout: settings.limits.timeout)
        let reply = try await transport.send(request)
        return try await judge(reply)
    }
}

extension Sender {
    /// What a reply means; the rules of remote write 1.0 and where backends differ from them.
    private func judge(_ reply: HTTPClientResponse) async throws(Failure) -> Answer {
        if 200...299 ~= reply.status {
            // "204 = valid, but the WriteRequest is empty": ours never is.
            guard settings.backend != .coralogix || reply.status != 204 else {
                throw Failure(
                    .malformedReply,
                    "\(settings.place) answered 204: it read an empty request from one that was not"
                )
            }
            // A body that is read to its end leaves the connection to the next request.
            _ = await beginning(of: reply.body)
            return .taken
        }
        let said = BackendText.clean(await beginning(of: reply.body), without: secrets)
        let text = said.isEmpty ? "\(reply.status)" : "\(reply.status): \(said)"
        let delay = reply.fields["retry-after"].flatMap {
            RetryAfter.duration($0, now: wallClock.now())
        }
        switch reply.status {
        case 401, 403:
            throw Failure(
                .unauthorized,
                "\(settings.place) answered \(text); check \(settings.credentialVariables)")
        case 300...399, 404, 405, 415:
            throw Failure(
                .misconfigured,
                "\(settings.place) answered \(text); the address in METRICS_SINK looks wrong, its "
                    + "path is usually /api/v1/write (/prometheus/v1 at Coralogix, /api/v1/push at "
                    + "Mimir, /api/prom/push at Grafana Cloud, /api/v1/receive at Thanos)")
        case 413: return .refused(Refusal(text: text, isAboutSize: true))
        case 429:
            throw Failure(
                .rateLimited, "\(settings.place) answered \(text)", delay: delay)
        case 500 where Self.finalWords.contains(where: { said.contains($0) }):
            return .refused(Refusal(text: text))
        case 500...: throw Failure(.unavailable, "\(settings.place) answered \(text)", delay: delay)
        default: return .refused(Refusal(text: text))
        }
    }

    /// What Prometheus before 2.50 and 2.55 says in a 500 about samples that it will never take.
    ///
    /// Sources: its changelog, #13335 and #14716.
    private static let finalWords = [
        "too old sample", "out of order sample", "out of bounds", "duplicate sample",
        "invalid sample", "is not unique",
    ]

    /// As much of a body as can be worth quoting; an error while it is read ends it.
    private func beginning(of body: HTTPBody) async -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < 4_096, let chunk = try? await body.next() { bytes += chunk }
        return Array(bytes.prefix(4_096))
    }
}

extension RemoteWriteSettings {
    /// Where a person corrects the credentials.
    fileprivate var credentialVariables: String {
        switch (backend, authorization) {
        case (.coralogix, _): "CORALOGIX_API_KEY: it must be a Send-Your-Data key of this region"
        case (.generic, .bearer): "REMOTE_WRITE_BEARER_TOKEN"
        case (.generic, .basic): "REMOTE_WRITE_USERNAME and REMOTE_WRITE_PASSWORD"
        case (.generic, .none):
            "REMOTE_WRITE_BEARER_TOKEN, REMOTE_WRITE_USERNAME and REMOTE_WRITE_PASSWORD, or "
                + "REMOTE_WRITE_HEADERS"
        }
    }
}
