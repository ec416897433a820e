public import Domain

/// A destination for events: a queue of this system, or a broker.
public protocol EventPublisher: Sendable {
    /// Publishes events. When the method returns, they are durable.
    ///
    /// - Throws: `unavailable`, `rateLimited`, `limitExceeded`, or the broker's refusal. Some events
    ///   may have been published; publishing all of them again is safe.
    func publish(_ events: [CloudEvent]) async throws(Failure)

    /// Publishes events together with state changes.
    ///
    /// If events and state are in the same database, this is one transaction. Otherwise the state is
    /// stored first: after an interruption in between, the event that caused both runs again.
    ///
    /// - Parameter events: The events; may be empty.
    /// - Throws: What ``publish(_:)`` and ``StateChanges/keep()`` throw.
    func publish(_ events: [CloudEvent], keeping changes: StateChanges) async throws(Failure)
}

extension EventPublisher {
    /// Stores the state changes, then publishes the events.
    public func publish(
        _ events: [CloudEvent], keeping changes: StateChanges
    ) async throws(Failure) {
        try await changes.keep()
        if !events.isEmpty { try await publish(events) }
    }
}

/// A durable queue of events with at-least-once delivery, leases, retries and dead letters.
///
/// Every adapter passes the test suite `EventQueueConformance`. An event may be delivered more than
/// once, for example because it was published twice. Handlers are idempotent.
public protocol EventQueue: EventPublisher {
    /// Receives events that are due and leases them to the caller.
    ///
    /// A message of another program is delivered as an ``UnrecognizedMessage``. The caller settles
    /// it as dead, so that it is reported like any other dead letter.
    ///
    /// - Parameters:
    ///   - countMax: The most events to return. A queue may return fewer although more are due.
    ///   - lease: How long no other receiver gets the events. After that they are due again.
    /// - Returns: The leased events; empty if none are due.
    /// - Throws: `unavailable` or `timedOut`.
    func receive(_ countMax: Int, lease: Duration) async throws(Failure) -> [EventDelivery]

    /// Settles a leased event.
    ///
    /// - Throws: `conflict` if the lease expired and another receiver has the event; `unavailable`.
    func settle(_ delivery: EventDelivery, as settlement: Settlement) async throws(Failure)

    /// Settles a leased event, together with its follow-up events and state changes.
    ///
    /// If possible, this is one transaction. Otherwise the order is state, events, settlement: after
    /// an interruption in between, the event runs again and leads to the same events with the same
    /// ids. None is lost.
    ///
    /// - Throws: What ``publish(_:keeping:)`` and ``settle(_:as:)`` throw.
    func settle(
        _ delivery: EventDelivery, as settlement: Settlement, publishing events: [CloudEvent],
        keeping changes: StateChanges
    ) async throws(Failure)
}

extension EventQueue {
    /// Stores the state changes and publishes the follow-up events, then settles the event.
    public func settle(
        _ delivery: EventDelivery, as settlement: Settlement, publishing events: [CloudEvent],
        keeping changes: StateChanges
    ) async throws(Failure) {
        try await publish(events, keeping: changes)
        try await settle(delivery, as: settlement)
    }
}

/// A queue that lists its events and does not queue an id twice.
///
/// Publishing an event whose id is already queued changes nothing. Publishing one whose id is a dead
/// letter queues it again.
///
/// Events are received in the order of their due times, and those due at the same moment in the
/// order of publishing. The publisher therefore decides the order, such as the newest day of a
/// backfill first. Between two concurrent publishers the order is not defined. An event that is
/// retried or redriven keeps its position.
///
/// Every adapter also passes the test suite `EventBusConformance`, and reads the time from a
/// ``WallClock``.
public protocol EventBus: EventQueue {
    /// Lists pending events in the order of delivery, then dead letters in the order of publishing.
    ///
    /// - Throws: `unavailable` or `timedOut`.
    func queued() async throws(Failure) -> [QueuedEvent]

    /// Describes what is wrong with the bus's own records, such as events that were lost.
    ///
    /// - Returns: A sentence for each finding; none if nothing is wrong.
    func damage() async throws(Failure) -> [String]

