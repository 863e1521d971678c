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
// notifications up to the version from are there already and do not change;
// with 0 all are written anew.
func project(b *pgx.Batch, c workflow.Commit, from int) error {
	if err := writeLine(b, c.Entry); err != nil {
		return err
	}
	if from == 0 && c.Base > 0 {
		clear(b, c.Incident, "decisions", "notifications")
	}
	for _, d := range c.Decisions {
		if d.Seq > from {
			insertDecision(b, c.Incident, d)
		}
	}
	for _, n := range c.Notifications {
		if n.Seq > from {
			insertNotification(b, c.Incident, n)
		}
	}
	return nil
}

func clear(b *pgx.Batch, id workflow.IncidentID, tables ...string) {
	for _, table := range tables {
		b.Queue("DELETE FROM "+table+" WHERE incident_id = $1", id)
	}
}

func writeLine(b *pgx.Batch, e workflow.Entry) error {
	l, err := store.Line(e)
	if err != nil {
		return err
	}
	b.Queue(`
		INSERT INTO incidents (
			id,
			year,
			number,
			version,
			step,
			open,
			title,
			near_miss,
			severity,
			risk,
			category,
			reporter,
			lead,
			channel,
			detected_at,
			reported_at,
			aware_at,
			deadline_at,
			basis,
			clock,
			stopped_at,
			late,
			delay_reasons,
			resolved_at,
			closed_at,
			dismissed_at,
			erased_at,
			entry,
			series
		) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29)
		ON CONFLICT (id) DO UPDATE
		SET version = excluded.version,
		    step = excluded.step,
		    open = excluded.open,
		    title = excluded.title,
		    near_miss = excluded.near_miss,
		    severity = excluded.severity,
		    risk = excluded.risk,
		    category = excluded.category,
		    reporter = excluded.reporter,
		    lead = excluded.lead,
		    channel = excluded.channel,
		    detected_at = excluded.detected_at,
		    reported_at = excluded.reported_at,
		    aware_at = excluded.aware_at,
		    deadline_at = excluded.deadline_at,
		    basis = excluded.basis,
		    clock = excluded.clock,
		    stopped_at = excluded.stopped_at,
		    late = excluded.late,
		    delay_reasons = excluded.delay_reasons,
		    resolved_at = excluded.resolved_at,
		    closed_at = excluded.closed_at,
		    dismissed_at = excluded.dismissed_at,
		    erased_at = excluded.erased_at,
		    entry = excluded.entry,
		    series = excluded.series`,
		l.ID,
		l.Year,
		l.Number,
		l.Version,
		l.Step,
		l.Open,
		l.Title,
		l.NearMiss,
		l.Severity,
		l.Risk,
		l.Category,
		l.Reporter,
		l.Lead,
		l.Channel,
		micros(l.Detected),
		micros(l.Reported),
		micros(l.Aware),
		micros(l.Deadline),
		l.Basis,
		l.Clock,
		micros(l.Stopped),
		l.Late,
		l.Delay,
		micros(l.Resolved),
		micros(l.Closed),
		micros(l.Dismissed),
		micros(l.Erased),
		l.Entry,
		l.Series,
	)
	return nil
}

func insertDecision(b *pgx.Batch, id workflow.IncidentID, d workflow.Decision) {
	b.Queue(`
		INSERT INTO decisions (
			incident_id,
			seq,
			recipient,
			verdict,
			reason,
			advice,
			ground,
			delay,
			delay_reason,
			decided_by,
			role,
			decided_at,
			facts_version,
			assessment_seq,
			against_advice,
			late,
			cause
		) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
		id,
		d.Seq,
		d.Recipient,
		d.Verdict,
		d.Reason,
		d.Advice,
		d.Ground,
		d.Delay,
		d.DelayReason,
		d.By,
		d.Role,
		micros(d.At),
		d.Facts,
		d.Assessment,
		d.Against,
		d.Late,
		d.Cause,
	)
}

func insertNotification(b *pgx.Batch, id workflow.IncidentID, n workflow.Notification) {
	b.Queue(`
		INSERT INTO notifications (
			incident_id,
			seq,
			recipient,
			sent_at,
			method,
			reference,
			follow_up,
			complete,
			delay,
			delay_reason,
			late,
			recorded_by,
			recorded_at,
			withdrawn,
			reason
		) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		id,
		n.Seq,
		n.Recipient,
		micros(n.SentAt),
		n.Method,
		n.Reference,
		n.FollowUp,
		n.Complete,
		n.Delay,
		n.DelayReason,
		n.Late,
		n.By,
		micros(n.At),
		n.Withdrawn,
		n.Reason,
	)
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
