package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"breachbot/store"
	"breachbot/workflow"
)

// settleTasks ends the incident's tasks that are no longer owed. The plus keeps
// SQLite off the index of what is due: it would walk every pending task there is
// instead of this incident's few. What one person of a group is owed was tried with
// the others of the group, so it is in doubt from the beginning.
const settleTasks = `
	UPDATE tasks
	SET state = iif(key = ?1, 'done', 'dropped'),
	    attempts = iif(kind = ?4, max(attempts, 1), attempts),
	    token = ''
	WHERE incident_id = ?2
	  AND (
	      +state = 'pending' AND key NOT IN (SELECT value ->> 'key' FROM json_each(?3))
	      OR +state = 'dropped' AND key = ?1
	  )`

// reconcile makes the incident's tasks those of the commit; the comment on
// store.Store says how.
func reconcile(ctx context.Context, tx *sql.Tx, c workflow.Commit) error {
	type task struct {
		Key       workflow.TaskKey   `json:"key"`
		Kind      workflow.TaskKind  `json:"kind"`
		Lane      workflow.Lane      `json:"lane"`
		Due       int64              `json:"due"`
		Target    workflow.Target    `json:"target"`
		About     int                `json:"about"`
		Milestone workflow.Countdown `json:"milestone"`
		Deadline  any                `json:"deadline"`
	}
	owed := make([]task, 0, len(c.Tasks))
	for _, t := range c.Tasks {
		owed = append(owed, task{t.Key, t.Kind, t.Kind.Lane(), t.Due.UnixMicro(), t.Target, t.About, t.Milestone, micros(t.Deadline)})
	}
	list, err := json.Marshal(owed)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, settleTasks, c.Done, c.Incident, string(list), workflow.KindPerson)
	if err != nil || len(owed) == 0 {
		return err
	}
	// A task that comes to be owed late is not older than the ones that waited
	// for their turn meanwhile, hence the later of due and now. A claimed one
	// stays with its worker until the lease ends, whatever its due time becomes.
	_, err = tx.ExecContext(ctx, `
		INSERT INTO tasks (
			incident_id,
			key,
			kind,
			lane,
			due_at,
			target,
			about,
			milestone,
			deadline_at,
			state,
			attempts,
			code,
			token,
			next_at,
			stored_at
		)
		SELECT ?1,
		       value ->> 'key',
		       value ->> 'kind',
		       value ->> 'lane',
		       value ->> 'due',
		       value ->> 'target',
		       value ->> 'about',
		       value ->> 'milestone',
		       value ->> 'deadline',
		       'pending',
		       0,
		       '',
		       '',
		       max(value ->> 'due', ?2),
		       ?2
		FROM json_each(?3)
		WHERE true
		ORDER BY json_each.key
		ON CONFLICT (incident_id, key) DO UPDATE
		SET kind = excluded.kind,
		    lane = excluded.lane,
		    due_at = excluded.due_at,
		    target = excluded.target,
		    about = excluded.about,
		    milestone = excluded.milestone,
		    deadline_at = excluded.deadline_at,
		    state = 'pending',
		    attempts = iif(state = 'dropped', min(attempts, 1), attempts),
		    code = iif(state = 'dropped', '', code),
		    token = iif(state = 'dropped', '', token),
		    next_at = CASE
		        WHEN state = 'dropped' THEN excluded.next_at
		        WHEN due_at = excluded.due_at THEN next_at
		        WHEN token <> '' AND next_at > ?2 THEN next_at
		        ELSE excluded.due_at
		    END,
		    stored_at = iif(state = 'dropped' AND attempts = 0, ?2, stored_at)
		WHERE state = 'dropped'
		   OR state = 'pending'
		  AND (kind, lane, due_at, target, about, milestone, coalesce(deadline_at, 0))
		   <> (excluded.kind, excluded.lane, excluded.due_at, excluded.target, excluded.about, excluded.milestone, coalesce(excluded.deadline_at, 0))`,
		c.Incident, micros(c.At), string(list))
	return err
}

