package store

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"breachbot/workflow"
)

// Kind is the kind of value a column holds. Each engine has a type of its own
// for it.
type Kind string

const (
	Text     Kind = "text"     // string
	Number   Kind = "number"   // int64
	Truth    Kind = "truth"    // bool
	Instant  Kind = "instant"  // time.Time
	Document Kind = "document" // string: canonical JSON
)

// Column is a column of a projection.
type Column struct {
	Name     string
	Kind     Kind
	Optional bool // of an instant: NULL for the zero time
}

// Row is a row of a projection: a value for each of its columns, in the Go type
// of the column's kind.
type Row []any

// Projection describes a table of the register, whose rows each follow from a
// T. From it the engines make their SQL, and Verify knows what to compare.
type Projection[T any] struct {
	Table   string
	Owner   string // the column with the incident's reference, before all others
	columns []column[T]
}

// column is a column with the value that a T has there.
type column[T any] struct {
	Column
	of func(T) (any, error)
}

// Incidents is the register's line of each incident: its entry in plain columns,
// and whole beside them.
var Incidents = Projection[workflow.Entry]{"incidents", "id", []column[workflow.Entry]{
	number("year", func(e workflow.Entry) int { return e.ID.Year() }),
	number("number", func(e workflow.Entry) int { return e.ID.Number() }),
	number("version", func(e workflow.Entry) int { return e.Version }),
	text("step", func(e workflow.Entry) workflow.Step { return e.Step }),
	truth("open", func(e workflow.Entry) bool { return !e.Step.Over() }),
	text("title", func(e workflow.Entry) string { return e.Title }),
	truth("near_miss", func(e workflow.Entry) bool { return e.NearMiss }),
	number("severity", func(e workflow.Entry) workflow.Severity { return e.Severity }),
	text("risk", func(e workflow.Entry) workflow.RiskLevel { return e.Risk }),
	text("category", func(e workflow.Entry) workflow.Category { return e.Facts.Category }),
	text("reporter", func(e workflow.Entry) workflow.UserID { return e.Reporter }),
	text("lead", func(e workflow.Entry) workflow.UserID { return e.Lead }),
	text("channel", func(e workflow.Entry) workflow.ChannelID { return e.Channel }),
	optional(instant("detected_at", func(e workflow.Entry) time.Time { return e.Times.Detected })),
	instant("reported_at", func(e workflow.Entry) time.Time { return e.Times.Reported }),
	optional(instant("aware_at", func(e workflow.Entry) time.Time { return e.Times.Aware.At })),
	instant("deadline_at", func(e workflow.Entry) time.Time { return e.Deadline }),
	text("basis", func(e workflow.Entry) workflow.Basis { return e.Basis }),
	text("clock", func(e workflow.Entry) workflow.ClockState { return e.Clock }),
	optional(instant("stopped_at", func(e workflow.Entry) time.Time { return e.StoppedAt })),
	truth("late", func(e workflow.Entry) bool { return e.Late }),
	text("delay_reasons", func(e workflow.Entry) string { return e.DelayReasons }),
	optional(instant("resolved_at", func(e workflow.Entry) time.Time { return e.ResolvedAt })),
	optional(instant("closed_at", func(e workflow.Entry) time.Time { return e.ClosedAt })),
	optional(instant("dismissed_at", func(e workflow.Entry) time.Time { return e.DismissedAt })),
	optional(instant("erased_at", func(e workflow.Entry) time.Time { return e.ErasedAt })),
	document("entry", func(e workflow.Entry) workflow.Entry { return e }),
	text("series", func(e workflow.Entry) workflow.Series { return e.ID.Series() }),
}}

// Decisions is every decision, by seq.
var Decisions = Projection[workflow.Decision]{"decisions", "incident_id", []column[workflow.Decision]{
	number("seq", func(d workflow.Decision) int { return d.Seq }),
	text("recipient", func(d workflow.Decision) workflow.Recipient { return d.Recipient }),
	text("verdict", func(d workflow.Decision) workflow.Verdict { return d.Verdict }),
	text("reason", func(d workflow.Decision) string { return d.Reason }),
	text("advice", func(d workflow.Decision) string { return d.Advice }),
	text("ground", func(d workflow.Decision) workflow.Ground { return d.Ground }),
	text("delay", func(d workflow.Decision) workflow.DelayReason { return d.Delay }),
	text("delay_reason", func(d workflow.Decision) string { return d.DelayReason }),
	text("decided_by", func(d workflow.Decision) workflow.UserID { return d.By }),
	text("role", func(d workflow.Decision) workflow.Role { return d.Role }),
	instant("decided_at", func(d workflow.Decision) time.Time { return d.At }),
	number("facts_version", func(d workflow.Decision) int { return d.Facts }),
	number("assessment_seq", func(d workflow.Decision) int { return d.Assessment }),
	truth("against_advice", func(d workflow.Decision) bool { return d.Against }),
	truth("late", func(d workflow.Decision) bool { return d.Late }),
	text("cause", func(d workflow.Decision) workflow.Cause { return d.Cause }),
}}

