public import Domain

/// Where events go: a queue of ours, or somebody else's broker.
public protocol EventPublisher: Sendable {
    /// Takes events; when it returns they are durable.
    ///
    /// - Throws: `unavailable`, `rateLimited` or `limitExceeded`, or why a broker refuses them; some
    ///   events may have been taken, and publishing all of them again is right.
    func publish(_ events: [CloudEvent]) async throws(Failure)

    /// Takes events together with the state that they follow from.
    ///
    /// Where events and state are in one place that can, both are taken or neither is. Elsewhere
    /// the state comes first: what comes in between has its event run again.
    ///
    /// - Parameters:
    ///   - events: The events; there may be none.
    ///   - changes: The state.
    /// - Throws: What ``publish(_:)`` and ``StateChanges/keep()`` throw.
    func publish(_ events: [CloudEvent], keeping changes: StateChanges) async throws(Failure)
}

extension EventPublisher {
    /// Keeps the state, then publishes.
    public func publish(
        _ events: [CloudEvent], keeping changes: StateChanges
    ) async throws(Failure) {
        try await changes.keep()
        if !events.isEmpty { try await publish(events) }
    }
}

/// A durable queue of events: at-least-once, with leases, waits and dead letters.
///
/// Each adapter passes the suite `EventQueueConformance`. An event that is published twice may be
/// lent twice; handlers bear that.
public protocol EventQueue: EventPublisher {
    /// Lends events that are due.
    ///
    /// A message of somebody else is lent as well, as a ``UnrecognizedMessage``: whoever works on the queue
    /// settles it as dead, and so tells of it as of any event that fails for good.
    ///
    /// - Parameters:
    ///   - countMax: The most events to lend; a queue may lend fewer although more are due.
    ///   - lease: How long nobody else is lent them; after that they are due again.
    /// - Returns: The events; empty if none is due.
    /// - Throws: `unavailable` or `timedOut`.
    func receive(_ countMax: Int, lease: Duration) async throws(Failure) -> [EventDelivery]

    /// Says what became of a lent event.
    ///
    /// - Throws: `conflict` if the queue sees that the lease ran out and the event was lent to
    ///   somebody else; `unavailable`.
    func settle(_ delivery: EventDelivery, as settlement: Settlement) async throws(Failure)

    /// Says what became of a lent event, and takes what follows from it and the state that goes
    /// with it.
    ///
    /// Where a queue can, all of it happens or nothing does. Where it cannot, it happens in the order
    /// of state, events, settlement: what comes in between has the event run again, which leads to
    /// the same events with the same ids, and loses none.
    ///
    /// - Throws: What ``publish(_:keeping:)`` and ``settle(_:as:)`` throw.
    func settle(
        _ delivery: EventDelivery, as settlement: Settlement, publishing events: [CloudEvent],
        keeping changes: StateChanges
    ) async throws(Failure)
}

extension EventQueue {
    /// Keeps the state and publishes what follows, then settles.
    public func settle(
        _ delivery: EventDelivery, as settlement: Settlement, publishing events: [CloudEvent],
        keeping changes: StateChanges
    ) async throws(Failure) {
        try await publish(events, keeping: changes)
        try await settle(delivery, as: settlement)
    }
}

/// A queue that can also be looked into, and that takes an event once.
///
/// An event that is published and whose id is queued already is not queued twice; one that is dead
/// is queued anew. Events are lent oldest due first, those due at the same moment in the order in
/// which they were published, and as many as are due: so whoever publishes decides what comes
/// first, such as the newest day of a backfill. What two publish at once comes in any order between
/// the two of them. An event that waits, or is driven again, keeps its place in this order.
///
/// Each adapter passes the suite `EventBusConformance` as well. Times are read from the
/// ``WallClock`` that an adapter is given.
public protocol EventBus: EventQueue {
    /// Lists what is queued in the order in which it is lent, then what is dead as it was published.
    ///
    /// - Throws: `unavailable` or `timedOut`.
    func queued() async throws(Failure) -> [QueuedEvent]

