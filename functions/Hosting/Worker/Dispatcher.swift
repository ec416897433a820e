public import Domain
public import FunctionInterface
import Host
public import Lifecycle
public import Logging
public import Ports
import Toolbox

/// Runs the functions on the events of a bus.
///
///     bus ─▶ receive ─▶ function ─▶ Concluder: keep the state, publish follow-ups, settle ─▶ bus, store
///                                                                                      └─▶ journal
///
/// An event is settled last. Where the bus supports it, settling happens in one step with saving
/// the state of the result and publishing follow-up events. If the process dies before that step,
/// the event stays on the bus and is due again once its lease expires. Every earlier step may be
/// repeated, so nothing is lost, and a restart completes the day.
public struct Dispatcher: Sendable {
    /// Runs the function that an event is addressed to.
    public typealias Handler = @Sendable (CloudEvent) async -> Conclusion

    /// The limits on concurrency and lease length.
    public struct Limits: Hashable, Sendable {
        /// The most events handled at once.
        public var parallel: Int
        /// The length of a lease; work that takes longer has its lease extended.
        ///
        /// It is also how long an event stays unavailable after its process was killed.
        public var lease: Duration

        /// Creates limits.
        public init(parallel: Int = 4, lease: Duration = .seconds(20)) {
            self.parallel = max(1, parallel)
            self.lease = lease
        }
    }

    private let bus: any EventQueue
    private let clock: any WallClock
    let time: any Clock<Duration>
    let limits: Limits
    let logger: Logger
    private let handler: Handler
    /// Events for the same day of an organization take turns, because they write the same manifest, and
    /// ticks of the same integrations, because they refresh the same tokens: one that met another would
    /// have to come again.
    private let turns = ConcurrencyLimiter(total: .max, each: 1)
    private let observer: @Sendable (JournalEntry) -> Void

    /// Creates a dispatcher.
    ///
    /// - Parameters:
    ///   - bus: The source of events and the destination of follow-up events.
    ///   - clock: The clock by which the bus decides what is due.
    ///   - time: The clock that measures attempts and schedules lease extensions. It is real time,
    ///     also where `clock` is virtual.
    ///   - logger: Receives failures that the journal cannot record.
    ///   - handler: Runs the functions.
    ///   - observer: Receives each attempt as it ends, for the journal or a progress line.
    public init(
        bus: any EventQueue, clock: any WallClock, time: any Clock<Duration> = ContinuousClock(),
        limits: Limits = Limits(), logger: Logger, handler: @escaping Handler,
        observer: @escaping @Sendable (JournalEntry) -> Void
    ) {
        self.bus = bus
        self.clock = clock
        self.time = time
        self.limits = limits
        self.logger = logger
        self.handler = handler
        self.observer = observer
    }

    /// Handles events until nothing is due and nothing is running, or until `stop` is raised.
    ///
    /// - Parameter stop: Once raised, no more events are received; running work finishes.
    /// - Throws: The failure of the bus to deliver events, after running work has finished.
    public func drain(until stop: StopSign = StopSign()) async throws(Failure) {
        let ending = await withTaskGroup(of: Void.self) { group in
            var inWork = 0
            while true {
                let room = stop.isRaised ? 0 : limits.parallel - inWork
                let received = await receive(room)
                // Leaving the group waits for running work.
                guard case .success(let deliveries) = received else { return received.map { _ in } }
                for delivery in deliveries { group.addTask { await handle(delivery) } }
                inWork += deliveries.count
                guard await group.next() != nil else { return .success(()) }
                inWork -= 1
            }
        }
        try ending.get()
    }

    func receive(_ countMax: Int) async -> Result<[EventDelivery], Failure> {
        guard countMax > 0 else { return .success([]) }
        do throws(Failure) {
            return .success(try await bus.receive(countMax, lease: limits.lease))
        } catch {
            return .failure(error)
        }
    }

    /// Runs the function on an event, settles the event and notifies the observer.
    func handle(_ delivery: EventDelivery) async {
        let began = ContinuousClock.now
        let conclusion = await runWhileExtendingLease(delivery)
        let duration = ContinuousClock.now - began
        let event = await Concluder(logger: logger).conclude(
            conclusion, attempt: delivery.attempt,
            by: QueueAcknowledgement(of: delivery, on: bus), isStopped: Task.isCancelled)
        observer(
            JournalEntry(
                delivery, event, at: clock.now(), milliseconds: Int(duration / .milliseconds(1))))
    }

    /// Runs the function and extends the lease while it runs.
    private func runWhileExtendingLease(_ delivery: EventDelivery) async -> Conclusion {
        await withTaskGroup(of: Conclusion?.self) { group in
            group.addTask { await run(delivery) }
            group.addTask {
                while (try? await time.sleep(for: limits.lease / 3)) != nil {
                    try? await bus.settle(delivery, as: .extend(lease: limits.lease))
                }
                return nil
            }
            for await case let conclusion? in group {
                group.cancelAll()
                return conclusion
            }
            preconditionFailure("the function's task always concludes")
        }
    }

    private func run(_ delivery: EventDelivery) async -> Conclusion {
        let function = delivery.event.type.function
        if let message = delivery.unrecognized {
            return Conclusion(function, failure: message.failure)
        }
        do throws(Failure) {
            return try await turns.pass(delivery.event.work) { () throws(Failure) in
                await handler(delivery.event)
            }
        } catch {
            return Conclusion(function, failure: error)
        }
    }
}

extension CloudEvent {
    /// The work that the event asks for: two ticks of different days may ask for the same.
    fileprivate var work: String {
        switch type {
        case .tick: return "tick/\(namedIntegrations.joined(separator: "/"))"
        case .collect:
            guard let request = try? data.decode(CollectEvent.self) else { return id }
            return "\(request.integration)/\(request.installation)/\(request.day)"
        }
    }
}
