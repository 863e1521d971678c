package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"breachbot/store"
	"breachbot/workflow"
)

// home is the home of every database but a copy: a file does not know where it is,
// so Copy says in the copy that it is one.
const home = "in use"

// Moved implements store.Store.
func (s *Store) Moved(ctx context.Context) (moved bool, last time.Time, err error) {
	err = s.update(ctx, "home", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO settings (name, value) VALUES (?, ?)", store.HomeSetting, home); err != nil {
			return err
		}
		was, err := setting(ctx, tx, store.HomeSetting)
		if err != nil {
			return err
		}
		moved = was != home
		return tx.QueryRowContext(ctx, "SELECT max(at) FROM events WHERE pos = (SELECT max(pos) FROM events)").Scan(instant{&last})
	})
	return moved && err == nil, last, err
}

// Restored implements store.Store.
func (s *Store) Restored(ctx context.Context, r workflow.Restoration) error {
	return s.update(ctx, "restored", func(tx *sql.Tx) error {
		last, err := setting(ctx, tx, store.HomeSetting)
		if err != nil {
			return err
		}
		words, err := setting(ctx, tx, store.RestorationsSetting)
		if err != nil {
			return err
		}
		words, tell, err := store.AddRestoration(words, r, last != home)
		if err != nil || tell == nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?), (?, ?)", store.HomeSetting, home, store.RestorationsSetting, words); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE tasks
			SET attempts = 1
			WHERE state = 'pending'
			  AND attempts = 0
			  AND due_at <= ?`, micros(r.At))
		if err != nil {
			return err
		}
		return insertLoose(ctx, tx, *tell)
	})
}

// Restorations implements store.Store.
func (s *Store) Restorations(ctx context.Context) ([]workflow.Restoration, error) {
	words, err := s.Setting(ctx, store.RestorationsSetting)
	if err != nil {
		return nil, err
	}
	return store.ReadRestorations(words)
}

// setting reads a setting in a transaction; empty when it was never set.
func setting(ctx context.Context, tx *sql.Tx, name string) (value string, err error) {
	err = tx.QueryRowContext(ctx, "SELECT value FROM settings WHERE name = ?", name).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return value, err
}
