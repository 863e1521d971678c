// Package postgres keeps incidents in PostgreSQL: for production and several
// replicas.
package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
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
	begins string // the statement that begins a transaction
	acts   store.Acts
	closed atomic.Bool
}

var _ store.Store = (*Store)(nil)

// Options change how a database is opened.
type Options struct {
	// Migrate brings the schema up to date first, and refuses a database that
	// takes no changes. Without it a schema that is not of this binary's version is
	// refused, and an account that may only read is enough to read.
	Migrate bool
	// MaxConns limits the connections; 0 is what the address says with
	// pool_max_conns, or pgx's default: as many as there are processors, at least 4.
	// One is enough for all to work, slowly.
	MaxConns int32
}

// Open connects to a database, such as
// "postgres://breachbot:secret@db:5432/breachbot". Errors never hold the
// password; they wrap workflow.ErrUnavailable, ErrReadOnly or ErrEncoding, or are
// a *store.NewerSchema or *store.OlderSchema.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	config, err := parse(url)
	if err != nil {
		return nil, err
	}
	if o.MaxConns > 0 {
		config.MaxConns = o.MaxConns
	}
	found, err := lookAt(ctx, config.ConnConfig)
	if err == nil && o.Migrate {
		found, err = migrate(ctx, config.ConnConfig, found)
	}
	if err == nil {
		err = found.fits()
	}
	if err != nil {
		return nil, fail("open database", err)
	}
	s := &Store{begins: setLimits(config.ConnConfig, found.pooled)}
	if found.pooled && !strings.Contains(url, "default_query_exec_mode") {
		config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	}
	if s.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, fail("open database", err)
	}
	if o.Migrate { // to work with it, so it must be possible to
		if err := s.Ping(ctx); err != nil {
			s.pool.Close()
			return nil, err
		}
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
	if _, set := c.RuntimeParams["application_name"]; !set {
		c.RuntimeParams["application_name"] = "breachbot" // poolers know this one
	}
	return config, nil
}

// setLimits limits how long the server works for us, as far as the address does not
// say so itself, and gives the statement that begins a transaction. Directly, the
// limits hold for the session. A pooler refuses to begin one with them and gives
// each transaction another session; there they hold for the transaction.
func setLimits(c *pgx.ConnConfig, pooled bool) (begins string) {
	begins = "BEGIN"
	for _, l := range []struct {
		name string
		time.Duration
	}{
		{"statement_timeout", statementTimeout},
		{"lock_timeout", lockTimeout},
		{"idle_in_transaction_session_timeout", operationTimeout},
	} {
		switch _, set := c.RuntimeParams[l.name]; {
		case set:
		case pooled:
			begins += fmt.Sprintf("; SET LOCAL %s = %d", l.name, l.Milliseconds())
		default:
			c.RuntimeParams[l.name] = fmt.Sprint(l.Milliseconds())
		}
	}
	return begins
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

// Ping implements store.Store. It needs the rights and the lock that Append
// needs, and commits, so that a disk or a standby that must confirm is asked too.
func (s *Store) Ping(ctx context.Context) error {
	err := s.update(ctx, "ping", func(ctx context.Context, tx pgx.Tx) error {
		name := "ping " + rand.Text()
		b := &pgx.Batch{}
		b.Queue("LOCK TABLE events IN ROW EXCLUSIVE MODE")
		b.Queue("INSERT INTO settings (name, value) VALUES ($1, '')", name)
		b.Queue("DELETE FROM settings WHERE name = $1", name)
		return tx.SendBatch(ctx, b).Close()
	})
	if err != nil {
		return err
	}
	return s.acts.Err()
}

// update runs f in a transaction, which it commits when f returns nil. What
// would conflict is locked first, so the default isolation is enough.
func (s *Store) update(ctx context.Context, op string, f func(context.Context, pgx.Tx) error) error {
	ctx, cancel, err := s.begin(ctx)
	if err != nil {
		return fail(op, err)
	}
	defer cancel()
	return s.noted(op, pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{BeginQuery: s.begins}, func(tx pgx.Tx) error { return f(ctx, tx) }))
}

// noted is fail for a change, which health is to know of. After a failover the
// connections may still lead to what is only a standby now, so they are made anew.
func (s *Store) noted(op string, err error) error {
	err = fail(op, err)
	s.acts.Note(op, err)
	if pg := (*pgconn.PgError)(nil); errors.As(err, &pg) && pg.Code == readOnlyTransaction {
		s.pool.Reset()
	}
	return err
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
