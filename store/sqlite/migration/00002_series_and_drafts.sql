-- Drills count in a series of their own, and what people type into a report form
-- is kept for a day.

-- +goose Up

-- SQLite cannot drop a UNIQUE constraint, so the table is made anew. Nothing
-- refers to it: decisions and notifications refer to the events.
CREATE TABLE incidents_new (
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
    series        TEXT    NOT NULL DEFAULT 'BR',
    UNIQUE (series, year, number)
) STRICT;

INSERT INTO incidents_new (
    id, year, number, version, step, open, title, near_miss, severity, risk, category, reporter, lead, channel,
    detected_at, reported_at, aware_at, deadline_at, basis, clock, stopped_at, late, delay_reasons,
    resolved_at, closed_at, dismissed_at, erased_at, entry
)
SELECT id, year, number, version, step, open, title, near_miss, severity, risk, category, reporter, lead, channel,
       detected_at, reported_at, aware_at, deadline_at, basis, clock, stopped_at, late, delay_reasons,
       resolved_at, closed_at, dismissed_at, erased_at, entry
FROM incidents;

DROP TABLE incidents; -- its indexes go with it

ALTER TABLE incidents_new RENAME TO incidents;

CREATE INDEX incidents_order ON incidents (reported_at, year, number, series);
CREATE INDEX incidents_open ON incidents (reported_at, year, number, series) WHERE open;

-- Which incident is worked on in a channel.
CREATE INDEX incidents_channel ON incidents (channel) WHERE channel <> '';

-- What somebody has typed into a form and not sent: theirs alone, and gone after
-- a day. form is the key of the command that sending the form gives. entered is
-- JSON, and empty for one that was thrown away. It follows from no event.
CREATE TABLE drafts (
    person  TEXT    NOT NULL,
    kind    TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    form    TEXT    NOT NULL,
    entered TEXT    NOT NULL,
    PRIMARY KEY (person, kind)
) STRICT;

-- Sending a form ends its draft.
CREATE INDEX drafts_form ON drafts (form);
