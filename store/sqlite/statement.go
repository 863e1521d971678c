package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"

	engine "modernc.org/sqlite"
)

// pool is a pool of connections that keep the statements they have prepared.
// Parsing and planning an insert costs SQLite more than running it.
func pool(dsn string) (*sql.DB, error) {
	c, err := engine.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector{c}), nil
}

// connector makes connections that keep their statements.
type connector struct{ driver.Connector }

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &keeper{connection: conn.(connection), kept: map[string]statement{}}, nil
}

// connection and statement are what the driver's own ones can do and
// database/sql makes use of.
type connection interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// mostKept limits the statements that a connection keeps. This package has fewer;
// filters and migrations add some that rarely come again.
const mostKept = 128

// keeper is a connection that keeps its statements, by their text. database/sql
// lets only one goroutine at a time use a connection.
type keeper struct {
	connection
	kept map[string]statement // those that nobody uses at the moment
}

// take gives a statement to its user, prepared before or now.
func (k *keeper) take(ctx context.Context, query string) (statement, error) {
	if s, ok := k.kept[query]; ok {
		delete(k.kept, query)
		return s, nil
	}
	s, err := k.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.(statement), nil
}

// giveBack keeps a statement for the next user.
func (k *keeper) giveBack(query string, s statement) error {
	if _, twice := k.kept[query]; twice {
		return s.Close()
	}
	var err error
	if len(k.kept) == mostKept {
		err = k.drop()
	}
	k.kept[query] = s
	return err
}

// drop closes all statements that are kept.
func (k *keeper) drop() error {
	var first error
	for _, s := range k.kept {
		if err := s.Close(); err != nil && first == nil {
			first = err
		}
	}
	k.kept = map[string]statement{}
	return first
}

// ExecContext implements driver.ExecerContext.
func (k *keeper) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := k.take(ctx, query)
	if err != nil {
		return nil, err
	}
	result, err := s.ExecContext(ctx, args)
	if err != nil {
		_ = s.Close() // its own error is the same again
		return nil, err
	}
	return result, k.giveBack(query, s)
}

// QueryContext implements driver.QueryerContext.
func (k *keeper) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := k.take(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(ctx, args)
	if err != nil {
		_ = s.Close() // its own error is the same again
		return nil, err
	}
	return &keptRows{Rows: rows, done: func() error { return k.giveBack(query, s) }, drop: s.Close}, nil
}

// Close implements driver.Conn.
func (k *keeper) Close() error {
	err := k.drop()
	if cerr := k.connection.Close(); cerr != nil {
		return cerr
	}
	return err
}

// keptRows give their statement back when they are closed.
type keptRows struct {
	driver.Rows
	done, drop func() error
}

// Close implements driver.Rows.
func (r *keptRows) Close() error {
	if err := r.Rows.Close(); err != nil {
		_ = r.drop() // its own error is the same again
		return err
	}
	return r.done()
}
