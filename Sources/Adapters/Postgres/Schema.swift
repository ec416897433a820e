import Domain
import Ports

/// The tables and their migrations.
///
/// The first process that starts creates them, in one transaction and under a lock. If its user may
/// not create schemas, another user runs the script ``text`` with `psql`; it is also in
/// `infra/postgres/schema.sql`.
package enum Schema {
    /// The script from each version to the next.
    ///
    /// The first creates version 1.
    ///
    /// Released scripts never change, apart from comments.
    static let steps = [
        """
        CREATE SCHEMA copilot_usage;

        -- The version of these tables.
        CREATE TABLE copilot_usage.schema_version (version integer NOT NULL);

        -- State: authorizations (sealed), integrations, and one manifest per day.
        CREATE TABLE copilot_usage.state (
            key text COLLATE "C" PRIMARY KEY,
            value bytea NOT NULL,
            -- Changes with every write.
            version bigint NOT NULL,
            -- When the entry expires. An expired entry counts as absent, whether or not it was swept.
            expires_at timestamptz
        );
        CREATE INDEX state_expiry ON copilot_usage.state (expires_at) WHERE expires_at IS NOT NULL;

        -- Events: pending ones and dead letters.
        CREATE TABLE copilot_usage.event (
            id text COLLATE "C" PRIMARY KEY,
            -- A CloudEvent in JSON.
            event json NOT NULL,
            -- How often a worker received it.
            attempts integer NOT NULL DEFAULT 0,
            -- When a worker may receive it; while it is leased, when the lease ends. NULL: dead letter.
            due_at timestamptz DEFAULT now(),
            -- Orders events that are due at the same moment: larger than that of every event that was
            -- there when it was published.
            published bigint NOT NULL DEFAULT 0,
            -- The lease that may settle it; NULL when it is not leased.
            receipt bigint,
            -- Why it is to be retried, or is dead.
            reason text
        );
        CREATE INDEX event_due ON copilot_usage.event (due_at, published, id)
            WHERE due_at IS NOT NULL;
        -- Finds the largest one.
        CREATE INDEX event_published ON copilot_usage.event (published);
        """
    ]

    /// The complete script for `psql`.
    package static var text: String {
        """
        -- The tables of copilot-usage. The program creates them at its first start. If its user may not
        -- create schemas, run this script as a user who may:
        --
        --     psql --single-transaction -v ON_ERROR_STOP=1 -f schema.sql DATABASE
        --     psql -c 'GRANT USAGE ON SCHEMA copilot_usage TO USER' DATABASE
        --     psql -c 'GRANT SELECT, INSERT, UPDATE, DELETE
        --              ON ALL TABLES IN SCHEMA copilot_usage TO USER' DATABASE

        \(steps.joined(separator: "\n\n"))

        INSERT INTO copilot_usage.schema_version (version) VALUES (\(steps.count));

        """
    }

    // An arbitrary number that no other program locks: the first bytes of "copilot-usage".
    private static let lock: Int64 = 0x636F_7069_6C6F_7475

    /// Creates or migrates the tables.
    static func make(on connection: Connection) throws(DatabaseError) {
        guard try version(on: connection) != steps.count else { return }
        try connection.transaction { connection throws(DatabaseError) in
            try connection.run("SELECT pg_advisory_xact_lock($1)", .number(lock))
            // Another process may have created them in the meantime.
            let version = try version(on: connection)
            guard version <= steps.count else {
                throw DatabaseError(
                    .misconfigured,
                    "the schema copilot_usage has version \(version), but this program supports only"
                        + " version \(steps.count). Use a newer version of the program.")
            }
            guard version < steps.count else { return }
            for step in steps[version...] { try connection.run(script: step) }
            if version == 0 {
                try connection.run(
                    "INSERT INTO copilot_usage.schema_version VALUES ($1::bigint)",
                    .number(steps.count))
            } else {
                try connection.run(
                    "UPDATE copilot_usage.schema_version SET version = $1::bigint",
                    .number(steps.count))
            }
        }
    }

    /// Returns the present version; 0 if there are no tables.
    ///
    /// - Throws: `misconfigured` if the table holds anything but one version.
    private static func version(on connection: Connection) throws(DatabaseError) -> Int {
        // `to_regclass` would use this connection's cache from before it waited for the lock.
        let found = try connection.run(
            """
            SELECT FROM pg_catalog.pg_tables
            WHERE schemaname = 'copilot_usage' AND tablename = 'schema_version'
            """)
        guard found.count == 1 else { return 0 }
        let rows = try connection.run("SELECT version FROM copilot_usage.schema_version")
        guard rows.count == 1, let version = rows.number(0, 0), version > 0 else {
            throw DatabaseError(
                .misconfigured,
                "the table copilot_usage.schema_version must have one row with the version of the"
                    + " tables, \(steps.count) for this program. Restore it.")
        }
        return Int(version)
    }
}
