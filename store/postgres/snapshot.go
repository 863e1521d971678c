package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"breachbot/store"
	"breachbot/workflow"
)

// Snapshot is the database as it stood at one moment.
type Snapshot struct {
	Name    string // for pg_dump --snapshot, while use runs
	Version int    // of the server, as 170002 for 17.2
	tx      pgx.Tx
}

// Snapshot freezes the database for as long as use runs, so that what is dumped and
// what is verified are the same. Others go on writing.
func (s *Store) Snapshot(ctx context.Context, use func(context.Context, Snapshot) error) error {
	return s.frozen(ctx, "snapshot", func(tx pgx.Tx) error {
		f := Snapshot{tx: tx}
		err := tx.QueryRow(ctx, "SELECT pg_export_snapshot(), current_setting('server_version_num')::integer").Scan(&f.Name, &f.Version)
		if err != nil {
			return err
		}
		return use(ctx, f)
	})
}

// Rows gives everything stored, as store.Store's does.
func (f Snapshot) Rows(ctx context.Context, yield func(store.Rows) error) error {
	return rows(ctx, f.tx, yield)
}

// frozen runs f on one state of the database.
func (s *Store) frozen(ctx context.Context, op string, f func(pgx.Tx) error) error {
	if s.closed.Load() {
		return fmt.Errorf("%s: the store was closed: %w", op, workflow.ErrUnavailable)
	}
	snapshot := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err := pgx.BeginTxFunc(ctx, s.pool, snapshot, func(tx pgx.Tx) error {
		// A long journal takes its time, and so may its reader.
		if _, err := tx.Exec(ctx, "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"); err != nil {
			return err
		}
		return f(tx)
	})
	return fail(op, err)
}
