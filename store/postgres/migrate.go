package postgres

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"breachbot/store"
)

//go:embed migration/*.sql
var migrations embed.FS

// Replicas that start together wait for the one that migrates: tries, one a
// second.
const migrateTries = 120

// Migrate brings the schema to the newest version, one process at a time. The
// error is a *store.NewerSchema when the database is ahead of this binary, or
// wraps workflow.ErrUnavailable.
func Migrate(ctx context.Context, url string) error {
	config, err := parse(url)
	if err != nil {
		return err
	}
	return fail("migrate", migrate(ctx, config.ConnConfig, true))
}

// migrate compares the schema with this binary's, after bringing it up to date
// if asked to.
func migrate(ctx context.Context, config *pgx.ConnConfig, up bool) error {
	config = config.Copy()
	delete(config.RuntimeParams, "statement_timeout") // an index may take its time
	delete(config.RuntimeParams, "lock_timeout")
	db := stdlib.OpenDB(*config)
	defer db.Close()

	dir, err := fs.Sub(migrations, "migration")
	if err != nil {
		return err
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, migrateTries))
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, dir,
		goose.WithDisableGlobalRegistry(true), goose.WithSessionLocker(locker))
	if err != nil {
		return err
	}
	if up {
		// On a schema ahead of this binary there is nothing it could add.
		if _, err := p.Up(ctx); err != nil {
			return fmt.Errorf("schema: %w", err)
		}
	}
	found, known, err := p.GetVersions(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("schema: %w", err)
	case found > known:
		return &store.NewerSchema{Found: found, Known: known}
	case found < known:
		return &store.OlderSchema{Found: found, Known: known}
	}
	return nil
}
