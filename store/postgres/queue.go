package postgres

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"breachbot/store"
	"breachbot/workflow"
)

// reconcile makes the incident's tasks those of the commit; the comment on
// store.Store says how.
func reconcile(b *pgx.Batch, c workflow.Commit) {
	owed := columnsOf(c.Tasks)
	// What one person of a group is owed was tried with the others of the group, so
	// it is in doubt from the beginning.
	b.Queue(`
		UPDATE tasks
		SET state = CASE WHEN key = $1 THEN 'done' ELSE 'dropped' END,
		    attempts = CASE WHEN kind = $4 THEN greatest(attempts, 1) ELSE attempts END,
		    token = ''
		WHERE incident_id = $2
		  AND (
		      state = 'pending' AND key <> ALL ($3::text[])
		      OR state = 'dropped' AND key = $1
		  )`,
		c.Done, c.Incident, owed.keys, workflow.KindPerson)
	if len(c.Tasks) == 0 {
		return
	}
	// A task that comes to be owed late is not older than the ones that waited
	// for their turn meanwhile, hence the later of due and now. A claimed one
	// stays with its worker until the lease ends, whatever its due time becomes.
	b.Queue(`
		INSERT INTO tasks AS t (
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
		SELECT $1,
		       o.key,
		       o.kind,
		       o.lane,
		       o.due_at,
		       o.target,
		       o.about,
		       o.milestone,
		       o.deadline_at,
		       'pending',
		       0,
		       '',
		       '',
		       greatest(o.due_at, $2::timestamptz),
		       $2
		FROM unnest($3::text[], $4::text[], $5::smallint[], $6::timestamptz[], $7::text[], $8::integer[], $9::bigint[], $10::timestamptz[])
			WITH ORDINALITY AS o (key, kind, lane, due_at, target, about, milestone, deadline_at, n)
		ORDER BY o.n
		ON CONFLICT (incident_id, key) DO UPDATE
		SET kind = excluded.kind,
		    lane = excluded.lane,
		    due_at = excluded.due_at,
		    target = excluded.target,
		    about = excluded.about,
		    milestone = excluded.milestone,
		    deadline_at = excluded.deadline_at,
		    state = 'pending',
		    attempts = CASE WHEN t.state = 'dropped' THEN least(t.attempts, 1) ELSE t.attempts END,
		    code = CASE WHEN t.state = 'dropped' THEN '' ELSE t.code END,
		    token = CASE WHEN t.state = 'dropped' THEN '' ELSE t.token END,
		    next_at = CASE
		        WHEN t.state = 'dropped' THEN excluded.next_at
		        WHEN t.due_at = excluded.due_at THEN t.next_at
		        WHEN t.token <> '' AND t.next_at > $2 THEN t.next_at
		        ELSE excluded.due_at
		    END,
		    stored_at = CASE WHEN t.state = 'dropped' AND t.attempts = 0 THEN excluded.stored_at ELSE t.stored_at END
		WHERE t.state = 'dropped'
		   OR t.state = 'pending'
		  AND (t.kind, t.lane, t.due_at, t.target, t.about, t.milestone, t.deadline_at)
		      IS DISTINCT FROM
		      (excluded.kind, excluded.lane, excluded.due_at, excluded.target, excluded.about, excluded.milestone, excluded.deadline_at)`,
		c.Incident,
		micros(c.At),
		owed.keys,
		owed.kinds,
		owed.lanes,
		owed.dues,
		owed.targets,
		owed.abouts,
		owed.milestones,
		owed.deadlines,
	)
}

// columns are tasks column by column, as unnest wants them.
type columns struct {
	keys, kinds, targets []string
	lanes                []int16
	abouts               []int
	milestones           []int64
	dues, deadlines      []pgtype.Timestamptz
}

func columnsOf(tasks []workflow.Task) columns {
	c := columns{keys: []string{}} // NULL would match no key at all
	for _, t := range tasks {
		c.keys = append(c.keys, string(t.Key))
		c.kinds = append(c.kinds, string(t.Kind))
		c.lanes = append(c.lanes, int16(t.Kind.Lane()))
		c.dues = append(c.dues, micros(t.Due))
		c.targets = append(c.targets, string(t.Target))
		c.abouts = append(c.abouts, t.About)
		c.milestones = append(c.milestones, int64(t.Milestone))
		c.deadlines = append(c.deadlines, micros(t.Deadline))
	}
	return c
}

// claimColumns are the columns of a claim, of the table t, and claimFields what reads
// them, in the same order.
const claimColumns = `t.incident_id,
	t.key,
	t.kind,
	t.due_at,
	t.target,
	t.about,
	t.milestone,
	t.deadline_at,
	t.attempts,
	t.code,
	t.token,
	t.next_at,
	t.stored_at`

func claimFields(c *workflow.Claim) []any {
	t := &c.Task
	return []any{&c.Incident, &t.Key, &t.Kind, instant{&t.Due}, &t.Target, &t.About, &t.Milestone, instant{&t.Deadline},
		&c.Attempt, &c.Code, &c.Token, instant{&c.Until}, instant{&c.Stored}}
}

