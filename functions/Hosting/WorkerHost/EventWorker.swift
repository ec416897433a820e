public import Domain
public import FunctionInterface
public import Host
import Lifecycle
import Logging
import Ports
import Worker

/// Handles the events of a queue: `copilot-functions work`.
public enum EventWorker {
    /// The longest that one event may spend on requests and waiting.
    ///
    /// After that, the event waits in the queue and its slot is free for another event. No platform
    /// ends an event here, so an event may take as long as an installation token is valid.
    static let eventTime = Duration.seconds(3_600)
    /// The time limit for running work once the worker is asked to stop.
    ///
    /// It is five seconds less than the Kubernetes default.
    static let grace = Duration.seconds(25)
    /// The additional wait for work that does not respond to cancellation.
    static let patience = Duration.seconds(3)

    /// Handles events until the process is asked to stop.
    ///
    /// - Returns: `done`, once running work has finished or returned to the queue.
    /// - Throws: `misconfigured` if `EVENT_BUS` does not point to a queue to receive events from,
    ///   or if the database behind it or behind `STATE_STORE` refuses the connection. The
    ///   worker waits for a database that is unreachable, because it may still be starting.
    public static func serve(_ service: Service) async throws(Failure) -> CommandStatus {
        let queue = try queue(of: service)
        let stop = StopSign()
        do {
            try await withGracefulShutdown(onShutdown: { stop.raise() }) {
                try await reach(service, until: stop)
                guard !stop.isRaised else { return }
                service.logger.notice(
                    "working",
                    metadata: [
                        "bus": "\(service.busName ?? "")",
                        "concurrency": "\(service.concurrency)",
                    ])
                await finished(dispatcher(of: service, on: queue), until: stop)
            }
        } catch {
            throw error as? Failure ?? Failure(.unavailable, "the worker failed: \(error)")
        }
        service.logger.notice("stopped")
        return .done
    }

    private static func queue(of service: Service) throws(Failure) -> any EventQueue {
        guard let queue = service.adapters.bus as? any EventQueue else {
            throw Failure(
                .misconfigured,
                "EVENT_BUS names a place that nothing can be received from: set it to"
                    + " postgres://… or file:DIR")
        }
        return queue
    }

    /// Creates the dispatcher that runs the service's functions on the events of a queue.
    static func dispatcher(of service: Service, on queue: any EventQueue) -> Dispatcher {
        // The journal's line reports each event's outcome, so it is not logged a second time.
        var quiet = service.logger
        quiet.logLevel = .critical
        let invoker = service.invoker(logger: quiet)
        let (logger, clock) = (service.logger, service.adapters.clock)
        return Dispatcher(
            bus: queue, clock: clock, time: service.adapters.time,
            limits: Dispatcher.Limits(parallel: service.concurrency),
            logger: logger,
            handler: { event in
                let conclusion = await invoker.run(
                    event.type.function, event: event,
                    deadline: clock.now().advanced(by: eventTime))
                if event.type == .tick { await service.afterTick() }
                return conclusion
            },
            observer: { logger.note($0) })
    }

    /// Waits until the store and the bus respond.
    private static func reach(
        _ service: Service, until stop: StopSign
    ) async throws(Failure) {
        var wait = Duration.seconds(1)
        while !stop.isRaised {
            do throws(Failure) {
                _ = try await service.adapters.store.entry(for: .doctor(0))
                // Publishing an empty list tests the connection to the bus and changes nothing.
                try await service.adapters.bus?.publish([])
                return
            } catch {
                guard case .after = error.retry else { throw error }
                service.logger.error(
                    "\(error.message): trying again in \(wait.components.seconds) s")
            }
            var left = wait
            while left > .zero, !stop.isRaised {
                try? await service.adapters.time.sleep(for: .milliseconds(500))
                left -= .milliseconds(500)
            }
            wait = min(wait * 2, .seconds(30))
        }
    }

    /// Runs the dispatcher to its end, with a bounded wait for work that ignores cancellation.
    private static func finished(_ dispatcher: Dispatcher, until stop: StopSign) async {
        let (end, ending) = AsyncStream.makeStream(of: Never.self)
        let work = Task {
            await dispatcher.work(until: stop, grace: grace)
            ending.finish()
        }
        let watch = Task {
            while !stop.isRaised { try await Task.sleep(for: .seconds(1)) }
            try await Task.sleep(for: grace + patience)
            ending.finish()
        }
        for await _ in end {}
        watch.cancel()
        work.cancel()
    }
}
