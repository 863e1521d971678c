package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"breachbot/store"
	"breachbot/workflow"
)

// Load implements workflow.Journal.
func (s *Store) Load(ctx context.Context, id workflow.IncidentID) ([]workflow.Record, error) {
	records, err := list(ctx, s, func(r pgx.Row) (workflow.Record, error) {
		e := store.EventRow{Incident: id}
		if err := r.Scan(&e.Seq, instant{&e.At}, &e.Actor, &e.Key, &e.Kind, &e.Payload); err != nil {
			return workflow.Record{}, err
		}
		return e.Record()
	}, `
		SELECT seq,
		       at,
		       actor,
		       command_key,
		       kind,
		       payload
		FROM events
		WHERE incident_id = $1
		ORDER BY seq`, id)
	if err == nil && len(records) == 0 {
		err = workflow.ErrNotFound
	}
	return records, fail("load "+string(id), err)
}

// Append implements workflow.Journal: two batches, one to lock and look, one to
// write.
func (s *Store) Append(ctx context.Context, c workflow.Commit) error {
	return s.update(ctx, "append "+string(c.Incident), func(ctx context.Context, tx pgx.Tx) error {
		prev, places, err := reserve(ctx, tx, c)
		if err != nil {
			return err
		}
		events, err := store.SealAll(c.Records, places, prev)
		if err != nil {
			return err
		}
		b := &pgx.Batch{}
		for _, e := range events {
			insertEvent(b, e)
		}
		from := c.Base
		if seq := store.ErasedAt(c.Records); seq > 0 {
			erase(b, c.Incident, seq)
			from = 0 // what was kept of earlier decisions has changed
		}
		insertCommand(b, c)
		dropSent(b, c.Key)
		if err := project(b, c, from); err != nil {
			return err
		}
		reconcile(b, c)
		return tx.SendBatch(ctx, b).Close()
	})
}

// reserve locks the incident and gives the hash of its last event and a place in
// the journal for each new one. The table's lock comes before the places are
// drawn: an anchor, which waits for it, then misses none below its own.
func reserve(ctx context.Context, tx pgx.Tx, c workflow.Commit) (prev []byte, places []int64, err error) {
	var repeated bool
	var version int
	b := &pgx.Batch{}
	b.Queue("LOCK TABLE events IN ROW EXCLUSIVE MODE")
	b.Queue(lockIncident, c.Incident)
	b.Queue("SELECT EXISTS (SELECT 1 FROM commands WHERE key = $1)", c.Key).QueryRow(func(r pgx.Row) error {
		return r.Scan(&repeated)
	})
	b.Queue(`
		SELECT seq,
		       hash
		FROM events
		WHERE incident_id = $1
		ORDER BY seq DESC
		LIMIT 1`, c.Incident).QueryRow(func(r pgx.Row) error {
		err := r.Scan(&version, &prev)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	b.Queue("SELECT nextval(pg_get_serial_sequence('events', 'pos')) FROM generate_series(1, $1)", len(c.Records)).Query(func(rows pgx.Rows) error {
		places, err = pgx.CollectRows(rows, pgx.RowTo[int64])
		return err
	})
	err = tx.SendBatch(ctx, b).Close()
	switch {
	case err != nil:
		return nil, nil, err
	case repeated:
		return nil, nil, fmt.Errorf("command %s: %w", c.Key, workflow.ErrRepeated)
	case version != c.Base:
		return nil, nil, fmt.Errorf("at version %d, not %d: %w", version, c.Base, workflow.ErrConflict)
	case version == 0:
		prev = store.Genesis()
	}
	return prev, places, nil
}

// lockIncident keeps other commits to an incident away until the transaction
// ends, also while there is no row of it to lock.
const lockIncident = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"

func insertEvent(b *pgx.Batch, e store.EventRow) {
	b.Queue(`
		INSERT INTO events (
			pos,
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
		) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		e.Pos,
		e.Incident,
		e.Seq,
		micros(e.At),
		e.Actor,
		e.Kind,
		e.Key,
		string(e.Payload),
		e.Salt,
		e.PayloadHash,
		e.Prev,
		e.Hash,
	)
}

// erase removes the content of the events before the one that says so. Their
// commitments stay, so the chain still holds.
func erase(b *pgx.Batch, id workflow.IncidentID, before int) {
	b.Queue(`
		UPDATE events
		SET payload = NULL,
		    salt = NULL
		WHERE incident_id = $1
		  AND seq < $2
		  AND payload IS NOT NULL`, id, before)
}

func insertCommand(b *pgx.Batch, c workflow.Commit) {
	if c.Key == "" {
		return
	}
	b.Queue(`
		INSERT INTO commands (
			key,
			incident_id,
			first_seq,
			last_seq,
			at
		) VALUES ($1, $2, $3, $4, $5)`,
		c.Key,
		c.Incident,
		c.Base+1,
		c.Base+len(c.Records),
		micros(c.At),
	)
}

// Committed implements workflow.Journal.
func (s *Store) Committed(ctx context.Context, key workflow.CommandKey) (workflow.IncidentID, error) {
	var id workflow.IncidentID
	err := s.row(ctx, "SELECT incident_id FROM commands WHERE key = $1", []any{key}, &id)
	if errors.Is(err, pgx.ErrNoRows) {
		err = workflow.ErrNotFound
	}
	return id, fail("command "+string(key), err)
}

// NextNumber implements workflow.Journal.
func (s *Store) NextNumber(ctx context.Context, series workflow.Series, year int) (n, skipped int, err error) {
	var last int
	var restorations string
	err = s.row(ctx, `
		SELECT coalesce(max(number), 0),
		       coalesce((SELECT value FROM settings WHERE name = $3), '')
		FROM incidents
		WHERE series = $1
		  AND year = $2`, []any{series, year, store.RestorationsSetting}, &last, &restorations)
	if err == nil {
		n, skipped, err = store.NextNumber(last, restorations, series, year)
	}
	return n, skipped, fail("next number", err)
}