    /// Queues dead letters again, due now, with the same ids and no attempts.
    ///
    /// - Parameter ids: The ids of the dead letters; nil for all. A named event that waits for a retry is
    ///   also due now. One that is leased, or was not tried yet, stays as it is.
    /// - Returns: The number of events queued again.
    /// - Throws: `unavailable` or `timedOut`.
    @discardableResult
    func redrive(_ ids: Set<String>?) async throws(Failure) -> Int
}

extension EventBus {
    /// Finds nothing: a database looks after its own records.
    public func damage() async throws(Failure) -> [String] { [] }
}

/// A leased event.
public struct EventDelivery: Hashable, Sendable {
    /// The event.
    public let event: CloudEvent
    /// The bus's opaque identifier of the lease.
    public let receipt: String
    /// How often the event was delivered, including this time.
    public let attempt: Int
    /// The message, if it is not an event of this system.
    ///
    /// Then ``event`` is a placeholder.
    public let unrecognized: UnrecognizedMessage?

    /// Creates a delivery.
    public init(event: CloudEvent, receipt: String, attempt: Int) {
        self.event = event
        self.receipt = receipt
        self.attempt = attempt
        unrecognized = nil
    }

    /// Creates a delivery of an unrecognized message.
    ///
    /// - Parameter id: The message's id in the queue.
    public init(_ message: UnrecognizedMessage, id: String, receipt: String, attempt: Int) {
        event = .standIn(id)
        self.receipt = receipt
        self.attempt = attempt
        unrecognized = message
    }
}

/// A message in a queue that is not an event of this system.
public struct UnrecognizedMessage: Hashable, Sendable {
    /// Why the message cannot be handled, in one sentence.
    public let reason: String
    /// The content, for a queue that moves the message to another one.
    public let content: String

    /// Describes a message.
    public init(reason: String, content: String) {
        self.reason = reason
        self.content = content
    }

    /// The reason as a failure.
    public var failure: Failure { Failure(.malformedEvent, reason) }
}

extension CloudEvent {
    /// Returns a placeholder for an unrecognized message in lists of events.
    ///
    /// No function receives it.
    ///
    /// - Parameter id: The message's id in the queue.
    public static func standIn(_ id: String) -> CloudEvent {
        CloudEvent(
            id: id, source: "unknown", type: .collect,
            subject: "an unrecognized message",
            time: Timestamp(seconds: 0), data: .null)
    }
}

/// How a leased event is settled.
public enum Settlement: Hashable, Sendable {
    /// The event is handled. The bus deletes it.
    case done
    /// The event is due again after a wait. The bus keeps the reason.
    case retry(after: Duration, reason: String)
    /// The event becomes a dead letter. The bus keeps it with the reason.
    case dead(reason: String)
    /// The event is still being handled. The lease is extended to this long from now.
    case extend(lease: Duration)
}

/// A pending event or dead letter on a bus.
public struct QueuedEvent: Hashable, Sendable, Codable {
    /// The event.
    public let event: CloudEvent
    /// How often the event was delivered.
    public let attempts: Int
    /// The time when the event is due; nil for a dead letter.
    public let due: Timestamp?
    /// Why the event is retried or dead; nil if neither.
    public let reason: String?

    /// Creates a description.
    public init(event: CloudEvent, attempts: Int, due: Timestamp?, reason: String?) {
        self.event = event
        self.attempts = attempts
        self.due = due
        self.reason = reason
    }
}

/// When failed events are retried.
public enum RetrySchedule {
    /// The waits before the second and each further attempt: 1, 5 and 15 minutes, 1, 3 and 6 hours.
    ///
    /// After the last attempt the event becomes a dead letter.
    public static let delays: [Duration] = [
        .seconds(60), .seconds(5 * 60), .seconds(15 * 60), .seconds(3_600), .seconds(3 * 3_600),
        .seconds(6 * 3_600),
    ]

    /// Returns how to settle an event that failed.
    ///
    /// - Parameters:
    ///   - failure: The failure. If it asks for a longer wait than the schedule, that wait applies.
    ///   - attempt: The number of the failed attempt, from 1.
    /// - Returns: A retry; or a dead letter if a retry cannot help or no attempts are left.
    public static func settlement(for failure: Failure, attempt: Int) -> Settlement {
        guard case .after = failure.retry, attempt <= delays.count else {
            return .dead(reason: failure.description)
        }
        let wait = max(delays[max(attempt, 1) - 1], failure.delay ?? .zero)
        return .retry(after: wait, reason: failure.description)
    }
}
