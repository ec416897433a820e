import Domain
import Host
import Ports

/// The paths and their handlers.
struct Routes: Sendable {
    private let service: Service
    private let events: EventEndpoint
    private let guesses: GuessDelay
    private let metrics: MetricsEndpoint

    init(_ service: Service, _ limits: HTTPHost.Limits) {
        self.service = service
        events = EventEndpoint(service, limits)
        guesses = GuessDelay(on: service.adapters.time)
        metrics = MetricsEndpoint(service)
    }

    /// Responds to one request.
    @Sendable func answer(_ request: HTTPServerRequest) async -> HTTPServerResponse {
        switch (request.path, request.method) {
        case ("/", "POST"): await events.answer(request)
        case ("/", "OPTIONS"): Self.options(request)
        case ("/", _): Self.wrongMethod(allowed: "OPTIONS, POST")
        case ("/healthz", "GET"), ("/healthz", "HEAD"): .text(200, "ok")
        case ("/readyz", "GET"), ("/readyz", "HEAD"): await ready()
        case ("/metrics", "GET"), ("/metrics", "HEAD"): await metrics.answer(request)
        case ("/healthz", _), ("/readyz", _), ("/metrics", _):
            Self.wrongMethod(allowed: "GET, HEAD")
        case ("/authorize", _) where service.functions.contains(.onAuthorize):
            await page(.onAuthorize, request)
        case ("/authorize/callback", _) where service.functions.contains(.onAuthorizeCallback):
            await page(.onAuthorizeCallback, request)
        default:
            .failure(
                Failure(.notFound, "there is nothing at this path: events are taken by POST /"),
                status: 404)
        }
    }

    /// Whether events can be handled: the store responds.
    ///
    /// What is wrong with an organization is no reason to send its events elsewhere, and it is nobody
    /// else's business, so it is not here.
    private func ready() async -> HTTPServerResponse {
        do throws(Failure) {
            _ = try await service.adapters.store.entry(for: .tickRun)
            return .text(200, "ok")
        } catch {
            return .text(503, "the state store does not respond: \(error.code.rawValue)")
        }
    }

    private func page(
        _ name: FunctionName, _ request: HTTPServerRequest
    ) async -> HTTPServerResponse {
        guard request.method == "GET" else { return Self.wrongMethod(allowed: "GET") }
        let response = HTTPServerResponse(page: await service.conclude(name, request.webEvent))
        return await guesses.passing(response, to: request.webEvent)
    }

    private static func wrongMethod(allowed: String) -> HTTPServerResponse {
        .failure(
            Failure(.malformedEvent, "this path takes \(allowed)"), status: 405,
            fields: ["allow": allowed])
    }

    /// Lists the allowed methods and grants permission to send events.
    ///
    /// Source: "Abuse Protection" of
    /// <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md>: a sender
    /// first asks here for permission. Access control happens in front of this program, as for any
    /// other event, so every sender that reaches this point has permission. Excess load gets a 503.
    private static func options(_ request: HTTPServerRequest) -> HTTPServerResponse {
        var fields = ["allow": "OPTIONS, POST"]
        if let origin = request[field: "webhook-request-origin"] {
            fields["webhook-allowed-origin"] = origin
            if request[field: "webhook-request-rate"] != nil {
                fields["webhook-allowed-rate"] = "*"
            }
        }
        return HTTPServerResponse(status: 200, fields: fields)
    }
}
