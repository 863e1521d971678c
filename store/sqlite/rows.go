package sqlite

import (
	"context"
	"database/sql"

	"breachbot/store"
	"breachbot/workflow"
)

// Rows implements store.Store.
func (s *Store) Rows(ctx context.Context, yield func(store.Rows) error) error {
	return s.view(ctx, "read all rows", func(tx *sql.Tx) error {
		ids, err := incidentIDs(ctx, tx)
		if err != nil {
			return err
		}
		loose := store.Rows{}
		if loose.Anchors, err = anchorRows(ctx, tx); err != nil {
			return err
		}
		if loose.Tasks, err = taskRows(ctx, tx, ""); err != nil {
			return err
		}
		if err := yield(loose); err != nil {
			return err
		}
		for _, id := range ids {
			r, err := incidentRows(ctx, tx, id)
			if err != nil {
				return err
			}
			if err := yield(r); err != nil {
				return err
			}
		}
		return nil
	})
}

// incidentIDs are those that any table knows of, in byte order.
func incidentIDs(ctx context.Context, tx *sql.Tx) ([]workflow.IncidentID, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT incident_id FROM events
		UNION
		SELECT id FROM incidents
		UNION
		SELECT incident_id FROM commands
		UNION
		SELECT incident_id FROM decisions
		UNION
		SELECT incident_id FROM notifications
		UNION
		SELECT incident_id FROM tasks WHERE incident_id <> ''
		ORDER BY 1`)
	return all(rows, err, func(r *sql.Rows) (id workflow.IncidentID, err error) {
		return id, r.Scan(&id)
	})
}

func incidentRows(ctx context.Context, tx *sql.Tx, id workflow.IncidentID) (r store.Rows, err error) {
	r.Incident = id
	if r.Events, err = eventRows(ctx, tx, id); err != nil {
		return r, err
	}
	if r.Commands, err = commandRows(ctx, tx, id); err != nil {
		return r, err
	}
	if r.Line, err = line(ctx, tx, id); err != nil {
		return r, err
	}
	if r.Decisions, err = decisions(ctx, tx, id); err != nil {
		return r, err
	}
	if r.Notifications, err = notifications(ctx, tx, id); err != nil {
		return r, err
	}
	r.Tasks, err = taskRows(ctx, tx, id)
	return r, err
}

func eventRows(ctx context.Context, tx *sql.Tx, id workflow.IncidentID) ([]store.EventRow, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT pos,
		       incident_id,
		       seq,
		       at,
		       actor,
		       kind,
		       command_key,
		       payload,
		       salt,
		       payload_hash,
		       prev_hash,
		       hash
		FROM events
		WHERE incident_id = ?
		ORDER BY seq`, id)
	return strict(id, "events", rows, err, func(r *sql.Rows) (e store.EventRow, err error) {
		return e, r.Scan(&e.Pos, &e.Incident, &e.Seq, instant{&e.At}, &e.Actor, &e.Kind, &e.Key,
			&e.Payload, &e.Salt, &e.PayloadHash, &e.Prev, &e.Hash)
	})
}

func commandRows(ctx context.Context, tx *sql.Tx, id workflow.IncidentID) ([]store.CommandRow, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT key,
		       first_seq,
		       last_seq,
		       at
		FROM commands
		WHERE incident_id = ?
		ORDER BY first_seq, key`, id)
	return strict(id, "commands", rows, err, func(r *sql.Rows) (c store.CommandRow, err error) {
		return c, r.Scan(&c.Key, &c.First, &c.Last, instant{&c.At})
	})
}

func line(ctx context.Context, tx *sql.Tx, id workflow.IncidentID) (*store.IncidentRow, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT id,
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
		FROM incidents
		WHERE id = ?`, id)
	lines, err := strict(id, "incidents", rows, err, func(r *sql.Rows) (l store.IncidentRow, err error) {
		return l, r.Scan(&l.ID, &l.Year, &l.Number, &l.Version, &l.Step, &l.Open, &l.Title, &l.NearMiss, &l.Severity,
			&l.Risk, &l.Category, &l.Reporter, &l.Lead, &l.Channel, instant{&l.Detected}, instant{&l.Reported},
			instant{&l.Aware}, instant{&l.Deadline}, &l.Basis, &l.Clock, instant{&l.Stopped}, &l.Late, &l.Delay,
			instant{&l.Resolved}, instant{&l.Closed}, instant{&l.Dismissed}, instant{&l.Erased}, &l.Entry, &l.Series)
	})
	if err != nil || len(lines) == 0 {
		return nil, err
	}
	return &lines[0], nil
}

func decisions(ctx context.Context, tx *sql.Tx, id workflow.IncidentID) ([]workflow.Decision, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT seq,
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
		FROM decisions
		WHERE incident_id = ?
		ORDER BY seq`, id)
	return strict(id, "decisions", rows, err, func(r *sql.Rows) (d workflow.Decision, err error) {
		return d, r.Scan(&d.Seq, &d.Recipient, &d.Verdict, &d.Reason, &d.Advice, &d.Ground, &d.Delay, &d.DelayReason,
			&d.By, &d.Role, instant{&d.At}, &d.Facts, &d.Assessment, &d.Against, &d.Late, &d.Cause)
	})
}

func notifications(ctx context.Context, tx *sql.Tx, id workflow.IncidentID) ([]workflow.Notification, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT seq,
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
		FROM notifications
		WHERE incident_id = ?
		ORDER BY seq`, id)
	return strict(id, "notifications", rows, err, func(r *sql.Rows) (n workflow.Notification, err error) {
		return n, r.Scan(&n.Seq, &n.Recipient, instant{&n.SentAt}, &n.Method, &n.Reference, &n.FollowUp, &n.Complete,
			&n.Delay, &n.DelayReason, &n.Late, &n.By, instant{&n.At}, &n.Withdrawn, &n.Reason)
	})
}

func taskRows(ctx context.Context, tx *sql.Tx, id workflow.IncidentID) ([]store.TaskRow, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT key,
		       kind,
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
		FROM tasks
		WHERE incident_id = ?
		ORDER BY id`, id)
	return strict(id, "tasks", rows, err, func(r *sql.Rows) (t store.TaskRow, err error) {
		return t, r.Scan(&t.Task.Key, &t.Task.Kind, instant{&t.Task.Due}, &t.Task.Target, &t.Task.About, &t.Task.Milestone,
			instant{&t.Task.Deadline}, &t.State, &t.Attempts, &t.Code, &t.Token, instant{&t.Next}, instant{&t.Stored})
	})
}

func anchorRows(ctx context.Context, tx *sql.Tx) ([]store.AnchorRow, error) {
	rows, err := tx.QueryContext(ctx, selectAnchors+" ORDER BY seq")
	return strict("", "anchors", rows, err, func(r *sql.Rows) (a store.AnchorRow, err error) {
		return a, r.Scan(anchorColumns(&a, &a.Anchor)...)
	})
}

// strict scans every row, and names the table of one that cannot be read.
func strict[T any](id workflow.IncidentID, table string, rows *sql.Rows, err error, scan func(*sql.Rows) (T, error)) ([]T, error) {
	return all(rows, err, func(r *sql.Rows) (T, error) {
		v, err := scan(r)
		if err != nil {
			err = &store.Unreadable{Table: table, Incident: id, Err: err}
		}
		return v, err
	})
}
