import CloudEvents
import Host
import Logging
import Ports

extension Invocation {
    /// Keeps and publishes what follows, and says how it all came out.
    func answer(
        publishingOn bus: (any EventPublisher)?, trace: TraceParent? = nil, logger: Logger
    ) async -> HTTPServerResponse {
        let ending = await concluded(on: bus, traceparent: trace?.description, logger: logger)
        if let failure = ending.failure { return .failure(failure) }
        guard let seconds = retryAfterSeconds else { return .json(200, output) }
        // Part of it may succeed later, and only a status that is no success brings it again.
        return .json(503, output, fields: ["retry-after": String(seconds)])
    }
}
