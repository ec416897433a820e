import Domain
public import Logging
public import Ports

extension Invocation {
    /// Keeps the state of the result and sends on what follows from the event.
    ///
    /// - Parameters:
    ///   - bus: Where events travel; nil if they stay in the result.
    ///   - traceparent: What each event carries on of the trace that the event came with.
    ///   - logger: Hears what became of them.
    /// - Returns: The same, with nothing left to keep; or the failure. Where there are events it is
    ///   `unavailable`, whatever the reason: nobody else has them, so the one they follow from has
    ///   to come again.
    public func concluded(
        on bus: (any EventPublisher)?, traceparent: String? = nil, logger: Logger
    ) async -> Invocation {
        guard !events.isEmpty else { return await kept(logger: logger) }
        let count: Logger.Metadata = ["events": "\(events.count)"]
        guard let bus else {
            logger.notice(
                "EVENT_BUS is not set: the events stand in the result and nowhere else",
                metadata: count)
            return await kept(logger: logger)
        }
        var events = events
        if let traceparent {
            for index in events.indices { events[index].traceparent = traceparent }
        }
        do throws(Failure) {
            try await bus.publish(events, keeping: changes)
            logger.info("published on EVENT_BUS", metadata: count)
            return concluded
        } catch {
            logger.error(
                "publishing failed: run the same event again", error: error, metadata: count)
            return Invocation(
                function,
                failure: Failure(
                    .unavailable, "what follows could not be published: \(error.message)",
                    delay: error.delay))
        }
    }

    /// Keeps the state of the result, where nothing is sent on with it.
    ///
    /// - Parameter logger: Hears why it could not be kept.
    /// - Returns: The same, with nothing left to keep; or the failure.
    public func kept(logger: Logger) async -> Invocation {
        do throws(Failure) {
            try await changes.keep()
            return concluded
        } catch {
            logger.error("the result could not be kept: run the same event again", error: error)
            return Invocation(function, failure: error)
        }
    }

    private var concluded: Invocation {
        var invocation = self
        invocation.changes = .none
        return invocation
    }
}
