public import FunctionInterface
public import Domain
public import Host
import Logging
import Ports
import Lifecycle
import Worker

/// Works on the events of a queue: `copilot-functions work`.
public enum EventWorker {
    /// How long one event may ask and wait.
    ///
    /// After that it is the queue that waits, and the place is free for another event. No platform
    /// ends an event here, so it may take as long as an installation's token works.
    static let eventTime = Duration.seconds(3_600)
    /// How long what is in work may take once the worker is told to stop; five seconds less than
    /// what Kubernetes gives by default.
    static let grace = Duration.seconds(25)
    /// How long whatever does not even heed being cancelled is waited for after that.
    static let patience = Duration.seconds(3)

    /// Works until the process is told to stop.
    ///
    /// - Parameter service: The functions and what they reach.
    /// - Returns: `done`, once what was in work is finished or given back.
    /// - Throws: `misconfigured` if nothing can be received from where EVENT_BUS points, or the
    ///   database behind it or behind STATE_STORE refuses us. One that cannot be reached is waited
    ///   for: it may be starting as we are.
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

    /// Makes what runs the service's functions on the events of a queue.
    static func dispatcher(of service: Service, on queue: any EventQueue) -> Dispatcher {
        // How each event came out is told once, by the journal's line.
        var quiet = service.logger
        quiet.logLevel = .critical
        let invoker = service.invoker(logger: quiet)
        let (logger, clock) = (service.logger, service.adapters.clock)
        return Dispatcher(
            bus: queue, clock: clock, time: service.adapters.time,
            limits: Dispatcher.Limits(parallel: service.concurrency),
            logger: logger,
            handler: { event in
                await invoker.run(
                    event.type.function, event: event,
                    deadline: clock.now().advanced(by: eventTime))
            },
            observer: { logger.note($0) })
    }

    /// Waits until the store and the bus answer.
    private static func reach(
        _ service: Service, until stop: StopSign
    ) async throws(Failure) {
        var wait = Duration.seconds(1)
        while !stop.isRaised {
            do throws(Failure) {
                _ = try await service.adapters.store.entry(for: .doctor(0))
                // Publishing nothing tries the way to the bus and changes nothing.
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

    /// Works to the end, but does not wait for ever for what does not heed being cancelled.
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
