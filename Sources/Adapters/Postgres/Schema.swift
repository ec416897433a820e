import Domain
import Ports

/// The tables, and how they come to be.
///
/// Whoever starts first makes them, in one transaction and under a lock that other starters wait
/// for. A user that may not do that finds them made by somebody who may: ``text`` is a script for
/// `psql`, and stands in `infra/postgres/schema.sql` too.
package enum Schema {
    /// What to run to get from each version to the next; the first makes version 1.
    ///
    /// A released step is never changed.
    static let steps = [
        """
        CREATE SCHEMA copilot_usage;

        -- Which version of these tables this is.
        CREATE TABLE copilot_usage.schema_version (version integer NOT NULL);

        -- What is remembered: authorizations (sealed), integrations, and a manifest for every day.
        CREATE TABLE copilot_usage.state (
            key text COLLATE "C" PRIMARY KEY,
            value bytea NOT NULL,
            -- Another number after each write.
            version bigint NOT NULL,
            -- From when on the entry counts as absent, whether or not it was swept.
            expires_at timestamptz
        );
        CREATE INDEX state_expiry ON copilot_usage.state (expires_at) WHERE expires_at IS NOT NULL;

        -- What is to be done, and what failed for good.
        CREATE TABLE copilot_usage.event (
            id text COLLATE "C" PRIMARY KEY,
            -- A CloudEvent.
            event json NOT NULL,
            -- How often it was lent to a worker.
            attempts integer NOT NULL DEFAULT 0,
            -- From when on a worker may take it; while it is lent, the end of the lease. NULL: dead.
            due_at timestamptz DEFAULT now(),
            -- Decides between events that are due at the same moment: larger than that of whatever was
            -- there when it was published.
            published bigint NOT NULL DEFAULT 0,
            -- Which loan may settle it; NULL when it is not lent.
            receipt bigint,
            -- Why it was put back, or is dead.
            reason text
        );
        CREATE INDEX event_due ON copilot_usage.event (due_at, published, id)
            WHERE due_at IS NOT NULL;
        -- For the largest one.
        CREATE INDEX event_published ON copilot_usage.event (published);
        """
    ]

    /// The script that makes everything, for people.
    package static var text: String {
        """
        -- The tables of copilot-usage, as the program makes them at its first start. Run this by
        -- hand, as somebody who may create schemas, where the program's own user must not:
        --
        --     psql --single-transaction -v ON_ERROR_STOP=1 -f schema.sql DATABASE
        --     psql -c 'GRANT USAGE ON SCHEMA copilot_usage TO USER' DATABASE
        --     psql -c 'GRANT SELECT, INSERT, UPDATE, DELETE
        --              ON ALL TABLES IN SCHEMA copilot_usage TO USER' DATABASE

        \(steps.joined(separator: "\n\n"))

        INSERT INTO copilot_usage.schema_version (version) VALUES (\(steps.count));

        """
    }

    // Any number will do that nobody else locks in this database: the first bytes of our name.
    private static let lock: Int64 = 0x636F_7069_6C6F_7475

    /// Makes what is missing.
    static func make(on connection: Connection) throws(Trouble) {
        guard try version(on: connection) != steps.count else { return }
        try connection.transaction { connection throws(Trouble) in
            try connection.run("SELECT pg_advisory_xact_lock($1)", .number(lock))
            // Somebody else may have made it while this waited.
            let version = try version(on: connection)
            guard version <= steps.count else {
                throw Trouble(
                    .misconfigured,
                    "the schema copilot_usage has version \(version), and this program knows up to"
                        + " \(steps.count): run the newer program")
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

    /// The version that is there; 0 if there is none.
    private static func version(on connection: Connection) throws(Trouble) -> Int {
        // Not `to_regclass`: it answers from what this connection looked up before it waited.
        let found = try connection.run(
            """
            SELECT FROM pg_catalog.pg_tables
            WHERE schemaname = 'copilot_usage' AND tablename = 'schema_version'
            """)
        guard found.count == 1 else { return 0 }
        let rows = try connection.run("SELECT version FROM copilot_usage.schema_version")
        return rows.count == 1 ? Int(rows.number(0, 0) ?? 0) : 0
    }
}
