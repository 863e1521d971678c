package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"breachbot/store"
	"breachbot/workflow"
)

// Anchor implements store.Store.
func (s *Store) Anchor(ctx context.Context, day string, at time.Time) (a workflow.Anchor, created bool, err error) {
	// Most calls come after the day's anchor was made; they hold nobody up.
	a, err = s.anchorOf(ctx, day)
	if !errors.Is(err, pgx.ErrNoRows) {
		return a, false, fail("anchor "+day, err)
	}
	err = s.update(ctx, "anchor "+day, func(ctx context.Context, tx pgx.Tx) error {
		// Waits for commits under way and holds new ones up, so that all places
		// in the journal up to the highest are there to see. The second lock
		// keeps two anchors apart.
		if _, err := tx.Exec(ctx, "LOCK TABLE events IN SHARE MODE; LOCK TABLE anchors IN SHARE ROW EXCLUSIVE MODE"); err != nil {
			return err
		}
		created = false
		err := tx.QueryRow(ctx, selectAnchors+" WHERE day = $1", day).Scan(anchorColumns(&store.AnchorRow{}, &a)...)
		if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		var seq int
		var upto int64
		var prev, before string
		err = tx.QueryRow(ctx, `
			SELECT (SELECT coalesce(max(seq), 0) + 1 FROM anchors),
			       (SELECT coalesce(max(pos), 0) FROM events),
			       coalesce((SELECT hash FROM anchors ORDER BY seq DESC LIMIT 1), ''),
			       coalesce((SELECT day::text FROM anchors ORDER BY seq DESC LIMIT 1), '')`).Scan(&seq, &upto, &prev, &before)
		if err != nil {
			return err
		}
		heads, err := heads(ctx, tx)
		if err != nil {
			return err
		}
		a, created = heads.Anchor(day, at, upto, prev), true
		b := &pgx.Batch{}
		insertAnchor(b, seq, a)
		for _, t := range store.LooseTasks(a, before) {
			insertLoose(b, t)
		}
		return tx.SendBatch(ctx, b).Close()
	})
	return a, created && err == nil, err
}

func (s *Store) anchorOf(ctx context.Context, day string) (a workflow.Anchor, err error) {
	err = s.row(ctx, selectAnchors+" WHERE day = $1", []any{day}, anchorColumns(&store.AnchorRow{}, &a)...)
	return a, err
}

// heads reads the last hash of every incident.
func heads(ctx context.Context, tx pgx.Tx) (*store.Heads, error) {
	rows, err := tx.Query(ctx, `
		SELECT DISTINCT ON (incident_id)
		       incident_id,
		       seq,
		       hash
		FROM events
		ORDER BY incident_id, seq DESC`)
	if err != nil {
		return nil, err
	}
	h := store.NewHeads()
	var id workflow.IncidentID
	var seq int
	var hash []byte
	_, err = pgx.ForEachRow(rows, []any{&id, &seq, &hash}, func() error {
		h.Add(id, seq, hash)
		return nil
	})
	return h, err
}

func insertAnchor(b *pgx.Batch, seq int, a workflow.Anchor) {
	b.Queue(`
		INSERT INTO anchors (
			seq,
			day,
			at,
			upto,
			incidents,
			events,
			heads,
			hash
		) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		seq,
		a.Day,
		micros(a.At),
		a.Upto,
		a.Incidents,
		a.Events,
		a.Heads,
		a.Hash,
	)
}

// insertLoose stores a task that belongs to no incident.
func insertLoose(b *pgx.Batch, t workflow.Task) {
	b.Queue(`
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
		) VALUES ('', $1, $2, $3, $4, '', 0, 0, 'pending', 0, '', '', $4, $4)`,
		t.Key, t.Kind, int16(t.Kind.Lane()), micros(t.Due))
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

func scanAnchor(r pgx.Row) (row store.AnchorRow, err error) {
	return row, r.Scan(anchorColumns(&row, &row.Anchor)...)
}

// Anchors implements store.Store.
func (s *Store) Anchors(ctx context.Context) ([]workflow.Anchor, error) {
	anchors, err := list(ctx, s, func(r pgx.Row) (workflow.Anchor, error) {
		row, err := scanAnchor(r)
		return row.Anchor, err
	}, selectAnchors+" ORDER BY seq")
	return anchors, fail("anchors", err)
}
