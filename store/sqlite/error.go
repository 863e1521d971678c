package sqlite

import (
	"context"
	"errors"
	"fmt"

	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"breachbot/workflow"
)

// Faults of a file. Nothing was changed when Open or OpenReader gives one of them.
var (
	// ErrInUse means that another process works with the file.
	ErrInUse = errors.New("another breachbot is using this database: one process at a time (for several, set DATABASE_URL)")
	// ErrEmpty is a file of no bytes, which we never leave: something has cut it off.
	ErrEmpty = errors.New("the database is an empty file")
	// ErrOnlyLog is a log whose database is gone.
	ErrOnlyLog = errors.New("the database is gone, but its log is there")
	// ErrForeign is a file that is no database, or another program's.
	ErrForeign = errors.New("the file is not a database of breachbot")
	// ErrLogUnread is a database to be read where nothing may be written, with
	// part of it in a log.
	ErrLogUnread = errors.New("part of the database is in its log, which cannot be read where nothing may be written")

	// ErrLocked means that another program keeps the file to itself.
	ErrLocked = fmt.Errorf("another program keeps the database locked: %w", workflow.ErrUnavailable)
	// ErrFull, ErrReadOnly, ErrDisk and ErrDamaged are what the disk says.
	ErrFull     = fmt.Errorf("the disk is full: %w", workflow.ErrUnavailable)
	ErrReadOnly = fmt.Errorf("the database or its folder may not be written to: %w", workflow.ErrUnavailable)
	ErrDisk     = fmt.Errorf("the disk fails: %w", workflow.ErrUnavailable)
	ErrDamaged  = fmt.Errorf("the database is damaged: %w", workflow.ErrUnavailable)
)

// faults are by the low byte of SQLite's codes (sqlite.org/rescode.html).
var faults = map[int]error{
	lib.SQLITE_BUSY:     ErrLocked,
	lib.SQLITE_LOCKED:   ErrLocked,
	lib.SQLITE_FULL:     ErrFull,
	lib.SQLITE_READONLY: ErrReadOnly,
	lib.SQLITE_CANTOPEN: ErrReadOnly, // the file was there: what cannot be opened is its log
	lib.SQLITE_IOERR:    ErrDisk,
	lib.SQLITE_CORRUPT:  ErrDamaged,
	lib.SQLITE_NOTADB:   ErrForeign,
}

// kindOf adds the fault of the file that SQLite's code tells of.
func kindOf(err error) error {
	if kind := faults[codeOf(err)]; kind != nil && !errors.Is(err, kind) {
		return fmt.Errorf("%w: %w", kind, err)
	}
	return err
}

// codeOf is the low byte of SQLite's code; 0 when the error is none of SQLite's.
func codeOf(err error) int {
	const primary = 0xff
	if failure := (*driver.Error)(nil); errors.As(err, &failure) {
		return failure.Code() & primary
	}
	return 0
}

// fail adds the operation, the fault of the file and ErrUnavailable where the file
// or the disk is at fault and not the request.
func (s *Store) fail(op string, err error) error {
	if err == nil {
		return nil
	}
	err = kindOf(err)
	if s.unavailable(err) {
		return fmt.Errorf("%s: %w: %w", op, workflow.ErrUnavailable, err)
	}
	return fmt.Errorf("%s: %w", op, err)
}

func (s *Store) unavailable(err error) bool {
	if errors.Is(err, workflow.ErrUnavailable) {
		return false // said already
	}
	if s.closed.Load() || errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	switch codeOf(err) {
	case lib.SQLITE_NOMEM, lib.SQLITE_INTERRUPT, lib.SQLITE_PROTOCOL, lib.SQLITE_NOTADB:
		return true
	}
	return false
}
