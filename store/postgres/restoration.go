package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"breachbot/store"
	"breachbot/workflow"
)

// homeOf says where the database is: its server, database and table. Dumping and
// restoring gives it another table, however it is done. The server's own number is
// left out where it may not be asked for.
func homeOf(ctx context.Context, tx pgx.Tx) (home string, err error) {
	var mayAsk bool
	err = tx.QueryRow(ctx, `
		SELECT format('%s/%s', (SELECT oid FROM pg_database WHERE datname = current_database()), 'events'::regclass::oid),
		       has_function_privilege('pg_control_system()', 'execute')`).Scan(&home, &mayAsk)
	if err != nil || !mayAsk {
		return home, err
	}
	var server string
	err = tx.QueryRow(ctx, "SELECT system_identifier::text FROM pg_control_system()").Scan(&server)
	return server + "/" + home, err
}

// Moved implements store.Store.
func (s *Store) Moved(ctx context.Context) (moved bool, last time.Time, err error) {
	err = s.update(ctx, "home", func(ctx context.Context, tx pgx.Tx) error {
		home, err := homeOf(ctx, tx)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", store.HomeSetting, home); err != nil {
			return err
		}
		was, err := setting(ctx, tx, store.HomeSetting)
		if err != nil {
			return err
		}
		moved = was != home
		return tx.QueryRow(ctx, "SELECT max(at) FROM events WHERE pos = (SELECT max(pos) FROM events)").Scan(instant{&last})
	})
	return moved && err == nil, last, err
}

// Restored implements store.Store.
func (s *Store) Restored(ctx context.Context, r workflow.Restoration) error {
	return s.update(ctx, "restored", func(ctx context.Context, tx pgx.Tx) error {
		home, err := homeOf(ctx, tx)
		if err != nil {
			return err
		}
		last, err := setting(ctx, tx, store.HomeSetting) // locked: of several replicas one records it
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
		b := &pgx.Batch{}
		for _, s := range [][2]string{{store.HomeSetting, home}, {store.RestorationsSetting, words}} {
			b.Queue("INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", s[0], s[1])
		}
		b.Queue(`
			UPDATE tasks
			SET attempts = 1
			WHERE state = 'pending'
			  AND attempts = 0
			  AND due_at <= $1`, micros(r.At))
		insertLoose(b, *tell)
		return tx.SendBatch(ctx, b).Close()
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

// setting reads a setting, which stays as it is until the transaction ends; empty
// when it was never set.
func setting(ctx context.Context, tx pgx.Tx, name string) (value string, err error) {
	err = tx.QueryRow(ctx, "SELECT value FROM settings WHERE name = $1 FOR UPDATE", name).Scan(&value)
	if errors.Is(err, pgx.ErrNoRows) {
		err = nil
	}
	return value, err
}
