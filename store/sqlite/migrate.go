package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pressly/goose/v3"

	"breachbot/store"
)

//go:embed migration/*.sql
var migrations embed.FS

// migrate brings the schema to the newest version. The error is a
// *store.NewerSchema when the database is ahead of this binary.
func migrate(ctx context.Context, db *sql.DB) error {
	p, err := provider(db)
	if err != nil {
		return err
	}
	found, known, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if found > known {
		return &store.NewerSchema{Found: found, Known: known}
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// versions are that of the database's schema and the newest one known here.
func versions(ctx context.Context, db *sql.DB) (found, known int64, err error) {
	p, err := provider(db)
	if err != nil {
		return 0, 0, err
	}
	if found, known, err = p.GetVersions(ctx); err != nil {
		return 0, 0, fmt.Errorf("read the schema's version: %w", err)
	}
	return found, known, nil
}

func provider(db *sql.DB) (*goose.Provider, error) {
	dir, err := fs.Sub(migrations, "migration")
	if err != nil {
		return nil, err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, dir, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	return p, nil
}

// Schema tells the version of a database's schema and the newest one this binary
// knows, without changing it. The error wraps ErrInUse when another process works
// with the file, and fs.ErrNotExist when there is none.
func Schema(ctx context.Context, path string) (found, known int64, err error) {
	if _, err := os.Stat(path); err != nil {
		return 0, 0, err // SQLite would make an empty database of it
	}
	if path, err = filepath.Abs(path); err != nil {
		return 0, 0, err
	}
	lock, err := lockFile(path + ".lock")
	if err != nil {
		return 0, 0, err
	}
	defer lock.Close()
	db, err := pool(dsn(path, "deferred", "query_only(ON)"))
	if err != nil {
		return 0, 0, err
	}
	defer db.Close()
	return versions(ctx, db)
}