// Notifications is every notice that was recorded as sent, by seq.
var Notifications = Projection[workflow.Notification]{"notifications", "incident_id", []column[workflow.Notification]{
	number("seq", func(n workflow.Notification) int { return n.Seq }),
	text("recipient", func(n workflow.Notification) workflow.Recipient { return n.Recipient }),
	instant("sent_at", func(n workflow.Notification) time.Time { return n.SentAt }),
	text("method", func(n workflow.Notification) workflow.Method { return n.Method }),
	text("reference", func(n workflow.Notification) string { return n.Reference }),
	truth("follow_up", func(n workflow.Notification) bool { return n.FollowUp }),
	truth("complete", func(n workflow.Notification) bool { return n.Complete }),
	text("delay", func(n workflow.Notification) workflow.DelayReason { return n.Delay }),
	text("delay_reason", func(n workflow.Notification) string { return n.DelayReason }),
	truth("late", func(n workflow.Notification) bool { return n.Late }),
	text("recorded_by", func(n workflow.Notification) workflow.UserID { return n.By }),
	instant("recorded_at", func(n workflow.Notification) time.Time { return n.At }),
	truth("withdrawn", func(n workflow.Notification) bool { return n.Withdrawn }),
	text("reason", func(n workflow.Notification) string { return n.Reason }),
}}

func text[T any, V ~string](name string, of func(T) V) column[T] {
	return column[T]{Column{Name: name, Kind: Text}, func(v T) (any, error) { return string(of(v)), nil }}
}

func number[T any, V ~int](name string, of func(T) V) column[T] {
	return column[T]{Column{Name: name, Kind: Number}, func(v T) (any, error) { return int64(of(v)), nil }}
}

func truth[T any](name string, of func(T) bool) column[T] {
	return column[T]{Column{Name: name, Kind: Truth}, func(v T) (any, error) { return of(v), nil }}
}

func instant[T any](name string, of func(T) time.Time) column[T] {
	return column[T]{Column{Name: name, Kind: Instant}, func(v T) (any, error) { return of(v), nil }}
}

func optional[T any](c column[T]) column[T] {
	c.Optional = true
	return c
}

func document[T, V any](name string, of func(T) V) column[T] {
	return column[T]{Column{Name: name, Kind: Document}, func(v T) (any, error) {
		plain, err := json.Marshal(of(v))
		if err != nil {
			return nil, err
		}
		canonical, err := workflow.Canonical(plain)
		return string(canonical), err
	}}
}

// Columns are the columns after the owner, in the order of the table.
func (p Projection[T]) Columns() []Column {
	columns := make([]Column, len(p.columns))
	for n, c := range p.columns {
		columns[n] = c.Column
	}
	return columns
}

// Names are the names of all columns, the owner first.
func (p Projection[T]) Names() []string {
	names := []string{p.Owner}
	for _, c := range p.columns {
		names = append(names, c.Name)
	}
	return names
}

// Row is the row that follows from a value.
func (p Projection[T]) Row(v T) (Row, error) {
	row := make(Row, len(p.columns))
	for n, c := range p.columns {
		var err error
		if row[n], err = c.of(v); err != nil {
			return nil, fmt.Errorf("column %s of %s: %w", c.Name, p.Table, err)
		}
	}
	return row, nil
}

// Scan reads a row of all columns after the owner. at says where an engine puts
// an instant.
func (p Projection[T]) Scan(scan func(dest ...any) error, at func(*time.Time) any) (Row, error) {
	dest, value := make([]any, len(p.columns)), make([]func() any, len(p.columns))
	for n, c := range p.columns {
		switch c.Kind {
		case Text, Document:
			dest[n], value[n] = place[string]()
		case Number:
			dest[n], value[n] = place[int64]()
		case Truth:
			dest[n], value[n] = place[bool]()
		case Instant:
			t := new(time.Time)
			dest[n], value[n] = at(t), func() any { return *t }
		}
	}
	if err := scan(dest...); err != nil {
		return nil, err
	}
	row := make(Row, len(p.columns))
	for n := range row {
		row[n] = value[n]()
	}
	return row, nil
}

// place is room for a value, and what is there in the end.
func place[V any]() (dest any, value func() any) {
	v := new(V)
	return v, func() any { return *v }
}

// Get is the value of a row in a column of this name, nil when there is none.
func (p Projection[T]) Get(r Row, name string) any {
	n := slices.IndexFunc(p.columns, func(c column[T]) bool { return c.Name == name })
	if n < 0 {
		return nil
	}
	return r[n]
}

// differs names, in words, the first column in which two rows differ. Values
// are not told: they may be personal data.
func (p Projection[T]) differs(stored, derived Row) string {
	for n, c := range p.columns {
		if !same(stored[n], derived[n]) {
			return notSaid(c.Name)
		}
	}
	return ""
}
