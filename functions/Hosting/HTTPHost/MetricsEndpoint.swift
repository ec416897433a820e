import Authorization
import Domain
import Host
import Ports
public import SelfMetrics

/// Answers `GET /metrics` of a function host.
struct MetricsEndpoint: Sendable {
    private let metrics: SelfMetrics
    private let token: SetupToken?
    private let hashing: any Hashing

    init(_ service: Service) {
        metrics = SelfMetrics(
            program: "copilot-functions", store: service.adapters.store,
            bus: service.adapters.bus, clock: service.adapters.clock)
        token = SetupToken(service.setupToken)
        hashing = service.adapters.hashing
    }

    /// Responds with the document.
    ///
    /// Where `SETUP_TOKEN` is set, the request must present it, as for every page. Where it is not, as
    /// at a function that takes events only, anyone on the network may ask, and no organization is
    /// named.
    func answer(_ request: HTTPServerRequest) async -> HTTPServerResponse {
        if let token, !token.isPresented(in: request.webEvent, hashing: hashing) {
            return .text(
                401,
                "The setup token is missing or wrong. Present it as the password of basic"
                    + " authentication.", fields: SetupToken.challenge)
        }
        return await HTTPServerResponse(metrics, hasNames: token != nil)
    }
}

extension HTTPServerResponse {
    /// The page `/metrics`.
    ///
    /// - Parameter hasNames: Whether organizations are named.
    public init(_ metrics: SelfMetrics, hasNames: Bool = true) async {
        self.init(
            status: 200, fields: SelfMetrics.fields,
            body: await metrics.document(hasNames: hasNames))
    }
}
