-- A notice can be taken back, with a reason. Until now none could.

-- +goose Up

ALTER TABLE notifications
    ADD COLUMN withdrawn boolean NOT NULL DEFAULT false,
    ADD COLUMN reason    text    NOT NULL DEFAULT '';
