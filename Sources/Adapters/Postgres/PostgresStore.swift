public import Domain
public import Ports
import Synchronization

/// A store in a PostgreSQL database, for any number of processes.
///
/// Each operation is one statement. Expiry times are compared by the database's clock or by the given
/// one. The writer chooses the new version at random, so that a write that is repeated after a
/// lost connection recognizes its own version.
public final class PostgresStore: KeyValueStore {
    /// One in this many expiring writes also deletes expired entries.
    private static let sweepEvery = 100
    /// The time between expiry and deletion of an entry, because clocks of machines differ.
    private static let sweepDelay = Duration.seconds(3_600)

    let database: PostgresDatabase
    private let clock: any WallClock
    private let judge: PostgresTime
    private let expiringCount = Atomic(0)

    /// Creates a store.
    ///
    /// - Parameters:
    ///   - clock: The clock by which callers compute expiry times.
    ///   - judge: The clock that decides which entries have expired.
    public init(
        _ database: PostgresDatabase, clock: any WallClock, judge: PostgresTime = .given
    ) {
        self.database = database
        self.clock = clock
        self.judge = judge
    }

    private var present: Present { Present(time: clock.now(), judge: judge) }

    /// Reads one entry; see ``KeyValueStore``.
    public func entry(for key: StoreKey) async throws(Failure) -> StoreEntry? {
        let now = present
        return try await database.perform { connection throws(DatabaseError) in
            try Self.entry(key, at: now, isLocked: false, on: connection)
        }
    }

    /// Reads one entry.
    ///
    /// - Parameter isLocked: Whether to lock the entry until the transaction ends.
    static func entry(
        _ key: StoreKey, at now: Present, isLocked: Bool, on connection: Connection
    ) throws(DatabaseError) -> StoreEntry? {
        let rows = try connection.run(
            """
            SELECT value, version FROM copilot_usage.state
            WHERE key = $1 AND (expires_at IS NULL OR expires_at > \(now.now("$2")))
            \(isLocked ? "FOR UPDATE" : "")
            """, .text(key.description), now.parameter)
        guard rows.count > 0 else { return nil }
        guard rows.count == 1, let value = rows.bytes(0, 0), let version = rows.number(0, 1) else {
            throw DatabaseError(
                .unreadableState,
                "the entry \(key) in copilot_usage.state is not one row with a value and a version:"
                    + " correct or remove it with SQL")
        }
        return StoreEntry(value: value, version: StoreVersion(UInt64(bitPattern: version)))
    }

    /// Writes one entry; see ``KeyValueStore``.
    @discardableResult
    public func put(
        _ value: [UInt8], for key: StoreKey, if condition: StoreCondition, until expiry: Timestamp?
    ) async throws(Failure) -> StoreVersion {
        let write = StateWrite(value, for: key, if: condition, until: expiry, at: present)
        try await database.perform { connection throws(DatabaseError) in
            try write.run(on: connection)
        }
        if expiry != nil { await sweep() }
        return write.version
    }

    /// Removes one entry; see ``KeyValueStore``.
    public func remove(_ key: StoreKey, if condition: StoreCondition) async throws(Failure) {
        let now = present
        try await database.perform { connection throws(DatabaseError) in
            let name = Parameter.text(key.description)
            let isRemoved =
                switch condition {
                case .always:
                    try connection.run("DELETE FROM copilot_usage.state WHERE key = $1", name)
                        .isGood
                case .absent:
                    // One statement sees one snapshot, so it only deletes an entry that has expired.
                    try connection.run(
                        """
                        WITH gone AS (
                            DELETE FROM copilot_usage.state WHERE key = $1 AND expires_at <= \(now.now("$2"))
                        )
                        SELECT FROM copilot_usage.state
                        WHERE key = $1 AND (expires_at IS NULL OR expires_at > \(now.now("$2")))
                        """, name, now.parameter
                    ).count == 0
                case .version(let version):
                    try connection.run(
                        """
                        DELETE FROM copilot_usage.state
                        WHERE key = $1 AND version = $2
                            AND (expires_at IS NULL OR expires_at > \(now.now("$3")))
                        """, name, .number(Int64(bitPattern: version.rawValue)), now.parameter
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
        let now = present
        return try await database.perform { connection throws(DatabaseError) in
            // Every byte of a key is smaller than U+007F, so the range contains exactly the prefix.
            let rows = try connection.run(
                """
                SELECT key FROM copilot_usage.state
                WHERE key >= $1 AND key < $2 AND key > $3
                    AND (expires_at IS NULL OR expires_at > \(now.now("$4")))
                ORDER BY key LIMIT $5
                """, .text(prefix), .text(prefix + "\u{7F}"), .text(cursor?.description ?? ""),
                now.parameter, .number(limit))
            return (0..<rows.count).compactMap { row in rows.text(row, 0).flatMap(StoreKey.init) }
        }
    }

    private func sweep() async {
        let count = expiringCount.wrappingAdd(1, ordering: .relaxed).newValue
        guard count % Self.sweepEvery == 1 else { return }
        let moment = clock.now().advanced(by: .zero - Self.sweepDelay)
        let now = present
        // Expired entries count as absent. If this fails, the next sweep deletes them.
        try? await database.perform { connection throws(DatabaseError) in
            _ = try connection.run(
                "DELETE FROM copilot_usage.state WHERE expires_at <= "
                    + now.moment("$1", now: "$2"), .moment(moment), now.parameter)
        }
    }
}
