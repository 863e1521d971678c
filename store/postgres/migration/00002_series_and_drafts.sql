-- Drills count in a series of their own, and what people type into a report form
-- is kept for a day.

-- +goose Up

ALTER TABLE incidents ADD COLUMN series text COLLATE "C" NOT NULL DEFAULT 'BR';

ALTER TABLE incidents DROP CONSTRAINT incidents_year_number_key;

ALTER TABLE incidents ADD CONSTRAINT incidents_series_year_number_key UNIQUE (series, year, number);

DROP INDEX incidents_order, incidents_open;

CREATE INDEX incidents_order ON incidents (reported_at, year, number, series);
CREATE INDEX incidents_open ON incidents (reported_at, year, number, series) WHERE open;

-- Which incident is worked on in a channel.
CREATE INDEX incidents_channel ON incidents (channel) WHERE channel <> '';

-- What somebody has typed into a form and not sent: theirs alone, and gone after
-- a day. form is the key of the command that sending the form gives. entered is
-- JSON, and empty for one that was thrown away; as text, because jsonb refuses
-- some of what people paste. It follows from no event.
CREATE TABLE drafts (
    person  text        NOT NULL,
    kind    text        NOT NULL,
    at      timestamptz NOT NULL,
    form    text        NOT NULL,
    entered text        NOT NULL,
    PRIMARY KEY (person, kind)
);

-- Sending a form ends its draft.
CREATE INDEX drafts_form ON drafts (form);
