-- A decision about another recipient than the regulator and the people concerned
-- says what in the facts raised its question.

-- +goose Up

ALTER TABLE decisions ADD COLUMN cause text NOT NULL DEFAULT '';
