public import Domain
public import Ports

/// A bus in a PostgreSQL database, for any number of processes at once: a row an event.
///
/// A receiver passes over rows that another one is just taking, so receivers do not wait for each
/// other. What is due is judged by the clock that this is given, not by the database's. What follows
/// from an event is published in the transaction that settles it, and that keeps the state which goes
/// with it if that is in the same database.
public final class PostgresBus: EventBus {
    let database: PostgresDatabase
    private let clock: any WallClock

    /// Creates a bus.
    ///
    /// - Parameters:
    ///   - database: Where it is.
    ///   - clock: Says what is due.
    public init(_ database: PostgresDatabase, clock: any WallClock) {
        self.database = database
        self.clock = clock
    }

    /// Takes events; see ``EventBus``.
    ///
    /// Taking none still finds out whether the database is there.
    public func publish(_ events: [CloudEvent]) async throws(Failure) {
        try await publish(events, keeping: .none)
    }

    /// Takes events and the state that they follow from, together or not at all.
    public func publish(
        _ events: [CloudEvent], keeping changes: StateChanges
    ) async throws(Failure) {
        try await take(events, changes, at: clock.now())
    }

    /// Lends events; see ``EventBus``.
    public func receive(_ countMax: Int, lease: Duration) async throws(Failure) -> [EventDelivery] {
        guard countMax > 0 else { return [] }
        let now = clock.now()
        return try await database.perform { connection throws(DatabaseError) in
            try Self.receive(countMax, at: now, until: now.advanced(by: lease), on: connection)
        }
    }

    /// Takes back a lent event; see ``EventBus``.
    public func settle(
        _ delivery: EventDelivery, as settlement: Settlement
    ) async throws(Failure) {
        try await settle(delivery, as: settlement, publishing: [], keeping: .none)
    }

    /// Takes back a lent event and takes what follows from it, with the state that goes with it,
    /// together or not at all.
    public func settle(
        _ delivery: EventDelivery, as settlement: Settlement, publishing events: [CloudEvent],
        keeping changes: StateChanges
    ) async throws(Failure) {
        let now = clock.now()
        let settling = Step { connection throws(DatabaseError) in
            try Self.settle(
                delivery.event.id, delivery.receipt, as: settlement, at: now, on: connection)
        }
        try await take(events, changes, at: now, settling: settling)
    }

    /// Keeps, settles and publishes, in this order: whoever waits for a row of the state has none of
    /// the events yet, so no two ever wait for each other.
    private func take(
        _ events: [CloudEvent], _ changes: StateChanges, at now: Timestamp,
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
            // One needs no transaction around it.
            if steps.count == 1 { return try steps[0].run(connection) }
            try connection.transaction { connection throws(DatabaseError) in
                for step in steps { try step.run(connection) }
            }
        }
    }

    /// What to do on a connection of this database; elsewhere the state is kept at once.
    private func steps(
        of changes: StateChanges, at now: Timestamp
    ) async throws(Failure) -> [Step] {
        guard let store = changes.store as? PostgresStore,
            store.database.address == database.address
        else {
            try await changes.keep()
            return []
        }
        return changes.list.map { $0.step(at: now) }
    }

    /// Lists what is kept: what is queued, oldest due first, then what is dead.
    ///
    /// A dead row that holds no event of ours has a stand-in, so that nobody thinks all is well.
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
        let now = clock.now()
        return try await database.perform { connection throws(DatabaseError) in
            try connection.run(
                """
                UPDATE copilot_usage.event
                SET due_at = $1, attempts = 0, receipt = NULL, reason = NULL
                WHERE due_at IS NULL AND ($2::text[] IS NULL OR id = ANY ($2))
                """, .moment(now), .texts(ids?.sorted())
            ).changedCount
        }
    }
}
