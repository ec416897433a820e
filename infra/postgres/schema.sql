-- The tables of copilot-usage, as the program makes them at its first start. Run this by
-- hand, as somebody who may create schemas, where the program's own user must not:
--
--     psql --single-transaction -v ON_ERROR_STOP=1 -f schema.sql DATABASE
--     psql -c 'GRANT USAGE ON SCHEMA copilot_usage TO USER' DATABASE
--     psql -c 'GRANT SELECT, INSERT, UPDATE, DELETE
--              ON ALL TABLES IN SCHEMA copilot_usage TO USER' DATABASE

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

INSERT INTO copilot_usage.schema_version (version) VALUES (1);
