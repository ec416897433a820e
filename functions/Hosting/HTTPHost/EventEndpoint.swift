import CloudEvents
import Domain
import FunctionInterface
import Host
import Logging
import Ports
import Toolbox

/// Receives events by `POST /`.
///
/// It reads an event, runs the function and publishes follow-up events. Only then does it respond,
/// because the response is the receipt after which the sender discards the event.
struct EventEndpoint: Sendable {
    private let service: Service
    private let function: FunctionName
    private let limits: HTTPHost.Limits
    private let places: ConcurrencyLimiter

    init(_ service: Service, _ limits: HTTPHost.Limits) {
        self.service = service
        function = service.primary
        self.limits = limits
        places = ConcurrencyLimiter(total: limits.parallel)
    }

    func answer(_ request: HTTPServerRequest) async -> HTTPServerResponse {
        let content: EventContent
        do throws(Failure) {
            content = try EventContent.read(request.fields, body: try await request.body())
        } catch {
            return refuse(error, status: Self.status(ofUnread: error))
        }
        if case .unsupported(let sentence) = content {
            return refuse(Failure(.malformedEvent, sentence), status: 415)
        }
        let trace = TraceParent(request[field: "traceparent"] ?? content.traceParent ?? "")
        var logger = service.logger
        logger[metadataKey: "trace_id"] = trace.map { "\($0.traceID)" }
        logger[metadataKey: "span_id"] = trace.map { "\($0.spanID)" }
        logger[metadataKey: "event"] = content.id.map { "\($0)" }
        let work = { @Sendable [service, function, limits, logger] in
            // The deadline starts here: time spent in line does not count against the event.
            let deadline = service.adapters.clock.now().advanced(by: limits.eventTime)
            let conclusion = await service.invoker(logger: logger)
                .run(function, on: content, deadline: deadline)
            let acknowledgement = ResponseAcknowledgement(
                service.adapters.bus, traceparent: trace?.description, logger: logger)
            let event = await Concluder(logger: logger)
                .conclude(conclusion, by: acknowledgement)
            return HTTPServerResponse(event.conclusion)
        }
        let ending = await inPlace(work)
        if request.prefersReply, ending.status == 200 { return HTTPServerResponse(status: 204) }
        return ending
    }

    /// Runs an event once a slot is free, within its time limit.
    private func inPlace(
        _ work: @escaping @Sendable () async -> HTTPServerResponse
    ) async -> HTTPServerResponse {
        let (places, time) = (places, service.adapters.time)
        guard await time.limited(to: limits.lineTime, { await places.enter() }).value else {
            return refuse(
                Failure(.unavailable, "too many events at once: send it again later"), status: nil)
        }
        defer { places.leave() }
        let ending = await time.limited(to: limits.eventTime, work)
        guard ending.isLate, ending.value.status != 200 else { return ending.value }
        let seconds = limits.eventTime.components.seconds
        return refuse(
            Failure(.timedOut, "\(function.rawValue) took longer than \(seconds) s"), status: nil)
    }

    private func refuse(_ failure: Failure, status: Int?) -> HTTPServerResponse {
        let answer = HTTPServerResponse.failure(failure, status: status)
        service.logger.notice(
            "refused a request: \(failure.message)", metadata: ["status": "\(answer.status)"])
        return answer
    }

    /// The status for a body that could not be read.
    private static func status(ofUnread failure: Failure) -> Int? {
        switch failure.code {
        case .limitExceeded: 413
        case .timedOut: 408
        case .unavailable: 400
        default: nil
        }
    }
}

extension EventContent {
    fileprivate var id: String? { if case .event(let event) = self { event.id } else { nil } }

    fileprivate var traceParent: String? {
        if case .event(let event) = self { event.attributes["traceparent"] } else { nil }
    }
}

extension HTTPServerRequest {
    /// Whether the sender would treat a response with a body as a new event.
    ///
    /// Knative's brokers announce this, and treat a body that is not a CloudEvent as a failed
    /// delivery:
    /// <https://github.com/knative/specs/blob/main/specs/eventing/data-plane.md#derived-reply-events>.
    fileprivate var prefersReply: Bool {
        let preferences = self[field: "prefer"] ?? ""
        return preferences.lowercased().split { ", ;".contains($0) }.contains("reply")
    }
}

extension Invoker {
    fileprivate func run(
        _ name: FunctionName, on content: EventContent, deadline: Timestamp
    ) async -> Conclusion {
        switch content {
        case .event(let event): await run(name, event: event, deadline: deadline)
        case .bare(let event): await run(name, event: event, deadline: deadline)
        case .unsupported(let sentence):
            Conclusion(name, failure: Failure(.malformedEvent, sentence))
        }
    }
}
