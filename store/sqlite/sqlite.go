// Package sqlite keeps incidents in one SQLite file: the embedded default, for
// one process. What was acknowledged survives the process and the power: write
// ahead log, synchronous=FULL.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"breachbot/store"
)

// ErrInUse means that another process works with the file.
var ErrInUse = errors.New("another breachbot is using this database: one process at a time (for several, set DATABASE_URL)")

// writeTimeout is how long a change may take, waiting for its turn included,
// before the store counts as unavailable.
const writeTimeout = 12 * time.Second

// readers limits the connections that read while one writes.
const readers = 4

// Store is a store.Store in one file. Safe for concurrent use.
type Store struct {
	write  *sql.DB // one connection: writers queue here, not at the file's lock
	read   *sql.DB
	lock   *os.File
	closed atomic.Bool
}

var _ store.Store = (*Store)(nil)

// Open opens the database file, makes it and its folder when there is none, and
// brings its schema up to date. Only the user of the process may read the
// files. Errors wrap ErrInUse, or are a *store.NewerSchema.
func Open(ctx context.Context, path string) (*Store, error) {
	s, err := open(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return s, nil
}

func open(ctx context.Context, path string) (_ *Store, err error) {
	if path, err = filepath.Abs(path); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	s := &Store{}
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	if s.lock, err = lockFile(path + ".lock"); err != nil {
		return nil, err
	}
	// SQLite gives the log files the mode of the database; so it is made here.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	f.Close()
	if s.write, err = pool(dsn(path, "immediate", "journal_mode(WAL)", "synchronous(FULL)", "secure_delete(ON)")); err != nil {
		return nil, err
	}
	s.write.SetMaxOpenConns(1)
	if err := migrate(ctx, s.write); err != nil {
		return nil, err
	}
	if s.read, err = pool(dsn(path, "deferred", "query_only(ON)")); err != nil {
		return nil, err
	}
	s.read.SetMaxOpenConns(readers)
	s.read.SetMaxIdleConns(readers)
	return s, s.read.PingContext(ctx)
}

// OpenReader opens a database for reading, beside the process that works with
// it. It changes nothing and brings no schema up to date: the error is a
// *store.NewerSchema or *store.OlderSchema when the database has another than
// this binary's. Methods that write fail.
func OpenReader(ctx context.Context, path string) (*Store, error) {
	s := &Store{}
	err := s.openReader(ctx, path)
	if err != nil {
		s.Close()
		return nil, fmt.Errorf("open %s for reading: %w", path, err)
	}
	return s, nil
}

func (s *Store) openReader(ctx context.Context, path string) error {
	if _, err := os.Stat(path); err != nil {
		return err // SQLite would make an empty database of it
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	if s.read, err = pool(dsn(path, "deferred", "query_only(ON)")); err != nil {
		return err
	}
	s.read.SetMaxOpenConns(readers)
	found, known, err := versions(ctx, s.read)
	switch {
	case err != nil:
		return err
	case found > known:
		return &store.NewerSchema{Found: found, Known: known}
	case found < known:
		return &store.OlderSchema{Found: found, Known: known}
	}
	return nil
}

// errReader refuses to write through a store that was opened for reading.
var errReader = errors.New("the database was opened for reading only")

// dsn is the one place for pragmas: it holds for every connection of a pool.
func dsn(path, txlock string, pragmas ...string) string {
	q := url.Values{"_txlock": {txlock}, "_pragma": {"busy_timeout(5000)", "foreign_keys(ON)"}}
	for _, p := range pragmas {
		q.Add("_pragma", p)
	}
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + "?" + q.Encode()
}

// Close ends all use of the file and lets another process have it.
func (s *Store) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	var errs []error
	for _, db := range []*sql.DB{s.read, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}

// Ping implements store.Store.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	return s.fail("ping", s.read.QueryRowContext(ctx, "SELECT 1 FROM settings UNION ALL SELECT 1 LIMIT 1").Scan(&one))
}

// update runs f in a transaction that writes. It commits when f returns nil.
func (s *Store) update(ctx context.Context, op string, f func(*sql.Tx) error) error {
	if s.write == nil {
		return fmt.Errorf("%s: %w", op, errReader)
	}
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	return s.fail(op, within(ctx, s.write, f))
}

// view runs f on one state of the database.
func (s *Store) view(ctx context.Context, op string, f func(*sql.Tx) error) error {
	return s.fail(op, within(ctx, s.read, f))
}

func within(ctx context.Context, db *sql.DB, f func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// micros binds an instant: whole microseconds in UTC, NULL for the zero time.
func micros(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// instant scans what micros bound.
type instant struct{ *time.Time }

func (i instant) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*i.Time = time.Time{}
	case int64:
		*i.Time = time.UnixMicro(v).UTC()
	default:
		return fmt.Errorf("%T is not an instant", src)
	}
	return nil
}

// all scans every row with scan.
func all[T any](rows *sql.Rows, err error, scan func(*sql.Rows) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

// scanner is a row or the current one of several.
type scanner interface{ Scan(...any) error }
