package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
)

// Setting implements store.Store.
func (s *Store) Setting(ctx context.Context, name string) (string, error) {
	var value string
	err := s.row(ctx, "SELECT value FROM settings WHERE name = $1", []any{name}, &value)
	if errors.Is(err, pgx.ErrNoRows) {
		err = nil
	}
	return value, fail("setting "+name, err)
}

// SetSetting implements store.Store.
func (s *Store) SetSetting(ctx context.Context, name, value string) error {
	return s.update(ctx, "setting "+name, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			INSERT INTO settings (name, value)
			VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
		return err
	})
}