// Claim implements store.Store.
func (s *Store) Claim(ctx context.Context, token string, now time.Time, lease time.Duration, lane workflow.Lane, limit int) ([]workflow.Claim, error) {
	type claimed struct {
		waited time.Time
		id     int64
		workflow.Claim
	}
	taken, err := list(ctx, s, func(r pgx.Row) (c claimed, err error) {
		return c, r.Scan(append([]any{instant{&c.waited}, &c.id}, claimFields(&c.Claim)...)...)
	}, `
		WITH due AS (
			SELECT id,
			       next_at
			FROM tasks
			WHERE state = 'pending'
			  AND lane = $5
			  AND next_at <= $1
			ORDER BY next_at, id
			LIMIT $2
			FOR UPDATE SKIP LOCKED
		)
		UPDATE tasks AS t
		SET attempts = t.attempts + 1,
		    token = $3,
		    next_at = $4
		FROM due
		WHERE t.id = due.id
		RETURNING due.next_at,
		          t.id,
		          `+claimColumns, micros(now), limit, token, micros(now.Add(lease)), int16(lane))
	if err = s.noted("claim", err); err != nil {
		return nil, err
	}
	slices.SortFunc(taken, func(a, b claimed) int {
		if c := a.waited.Compare(b.waited); c != 0 {
			return c
		}
		return int(a.id - b.id)
	})
	var claims []workflow.Claim
	for _, c := range taken {
		claims = append(claims, c.Claim)
	}
	return claims, nil
}

// Doubtful implements store.Store.
func (s *Store) Doubtful(ctx context.Context, token string, now time.Time, lease time.Duration, limit int) ([]workflow.Claim, error) {
	claims, err := list(ctx, s, func(r pgx.Row) (c workflow.Claim, err error) {
		c.Dropped = true
		return c, r.Scan(claimFields(&c)...)
	}, `
		WITH doubtful AS (
			SELECT id
			FROM tasks
			WHERE state = 'dropped'
			  AND attempts > 0
			  AND next_at <= $1
			ORDER BY next_at, id
			LIMIT $2
			FOR UPDATE SKIP LOCKED
		)
		UPDATE tasks AS t
		SET attempts = t.attempts + 1,
		    token = $3,
		    next_at = $4
		FROM doubtful
		WHERE t.id = doubtful.id
		RETURNING `+claimColumns, micros(now), limit, token, micros(now.Add(lease)))
	return claims, fail("doubtful tasks", err)
}

// Finish implements store.Store.
func (s *Store) Finish(ctx context.Context, c workflow.Claim) error {
	return s.held(ctx, "finish", c, `
		UPDATE tasks
		SET state = CASE WHEN state = 'pending' THEN 'done' ELSE state END,
		    attempts = CASE WHEN state = 'pending' THEN attempts ELSE 0 END,
		    token = ''
		WHERE incident_id = $1
		  AND key = $2
		  AND token = $3
		  AND state = $4`)
}

// Postpone implements store.Store.
func (s *Store) Postpone(ctx context.Context, c workflow.Claim, until time.Time, code string) error {
	return s.held(ctx, "postpone", c, `
		UPDATE tasks
		SET token = '',
		    next_at = $5,
		    code = $6
		WHERE incident_id = $1
		  AND key = $2
		  AND token = $3
		  AND state = $4`, micros(until), code)
}

// Return implements store.Store.
func (s *Store) Return(ctx context.Context, c workflow.Claim, until time.Time, tried int) error {
	return s.held(ctx, "return", c, `
		UPDATE tasks
		SET token = '',
		    next_at = $5,
		    attempts = $6,
		    code = CASE WHEN code = '' THEN $7 ELSE code END
		WHERE incident_id = $1
		  AND key = $2
		  AND token = $3
		  AND state = $4`, micros(until), tried, workflow.HeldBack)
}

// held changes a task that the claim still holds.
func (s *Store) held(ctx context.Context, op string, c workflow.Claim, query string, args ...any) error {
	op = fmt.Sprintf("%s %s %s", op, c.Incident, c.Task.Key)
	if c.Token == "" {
		return fmt.Errorf("%s: not claimed: %w", op, workflow.ErrConflict)
	}
	ctx, cancel, err := s.begin(ctx)
	if err != nil {
		return fail(op, err)
	}
	defer cancel()
	tag, err := s.pool.Exec(ctx, query, append([]any{c.Incident, c.Task.Key, c.Token, store.StateOf(c)}, args...)...)
	if err == nil && tag.RowsAffected() == 0 {
		err = fmt.Errorf("the claim was lost: %w", workflow.ErrConflict)
	}
	return s.noted(op, err)
}

// Failing implements store.Store.
func (s *Store) Failing(ctx context.Context, attempts int) ([]workflow.Claim, error) {
	claims, err := list(ctx, s, func(r pgx.Row) (c workflow.Claim, err error) {
		return c, r.Scan(claimFields(&c)...)
	}, `
		SELECT `+claimColumns+`
		FROM tasks AS t
		WHERE state = 'pending'
		  AND attempts > 0
		  AND attempts >= $1
		ORDER BY stored_at, id`, attempts)
	return claims, fail("failing tasks", err)
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
	var lanes []int16
	for _, l := range workflow.Lanes() {
		lanes = append(lanes, int16(l))
	}
	err = s.row(ctx, `
		SELECT min(first.next_at)
		FROM unnest($1::smallint[]) AS l (lane),
		     LATERAL (
		         SELECT min(next_at) AS next_at
		         FROM tasks
		         WHERE state = 'pending'
		           AND lane = l.lane
		     ) AS first`, []any{lanes}, instant{&next})
	return next, fail("next task", err)
}
