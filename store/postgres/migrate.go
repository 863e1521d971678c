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
	"breachbot/workflow"
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

// ErrReadOnly means that the database can be read and not written, as a standby.
var ErrReadOnly = fmt.Errorf("the database takes no changes: %w", workflow.ErrUnavailable)

// Schema tells the version of a database's schema, 0 when it has none yet, and
// the newest version this binary knows. It changes nothing. Errors are as those
// of Open, or wrap ErrReadOnly.
func Schema(ctx context.Context, url string) (found, known int64, err error) {
	names, err := fs.Glob(migrations, "migration/*.sql")
	if err != nil {
		return 0, 0, err
	}
	for _, name := range names {
		n, err := goose.NumericComponent(name)
		if err != nil {
			return 0, 0, err
		}
		known = max(known, n)
	}
	config, err := parse(url)
	if err != nil {
		return 0, 0, err
	}
	conn, err := pgx.ConnectConfig(ctx, config.ConnConfig)
	if err != nil {
		return 0, 0, fail("open database", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // only read from
	var readOnly string
	var started bool
	if err := conn.QueryRow(ctx, "SELECT current_setting('transaction_read_only'), to_regclass($1) IS NOT NULL", goose.DefaultTablename).Scan(&readOnly, &started); err != nil {
		return 0, 0, fail("schema", err)
	}
	if started {
		if err := conn.QueryRow(ctx, "SELECT coalesce(max(version_id), 0) FROM "+goose.DefaultTablename+" WHERE is_applied").Scan(&found); err != nil {
			return 0, 0, fail("schema", err)
		}
	}
	if readOnly == "on" {
		return found, known, ErrReadOnly
	}
	return found, known, nil
}
