package sqlite

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"breachbot/store"
)

// Copy writes the database as it stands at one moment to another file, while a bot
// works with it, and marks it as a copy of that time (Moved). The other file must be
// empty or not there. When Copy returns nil, the copy is whole and on disk; when it
// does not, what is there is worth nothing. Errors wrap fs.ErrNotExist when there is
// no database.
func Copy(ctx context.Context, path, to string, at time.Time) error {
	if err := snapshot(ctx, path, to); err != nil {
		return fmt.Errorf("copy %s: %w", path, err)
	}
	if err := mark(ctx, to, at); err != nil {
		return fmt.Errorf("copy %s: mark the copy: %w", path, err)
	}
	return nil
}

// snapshot copies what a reader sees. It leaves out free pages, and so what was erased.
func snapshot(ctx context.Context, path, to string) error {
	if _, err := os.Stat(path); err != nil {
		return err // SQLite would make an empty database of it
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	db, err := pool(dsn(path, "deferred"))
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", to)
	return err
}

// mark says in the copy that it is one, and makes sure that all of it is on disk:
// VACUUM INTO leaves that to the operating system.
func mark(ctx context.Context, path string, at time.Time) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	db, err := pool(dsn(path, "immediate", "synchronous(FULL)"))
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", store.HomeSetting, "copied "+at.UTC().Format(time.RFC3339))
	if cerr := db.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
