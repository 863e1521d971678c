-- A notice can be taken back, with a reason. Until now none could. A decision about
-- another recipient says what in the facts raised its question.

-- +goose Up

ALTER TABLE notifications
    ADD COLUMN withdrawn boolean NOT NULL DEFAULT false,
    ADD COLUMN reason    text    NOT NULL DEFAULT '';

ALTER TABLE decisions ADD COLUMN cause text NOT NULL DEFAULT '';
