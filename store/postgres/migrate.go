package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"breachbot/store"
	"breachbot/workflow"
)

//go:embed migration/*.sql
var migrations embed.FS

// Replicas that start together wait so long for the one that migrates.
const migratePatience = 2 * time.Minute

// Migrate brings the schema to the newest version, one process at a time. The
// error is a *store.NewerSchema when the database is ahead of this binary, or
// wraps workflow.ErrUnavailable, ErrReadOnly or ErrEncoding.
func Migrate(ctx context.Context, url string) error {
	config, err := parse(url)
	if err != nil {
		return err
	}
	found, err := lookAt(ctx, config.ConnConfig)
	if err == nil {
		found, err = migrate(ctx, config.ConnConfig, found)
	}
	if err == nil {
		err = found.fits()
	}
	return fail("migrate", err)
}

// migrate brings the schema up to date and gives the state afterwards. Most of the
// time there is nothing to do, and then it takes no lock.
func migrate(ctx context.Context, config *pgx.ConnConfig, found state) (state, error) {
	if err := found.takesChanges(); err != nil || found.version >= found.known {
		return found, err
	}
	config = config.Copy()
	if found.pooled {
		config.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	}
	db := stdlib.OpenDB(*config) // without limits: an index may take its time
	defer db.Close()
	dir, err := fs.Sub(migrations, "migration")
	if err != nil {
		return found, err
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, dir,
		goose.WithDisableGlobalRegistry(true), goose.WithLocker(&migrationLock{}))
	if err != nil {
		return found, err
	}
	if _, err := p.Up(ctx); err != nil {
		return found, fmt.Errorf("schema: %w", err)
	}
	return lookAt(ctx, config)
}

// migrationLock lets one process at a time migrate a database. It lives in a
// transaction, and so does not depend on a session that a pooler may give to
// somebody else.
type migrationLock struct{ tx *sql.Tx }

// migrationKey names the lock: "breachbot" as a number.
const migrationKey = 0x62726561636862

// Lock implements lock.Locker.
func (l *migrationLock) Lock(ctx context.Context, db *sql.DB) (err error) {
	if l.tx, err = db.BeginTx(context.WithoutCancel(ctx), nil); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, migratePatience)
	defer cancel()
	if _, err = l.tx.ExecContext(ctx, "SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0"); err == nil {
		_, err = l.tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock($1)", migrationKey)
	}
	if err != nil {
		_ = l.tx.Rollback() // the lock was not taken
		return fmt.Errorf("wait for the process that migrates: %w", err)
	}
	return nil
}

// Unlock implements lock.Locker.
func (l *migrationLock) Unlock(context.Context, *sql.DB) error { return l.tx.Rollback() }

var (
	// ErrReadOnly means that the database can be read and not written, as a standby.
	ErrReadOnly = fmt.Errorf("the database takes no changes: %w", workflow.ErrUnavailable)
	// ErrEncoding means that the database cannot hold every letter that people type.
	ErrEncoding = errors.New("the database's encoding is not UTF8")
)

// Schema tells the version of a database's schema, 0 when it has none yet, and
// the newest version this binary knows. It changes nothing. Errors are as those
// of Open.
func Schema(ctx context.Context, url string) (found, known int64, err error) {
	config, err := parse(url)
	if err != nil {
		return 0, 0, err
	}
	s, err := lookAt(ctx, config.ConnConfig)
	if err != nil {
		return 0, 0, fail("open database", err)
	}
	return s.version, s.known, s.takesChanges()
}

// state is what a database looks like before anything is done to it.
type state struct {
	version, known     int64 // of its schema, 0 when it has none; the newest this binary knows
	readOnly, encoding string
	pooled             bool // something like PgBouncer stands between
}

// takesChanges tells whether breachbot can keep its records there.
func (s state) takesChanges() error {
	switch {
	case s.encoding != "UTF8":
		return ErrEncoding
	case s.readOnly == "on":
		return ErrReadOnly
	}
	return nil
}

// fits tells whether the schema is this binary's.
func (s state) fits() error {
	switch {
	case s.version > s.known:
		return &store.NewerSchema{Found: s.version, Known: s.known}
	case s.version < s.known:
		return &store.OlderSchema{Found: s.version, Known: s.known}
	}
	return nil
}

// lookAt only reads; the right to read is enough. A pooler gives a client a number
// of its own for the session, not that of the server's process.
func lookAt(ctx context.Context, config *pgx.ConnConfig) (state, error) {
	ctx, cancel := context.WithTimeout(ctx, operationTimeout)
	defer cancel()
	var s state
	names, err := fs.Glob(migrations, "migration/*.sql")
	if err != nil {
		return s, err
	}
	for _, name := range names {
		n, err := goose.NumericComponent(name)
		if err != nil {
			return s, err
		}
		s.known = max(s.known, n)
	}
	config = config.Copy()
	config.DefaultQueryExecMode = pgx.QueryExecModeExec // nothing is prepared
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return s, err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // only read from
	var process uint32
	var started bool
	err = conn.QueryRow(ctx, "SELECT pg_backend_pid(), current_setting('transaction_read_only'), current_setting('server_encoding'), to_regclass($1) IS NOT NULL", goose.DefaultTablename).
		Scan(&process, &s.readOnly, &s.encoding, &started)
	if err == nil && started {
		err = conn.QueryRow(ctx, "SELECT coalesce(max(version_id), 0) FROM "+goose.DefaultTablename+" WHERE is_applied").Scan(&s.version)
	}
	if err != nil {
		return s, fmt.Errorf("schema: %w", err)
	}
	s.pooled = process != conn.PgConn().PID()
	return s, nil
}
