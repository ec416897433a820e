import Toolbox
public import CloudEvents
public import Domain
public import Ports

/// Hands events to whoever takes CloudEvents over HTTP: a Knative broker, or another instance.
///
/// Each event is a request of its own, because receivers need not take batches, and travels in the
/// structured mode: one document, so nothing depends on header fields that a proxy may drop and that
/// some receivers do not percent-decode.
///
/// What an answer means is Knative's table,
/// <https://github.com/knative/specs/blob/main/specs/eventing/data-plane.md#event-acknowledgement-and-delivery-retry>.
public struct HTTPPublisher: EventPublisher {
    /// How hard it tries.
    public struct Limits: Hashable, Sendable {
        /// The most requests at once.
        public var parallel: Int
        /// How often one event is sent at most.
        public var attemptsMax: Int
        /// The longest wait between two attempts; who asks for more is asked by the next event.
        public var waitMax: Duration
        /// The longest one exchange may take: a broker answers at once, but who collects before
        /// answering needs its time.
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
    ///   - url: Where events are posted; it may hold a password and is never shown.
    ///   - extensions: Attributes that each event gets on its way.
    ///   - transport: Sends the requests.
    ///   - time: Paces attempts.
    ///   - wallClock: Reads a date in `Retry-After`.
    ///   - entropy: Spreads attempts.
    ///   - limits: How hard it tries.
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

    /// Posts each event; when it returns, all of them were taken.
    ///
    /// - Throws: The first failure, after which nothing more is begun.
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
        // A body that is read to its end leaves the connection to the next request.
        _ = try? await reply.body.bytes()
        let delay = reply.fields["retry-after"].flatMap {
            RetryAfter.duration($0, now: wallClock.now())
        }
        let said = "EVENT_BUS answered \(reply.status)"
        switch reply.status {
        case 200...299: return
        case 429: throw Failure(.rateLimited, said, delay: delay)
        case 404, 408, 409, 500...: throw Failure(.unavailable, said, delay: delay)
        case 401, 403:
            throw Failure(.forbidden, "\(said): it does not take events from here")
        case 413: throw Failure(.limitExceeded, "\(said): the event is too large for it")
        case 300...399, 405, 415:
            throw Failure(
                .misconfigured,
                "\(said): set EVENT_BUS or K_SINK to an address that takes CloudEvents by POST")
        default: throw Failure(.rejected, said)
        }
    }
}
