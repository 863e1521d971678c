-- A notice can be taken back, with a reason. Until now none could.

-- +goose Up

ALTER TABLE notifications ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1));
ALTER TABLE notifications ADD COLUMN reason    TEXT    NOT NULL DEFAULT '';