    /// Queues dead events again, due now, with the same ids and a fresh count of attempts.
    ///
    /// - Parameter ids: Which; nil for all.
    /// - Returns: How many were queued again.
    /// - Throws: `unavailable` or `timedOut`.
    @discardableResult
    func redrive(_ ids: Set<String>?) async throws(Failure) -> Int
}

/// An event on loan.
public struct EventDelivery: Hashable, Sendable {
    /// The event.
    public let event: CloudEvent
    /// Which loan this is, as the bus counts; opaque.
    public let receipt: String
    /// How often the event was lent, this time included.
    public let attempt: Int
    /// What is really there, if that is no event of ours; ``event`` only stands for it then.
    public let stranger: UnrecognizedMessage?

    /// Creates a delivery.
    public init(event: CloudEvent, receipt: String, attempt: Int) {
        self.event = event
        self.receipt = receipt
        self.attempt = attempt
        stranger = nil
    }

    /// Creates a delivery of what is no event of ours.
    ///
    /// - Parameters:
    ///   - stranger: What it is.
    ///   - id: What the queue knows it by.
    ///   - receipt: Which loan this is.
    ///   - attempt: How often it was lent.
    public init(_ stranger: UnrecognizedMessage, id: String, receipt: String, attempt: Int) {
        event = .standIn(id)
        self.receipt = receipt
        self.attempt = attempt
        self.stranger = stranger
    }
}

/// A message in a queue that is no event of this program.
public struct UnrecognizedMessage: Hashable, Sendable {
    /// Why it cannot be handled, in one sentence.
    public let reason: String
    /// What is in it, for a queue that has to put it elsewhere.
    public let content: String

    /// Describes a message.
    public init(reason: String, content: String) {
        self.reason = reason
        self.content = content
    }

    /// Why it cannot be handled.
    public var failure: Failure { Failure(.malformedEvent, reason) }
}

extension CloudEvent {
    /// Stands for a message that holds no event of ours, where events are listed.
    ///
    /// - Parameter id: What the queue knows it by.
    /// - Returns: An event that no function is ever given.
    public static func standIn(_ id: String) -> CloudEvent {
        CloudEvent(
            id: id, source: "unknown", type: .collect,
            subject: "a message that holds no event of copilot-usage",
            time: Timestamp(seconds: 0), data: .null)
    }
}

/// What becomes of an event on loan.
public enum Settlement: Hashable, Sendable {
    /// It is handled; the bus forgets it.
    case done
    /// It is due again after this time; a bus keeps the reason.
    case retry(after: Duration, reason: String)
    /// It failed for good; it is kept with the reason.
    case dead(reason: String)
    /// It is still being worked on; the lease runs this long from now.
    case extend(lease: Duration)
}

/// An event that is kept, and how it stands.
public struct QueuedEvent: Hashable, Sendable, Codable {
    /// The event.
    public let event: CloudEvent
    /// How often it was lent.
    public let attempts: Int
    /// When it is due next; nil if it is dead.
    public let due: Timestamp?
    /// Why it was put back or is dead, if it was or is.
    public let reason: String?

    /// Creates a description.
    public init(event: CloudEvent, attempts: Int, due: Timestamp?, reason: String?) {
        self.event = event
        self.attempts = attempts
        self.due = due
        self.reason = reason
    }
}

/// When an event that failed is tried again.
public enum RetrySchedule {
    /// The waits before the second, third, … attempt; after the last of them comes the dead letter.
    public static let delays: [Duration] = [
        .seconds(60), .seconds(5 * 60), .seconds(15 * 60), .seconds(3_600), .seconds(3 * 3_600),
        .seconds(6 * 3_600),
    ]

    /// Decides what becomes of an event that failed.
    ///
    /// - Parameters:
    ///   - failure: How it failed; a wait that the other side asked for wins over a shorter one.
    ///   - attempt: Which attempt failed, from 1.
    /// - Returns: A retry, or the dead letter when retrying does not help or the waits are used up.
    public static func settlement(for failure: Failure, attempt: Int) -> Settlement {
        guard case .after = failure.retry, attempt <= delays.count else {
            return .dead(reason: failure.description)
        }
        let wait = max(delays[max(attempt, 1) - 1], failure.delay ?? .zero)
        return .retry(after: wait, reason: failure.description)
    }
}
