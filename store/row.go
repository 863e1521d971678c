package store

import (
	"fmt"
	"time"

	"breachbot/workflow"
)

// Rows is everything stored of one incident, or, with an empty Incident, what
// belongs to none.
type Rows struct {
	Incident      workflow.IncidentID
	Events        []EventRow // by seq
	Commands      []CommandRow
	Line          Row   // of Incidents; nil when missing
	Decisions     []Row // of Decisions
	Notifications []Row // of Notifications
	Tasks         []TaskRow
	Anchors       []AnchorRow // of no incident; by seq
}

// EventRow is an event as stored. Payload is canonical JSON. Payload and Salt
// are nil when the content was erased.
type EventRow struct {
	Pos         int64 // place in the whole journal; grows, with gaps
	Incident    workflow.IncidentID
	Seq         int
	At          time.Time
	Actor       workflow.UserID
	Key         workflow.CommandKey
	Kind        string
	Payload     []byte
	Salt        []byte
	PayloadHash []byte
	Prev        []byte
	Hash        []byte
}

// Record is the event as the workflow knows it.
func (r EventRow) Record() (workflow.Record, error) {
	rec := workflow.Record{Incident: r.Incident, Seq: r.Seq, At: r.At, Actor: r.Actor, Key: r.Key}
	if r.Payload == nil {
		return rec, nil
	}
	e, err := workflow.Decode(r.Kind, r.Payload)
	if err != nil {
		return rec, fmt.Errorf("%s event %d: %w", r.Incident, r.Seq, err)
	}
	rec.Event = e
	return rec, nil
}

// Records are the events as the workflow knows them.
func Records(rows []EventRow) ([]workflow.Record, error) {
	records := make([]workflow.Record, 0, len(rows))
	for _, row := range rows {
		r, err := row.Record()
		if err != nil {
			return nil, err
		}
		records = append(records, r)
	}
	return records, nil
}

// SealAll makes the rows of a commit's records, one place in the journal each.
func SealAll(records []workflow.Record, places []int64, prev []byte) ([]EventRow, error) {
	rows := make([]EventRow, 0, len(records))
	for n, r := range records {
		row, err := Seal(r, places[n], prev)
		if err != nil {
			return nil, err
		}
		prev = row.Hash
		rows = append(rows, row)
	}
	return rows, nil
}

// ErasedAt is the seq of the commit's event that erases those before it, or 0.
func ErasedAt(records []workflow.Record) int {
	for _, r := range records {
		if _, ok := r.Event.(workflow.Erased); ok {
			return r.Seq
		}
	}
	return 0
}

// CommandRow says which events of the incident a command key led to.
type CommandRow struct {
	Key   workflow.CommandKey
	First int
	Last  int
	At    time.Time
}

// State is where a task stands.
type State string

const (
	Pending State = "pending"
	Done    State = "done"
	Dropped State = "dropped" // no longer owed before it was done
)

// StateOf is the state that a task has for as long as the claim holds it.
func StateOf(c workflow.Claim) State {
	if c.Dropped {
		return Dropped
	}
	return Pending
}

// TaskRow is a task as stored.
type TaskRow struct {
	Task     workflow.Task
	Lane     workflow.Lane
	State    State
	Attempts int
	Code     string
	Token    string
	Next     time.Time // not handed out before
	Stored   time.Time
}

// AnchorRow is an anchor with its number, from 1.
type AnchorRow struct {
	Seq int
	workflow.Anchor
}
