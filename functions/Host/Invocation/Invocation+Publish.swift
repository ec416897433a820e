import Domain
public import Logging
public import Ports

extension Invocation {
    /// Sends on what follows from the event.
    ///
    /// - Parameters:
    ///   - bus: Where events travel; nil if they stay in the result.
    ///   - logger: Hears what became of them.
    /// - Returns: `fault` if some may not have been taken: the same event again publishes them again.
    public func publish(on bus: (any EventPublisher)?, logger: Logger) async -> CommandStatus {
        do throws(Failure) {
            try await send(on: bus, logger: logger)
            return .done
        } catch {
            return .fault
        }
    }

    /// Sends on what follows from the event, for a host that has to say why it could not.
    ///
    /// - Parameters:
    ///   - bus: Where events travel; nil if they stay in the result.
    ///   - traceparent: What each event carries on of the trace that the event came with.
    ///   - logger: Hears what became of them.
    /// - Throws: `unavailable`, whatever the reason: nobody else has these events, so the one they
    ///   follow from has to come again.
    public func send(
        on bus: (any EventPublisher)?, traceparent: String? = nil, logger: Logger
    ) async throws(Failure) {
        let count: Logger.Metadata = ["events": "\(events.count)"]
        guard !events.isEmpty else { return }
        guard let bus else {
            logger.notice(
                "EVENT_BUS is not set: the events stand in the result and nowhere else",
                metadata: count)
            return
        }
        var events = events
        if let traceparent {
            for index in events.indices { events[index].traceparent = traceparent }
        }
        do throws(Failure) {
            try await bus.publish(events)
            logger.info("published on EVENT_BUS", metadata: count)
        } catch {
            logger.error(
                "publishing failed: run the same event again", error: error, metadata: count)
            throw Failure(
                .unavailable, "what follows could not be published: \(error.message)",
                delay: error.delay)
        }
    }
}
