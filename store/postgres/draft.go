package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"breachbot/workflow"
)

// dropSent ends the draft of the form whose sending is being committed.
func dropSent(b *pgx.Batch, key workflow.CommandKey) {
	b.Queue("DELETE FROM drafts WHERE form = $1 AND form <> ''", key)
}

// SaveDraft implements store.Store.
func (s *Store) SaveDraft(ctx context.Context, d workflow.Draft) error {
	return s.update(ctx, "save draft", func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			INSERT INTO drafts (person, kind, at, form, entered)
			SELECT $1::text, $2::text, $3::timestamptz, $4::text, $5::text
			WHERE NOT EXISTS (SELECT 1 FROM commands WHERE key = $4::text)
			ON CONFLICT (person, kind) DO UPDATE
			SET at = excluded.at,
			    form = excluded.form,
			    entered = excluded.entered
			WHERE excluded.at > drafts.at`,
			d.Person, d.Kind, micros(d.At), d.Form, d.Entered)
		return err
	})
}

// Draft implements store.Store.
func (s *Store) Draft(ctx context.Context, person workflow.UserID, kind string, since time.Time) (workflow.Draft, error) {
	d := workflow.Draft{Person: person, Kind: kind}
	err := s.row(ctx, `
		SELECT at,
		       form,
		       entered
		FROM drafts
		WHERE person = $1
		  AND kind = $2
		  AND at >= coalesce($3::timestamptz, at)
		  AND entered <> ''
		  AND NOT EXISTS (SELECT 1 FROM commands WHERE key = drafts.form)`,
		[]any{person, kind, micros(since)}, instant{&d.At}, &d.Form, &d.Entered)
	if errors.Is(err, pgx.ErrNoRows) {
		err = workflow.ErrNotFound
	}
	return d, fail("draft", err)
}

// DropDraft implements store.Store. An empty draft stays behind, which older
// changes are not newer than.
func (s *Store) DropDraft(ctx context.Context, person workflow.UserID, kind string, at time.Time) error {
	return s.update(ctx, "drop draft", func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			INSERT INTO drafts (person, kind, at, form, entered)
			VALUES ($1, $2, $3, '', '')
			ON CONFLICT (person, kind) DO UPDATE
			SET at = greatest(drafts.at, excluded.at),
			    form = '',
			    entered = ''`,
			person, kind, micros(at))
		return err
	})
}

// DropDrafts implements store.Store.
func (s *Store) DropDrafts(ctx context.Context, before time.Time) error {
	return s.update(ctx, "drop drafts", func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			DELETE FROM drafts
			WHERE at < $1
			   OR EXISTS (SELECT 1 FROM commands WHERE key = drafts.form)`, micros(before))
		return err
	})
}
