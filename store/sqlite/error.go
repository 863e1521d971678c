package sqlite

import (
	"context"
	"errors"
	"fmt"

	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"breachbot/workflow"
)

// fail adds the operation, and ErrUnavailable where the file or the disk is at
// fault and not the request.
func (s *Store) fail(op string, err error) error {
	if err == nil {
		return nil
	}
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
	var failure *driver.Error
	if !errors.As(err, &failure) {
		return false
	}
	const primary = 0xff // the low byte of an extended code
	switch failure.Code() & primary {
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED, lib.SQLITE_NOMEM, lib.SQLITE_READONLY, lib.SQLITE_INTERRUPT, lib.SQLITE_IOERR,
		lib.SQLITE_CORRUPT, lib.SQLITE_FULL, lib.SQLITE_CANTOPEN, lib.SQLITE_PROTOCOL, lib.SQLITE_NOTADB:
		return true
	}
	return false
}
