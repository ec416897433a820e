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
        /// The failure that it is unless a part of the request is accepted: the backend answered twice
        /// with the same 5xx and the same words.
        var doubt: Failure?
    }

    /// What is compared of two answers.
    private struct Answer: Equatable {
        var status: Int
        var wording: [String]
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
        if let header = settings.authorization.header { secretFields["authorization"] = header }
        self.secretFields = secretFields
        secrets = Array(settings.headers.values) + settings.authorization.secrets
    }

    /// Sends a request body.
    ///
    /// - Parameters:
    ///   - body: A compressed write request.
    ///   - mayDoubt: Whether a 5xx that repeats itself is returned as a doubtful rejection, because
    ///     other parts of the same request are sent too.
    /// - Throws: `unauthorized` or `misconfigured` if the settings have to change; `malformedReply`
    ///   if the backend read an empty request; `cancelled`; or, after the last attempt,
    ///   `rateLimited`, `timedOut` or `unavailable`, with the wait that the backend asked for.
    func send(_ body: [UInt8], mayDoubt: Bool = false) async throws(Failure) -> Response {
        var lastAnswer: Answer?
        return try await retry.run("sending to \(settings.place)", on: time, wallClock, entropy) {
            () async throws(Failure) in
            let response = try await sendOnce(body, after: &lastAnswer)
            if case .rejected(let rejection) = response, let doubt = rejection.doubt, !mayDoubt {
                throw doubt
            }
            return response
        }
    }

    private var retry: RetryPolicy {
        RetryPolicy(
            attemptCountMax: settings.limits.attemptsMax, firstWait: .milliseconds(250),
            waitMax: settings.limits.waitMax, totalTimeMax: settings.limits.retryTimeMax)
    }

    private func sendOnce(
        _ body: [UInt8], after lastAnswer: inout Answer?
    ) async throws(Failure) -> Response {
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
        return try await response(to: reply, after: &lastAnswer)
    }
}

extension Sender {
    /// Applies the rules of remote write 1.0, and those of backends that differ from it.
    ///
    /// - Parameter lastAnswer: The last 5xx to the same request.
    private func response(
        to reply: HTTPClientResponse, after lastAnswer: inout Answer?
    ) async throws(Failure) -> Response {
        if 200...299 ~= reply.status {
            // "204 = valid, but the WriteRequest is empty": ours never is.
            guard settings.backend != .coralogix || reply.status != 204 else {
                throw Failure(
                    .malformedReply,
                    "\(settings.place) returned 204: it read a request with samples as an empty one"
                )
            }
            // Once the body is read to its end, the connection can be used again.
            let body = await beginning(of: reply.body)
            guard !HTMLPage.isLikely(reply.fields["content-type"], body) else {
                throw Failure(
                    .unavailable,
                    "\(settings.place) returned \(reply.status) with an HTML page, so the samples did not "
                        + "arrive: a proxy or filter answered for the backend, or METRICS_SINK is the "
                        + "address of its pages. Allow the host there, or correct the address.")
            }
            return .accepted
        }
        let body = await beginning(of: reply.body)
        let message = BackendMessage.text(body, without: secrets)
        let text = message.isEmpty ? "\(reply.status)" : "\(reply.status): \(message)"
        let delay = reply.fields["retry-after"].flatMap {
            RetryAfter.duration($0, now: wallClock.now())
        }
        let verdict = BackendRefusals.verdict(on: reply.status, body)
        switch verdict {
        case .credentials:
            throw Failure(
                .unauthorized,
                "\(settings.place) returned \(text). Check \(settings.credentialVariables).")
        case .address where message.contains("remote write receiver needs to be enabled"):
            throw Failure(
                .misconfigured,
                "Prometheus at \(settings.place) does not accept remote write yet. Start it with "
                    + "--web.enable-remote-write-receiver.")
        case .address:
            throw Failure(
                .misconfigured,
                "\(settings.place) returned \(text). Check the address in METRICS_SINK: its path is "
                    + "usually /api/v1/write (/prometheus/v1 at Coralogix, /api/v1/push at Mimir, "
                    + "/api/prom/push at Grafana Cloud, /api/v1/receive at Thanos).")
        case .proxyCredentials:
            throw Failure(
                .misconfigured,
                "the proxy asks for credentials (status 407). Write them into the address in "
                    + "HTTPS_PROXY, as http://user:password@host:port.")
        case .tooLarge: return .rejected(Rejection(text: text, isAboutSize: true))
        case .pause:
            throw Failure(.rateLimited, "\(settings.place) returned \(text)", delay: delay)
        case .wait:
            throw Failure(.unavailable, "\(settings.place) returned \(text)", delay: delay)
        case .doubtful:
            let failure = Failure(
                .unavailable, "\(settings.place) returned \(text)", delay: delay)
            // Who names a wait expects the same request again.
            let answer = Answer(status: reply.status, wording: BackendMessage.wording(body))
            guard delay == nil, !answer.wording.isEmpty, answer == lastAnswer else {
                lastAnswer = answer
                throw failure
            }
            return .rejected(Rejection(text: text, doubt: failure))
        case .refused: return .rejected(Rejection(text: text))
        }
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
