package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"

	"breachbot/workflow"
)

// SQLSTATE codes, see PostgreSQL's appendix A.
const (
	uniqueViolation      = "23505"
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	readOnlyTransaction  = "25006"
	queryCanceled        = "57014" // also by statement_timeout
	lockNotAvailable     = "55P03"

	classConnection = "08"
	classAuth       = "28"
	classResources  = "53"
	classOperator   = "57"
	classSystem     = "58"
)

// fail adds the operation and the kind that a caller can act on.
func fail(op string, err error) error {
	if err == nil {
		return nil
	}
	if kind := kindOf(err); kind != nil && !errors.Is(err, kind) {
		return fmt.Errorf("%s: %w: %w", op, kind, err)
	}
	return fmt.Errorf("%s: %w", op, err)
}

func kindOf(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code {
		case uniqueViolation:
			switch pg.ConstraintName {
			case "commands_pkey":
				return workflow.ErrRepeated
			case "events_pkey", "incidents_pkey", "incidents_series_year_number_key":
				return workflow.ErrConflict
			}
			return nil
		case serializationFailure, deadlockDetected:
			return workflow.ErrConflict
		case readOnlyTransaction, queryCanceled, lockNotAvailable:
			return workflow.ErrUnavailable
		}
		switch pg.Code[:2] {
		case classConnection, classAuth, classResources, classOperator, classSystem:
			return workflow.ErrUnavailable
		}
		return nil
	}
	var connect *pgconn.ConnectError
	var network net.Error
	if errors.As(err, &connect) || errors.As(err, &network) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		pgconn.SafeToRetry(err) && !errors.Is(err, context.Canceled) {
		return workflow.ErrUnavailable
	}
	return nil
}
