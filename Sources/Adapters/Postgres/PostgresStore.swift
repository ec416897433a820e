public import Domain
public import Ports
import Synchronization

/// A store in a PostgreSQL database, for any number of processes at once.
///
/// Each operation is one statement. Expiry is judged by the clock that this is given, not by the
/// database's. The writer chooses the new version, at random: so a write that is repeated because
/// nobody knows whether it happened finds its own version and knows.
public final class PostgresStore: KeyValueStore {
    /// One in so many writes that expire also sweeps.
    private static let sweepEvery = 100
    /// An entry is swept this long after it expired: clocks of several machines differ.
    private static let sweepDelay = Duration.seconds(3_600)

    let database: PostgresDatabase
    private let clock: any WallClock
    private let expiringCount = Atomic(0)

    /// Creates a store.
    ///
    /// - Parameters:
    ///   - database: Where it is.
    ///   - clock: Says what has expired.
    public init(_ database: PostgresDatabase, clock: any WallClock) {
        self.database = database
        self.clock = clock
    }

    /// Reads one entry; see ``KeyValueStore``.
    public func entry(for key: StoreKey) async throws(Failure) -> StoreEntry? {
        let now = clock.now()
        return try await database.perform { connection throws(DatabaseError) in
            try Self.entry(key, at: now, isLocked: false, on: connection)
        }
    }

    /// Reads one entry; one that is locked nobody else writes until the transaction ends.
    static func entry(
        _ key: StoreKey, at now: Timestamp, isLocked: Bool, on connection: Connection
    ) throws(DatabaseError) -> StoreEntry? {
        let rows = try connection.run(
            """
            SELECT value, version FROM copilot_usage.state
            WHERE key = $1 AND (expires_at IS NULL OR expires_at > $2)
            \(isLocked ? "FOR UPDATE" : "")
            """, .text(key.description), .moment(now))
        guard rows.count == 1, let value = rows.bytes(0, 0), let version = rows.number(0, 1)
        else { return nil }
        return StoreEntry(value: value, version: StoreVersion(UInt64(bitPattern: version)))
    }

    /// Writes one entry; see ``KeyValueStore``.
    @discardableResult
    public func put(
        _ value: [UInt8], for key: StoreKey, if condition: StoreCondition, until expiry: Timestamp?
    ) async throws(Failure) -> StoreVersion {
        let write = StateWrite(value, for: key, if: condition, until: expiry, at: clock.now())
        try await database.perform { connection throws(DatabaseError) in
            try write.run(on: connection)
        }
        if expiry != nil { await sweep() }
        return write.version
    }

    /// Removes one entry; see ``KeyValueStore``.
    public func remove(_ key: StoreKey, if condition: StoreCondition) async throws(Failure) {
        let now = clock.now()
        try await database.perform { connection throws(DatabaseError) in
            let name = Parameter.text(key.description)
            let isRemoved =
                switch condition {
                case .always:
                    try connection.run("DELETE FROM copilot_usage.state WHERE key = $1", name)
                        .isGood
                case .absent:
                    // One statement sees one moment: what it removes was expired and not live.
                    try connection.run(
                        """
                        WITH gone AS (
                            DELETE FROM copilot_usage.state WHERE key = $1 AND expires_at <= $2
                        )
                        SELECT FROM copilot_usage.state
                        WHERE key = $1 AND (expires_at IS NULL OR expires_at > $2)
                        """, name, .moment(now)
                    ).count == 0
                case .version(let version):
                    try connection.run(
                        """
                        DELETE FROM copilot_usage.state
                        WHERE key = $1 AND version = $2 AND (expires_at IS NULL OR expires_at > $3)
                        """, name, .number(Int64(bitPattern: version.rawValue)), .moment(now)
                    ).changedCount == 1
                }
            guard isRemoved else { throw StateWrite.conflict(key) }
        }
    }

    /// Lists keys; see ``KeyValueStore``.
    public func keys(
        prefix: String, after cursor: StoreKey?, limit: Int
    ) async throws(Failure) -> [StoreKey] {
        precondition(1...StoreLimits.pageKeyCountMax ~= limit, "a page of \(limit) keys")
        let now = clock.now()
        return try await database.perform { connection throws(DatabaseError) in
            // No byte of a key is as large as this last one, so the range is the prefix.
            let rows = try connection.run(
                """
                SELECT key FROM copilot_usage.state
                WHERE key >= $1 AND key < $2 AND key > $3
                    AND (expires_at IS NULL OR expires_at > $4)
                ORDER BY key LIMIT $5
                """, .text(prefix), .text(prefix + "\u{7F}"), .text(cursor?.description ?? ""),
                .moment(now), .number(limit))
            return (0..<rows.count).compactMap { row in rows.text(row, 0).flatMap(StoreKey.init) }
        }
    }

    private func sweep() async {
        let count = expiringCount.wrappingAdd(1, ordering: .relaxed).newValue
        guard count % Self.sweepEvery == 1 else { return }
        let moment = clock.now().advanced(by: .zero - Self.sweepDelay)
        // What stays is as good as absent, and the next sweep finds it.
        try? await database.perform { connection throws(DatabaseError) in
            _ = try connection.run(
                "DELETE FROM copilot_usage.state WHERE expires_at <= $1", .moment(moment))
        }
    }
}
