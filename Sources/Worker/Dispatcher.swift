public import Domain
public import Logging
public import Ports

/// Runs the functions on the events of a bus.
///
///     bus ─▶ receive ─▶ function ─▶ publish what follows ─▶ journal ─▶ settle ─▶ bus
///
/// An event is settled last. A process that dies anywhere before leaves it on the bus, where it is
/// due again once its lease has run out; every step until then may be repeated. So nothing is lost,
/// and starting again completes the day.
public struct Dispatcher: Sendable {
    /// Runs one function: its name, the event's data in JSON; the output in JSON.
    public typealias Handler =
        @Sendable (FunctionName, [UInt8]) async throws(Failure) -> [UInt8]

    /// How much is done at once, and for how long an event is borrowed.
    public struct Limits: Hashable, Sendable {
        /// The most events in work at once.
        public var parallel: Int
        /// How long an event is lent; work that takes longer has its lease extended.
        ///
        /// It is also how long an event rests after the process that had it was killed.
        public var lease: Duration

        /// Creates limits.
        public init(parallel: Int = 4, lease: Duration = .seconds(20)) {
            self.parallel = max(1, parallel)
            self.lease = lease
        }
    }

    private let bus: any EventQueue
    private let clock: any WallClock
    private let time: any Clock<Duration>
    private let limits: Limits
    private let logger: Logger
    private let handler: Handler
    private let observer: @Sendable (JournalEntry) -> Void

    /// Creates a dispatcher.
    ///
    /// - Parameters:
    ///   - bus: Where events come from and follow-ups go to.
    ///   - clock: The clock by which the bus judges what is due.
    ///   - time: Measures attempts and paces the extension of leases; real time, also where
    ///     `clock` is virtual.
    ///   - limits: How much at once.
    ///   - logger: Told of what the journal cannot say.
    ///   - handler: Runs the functions.
    ///   - observer: Told of each attempt as it ends: the journal, a progress line.
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

    /// Works until nothing is due and nothing is in work, or until `stop` is raised.
    ///
    /// - Parameter stop: When raised, nothing more is taken from the bus; what is in work is
    ///   finished.
    /// - Throws: What the bus throws when it is asked for events; what is in work is finished first.
    public func drain(until stop: StopSign = StopSign()) async throws(Failure) {
        let ending = await withTaskGroup(of: Void.self) { group in
            var inWork = 0
            while true {
                let room = stop.isRaised ? 0 : limits.parallel - inWork
                let borrowed = await borrow(room)
                // Leaving the group waits for what is in work.
                guard case .success(let deliveries) = borrowed else { return borrowed.map { _ in } }
                for delivery in deliveries { group.addTask { await handle(delivery) } }
                inWork += deliveries.count
                guard await group.next() != nil else { return .success(()) }
                inWork -= 1
            }
        }
        try ending.get()
    }

    /// Works until `stop` is raised, and looks for events every `pause`.
    ///
    /// - Parameters:
    ///   - stop: When raised, what is in work is finished and nothing more is begun.
    ///   - pause: How long to wait when nothing is due; a bus that fails is asked again after it.
    public func work(until stop: StopSign, pause: Duration = .seconds(1)) async {
        while !stop.isRaised {
            do throws(Failure) {
                try await drain(until: stop)
            } catch {
                logger.error("The event bus failed: \(error)")
            }
            guard !stop.isRaised, (try? await time.sleep(for: pause)) != nil else { return }
        }
    }

    private func borrow(_ countMax: Int) async -> Result<[EventDelivery], Failure> {
        guard countMax > 0 else { return .success([]) }
        do throws(Failure) {
            return .success(try await bus.receive(countMax, lease: limits.lease))
        } catch {
            return .failure(error)
        }
    }

    private func handle(_ delivery: EventDelivery) async {
        let began = ContinuousClock.now
        let answer = await answerWhileKeeping(delivery)
        var entry = JournalEntry(
            time: clock.now(), function: delivery.event.type.function, event: delivery.event.id,
            subject: delivery.event.subject, attempt: delivery.attempt, verdict: .done)
        entry.durationMilliseconds = Int((ContinuousClock.now - began) / .milliseconds(1))
        var settlement = Settlement.done
        switch answer {
        case .success(let output):
            entry.result = output.summary
            if let failure = output.unfinished {
                settlement = RetrySchedule.settlement(for: failure, attempt: delivery.attempt)
            }
        case .failure(let failure):
            settlement = RetrySchedule.settlement(for: failure, attempt: delivery.attempt)
            entry.failure = FailureReport(failure).error
        }
        switch settlement {
        case .done, .extend: break
        case .dead: entry.verdict = .dead
        case .retry(let wait, _):
            entry.verdict = .retry
            entry.retryAt = entry.time.advanced(by: wait)
        }
        observer(entry)
        do throws(Failure) {
            try await bus.settle(delivery, as: settlement)
        } catch {
            // It is due again when its lease runs out, which repeats work and loses none.
            logger.warning("\(delivery.event.id) could not be settled: \(error)")
        }
    }

    /// Runs the function, and extends the lease for as long as it runs.
    private func answerWhileKeeping(_ delivery: EventDelivery) async -> Result<Output, Failure> {
        await withTaskGroup(of: Result<Output, Failure>?.self) { group in
            group.addTask { await answer(to: delivery.event) }
            group.addTask {
                while (try? await time.sleep(for: limits.lease / 3)) != nil {
                    try? await bus.settle(delivery, as: .extend(lease: limits.lease))
                }
                return nil
            }
            for await case let answer? in group {
                group.cancelAll()
                return answer
            }
            preconditionFailure("the function's task always answers")
        }
    }

    private func answer(to event: CloudEvent) async -> Result<Output, Failure> {
        do throws(Failure) {
            let bytes = try await handler(event.type.function, JSON.encode(event.data))
            let output = try Output(bytes, of: event.type.function)
            // Before the event is settled: a crash in between publishes them again, with the same
            // ids; the other order would lose them.
            if !output.events.isEmpty { try await bus.publish(output.events) }
            return .success(output)
        } catch {
            return .failure(error)
        }
    }
}

/// What a function returned, as much of it as the bus and the journal need.
private struct Output {
    /// The events that follow.
    let events: [CloudEvent]
    /// The output with the events counted instead of listed.
    let summary: JSONValue
    /// Why the same event is worth sending again although there is a result: part of the work
    /// failed with what may pass.
    let unfinished: Failure?

    init(_ bytes: [UInt8], of function: FunctionName) throws(Failure) {
        let place = "the output of \(function.rawValue)"
        struct Advice: Decodable {
            var events: [CloudEvent]?
            var retryAfterSeconds: Int?
        }
        let advice = try JSON.decode(Advice.self, from: bytes, at: place)
        events = advice.events ?? []
        unfinished = advice.retryAfterSeconds.map { seconds in
            Failure(
                .unavailable, "part of the work failed and may succeed later; see the result",
                delay: .seconds(seconds))
        }
        let value = try JSON.decode(JSONValue.self, from: bytes, at: place)
        guard case .object(var members) = value, members["events"] != nil else {
            summary = value
            return
        }
        members["events"] = .integer(Int64(events.count))
        summary = .object(members)
    }
}
