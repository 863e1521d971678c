package store

import (
	"encoding/json"
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
	Line          *IncidentRow            // nil when missing
	Decisions     []workflow.Decision     // by seq
	Notifications []workflow.Notification // by seq
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

// IncidentRow is a line of the register in plain columns, with the whole entry
// beside them as canonical JSON.
type IncidentRow struct {
	ID        workflow.IncidentID
	Year      int
	Number    int
	Version   int
	Step      workflow.Step
	Open      bool
	Title     string
	NearMiss  bool
	Severity  workflow.Severity
	Risk      workflow.RiskLevel
	Category  workflow.Category
	Reporter  workflow.UserID
	Lead      workflow.UserID
	Channel   workflow.ChannelID
	Detected  time.Time
	Reported  time.Time
	Aware     time.Time
	Deadline  time.Time
	Basis     workflow.Basis
	Clock     workflow.ClockState
	Stopped   time.Time
	Late      bool
	Delay     string
	Resolved  time.Time
	Closed    time.Time
	Dismissed time.Time
	Erased    time.Time
	Entry     string
	Series    workflow.Series
}

// Line makes the row of an entry.
func Line(e workflow.Entry) (IncidentRow, error) {
	plain, err := json.Marshal(e)
	if err != nil {
		return IncidentRow{}, fmt.Errorf("register line of %s: %w", e.ID, err)
	}
	entry, err := workflow.Canonical(plain)
	if err != nil {
		return IncidentRow{}, fmt.Errorf("register line of %s: %w", e.ID, err)
	}
	return IncidentRow{
		ID: e.ID, Year: e.ID.Year(), Number: e.ID.Number(), Version: e.Version,
		Step: e.Step, Open: !e.Step.Over(), Title: e.Title, NearMiss: e.NearMiss, Severity: e.Severity, Risk: e.Risk,
		Category: e.Facts.Category, Reporter: e.Reporter, Lead: e.Lead, Channel: e.Channel,
		Detected: e.Times.Detected, Reported: e.Times.Reported, Aware: e.Times.Aware.At,
		Deadline: e.Deadline, Basis: e.Basis, Clock: e.Clock, Stopped: e.StoppedAt, Late: e.Late, Delay: e.DelayReasons,
		Resolved: e.ResolvedAt, Closed: e.ClosedAt, Dismissed: e.DismissedAt, Erased: e.ErasedAt,
		Entry: string(entry), Series: e.ID.Series(),
	}, nil
}

// State is where a task stands.
type State string

const (
	Pending State = "pending"
	Done    State = "done"
	Dropped State = "dropped" // no longer owed before it was done
)

// TaskRow is a task as stored.
type TaskRow struct {
	Task     workflow.Task
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