// Claim implements store.Store.
func (s *Store) Claim(ctx context.Context, token string, now time.Time, lease time.Duration, lane workflow.Lane, limit int) ([]workflow.Claim, error) {
	// Most of the time nothing is due; then no writer is held up.
	var due bool
	err := s.read.QueryRowContext(ctx, `
		SELECT EXISTS (
			SELECT 1
			FROM tasks
			WHERE state = 'pending'
			  AND lane = ?
			  AND next_at <= ?
		)`, lane, micros(now)).Scan(&due)
	if err != nil || !due {
		return nil, s.fail("claim", err)
	}
	var claims []workflow.Claim
	err = s.update(ctx, "claim", func(tx *sql.Tx) error {
		claims = nil
		var ids []int64
		rows, err := tx.QueryContext(ctx, `
			SELECT `+claimColumns+`
			FROM tasks
			WHERE state = 'pending'
			  AND lane = ?
			  AND next_at <= ?
			ORDER BY next_at, id
			LIMIT ?`, lane, micros(now), limit)
		claims, err = all(rows, err, func(r *sql.Rows) (workflow.Claim, error) {
			var id int64
			c, err := scanClaim(r, &id)
			ids = append(ids, id)
			c.Attempt++
			c.Token = token
			c.Until = workflow.Instant(now.Add(lease))
			return c, err
		})
		if err != nil {
			return err
		}
		list, err := json.Marshal(ids)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE tasks
			SET attempts = attempts + 1,
			    token = ?,
			    next_at = ?
			WHERE id IN (SELECT value FROM json_each(?))`, token, micros(now.Add(lease)), string(list))
		return err
	})
	if err != nil {
		return nil, err
	}
	return claims, nil
}

// anyDoubtful tells whether something is in doubt. It looks into the index of those few,
// and not through all the tasks that are over.
const anyDoubtful = `
	SELECT EXISTS (
		SELECT 1
		FROM tasks
		WHERE state = 'dropped'
		  AND attempts > 0
		  AND next_at <= ?
	)`

// Doubtful implements store.Store.
func (s *Store) Doubtful(ctx context.Context, token string, now time.Time, lease time.Duration, limit int) ([]workflow.Claim, error) {
	var any bool
	err := s.read.QueryRowContext(ctx, anyDoubtful, micros(now)).Scan(&any)
	if err != nil || !any {
		return nil, s.fail("doubtful tasks", err)
	}
	var claims []workflow.Claim
	err = s.update(ctx, "doubtful tasks", func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `
			UPDATE tasks
			SET attempts = attempts + 1,
			    token = ?1,
			    next_at = ?2
			WHERE id IN (
			    SELECT id
			    FROM tasks
			    WHERE state = 'dropped'
			      AND attempts > 0
			      AND next_at <= ?3
			    ORDER BY next_at, id
			    LIMIT ?4
			)
			RETURNING `+claimColumns, token, micros(now.Add(lease)), micros(now), limit)
		claims, err = all(rows, err, func(r *sql.Rows) (workflow.Claim, error) {
			var id int64
			c, err := scanClaim(r, &id)
			c.Dropped = true
			return c, err
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	return claims, nil
}

// claimColumns are the columns that scanClaim reads.
const claimColumns = `id,
	incident_id,
	key,
	kind,
	due_at,
	target,
	about,
	milestone,
	deadline_at,
	attempts,
	code,
	token,
	next_at,
	stored_at`

func scanClaim(r scanner, id *int64) (c workflow.Claim, err error) {
	t := &c.Task
	err = r.Scan(id, &c.Incident, &t.Key, &t.Kind, instant{&t.Due}, &t.Target, &t.About, &t.Milestone, instant{&t.Deadline},
		&c.Attempt, &c.Code, &c.Token, instant{&c.Until}, instant{&c.Stored})
	return c, err
}

// Finish implements store.Store.
func (s *Store) Finish(ctx context.Context, c workflow.Claim) error {
	return s.held(ctx, "finish", c, `
		UPDATE tasks
		SET state = iif(state = 'pending', 'done', state),
		    attempts = iif(state = 'pending', attempts, 0),
		    token = ''
		WHERE incident_id = ?
		  AND key = ?
		  AND token = ?
		  AND state = ?`)
}

// Postpone implements store.Store.
func (s *Store) Postpone(ctx context.Context, c workflow.Claim, until time.Time, code string) error {
	return s.held(ctx, "postpone", c, `
		UPDATE tasks
		SET token = '',
		    next_at = ?5,
		    code = ?6
		WHERE incident_id = ?1
		  AND key = ?2
		  AND token = ?3
		  AND state = ?4`, micros(until), code)
}

// Return implements store.Store.
func (s *Store) Return(ctx context.Context, c workflow.Claim, until time.Time, tried int) error {
	return s.held(ctx, "return", c, `
		UPDATE tasks
		SET token = '',
		    next_at = ?5,
		    attempts = ?6,
		    code = iif(code = '', ?7, code)
		WHERE incident_id = ?1
		  AND key = ?2
		  AND token = ?3
		  AND state = ?4`, micros(until), tried, workflow.HeldBack)
}

// held changes a task that the claim still holds.
func (s *Store) held(ctx context.Context, op string, c workflow.Claim, query string, args ...any) error {
	if c.Token == "" {
		return fmt.Errorf("%s %s %s: not claimed: %w", op, c.Incident, c.Task.Key, workflow.ErrConflict)
	}
	return s.update(ctx, fmt.Sprintf("%s %s %s", op, c.Incident, c.Task.Key), func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, query, append([]any{c.Incident, c.Task.Key, c.Token, store.StateOf(c)}, args...)...)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err == nil && n == 0 {
			err = fmt.Errorf("the claim was lost: %w", workflow.ErrConflict)
		}
		return err
	})
}

// Failing implements store.Store.
func (s *Store) Failing(ctx context.Context, attempts int) ([]workflow.Claim, error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT `+claimColumns+`
		FROM tasks
		WHERE state = 'pending'
		  AND attempts > 0
		  AND attempts >= ?
		ORDER BY stored_at, id`, attempts)
	claims, err := all(rows, err, func(r *sql.Rows) (workflow.Claim, error) {
		var id int64
		return scanClaim(r, &id)
	})
	return claims, s.fail("failing tasks", err)
}

// Oldest implements store.Store.
func (s *Store) Oldest(ctx context.Context, now time.Time) (time.Duration, error) {
	next, err := s.Next(ctx)
	if err != nil || next.IsZero() || next.After(now) {
		return 0, err
	}
	return now.Sub(next), nil
}

// Next implements store.Store.
func (s *Store) Next(ctx context.Context) (next time.Time, err error) {
	lanes, err := json.Marshal(workflow.Lanes())
	if err != nil {
		return next, err
	}
	err = s.read.QueryRowContext(ctx, `
		SELECT min((
			SELECT min(next_at)
			FROM tasks
			WHERE state = 'pending'
			  AND lane = value
		))
		FROM json_each(?)`, string(lanes)).Scan(instant{&next})
	return next, s.fail("next task", err)
}
