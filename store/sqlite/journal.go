package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"breachbot/store"
	"breachbot/workflow"
)

// Load implements workflow.Journal.
func (s *Store) Load(ctx context.Context, id workflow.IncidentID) ([]workflow.Record, error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT seq,
		       at,
		       actor,
		       command_key,
		       kind,
		       payload
		FROM events
		WHERE incident_id = ?
		ORDER BY seq`, id)
	records, err := all(rows, err, func(r *sql.Rows) (workflow.Record, error) {
		e := store.EventRow{Incident: id}
		if err := r.Scan(&e.Seq, instant{&e.At}, &e.Actor, &e.Key, &e.Kind, &e.Payload); err != nil {
			return workflow.Record{}, err
		}
		return e.Record()
	})
	if err == nil && len(records) == 0 {
		err = workflow.ErrNotFound
	}
	return records, s.fail("load "+string(id), err)
}

// Append implements workflow.Journal.
func (s *Store) Append(ctx context.Context, c workflow.Commit) error {
	erased := store.ErasedAt(c.Records)
	err := s.update(ctx, "append "+string(c.Incident), func(tx *sql.Tx) error {
		prev, pos, err := at(ctx, tx, c)
		if err != nil {
			return err
		}
		places := make([]int64, len(c.Records))
		for n := range places {
			places[n] = pos + int64(n) + 1
		}
		events, err := store.SealAll(c.Records, places, prev)
		if err != nil {
			return err
		}
		for _, e := range events {
			if err := insertEvent(ctx, tx, e); err != nil {
				return err
			}
		}
		if erased > 0 {
			if err := erase(ctx, tx, c.Incident, erased); err != nil {
				return err
			}
		}
		if err := insertCommand(ctx, tx, c); err != nil {
			return err
		}
		if err := dropSent(ctx, tx, c.Key); err != nil {
			return err
		}
		from := c.Base
		if erased > 0 {
			from = 0 // what was kept of earlier decisions has changed
		}
		if err := project(ctx, tx, c, from); err != nil {
			return err
		}
		return reconcile(ctx, tx, c)
	})
	if err == nil && erased > 0 {
		err = s.forget(ctx)
	}
	return err
}

// at gives the hash of the incident's last event and the last place in the
// journal. The transaction is the only writer, so both hold until it ends.
func at(ctx context.Context, tx *sql.Tx, c workflow.Commit) (prev []byte, pos int64, err error) {
	var repeated bool
	var version int
	err = tx.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM commands WHERE key = ?),
		       (SELECT coalesce(max(pos), 0) FROM events),
		       (SELECT coalesce(max(seq), 0) FROM events WHERE incident_id = ?),
		       (SELECT hash FROM events WHERE incident_id = ? ORDER BY seq DESC LIMIT 1)`,
		c.Key, c.Incident, c.Incident).Scan(&repeated, &pos, &version, &prev)
	switch {
	case err != nil:
		return nil, 0, err
	case repeated:
		return nil, 0, fmt.Errorf("command %s: %w", c.Key, workflow.ErrRepeated)
	case version != c.Base:
		return nil, 0, fmt.Errorf("at version %d, not %d: %w", version, c.Base, workflow.ErrConflict)
	case version == 0:
		prev = store.Genesis()
	}
	return prev, pos, nil
}

func insertEvent(ctx context.Context, tx *sql.Tx, e store.EventRow) error {
	_, err := tx.ExecContext(ctx, `
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
		) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
	return err
}

// erase removes the content of the events before the one that says so. Their
// commitments stay, so the chain still holds.
func erase(ctx context.Context, tx *sql.Tx, id workflow.IncidentID, before int) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE events
		SET payload = NULL,
		    salt = NULL
		WHERE incident_id = ?
		  AND seq < ?
		  AND payload IS NOT NULL`, id, before)
	return err
}

// forget empties the write ahead log, where erased content would lie on. It is
// tried only: a reader in its way leaves that to the next checkpoint.
func (s *Store) forget(ctx context.Context) error {
	_, err := s.write.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	if err = s.fail("checkpoint", err); errors.Is(err, workflow.ErrUnavailable) {
		return nil
	}
	return err
}

func insertCommand(ctx context.Context, tx *sql.Tx, c workflow.Commit) error {
	if c.Key == "" {
		return nil
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO commands (
			key,
			incident_id,
			first_seq,
			last_seq,
			at
		) VALUES (?, ?, ?, ?, ?)`,
		c.Key,
		c.Incident,
		c.Base+1,
		c.Base+len(c.Records),
		micros(c.At),
	)
	return err
}

// Committed implements workflow.Journal.
func (s *Store) Committed(ctx context.Context, key workflow.CommandKey) (workflow.IncidentID, error) {
	var id workflow.IncidentID
	err := s.read.QueryRowContext(ctx, "SELECT incident_id FROM commands WHERE key = ?", key).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		err = workflow.ErrNotFound
	}
	return id, s.fail("command "+string(key), err)
}

// NextNumber implements workflow.Journal.
func (s *Store) NextNumber(ctx context.Context, series workflow.Series, year int) (n, skipped int, err error) {
	var last int
	var restorations string
	err = s.read.QueryRowContext(ctx, `
		SELECT coalesce(max(number), 0),
		       coalesce((SELECT value FROM settings WHERE name = ?), '')
		FROM incidents
		WHERE series = ?
		  AND year = ?`, store.RestorationsSetting, series, year).Scan(&last, &restorations)
	if err == nil {
		n, skipped, err = store.NextNumber(last, restorations, series, year)
	}
	return n, skipped, s.fail("next number", err)
}
