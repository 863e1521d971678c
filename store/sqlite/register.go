package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"breachbot/store"
	"breachbot/workflow"
)

// project writes the rows that follow from a commit. Decisions and
// notifications up to the version from are there already and do not change; with 0
// all are written again.
func project(ctx context.Context, tx *sql.Tx, c workflow.Commit, from int) error {
	if err := writeLine(ctx, tx, c.Incident, c.Entry); err != nil {
		return err
	}
	if from == 0 && c.Base > 0 {
		if err := clear(ctx, tx, c.Incident, "decisions", "notifications"); err != nil {
			return err
		}
	}
	for _, d := range c.Decisions {
		if d.Seq > from {
			if err := decisions.write(ctx, tx, c.Incident, d); err != nil {
				return err
			}
		}
	}
	for _, n := range c.Notifications {
		if n.Seq > from {
			if err := notifications.write(ctx, tx, c.Incident, n); err != nil {
				return err
			}
		}
	}
	return nil
}

func clear(ctx context.Context, tx *sql.Tx, id workflow.IncidentID, tables ...string) error {
	for _, table := range tables {
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE incident_id = ?", id); err != nil {
			return err
		}
	}
	return nil
}

func writeLine(ctx context.Context, tx *sql.Tx, id workflow.IncidentID, e workflow.Entry) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM incidents WHERE id = ?", id); err != nil {
		return err
	}
	return incidents.write(ctx, tx, id, e)
}

// The lines of the register, in either order. Two of the same instant are told
// apart by their references.
const (
	oldestFirst = `
		SELECT entry
		FROM incidents
		WHERE (reported_at, year, number, series) > (?, ?, ?, ?)` + chosen + `
		ORDER BY reported_at, year, number, series
		LIMIT ?`
	newestFirst = `
		SELECT entry
		FROM incidents
		WHERE (reported_at, year, number, series) < (?, ?, ?, ?)` + chosen + `
		ORDER BY reported_at DESC, year DESC, number DESC, series DESC
		LIMIT ?`
	chosen = `
		  AND (open OR NOT ?)
		  AND (? = '' OR EXISTS (SELECT 1 FROM json_each(entry, '$.people') WHERE value = ?))
		  AND (? = '' OR EXISTS (
			SELECT 1
			FROM tasks
			WHERE incident_id = incidents.id
			  AND state = 'pending'
			  AND kind = ?
			  AND target = ?))
		  AND (? = '' OR channel = ?)
		  AND (? OR (series = ?) = ?)`
)

// Entries implements store.Store.
func (s *Store) Entries(ctx context.Context, f store.Filter) ([]workflow.Entry, error) {
	return store.Find(ctx, f, s.entries)
}

func (s *Store) entries(ctx context.Context, f store.Filter) ([]workflow.Entry, error) {
	limit := f.Limit
	if limit <= 0 {
		limit = -1
	}
	query, after := oldestFirst, int64(math.MinInt64)
	if f.Newest {
		query, after = newestFirst, math.MaxInt64
	}
	if f.After.ID != "" {
		after = f.After.Reported.UnixMicro()
	}
	rows, err := s.read.QueryContext(ctx, query,
		after, f.After.ID.Year(), f.After.ID.Number(), f.After.ID.Series(),
		f.Open, f.Person, f.Person, f.Owing, workflow.KindRemind, f.Owing, f.Channel, f.Channel,
		f.Drills == store.WithDrills, workflow.SeriesDrill, f.Drills == store.OnlyDrills, limit)
	entries, err := all(rows, err, func(r *sql.Rows) (e workflow.Entry, err error) {
		var entry []byte
		if err := r.Scan(&entry); err != nil {
			return e, err
		}
		return e, json.Unmarshal(entry, &e)
	})
	return entries, s.fail("register", err)
}

// Rederive implements store.Store.
func (s *Store) Rederive(ctx context.Context, c workflow.Commit) error {
	return s.update(ctx, "rederive "+string(c.Incident), func(tx *sql.Tx) error {
		var version int
		var last time.Time
		err := tx.QueryRowContext(ctx, `
			SELECT coalesce(max(seq), 0),
			       max(at)
			FROM events
			WHERE incident_id = ?`, c.Incident).Scan(&version, instant{&last})
		if err != nil {
			return err
		}
		if version != c.Base {
			return fmt.Errorf("at version %d, not %d: %w", version, c.Base, workflow.ErrConflict)
		}
		if c.At.IsZero() {
			c.At = last
		}
		if err := clear(ctx, tx, c.Incident, "commands", "decisions", "notifications"); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM incidents WHERE id = ?", c.Incident); err != nil {
			return err
		}
		if c.Base > 0 {
			if err := rederiveCommands(ctx, tx, c.Incident); err != nil {
				return err
			}
			if err := project(ctx, tx, c, 0); err != nil {
				return err
			}
		}
		return reconcile(ctx, tx, c)
	})
}

func rederiveCommands(ctx context.Context, tx *sql.Tx, id workflow.IncidentID) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO commands (
			key,
			incident_id,
			first_seq,
			last_seq,
			at
		)
		SELECT command_key,
		       incident_id,
		       min(seq),
		       max(seq),
		       min(at)
		FROM events
		WHERE incident_id = ?
		  AND command_key <> ''
		GROUP BY incident_id, command_key`, id)
	return err
}
