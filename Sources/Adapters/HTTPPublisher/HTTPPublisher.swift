public import CloudEvents
public import Domain
public import Ports
import Toolbox

/// Publishes events as CloudEvents over HTTP, for example to a Knative broker.
///
/// Each event is a separate request, because receivers need not support batches. It is sent in the
/// structured mode, because proxies may drop header fields, and some receivers do not percent-decode
/// them.
///
/// The meaning of a status follows Knative,
/// <https://github.com/knative/specs/blob/main/specs/eventing/data-plane.md#event-acknowledgement-and-delivery-retry>.
public struct HTTPPublisher: EventPublisher {
    /// The limits of a publisher.
    public struct Limits: Hashable, Sendable {
        /// The most concurrent requests.
        public var parallel: Int
        /// The most attempts per event.
        public var attemptsMax: Int
        /// The longest wait between attempts.
        ///
        /// If the receiver asks for a longer one, publishing fails.
        public var waitMax: Duration
        /// The longest time per request.
        ///
        /// A broker responds at once, but a receiver may also respond only after collecting.
        public var timeout: Duration

        /// Creates limits.
        public init(
            parallel: Int = 16, attemptsMax: Int = 4, waitMax: Duration = .seconds(10),
            timeout: Duration = .seconds(300)
        ) {
            self.parallel = max(1, parallel)
            self.attemptsMax = max(1, attemptsMax)
            self.waitMax = waitMax
            self.timeout = timeout
        }
    }

    private let url: String
    private let extensions: EventExtensions
    private let transport: any HTTPTransport
    private let time: any Clock<Duration>
    private let wallClock: any WallClock
    private let entropy: any Entropy
    private let limits: Limits

    /// Creates a publisher.
    ///
    /// - Parameters:
    ///   - url: The URL to which events are posted. It may contain a password and is never shown.
    ///   - extensions: Additional attributes of all events.
    ///   - time: Measures the waits between attempts.
    ///   - wallClock: Resolves a date in `Retry-After`.
    ///   - entropy: Randomizes the waits.
    public init(
        url: String, extensions: EventExtensions = .none, transport: any HTTPTransport,
        time: any Clock<Duration>, wallClock: any WallClock, entropy: any Entropy,
        limits: Limits = Limits()
    ) {
        self.url = url
        self.extensions = extensions
        self.transport = transport
        self.time = time
        self.wallClock = wallClock
        self.entropy = entropy
        self.limits = limits
    }

    /// Posts each event.
    ///
    /// When the method returns, the receiver has accepted all of them.
    ///
    /// - Throws: The first failure, after which no further request is sent.
    public func publish(_ events: [CloudEvent]) async throws(Failure) {
        _ = try await events.concurrentMap(atMost: limits.parallel) { event throws(Failure) in
            try await post(event)
        }
    }

    private func post(_ event: CloudEvent) async throws(Failure) {
        let message = EventMessage(event, .structured, extensions: extensions)
        var fields = message.fields
        fields["traceparent"] = event.traceparent
        let request = HTTPClientRequest(
            "POST", url, fields: fields, body: message.body, timeout: limits.timeout)
        do throws(Failure) {
            try await retry.run("publishing", on: time, wallClock, entropy) {
                () async throws(Failure) in try await send(request)
            }
        } catch {
            throw Failure(
                error.code, "the event \(event.id) was not published: \(error.message)",
                delay: error.delay)
        }
    }

    // Follow-up events are published in the time that the deadline keeps in reserve.
    private var retry: RetryPolicy {
        RetryPolicy(
            attemptCountMax: limits.attemptsMax, firstWait: .milliseconds(250),
            waitMax: limits.waitMax, reserve: .zero)
    }

    private func send(_ request: HTTPClientRequest) async throws(Failure) {
        let reply = try await transport.send(request)
        // The connection can be reused when the body has been read.
        let body = (try? await reply.body.bytes()) ?? []
        let delay = reply.fields["retry-after"].flatMap {
            RetryAfter.duration($0, now: wallClock.now())
        }
        let said = "EVENT_BUS responded with status \(reply.status)"
        switch reply.status {
        case 200...299:
            guard HTMLPage.isLikely(reply.fields["content-type"], body) else { return }
            throw Failure(
                .unavailable,
                "\(said) and an HTML page: a proxy or filter answered for the broker, or EVENT_BUS or "
                    + "K_SINK is the address of a page", delay: delay)
        case 407:
            throw Failure(
                .misconfigured,
                "\(said): the proxy asks for credentials. Write them into the address in HTTPS_PROXY."
            )
        case 429: throw Failure(.rateLimited, said, delay: delay)
        case 404, 408, 409, 500...: throw Failure(.unavailable, said, delay: delay)
        case 401, 403:
            throw Failure(.forbidden, "\(said): it does not accept events from this sender")
        case 413: throw Failure(.limitExceeded, "\(said): the event is too large")
        case 300...399, 405, 415:
            throw Failure(
                .misconfigured,
                "\(said). Set EVENT_BUS or K_SINK to an address that accepts CloudEvents by POST.")
        default: throw Failure(.rejected, said)
        }
    }
}
