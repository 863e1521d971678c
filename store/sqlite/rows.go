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
	lines, err := incidents.rows(ctx, tx, id)
	if err != nil {
		return r, err
	}
	if len(lines) > 0 {
		r.Line = lines[0]
	}
	if r.Decisions, err = decisions.rows(ctx, tx, id); err != nil {
		return r, err
	}
	if r.Notifications, err = notifications.rows(ctx, tx, id); err != nil {
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

func taskRows(ctx context.Context, tx *sql.Tx, id workflow.IncidentID) ([]store.TaskRow, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT key,
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
		FROM tasks
		WHERE incident_id = ?
		ORDER BY id`, id)
	return strict(id, "tasks", rows, err, func(r *sql.Rows) (t store.TaskRow, err error) {
		return t, r.Scan(&t.Task.Key, &t.Task.Kind, &t.Lane, instant{&t.Task.Due}, &t.Task.Target, &t.Task.About, &t.Task.Milestone,
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
