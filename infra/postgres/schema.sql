-- The tables of copilot-usage. The program creates them at its first start. If its user may not
-- create schemas, run this script as a user who may:
--
--     psql --single-transaction -v ON_ERROR_STOP=1 -f schema.sql DATABASE
--     psql -c 'GRANT USAGE ON SCHEMA copilot_usage TO USER' DATABASE
--     psql -c 'GRANT SELECT, INSERT, UPDATE, DELETE
--              ON ALL TABLES IN SCHEMA copilot_usage TO USER' DATABASE

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

INSERT INTO copilot_usage.schema_version (version) VALUES (1);
