import Domain
import Ports
import Toolbox

/// The SQL statements of the bus.
extension PostgresBus {
    static func insert(
        _ events: [CloudEvent], due now: Present, on connection: Connection
    ) throws(DatabaseError) {
        // One statement must not touch a row twice.
        var ids: Set<String> = []
        let events = events.filter { ids.insert($0.id).inserted }
        // By id, so that two publishers never wait for each other's rows. Two may use the same largest
        // number: then their events alternate, and the events of each stay in order.
        try connection.run(
            """
            INSERT INTO copilot_usage.event AS old (id, event, due_at, published)
            SELECT id, event::json, \(now.now("$3")),
                place + (SELECT coalesce(max(published), 0) FROM copilot_usage.event)
            FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS new (id, event, place)
            ORDER BY id COLLATE "C"
            ON CONFLICT (id) DO UPDATE
            SET event = excluded.event, due_at = excluded.due_at, published = excluded.published,
                attempts = 0, receipt = NULL, reason = NULL
            WHERE old.due_at IS NULL
            """, .texts(events.map(\.id)),
            .texts(events.map { String(decoding: JSON.encode($0), as: UTF8.self) }),
            now.parameter)
    }

    static func receive(
        _ countMax: Int, at now: Present, until end: Timestamp, on connection: Connection
    ) throws(DatabaseError) -> [EventDelivery] {
        let receipt = Int64.random(in: .min ... .max)
        // A type of event that only a newer version knows is left for it. PostgreSQL reads no member of
        // a document that has a NUL character anywhere.
        let rows = try connection.run(
            """
            WITH due AS (
                SELECT id, due_at FROM copilot_usage.event
                WHERE due_at <= \(now.now("$1")) AND NOT coalesce(
                    CASE WHEN position('\\u0000' IN event::text) = 0
                    THEN event->>'type' LIKE 'copilot-usage.%' AND event->>'type' <> ALL ($5)
                    END, false)
                ORDER BY due_at, published, id LIMIT $2 FOR UPDATE SKIP LOCKED
            ), leased AS (
                UPDATE copilot_usage.event AS event
                SET attempts = event.attempts + 1, due_at = \(now.moment("$3", now: "$1")),
                    receipt = $4
                FROM due WHERE event.id = due.id
                RETURNING event.id, event.event, event.attempts, due.due_at, event.published
            )
            SELECT id, event::text, attempts FROM leased ORDER BY due_at, published, id
            """, now.parameter, .number(countMax), .moment(end), .number(receipt),
            .texts(EventType.allCases.map(\.rawValue)))
        return (0..<rows.count).map { row in
            delivery(
                of: rows.bytes(row, 1), as: rows.text(row, 0) ?? "", receipt: String(receipt),
                attempt: Int(rows.number(row, 2) ?? 1))
        }
    }

    private static func delivery(
        of bytes: [UInt8]?, as id: String, receipt: String, attempt: Int
    ) -> EventDelivery {
        let event = CloudEvent(stored: bytes)
        if let event, event.id == id {
            return EventDelivery(event: event, receipt: receipt, attempt: attempt)
        }
        let reason =
            event == nil
            ? """
            the row \(id) is not an event of copilot-usage. Inspect it with SQL, then correct or \
            remove it.
            """ : "the row \(id) has a different id than its event. Correct or remove it."
        return EventDelivery(
            UnrecognizedMessage(
                reason: reason, content: String(decoding: bytes ?? [], as: UTF8.self)),
            id: id, receipt: receipt, attempt: attempt)
    }

    static func settle(
        _ id: String, _ receipt: String, as settlement: Settlement, at now: Present,
        on connection: Connection
    ) throws(DatabaseError) {
        // The receipt of another bus is not a number, and matches no row.
        let leased = (Parameter.text(id), Parameter.number(Int64(receipt) ?? 0))
        let rows =
            switch settlement {
            case .done:
                try connection.run(
                    "DELETE FROM copilot_usage.event WHERE id = $1 AND receipt = $2",
                    leased.0, leased.1)
            case .retry(let wait, let reason):
                try connection.run(
                    putBack(at: now), leased.0, leased.1, .moment(now.time.advanced(by: wait)),
                    .text(reason), now.parameter)
            case .dead(let reason):
                try connection.run(
                    putBack(at: now), leased.0, leased.1, .moment(nil), .text(reason),
                    now.parameter)
            case .extend(let lease):
                try connection.run(
                    """
                    UPDATE copilot_usage.event SET due_at = \(now.moment("$3", now: "$4"))
                    WHERE id = $1 AND receipt = $2
                    """, leased.0, leased.1, .moment(now.time.advanced(by: lease)),
                    now.parameter)
            }
        guard rows.changedCount == 1 else {
            throw DatabaseError(.conflict, "the lease on \(id) has expired")
        }
    }

    private static func putBack(at now: Present) -> String {
        """
        UPDATE copilot_usage.event
        SET due_at = \(now.moment("$3", now: "$5")), receipt = NULL, reason = $4
        WHERE id = $1 AND receipt = $2
        """
    }
}

extension CloudEvent {
    /// Decodes a stored event; nil if it is not an event of this system.
    init?(stored bytes: [UInt8]?) {
        guard let bytes, let event = try? JSON.value(bytes)?.decode(CloudEvent.self)
        else { return nil }
        self = event
    }
}
