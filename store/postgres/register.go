package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"breachbot/store"
	"breachbot/workflow"
)

// project writes the rows that follow from a commit. Decisions and
// notifications up to the version from are there already and do not change; with 0
// all are written again.
func project(b *pgx.Batch, c workflow.Commit, from int) error {
	if err := incidents.write(b, c.Incident, c.Entry); err != nil {
		return err
	}
	if from == 0 && c.Base > 0 {
		clear(b, c.Incident, "decisions", "notifications")
	}
	for _, d := range c.Decisions {
		if d.Seq > from {
			if err := decisions.write(b, c.Incident, d); err != nil {
				return err
			}
		}
	}
	for _, n := range c.Notifications {
		if n.Seq > from {
			if err := notifications.write(b, c.Incident, n); err != nil {
				return err
			}
		}
	}
	return nil
}

func clear(b *pgx.Batch, id workflow.IncidentID, tables ...string) {
	for _, table := range tables {
		b.Queue("DELETE FROM "+table+" WHERE incident_id = $1", id)
	}
}

// The lines of the register, in either order. Two of the same instant are told
// apart by their references.
const (
	oldestFirst = `
		SELECT entry
		FROM incidents
		WHERE (reported_at, year, number, series) > (coalesce($1::timestamptz, '-infinity'), $2::integer, $3::integer, $4::text)` + chosen + `
		ORDER BY reported_at, year, number, series
		LIMIT $13::bigint`
	newestFirst = `
		SELECT entry
		FROM incidents
		WHERE (reported_at, year, number, series) < (coalesce($1::timestamptz, 'infinity'), $2::integer, $3::integer, $4::text)` + chosen + `
		ORDER BY reported_at DESC, year DESC, number DESC, series DESC
		LIMIT $13::bigint`
	chosen = `
		  AND (open OR NOT $5::boolean)
		  AND ($6::text = '' OR jsonb_exists(entry -> 'people', $6::text))
		  AND ($7::text = '' OR EXISTS (
			SELECT 1
			FROM tasks
			WHERE incident_id = incidents.id
			  AND state = 'pending'
			  AND kind = $8::text
			  AND target = $7::text))
		  AND ($9::text = '' OR channel = $9::text)
		  AND ($10::boolean OR (series = $12::text) = $11::boolean)`
)

// Entries implements store.Store.
func (s *Store) Entries(ctx context.Context, f store.Filter) ([]workflow.Entry, error) {
	return store.Find(ctx, f, s.entries)
}

func (s *Store) entries(ctx context.Context, f store.Filter) ([]workflow.Entry, error) {
	query := oldestFirst
	if f.Newest {
		query = newestFirst
	}
	var after, limit any
	if f.After.ID != "" {
		after = micros(f.After.Reported)
	}
	if f.Limit > 0 {
		limit = f.Limit
	}
	entries, err := list(ctx, s, func(r pgx.Row) (e workflow.Entry, err error) {
		var entry []byte
		if err := r.Scan(&entry); err != nil {
			return e, err
		}
		return e, json.Unmarshal(entry, &e)
	}, query, after, f.After.ID.Year(), f.After.ID.Number(), f.After.ID.Series(),
		f.Open, f.Person, f.Owing, workflow.KindRemind, f.Channel, f.Drills == store.WithDrills, f.Drills == store.OnlyDrills, workflow.SeriesDrill, limit)
	return entries, fail("register", err)
}

// Rederive implements store.Store.
func (s *Store) Rederive(ctx context.Context, c workflow.Commit) error {
	return s.update(ctx, "rederive "+string(c.Incident), func(ctx context.Context, tx pgx.Tx) error {
		version, last, err := latest(ctx, tx, c.Incident)
		if err != nil {
			return err
		}
		if version != c.Base {
			return fmt.Errorf("at version %d, not %d: %w", version, c.Base, workflow.ErrConflict)
		}
		if c.At.IsZero() {
			c.At = last
		}
		b := &pgx.Batch{}
		clear(b, c.Incident, "commands", "decisions", "notifications")
		if c.Base == 0 {
			b.Queue("DELETE FROM incidents WHERE id = $1", c.Incident)
		} else {
			rederiveCommands(b, c.Incident)
			if err := project(b, c, 0); err != nil {
				return err
			}
		}
		reconcile(b, c)
		return tx.SendBatch(ctx, b).Close()
	})
}

// latest locks the incident and gives its version and the time of its last event.
func latest(ctx context.Context, tx pgx.Tx, id workflow.IncidentID) (version int, last time.Time, err error) {
	b := &pgx.Batch{}
	b.Queue(lockIncident, id)
	b.Queue(`
		SELECT coalesce(max(seq), 0),
		       max(at)
		FROM events
		WHERE incident_id = $1`, id).QueryRow(func(r pgx.Row) error {
		return r.Scan(&version, instant{&last})
	})
	err = tx.SendBatch(ctx, b).Close()
	return version, last, err
}

func rederiveCommands(b *pgx.Batch, id workflow.IncidentID) {
	b.Queue(`
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
		WHERE incident_id = $1
		  AND command_key <> ''
		GROUP BY incident_id, command_key`, id)
}
