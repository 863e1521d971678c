package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"breachbot/store"
	"breachbot/workflow"
)

// Anchor implements store.Store.
func (s *Store) Anchor(ctx context.Context, day string, at time.Time) (a workflow.Anchor, created bool, err error) {
	err = s.update(ctx, "anchor "+day, func(tx *sql.Tx) error {
		created = false
		err := tx.QueryRowContext(ctx, selectAnchors+" WHERE day = ?", day).Scan(anchorColumns(&store.AnchorRow{}, &a)...)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		var seq int
		var upto int64
		var prev, before string
		err = tx.QueryRowContext(ctx, `
			SELECT (SELECT coalesce(max(seq), 0) + 1 FROM anchors),
			       (SELECT coalesce(max(pos), 0) FROM events),
			       coalesce((SELECT hash FROM anchors ORDER BY seq DESC LIMIT 1), ''),
			       coalesce((SELECT day FROM anchors ORDER BY seq DESC LIMIT 1), '')`).Scan(&seq, &upto, &prev, &before)
		if err != nil {
			return err
		}
		heads, err := heads(ctx, tx)
		if err != nil {
			return err
		}
		a, created = heads.Anchor(day, at, upto, prev), true
		if err := insertAnchor(ctx, tx, seq, a); err != nil {
			return err
		}
		for _, t := range store.LooseTasks(a, before) {
			if err := insertLoose(ctx, tx, t); err != nil {
				return err
			}
		}
		return nil
	})
	return a, created && err == nil, err
}

// heads reads the last hash of every incident.
func heads(ctx context.Context, tx *sql.Tx) (*store.Heads, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT e.incident_id,
		       e.seq,
		       e.hash
		FROM (
			SELECT incident_id,
			       max(seq) AS seq
			FROM events
			GROUP BY incident_id
		) AS last
		JOIN events AS e USING (incident_id, seq)
		ORDER BY e.incident_id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	h := store.NewHeads()
	for rows.Next() {
		var id workflow.IncidentID
		var seq int
		var hash []byte
		if err := rows.Scan(&id, &seq, &hash); err != nil {
			return nil, err
		}
		h.Add(id, seq, hash)
	}
	return h, rows.Err()
}

func insertAnchor(ctx context.Context, tx *sql.Tx, seq int, a workflow.Anchor) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO anchors (
			seq,
			day,
			at,
			upto,
			incidents,
			events,
			heads,
			hash
		) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		seq,
		a.Day,
		micros(a.At),
		a.Upto,
		a.Incidents,
		a.Events,
		a.Heads,
		a.Hash,
	)
	return err
}

// insertLoose stores a task that belongs to no incident.
func insertLoose(ctx context.Context, tx *sql.Tx, t workflow.Task) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO tasks (
			incident_id,
			key,
			kind,
			lane,
			due_at,
			target,
			about,
			milestone,
			state,
			attempts,
			code,
			token,
			next_at,
			stored_at
		) VALUES ('', ?1, ?2, ?3, ?4, '', 0, 0, 'pending', 0, '', '', ?4, ?4)`,
		t.Key, t.Kind, t.Kind.Lane(), micros(t.Due))
	return err
}

const selectAnchors = `
	SELECT seq,
	       day,
	       at,
	       upto,
	       incidents,
	       events,
	       heads,
	       hash
	FROM anchors`

func anchorColumns(row *store.AnchorRow, a *workflow.Anchor) []any {
	return []any{&row.Seq, &a.Day, instant{&a.At}, &a.Upto, &a.Incidents, &a.Events, &a.Heads, &a.Hash}
}

// Anchors implements store.Store.
func (s *Store) Anchors(ctx context.Context) ([]workflow.Anchor, error) {
	rows, err := s.read.QueryContext(ctx, selectAnchors+" ORDER BY seq")
	anchors, err := all(rows, err, func(r *sql.Rows) (a workflow.Anchor, err error) {
		return a, r.Scan(anchorColumns(&store.AnchorRow{}, &a)...)
	})
	return anchors, s.fail("anchors", err)
}
