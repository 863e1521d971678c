// Package postgres keeps incidents in PostgreSQL: for production and several
// replicas.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"breachbot/store"
	"breachbot/workflow"
)

// How long things may take before the store counts as unavailable. The server's
// own limits are below ours, so that it gives up first and says why.
const (
	connectTimeout   = 5 * time.Second
	statementTimeout = 8 * time.Second
	lockTimeout      = 5 * time.Second
	operationTimeout = 12 * time.Second
)

// Store is a store.Store in a PostgreSQL database. Safe for concurrent use, by
// several processes too.
type Store struct {
	pool   *pgxpool.Pool
	closed atomic.Bool
}

var _ store.Store = (*Store)(nil)

// Options change how a database is opened.
type Options struct {
	// Migrate brings the schema up to date first. Without it a schema that is
	// not of this binary's version is refused.
	Migrate bool
	// MaxConns limits the connections; 0 is pgx's default.
	MaxConns int32
}

// Open connects to a database, such as
// "postgres://breachbot:secret@db:5432/breachbot". Errors never hold the
// password; they wrap workflow.ErrUnavailable, or are a *store.NewerSchema or
// *store.OlderSchema.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	config, err := parse(url)
	if err != nil {
		return nil, err
	}
	if o.MaxConns > 0 {
		config.MaxConns = o.MaxConns
	}
	if err := migrate(ctx, config.ConnConfig, o.Migrate); err != nil {
		return nil, fail("open database", err)
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fail("open database", err)
	}
	s := &Store{pool: pool}
	if err := s.Ping(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return s, nil
}

func parse(url string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		// The cause may quote the string, and with it the password.
		return nil, errors.New("the database's address is not valid: it should look like postgres://user:password@host:5432/database")
	}
	c := config.ConnConfig
	c.ConnectTimeout = connectTimeout
	limit := func(name string, d time.Duration) {
		if _, set := c.RuntimeParams[name]; !set {
			c.RuntimeParams[name] = fmt.Sprint(d.Milliseconds())
		}
	}
	limit("statement_timeout", statementTimeout)
	limit("lock_timeout", lockTimeout)
	limit("idle_in_transaction_session_timeout", operationTimeout)
	if _, set := c.RuntimeParams["application_name"]; !set {
		c.RuntimeParams["application_name"] = "breachbot"
	}
	return config, nil
}

// Close waits for what is under way and ends all connections.
func (s *Store) Close() error {
	s.closed.Store(true)
	s.pool.Close()
	return nil
}

// begin bounds an operation in time. The error is that the store was closed.
func (s *Store) begin(ctx context.Context) (context.Context, context.CancelFunc, error) {
	if s.closed.Load() {
		return nil, nil, fmt.Errorf("the store was closed: %w", workflow.ErrUnavailable)
	}
	ctx, cancel := context.WithTimeout(ctx, operationTimeout)
	return ctx, cancel, nil
}

// Ping implements store.Store.
func (s *Store) Ping(ctx context.Context) error {
	ctx, cancel, err := s.begin(ctx)
	if err != nil {
		return fail("ping", err)
	}
	defer cancel()
	return fail("ping", s.pool.Ping(ctx))
}

// update runs f in a transaction, which it commits when f returns nil. What
// would conflict is locked first, so the default isolation is enough.
func (s *Store) update(ctx context.Context, op string, f func(context.Context, pgx.Tx) error) error {
	ctx, cancel, err := s.begin(ctx)
	if err != nil {
		return fail(op, err)
	}
	defer cancel()
	return fail(op, pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error { return f(ctx, tx) }))
}

// row reads one row. The error may be pgx.ErrNoRows.
func (s *Store) row(ctx context.Context, query string, args []any, dest ...any) error {
	ctx, cancel, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer cancel()
	return s.pool.QueryRow(ctx, query, args...).Scan(dest...)
}

// list reads every row with scan.
func list[T any](ctx context.Context, s *Store, scan func(pgx.Row) (T, error), query string, args ...any) ([]T, error) {
	ctx, cancel, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	rows, err := s.pool.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return collect(rows, scan)
}

func collect[T any](rows pgx.Rows, scan func(pgx.Row) (T, error)) ([]T, error) {
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (T, error) { return scan(r) })
}

// micros binds an instant: UTC, whole microseconds, NULL for the zero time.
func micros(t time.Time) pgtype.Timestamptz {
	return pgtype.Timestamptz{Time: workflow.Instant(t), Valid: !t.IsZero()}
}

// instant scans what micros bound.
type instant struct{ *time.Time }

// ScanTimestamptz implements pgtype.TimestamptzScanner.
func (i instant) ScanTimestamptz(v pgtype.Timestamptz) error {
	switch {
	case !v.Valid:
		*i.Time = time.Time{}
	case v.InfinityModifier != pgtype.Finite:
		return errors.New("infinity is not an instant")
	default:
		*i.Time = v.Time.UTC()
	}
	return nil
}
