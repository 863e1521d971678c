-- Tasks are handed out by lane: what has a legal deadline (1), what somebody waits for
-- (2), and the rest (3). The index finds what is due in each of them.

-- +goose Up

ALTER TABLE tasks ADD COLUMN lane smallint NOT NULL DEFAULT 3;

UPDATE tasks
SET lane = CASE
    WHEN kind IN ('remind', 'follow_up', 'nudge', 'ask') THEN 1
    WHEN kind IN (
        'channel', 'card', 'invite', 'outcome', 'alert', 'untaken', 'answer', 'news', 'help', 'question', 'helped', 'given', 'say'
    ) THEN 2
    ELSE 3
END
WHERE state = 'pending';

DROP INDEX tasks_due;

CREATE INDEX tasks_due ON tasks (state, lane, next_at, id);
