package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"breachbot/store"
	"breachbot/workflow"
)

// Rows implements store.Store.
func (s *Store) Rows(ctx context.Context, yield func(store.Rows) error) error {
	return s.frozen(ctx, "read all rows", func(tx pgx.Tx) error { return rows(ctx, tx, yield) })
}

func rows(ctx context.Context, tx pgx.Tx, yield func(store.Rows) error) error {
	ids, err := incidentIDs(ctx, tx)
	if err != nil {
		return err
	}
	loose := store.Rows{}
	b := &pgx.Batch{}
	read(b, &loose.Anchors, scanAnchor, "", "anchors", selectAnchors+" ORDER BY seq")
	tasks(b, "", &loose.Tasks)
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
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
}

// incidentIDs are those that any table knows of, in byte order.
func incidentIDs(ctx context.Context, tx pgx.Tx) ([]workflow.IncidentID, error) {
	rows, err := tx.Query(ctx, `
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
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[workflow.IncidentID])
}

// incidentRows reads all of an incident in one round trip.
func incidentRows(ctx context.Context, tx pgx.Tx, id workflow.IncidentID) (store.Rows, error) {
	r := store.Rows{Incident: id}
	b := &pgx.Batch{}
	events(b, id, &r.Events)
	commands(b, id, &r.Commands)
	var lines []store.Row
	incidents.rows(b, id, &lines)
	decisions.rows(b, id, &r.Decisions)
	notifications.rows(b, id, &r.Notifications)
	tasks(b, id, &r.Tasks)
	err := tx.SendBatch(ctx, b).Close()
	if len(lines) > 0 {
		r.Line = lines[0]
	}
	return r, err
}

// read queues a query whose rows go to dest.
func read[T any](b *pgx.Batch, dest *[]T, scan func(pgx.Row) (T, error), id workflow.IncidentID, table, query string, args ...any) {
	b.Queue(query, args...).Query(func(rows pgx.Rows) (err error) {
		*dest, err = collect(rows, strict(id, table, scan))
		return err
	})
}

// strict names the table of a row that cannot be read.
func strict[T any](id workflow.IncidentID, table string, scan func(pgx.Row) (T, error)) func(pgx.Row) (T, error) {
	return func(r pgx.Row) (T, error) {
		v, err := scan(r)
		if err != nil {
			err = &store.Unreadable{Table: table, Incident: id, Err: err}
		}
		return v, err
	}
}

func events(b *pgx.Batch, id workflow.IncidentID, dest *[]store.EventRow) {
	read(b, dest, scanEvent, id, "events", `
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
		WHERE incident_id = $1
		ORDER BY seq`, id)
}

func scanEvent(r pgx.Row) (e store.EventRow, err error) {
	err = r.Scan(&e.Pos, &e.Incident, &e.Seq, instant{&e.At}, &e.Actor, &e.Kind, &e.Key,
		&e.Payload, &e.Salt, &e.PayloadHash, &e.Prev, &e.Hash)
	if err != nil || e.Payload == nil {
		return e, err
	}
	e.Payload, err = workflow.Canonical(e.Payload)
	return e, err
}

func commands(b *pgx.Batch, id workflow.IncidentID, dest *[]store.CommandRow) {
	read(b, dest, scanCommand, id, "commands", `
		SELECT key,
		       first_seq,
		       last_seq,
		       at
		FROM commands
		WHERE incident_id = $1
		ORDER BY first_seq, key`, id)
}

func scanCommand(r pgx.Row) (c store.CommandRow, err error) {
	return c, r.Scan(&c.Key, &c.First, &c.Last, instant{&c.At})
}

func tasks(b *pgx.Batch, id workflow.IncidentID, dest *[]store.TaskRow) {
	read(b, dest, scanTask, id, "tasks", `
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
		WHERE incident_id = $1
		ORDER BY id`, id)
}

func scanTask(r pgx.Row) (t store.TaskRow, err error) {
	return t, r.Scan(&t.Task.Key, &t.Task.Kind, &t.Lane, instant{&t.Task.Due}, &t.Task.Target, &t.Task.About, &t.Task.Milestone,
		instant{&t.Task.Deadline}, &t.State, &t.Attempts, &t.Code, &t.Token, instant{&t.Next}, instant{&t.Stored})
}

// canonical undoes jsonb's rewriting, so that both engines give the same bytes.
func canonical(s string) (string, error) {
	b, err := workflow.Canonical([]byte(s))
	return string(b), err
}
