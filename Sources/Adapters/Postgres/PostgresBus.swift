public import Domain
public import Ports

/// An event bus in a PostgreSQL database with one row per event, for any number of processes.
///
/// Receivers skip rows that another one is receiving, so they never wait for each other. Leases and due
/// times are judged by the database's clock or by the given one. One transaction settles an event,
/// publishes its follow-up events, and stores its state changes if they are in the same database.
public final class PostgresBus: EventBus {
    let database: PostgresDatabase
    private let clock: any WallClock
    private let judge: PostgresTime

    /// Creates a bus.
    ///
    /// - Parameters:
    ///   - clock: The clock by which due times are computed.
    ///   - judge: The clock that decides which events are due and which leases have run out.
    public init(
        _ database: PostgresDatabase, clock: any WallClock, judge: PostgresTime = .given
    ) {
        self.database = database
        self.clock = clock
        self.judge = judge
    }

    private var present: Present { Present(time: clock.now(), judge: judge) }

    /// Publishes events; see ``EventBus``.
    ///
    /// An empty list tests the connection.
    public func publish(_ events: [CloudEvent]) async throws(Failure) {
        try await publish(events, keeping: .none)
    }

    /// Publishes events and stores state changes, in one transaction if possible.
    public func publish(
        _ events: [CloudEvent], keeping changes: StateChanges
    ) async throws(Failure) {
        try await take(events, changes, at: present)
    }

    /// Receives events; see ``EventBus``.
    public func receive(_ countMax: Int, lease: Duration) async throws(Failure) -> [EventDelivery] {
        guard countMax > 0 else { return [] }
        let now = present
        return try await database.perform { connection throws(DatabaseError) in
            try Self.receive(
                countMax, at: now, until: now.time.advanced(by: lease), on: connection)
        }
    }

    /// Settles a leased event; see ``EventBus``.
    public func settle(
        _ delivery: EventDelivery, as settlement: Settlement
    ) async throws(Failure) {
        try await settle(delivery, as: settlement, publishing: [], keeping: .none)
    }

    /// Settles a leased event, publishes its follow-up events and stores its state changes, in one
    /// transaction if possible.
    public func settle(
        _ delivery: EventDelivery, as settlement: Settlement, publishing events: [CloudEvent],
        keeping changes: StateChanges
    ) async throws(Failure) {
        let now = present
        let settling = Step { connection throws(DatabaseError) in
            try Self.settle(
                delivery.event.id, delivery.receipt, as: settlement, at: now, on: connection)
        }
        try await take(events, changes, at: now, settling: settling)
    }

    /// Stores state, settles and publishes, in this order: a transaction that waits for a row of the
    /// state has locked no events yet, so there are no deadlocks.
    private func take(
        _ events: [CloudEvent], _ changes: StateChanges, at now: Present,
        settling: Step? = nil
    ) async throws(Failure) {
        var steps = try await steps(of: changes, at: now)
        if let settling { steps.append(settling) }
        if !events.isEmpty || steps.isEmpty {
            steps.append(
                Step { connection throws(DatabaseError) in
                    try Self.insert(events, due: now, on: connection)
                })
        }
        try await database.perform { [steps] connection throws(DatabaseError) in
            // A single statement needs no transaction.
            if steps.count == 1 { return try steps[0].run(connection) }
            try connection.transaction { connection throws(DatabaseError) in
                for step in steps { try step.run(connection) }
            }
        }
    }

    /// Returns the steps for changes of a store in this database.
    ///
    /// Other changes are stored at once.
    private func steps(
        of changes: StateChanges, at now: Present
    ) async throws(Failure) -> [Step] {
        guard let store = changes.store as? PostgresStore,
            store.database.address == database.address
        else {
            try await changes.keep()
            return []
        }
        return changes.list.map { $0.step(at: now) }
    }

    /// Lists pending events, oldest due first, then dead letters.
    ///
    /// A dead row that is not an event is listed as a placeholder.
    public func queued() async throws(Failure) -> [QueuedEvent] {
        try await database.perform { connection throws(DatabaseError) in
            let rows = try connection.run(
                """
                SELECT event::text, attempts, due_at, reason, id FROM copilot_usage.event
                ORDER BY due_at NULLS LAST, published, id
                """)
            return (0..<rows.count).compactMap { row in
                let due = rows.moment(row, 2)
                let known = CloudEvent(stored: rows.bytes(row, 0))
                let dead = due == nil ? CloudEvent.standIn(rows.text(row, 4) ?? "") : nil
                guard let event = known ?? dead else { return nil }
                return QueuedEvent(
                    event: event, attempts: Int(rows.number(row, 1) ?? 0), due: due,
                    reason: rows.text(row, 3))
            }
        }
    }

    /// Queues dead events again; see ``EventBus``.
    @discardableResult
    public func redrive(_ ids: Set<String>?) async throws(Failure) -> Int {
        let now = present
        return try await database.perform { connection throws(DatabaseError) in
            try connection.run(
                """
                UPDATE copilot_usage.event
                SET due_at = \(now.now("$1")), attempts = 0, receipt = NULL, reason = NULL
                WHERE CASE WHEN $2::text[] IS NULL THEN due_at IS NULL
                    ELSE id = ANY ($2)
                        AND (due_at IS NULL OR receipt IS NULL AND reason IS NOT NULL) END
                """, now.parameter, .texts(ids?.sorted())
            ).changedCount
        }
    }
}
