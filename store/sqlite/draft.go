package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"breachbot/workflow"
)

// dropSent ends the draft of the form whose sending is being committed.
func dropSent(ctx context.Context, tx *sql.Tx, key workflow.CommandKey) error {
	_, err := tx.ExecContext(ctx, "DELETE FROM drafts WHERE form = ? AND form <> ''", key)
	return err
}

// SaveDraft implements store.Store.
func (s *Store) SaveDraft(ctx context.Context, d workflow.Draft) error {
	return s.update(ctx, "save draft", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO drafts (person, kind, at, form, entered)
			SELECT ?, ?, ?, ?, ?
			WHERE NOT EXISTS (SELECT 1 FROM commands WHERE key = ?)
			ON CONFLICT (person, kind) DO UPDATE
			SET at = excluded.at,
			    form = excluded.form,
			    entered = excluded.entered
			WHERE excluded.at > drafts.at`,
			d.Person, d.Kind, micros(d.At), d.Form, d.Entered, d.Form)
		return err
	})
}

// Draft implements store.Store.
func (s *Store) Draft(ctx context.Context, person workflow.UserID, kind string, since time.Time) (workflow.Draft, error) {
	d := workflow.Draft{Person: person, Kind: kind}
	err := s.read.QueryRowContext(ctx, `
		SELECT at,
		       form,
		       entered
		FROM drafts
		WHERE person = ?
		  AND kind = ?
		  AND at >= coalesce(?, at)
		  AND entered <> ''
		  AND NOT EXISTS (SELECT 1 FROM commands WHERE key = drafts.form)`,
		person, kind, micros(since)).Scan(instant{&d.At}, &d.Form, &d.Entered)
	if errors.Is(err, sql.ErrNoRows) {
		err = workflow.ErrNotFound
	}
	return d, s.fail("draft", err)
}

// DropDraft implements store.Store. An empty draft stays behind, which older
// changes are not newer than.
func (s *Store) DropDraft(ctx context.Context, person workflow.UserID, kind string, at time.Time) error {
	return s.update(ctx, "drop draft", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO drafts (person, kind, at, form, entered)
			VALUES (?, ?, ?, '', '')
			ON CONFLICT (person, kind) DO UPDATE
			SET at = max(drafts.at, excluded.at),
			    form = '',
			    entered = ''`,
			person, kind, micros(at))
		return err
	})
}

// DropDrafts implements store.Store.
func (s *Store) DropDrafts(ctx context.Context, before time.Time) error {
	var dropped int64
	err := s.update(ctx, "drop drafts", func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, `
			DELETE FROM drafts
			WHERE at < ?
			   OR EXISTS (SELECT 1 FROM commands WHERE key = drafts.form)`, micros(before))
		if err == nil {
			dropped, err = r.RowsAffected()
		}
		return err
	})
	if err == nil && dropped > 0 {
		err = s.forget(ctx)
	}
	return err
}
