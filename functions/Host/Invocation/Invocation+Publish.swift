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
        let count: Logger.Metadata = ["events": "\(events.count)"]
        guard !events.isEmpty else { return .done }
        guard let bus else {
            logger.notice(
                "EVENT_BUS is not set: the events stand in the result and nowhere else",
                metadata: count)
            return .done
        }
        do throws(Failure) {
            try await bus.publish(events)
            logger.info("published on EVENT_BUS", metadata: count)
            return .done
        } catch {
            logger.error(
                "publishing failed: run the same event again", error: error, metadata: count)
            return .fault
        }
    }
}
