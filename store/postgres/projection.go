package postgres

import (
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"breachbot/store"
	"breachbot/workflow"
)

var (
	incidents     = statements(store.Incidents).replacing()
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
	places := make([]string, len(names))
	for n := range places {
		places[n] = fmt.Sprintf("$%d", n+1)
	}
	return projection[T]{
		Projection: p,
		insert:     fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", p.Table, strings.Join(names, ", "), strings.Join(places, ", ")),
		query:      fmt.Sprintf("SELECT %s FROM %s WHERE %s = $1 ORDER BY 1", strings.Join(names[1:], ", "), p.Table, p.Owner),
	}
}

// replacing makes a new row of an incident take the place of the one there.
func (p projection[T]) replacing() projection[T] {
	var changes []string
	for _, c := range p.Columns() {
		changes = append(changes, c.Name+" = excluded."+c.Name)
	}
	p.insert += fmt.Sprintf(" ON CONFLICT (%s) DO UPDATE SET %s", p.Owner, strings.Join(changes, ", "))
	return p
}

// write queues the row that follows from v.
func (p projection[T]) write(b *pgx.Batch, id workflow.IncidentID, v T) error {
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
	b.Queue(p.insert, args...)
	return nil
}

// rows queues reading the rows of an incident.
func (p projection[T]) rows(b *pgx.Batch, id workflow.IncidentID, dest *[]store.Row) {
	read(b, dest, p.scan, id, p.Table, p.query, id)
}

func (p projection[T]) scan(r pgx.Row) (store.Row, error) {
	row, err := p.Scan(r.Scan, func(at *time.Time) any { return instant{at} })
	if err != nil {
		return nil, err
	}
	for n, c := range p.Columns() {
		if c.Kind == store.Document {
			if row[n], err = canonical(row[n].(string)); err != nil {
				return nil, err
			}
		}
	}
	return row, nil
}
