-- Tasks that are no longer owed, but may have got through, are looked for at Slack. The
-- index holds these few and none of the many that are over.

-- +goose Up

CREATE INDEX tasks_doubtful ON tasks (next_at, id) WHERE state = 'dropped' AND attempts > 0;
