-- The journal and what follows from it. Instants are whole microseconds since
-- 1970 in UTC: as numbers they order and compare without any zone.

-- +goose Up

-- What happened. The truth of this database: everything else can be derived from
-- it, and no row of it is ever changed.
CREATE TABLE events (
    pos          INTEGER PRIMARY KEY,
    incident_id  TEXT    NOT NULL,
    seq          INTEGER NOT NULL CHECK (seq > 0),
    at           INTEGER NOT NULL,
    actor        TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    command_key  TEXT    NOT NULL,
    payload      TEXT,
    salt         BLOB,
    payload_hash BLOB    NOT NULL,
    prev_hash    BLOB    NOT NULL,
    hash         BLOB    NOT NULL,
    UNIQUE (incident_id, seq)
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER events_keep_update BEFORE UPDATE ON events
-- Erasing under the retention policy is the one exception: content and salt
-- may go, together, once a later event says that they were erased.
WHEN NOT (
    NEW.payload IS NULL
    AND NEW.salt IS NULL
    AND NEW.pos IS OLD.pos
    AND NEW.incident_id IS OLD.incident_id
    AND NEW.seq IS OLD.seq
    AND NEW.at IS OLD.at
    AND NEW.actor IS OLD.actor
    AND NEW.kind IS OLD.kind
    AND NEW.command_key IS OLD.command_key
    AND NEW.payload_hash IS OLD.payload_hash
    AND NEW.prev_hash IS OLD.prev_hash
    AND NEW.hash IS OLD.hash
    AND EXISTS (
        SELECT 1
        FROM events AS e
        WHERE e.incident_id = OLD.incident_id
          AND e.seq > OLD.seq
          AND e.kind = 'erased'
    )
)
BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER events_keep_delete BEFORE DELETE ON events
BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
-- INSERT OR REPLACE removes rows without asking the trigger on DELETE.
CREATE TRIGGER events_keep_replace BEFORE INSERT ON events
WHEN EXISTS (
    SELECT 1
    FROM events AS e
    WHERE e.pos = NEW.pos
       OR (e.incident_id = NEW.incident_id AND e.seq = NEW.seq)
)
BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;
-- +goose StatementEnd

-- Commitments to the whole journal, one a day. They outlive what they cover,
-- so they refer to nothing.
CREATE TABLE anchors (
    seq       INTEGER PRIMARY KEY,
    day       TEXT    NOT NULL UNIQUE,
    at        INTEGER NOT NULL,
    upto      INTEGER NOT NULL,
    incidents INTEGER NOT NULL,
    events    INTEGER NOT NULL,
    heads     TEXT    NOT NULL,
    hash      TEXT    NOT NULL
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER anchors_keep_update BEFORE UPDATE ON anchors
BEGIN
    SELECT RAISE(ABORT, 'anchors are append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER anchors_keep_delete BEFORE DELETE ON anchors
BEGIN
    SELECT RAISE(ABORT, 'anchors are append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER anchors_keep_replace BEFORE INSERT ON anchors
WHEN EXISTS (SELECT 1 FROM anchors AS a WHERE a.seq = NEW.seq OR a.day = NEW.day)
BEGIN
    SELECT RAISE(ABORT, 'anchors are append-only');
END;
-- +goose StatementEnd

-- Which submission led to which events, so that one that is repeated changes
-- nothing.
CREATE TABLE commands (
    key         TEXT    NOT NULL PRIMARY KEY,
    incident_id TEXT    NOT NULL,
    first_seq   INTEGER NOT NULL,
    last_seq    INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    FOREIGN KEY (incident_id, first_seq) REFERENCES events (incident_id, seq)
) STRICT;

CREATE INDEX commands_incident ON commands (incident_id);

-- The register (UK GDPR Art. 33(5)), one line an incident: columns for people
-- who read it with SQL, and the whole line as JSON for the program.
CREATE TABLE incidents (
    id            TEXT    NOT NULL PRIMARY KEY,
    year          INTEGER NOT NULL,
    number        INTEGER NOT NULL,
    version       INTEGER NOT NULL,
    step          TEXT    NOT NULL,
    open          INTEGER NOT NULL CHECK (open IN (0, 1)),
    title         TEXT    NOT NULL,
    near_miss     INTEGER NOT NULL CHECK (near_miss IN (0, 1)),
    severity      INTEGER NOT NULL,
    risk          TEXT    NOT NULL,
    category      TEXT    NOT NULL,
    reporter      TEXT    NOT NULL,
    lead          TEXT    NOT NULL,
    channel       TEXT    NOT NULL,
    detected_at   INTEGER,
    reported_at   INTEGER NOT NULL,
    aware_at      INTEGER,
    deadline_at   INTEGER NOT NULL,
    basis         TEXT    NOT NULL,
    clock         TEXT    NOT NULL,
    stopped_at    INTEGER,
    late          INTEGER NOT NULL CHECK (late IN (0, 1)),
    delay_reasons TEXT    NOT NULL,
    resolved_at   INTEGER,
    closed_at     INTEGER,
    dismissed_at  INTEGER,
    erased_at     INTEGER,
    entry         TEXT    NOT NULL,
    UNIQUE (year, number)
) STRICT;

CREATE INDEX incidents_order ON incidents (reported_at, year, number);
CREATE INDEX incidents_open ON incidents (reported_at, year, number) WHERE open;

-- Every decision with its person, time, reason and the facts it was taken on.
-- assessment_seq is the event with the cell of the grid that was valid then.
CREATE TABLE decisions (
    incident_id    TEXT    NOT NULL,
    seq            INTEGER NOT NULL,
    recipient      TEXT    NOT NULL,
    verdict        TEXT    NOT NULL,
    reason         TEXT    NOT NULL,
    advice         TEXT    NOT NULL,
    ground         TEXT    NOT NULL,
    delay          TEXT    NOT NULL,
    delay_reason   TEXT    NOT NULL,
    decided_by     TEXT    NOT NULL,
    role           TEXT    NOT NULL,
    decided_at     INTEGER NOT NULL,
    facts_version  INTEGER NOT NULL,
    assessment_seq INTEGER NOT NULL,
    against_advice INTEGER NOT NULL CHECK (against_advice IN (0, 1)),
    late           INTEGER NOT NULL CHECK (late IN (0, 1)),
    PRIMARY KEY (incident_id, seq),
    FOREIGN KEY (incident_id, seq) REFERENCES events (incident_id, seq)
) STRICT;

-- Every notice that was recorded as sent.
CREATE TABLE notifications (
    incident_id  TEXT    NOT NULL,
    seq          INTEGER NOT NULL,
    recipient    TEXT    NOT NULL,
    sent_at      INTEGER NOT NULL,
    method       TEXT    NOT NULL,
    reference    TEXT    NOT NULL,
    follow_up    INTEGER NOT NULL CHECK (follow_up IN (0, 1)),
    complete     INTEGER NOT NULL CHECK (complete IN (0, 1)),
    delay        TEXT    NOT NULL,
    delay_reason TEXT    NOT NULL,
    late         INTEGER NOT NULL CHECK (late IN (0, 1)),
    recorded_by  TEXT    NOT NULL,
    recorded_at  INTEGER NOT NULL,
    PRIMARY KEY (incident_id, seq),
    FOREIGN KEY (incident_id, seq) REFERENCES events (incident_id, seq)
) STRICT;

-- What is owed to Slack. next_at is when a task may be handed out: when it is
-- due, when the lease on it ends, or when it is tried again. One index then
-- finds due work at a cost that grows with what is due, not with what is open.
-- milestone is in nanoseconds; incident_id is empty for tasks of no incident.
CREATE TABLE tasks (
    id          INTEGER PRIMARY KEY,
    incident_id TEXT    NOT NULL,
    key         TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    due_at      INTEGER NOT NULL,
    target      TEXT    NOT NULL,
    about       INTEGER NOT NULL,
    milestone   INTEGER NOT NULL,
    deadline_at INTEGER,
    state       TEXT    NOT NULL CHECK (state IN ('pending', 'done', 'dropped')),
    attempts    INTEGER NOT NULL,
    code        TEXT    NOT NULL,
    token       TEXT    NOT NULL,
    next_at     INTEGER NOT NULL,
    stored_at   INTEGER NOT NULL,
    UNIQUE (incident_id, key)
) STRICT;

CREATE INDEX tasks_due ON tasks (state, next_at, id);

-- Those that failed are few and asked for often, by whoever watches the bot.
CREATE INDEX tasks_tried ON tasks (state, attempts) WHERE attempts > 0;

-- Small facts of the program's own, such as the rules the tasks were planned with.
CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
