package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"breachbot/store"
	"breachbot/workflow"
)

var (
	incidents     = statements(store.Incidents)
	decisions     = statements(store.Decisions)
	notifications = statements(store.Notifications)
)

// projection is a table of the register with its statements.
type projection[T any] struct {
	store.Projection[T]
	insert string
	query  string // the rows of an incident, by their first column
}

func statements[T any](p store.Projection[T]) projection[T] {
	names := p.Names()
	return projection[T]{
		Projection: p,
		insert:     fmt.Sprintf("INSERT INTO %s (%s) VALUES (?%s)", p.Table, strings.Join(names, ", "), strings.Repeat(", ?", len(names)-1)),
		query:      fmt.Sprintf("SELECT %s FROM %s WHERE %s = ? ORDER BY 1", strings.Join(names[1:], ", "), p.Table, p.Owner),
	}
}

// write adds the row that follows from v.
func (p projection[T]) write(ctx context.Context, tx *sql.Tx, id workflow.IncidentID, v T) error {
	row, err := p.Row(v)
	if err != nil {
		return err
	}
	args := []any{id}
	for _, value := range row {
		if at, ok := value.(time.Time); ok {
			value = micros(at)
		}
		args = append(args, value)
	}
	_, err = tx.ExecContext(ctx, p.insert, args...)
	return err
}

// rows reads the rows of an incident.
func (p projection[T]) rows(ctx context.Context, tx *sql.Tx, id workflow.IncidentID) ([]store.Row, error) {
	rows, err := tx.QueryContext(ctx, p.query, id)
	return strict(id, p.Table, rows, err, func(r *sql.Rows) (store.Row, error) {
		return p.Scan(r.Scan, func(at *time.Time) any { return instant{at} })
	})
}
