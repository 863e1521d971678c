// Package sqlite keeps incidents in one SQLite file: the embedded default, for
// one process. What was acknowledged survives the process and the power: write
// ahead log, synchronous=FULL.
package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"breachbot/store"
)

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
	acts   store.Acts
	closed atomic.Bool
}

var _ store.Store = (*Store)(nil)

// Open opens the database file, makes it and its folder when there is none, and
// brings its schema up to date. Only the user of the process may read the
// files. Errors wrap ErrInUse or one of the faults of a file, or are a
// *store.NewerSchema.
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
	err = sound(path)
	if errors.Is(err, fs.ErrNotExist) {
		err = create(ctx, path)
	}
	if err != nil {
		return nil, err
	}
	// It is looked at before it is touched: to begin a log changes the file.
	if _, _, err := s.readAt(ctx, dsn(path, "deferred", "query_only(ON)")); err != nil {
		return nil, kindOf(err)
	}
	s.read.SetMaxIdleConns(readers)
	if s.write, err = writer(path); err != nil {
		return nil, err
	}
	if err := migrate(ctx, s.write); err != nil {
		return nil, kindOf(err)
	}
	return s, s.Ping(ctx) // what cannot be written to must not look like a start
}

// writer is the pool of the one connection that changes the database.
func writer(path string) (*sql.DB, error) {
	db, err := pool(dsn(path, "immediate", "journal_mode(WAL)", "synchronous(FULL)", "secure_delete(ON)"))
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

// logs end the names of the files that SQLite keeps beside a database.
var logs = []string{"-wal", "-shm", "-journal"}

// sound tells whether a file can be a database of ours. The error is fs.ErrNotExist
// when there is none, and none was there.
func sound(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if log, err := os.Stat(path + "-wal"); err == nil && log.Size() > 0 {
			return ErrOnlyLog
		}
		return err
	case err != nil:
		return err
	case info.IsDir():
		return ErrForeign
	case info.Size() == 0:
		return ErrEmpty
	}
	return nil
}

// create makes a new database under another name and gives it its own when it is
// whole: one that is found empty was not left so by us. SQLite gives the log files
// the mode of the database.
func create(ctx context.Context, path string) error {
	making := path + ".new"
	for _, ending := range append([]string{""}, logs...) {
		if err := os.Remove(making + ending); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	f, err := os.OpenFile(making, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	f.Close()
	db, err := writer(making)
	if err != nil {
		return err
	}
	err = migrate(ctx, db)
	if err := errors.Join(err, db.Close()); err != nil { // this empties its log
		return kindOf(err)
	}
	if err := os.Rename(making, path); err != nil {
		return err
	}
	if folder, err := os.Open(filepath.Dir(path)); err == nil {
		_ = folder.Sync() // so that the name outlasts a power cut; not every system can
		folder.Close()
	}
	return nil
}

// OpenReader opens a database for reading, beside the process that works with
// it. It changes nothing and brings no schema up to date: the error is a
// *store.NewerSchema or *store.OlderSchema when the database has another than
// this binary's, or wraps one of the faults of a file. A copy can also be read where
// nothing may be written. Methods that write fail.
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
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	if err := sound(path); err != nil {
		return err // SQLite would make an empty database of it
	}
	address := dsn(path, "deferred", "query_only(ON)")
	found, known, err := s.readAt(ctx, address)
	if unlogged := kindOf(err); errors.Is(unlogged, ErrReadOnly) {
		// SQLite wants to make the files of its log even to read. A copy that
		// nobody changes can be read without, unless part of it is in a log.
		if log, e := os.Stat(path + "-wal"); e == nil && log.Size() > 0 {
			return ErrLogUnread
		}
		s.read.Close()
		found, known, err = s.readAt(ctx, address+"&immutable=1")
	}
	switch {
	case err != nil:
		return kindOf(err)
	case found > known:
		return &store.NewerSchema{Found: found, Known: known}
	case found < known:
		return &store.OlderSchema{Found: found, Known: known}
	}
	return nil
}

func (s *Store) readAt(ctx context.Context, address string) (found, known int64, err error) {
	if s.read, err = pool(address); err != nil {
		return 0, 0, err
	}
	s.read.SetMaxOpenConns(readers)
	return versions(ctx, s.read)
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

// Ping implements store.Store. It commits, because only then SQLite asks the disk.
func (s *Store) Ping(ctx context.Context) error {
	err := s.update(ctx, "ping", func(tx *sql.Tx) error {
		name := "ping " + rand.Text()
		if _, err := tx.ExecContext(ctx, "INSERT INTO settings (name, value) VALUES (?, '')", name); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM settings WHERE name = ?", name)
		return err
	})
	if err != nil {
		return err
	}
	return s.acts.Err()
}

// update runs f in a transaction that writes. It commits when f returns nil.
func (s *Store) update(ctx context.Context, op string, f func(*sql.Tx) error) error {
	if s.write == nil {
		return fmt.Errorf("%s: %w", op, errReader)
	}
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	err := s.fail(op, within(ctx, s.write, f))
	s.acts.Note(op, err)
	return err
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
