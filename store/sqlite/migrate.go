package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/pressly/goose/v3"

	"breachbot/store"
)

//go:embed migration/*.sql
var migrations embed.FS

// migrate brings the schema to the newest version. The error is a
// *store.NewerSchema when the database is ahead of this binary, or wraps ErrForeign.
func migrate(ctx context.Context, db *sql.DB) error {
	found, known, err := versions(ctx, db)
	switch {
	case err != nil:
		return err
	case found > known:
		return &store.NewerSchema{Found: found, Known: known}
	case found == known:
		return nil
	}
	p, err := provider(db)
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// versions are that of the database's schema and the newest one known here. It only
// reads. The error wraps ErrForeign when the tables are not ours.
func versions(ctx context.Context, db *sql.DB) (found, known int64, err error) {
	p, err := provider(db)
	if err != nil {
		return 0, 0, err
	}
	for _, s := range p.ListSources() {
		known = max(known, s.Version)
	}
	var tables, versioned, journals int
	err = db.QueryRowContext(ctx, "SELECT count(*), coalesce(sum(name = ?), 0), coalesce(sum(name = 'events'), 0) FROM sqlite_master", goose.DefaultTablename).
		Scan(&tables, &versioned, &journals)
	if err == nil && versioned > 0 {
		err = db.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM "+goose.DefaultTablename+" WHERE is_applied").Scan(&found)
	}
	switch {
	case err != nil:
		return 0, 0, fmt.Errorf("read the schema's version: %w", err)
	case tables > 0 && versioned == 0, found > 0 && journals == 0:
		return 0, 0, ErrForeign
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
// with the file, fs.ErrNotExist when there is none, or a fault of the file.
func Schema(ctx context.Context, path string) (found, known int64, err error) {
	if path, err = filepath.Abs(path); err != nil {
		return 0, 0, err
	}
	if err := sound(path); err != nil {
		return 0, 0, err // SQLite would make an empty database of it
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
	found, known, err = versions(ctx, db)
	return found, known, kindOf(err)
}
