import Domain
public import Host
public import Logging
import Ports

extension Adapters {
    /// Writes how many dead letters the bus has to the metrics backends, after a tick.
    ///
    /// A function has no bus, so the host does it. Only a bus that lists its events can be asked. Like
    /// all samples about the collector, it is told if they are not written, and stops nothing.
    public func writeQueueMetrics(_ settings: Settings, logger: Logger) async {
        guard settings.writesCollectorMetrics, !settings.sinks.isEmpty,
            let bus = bus as? any EventBus
        else { return }
        let reason: String?
        do throws(Failure) {
            var report = CollectorReport(at: clock.now(), tags: settings.tags)
            report.add(.deadLetters, Double(try await bus.queued().count { $0.due == nil }))
            reason = await sink.refusal(of: report)
        } catch {
            reason = error.message
        }
        guard let reason else { return }
        logger.warning("the number of dead letters was not written to the backends: \(reason)")
    }
}
