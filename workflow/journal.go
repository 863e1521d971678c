package workflow

import (
	"context"
	"time"
)

// Journal is what the service needs from a store. Each method is one
// transaction. Errors wrap ErrNotFound, ErrConflict or ErrUnavailable where the
// comments say so; anything else is an internal fault. Safe for concurrent use.
type Journal interface {
	// Load gives the records of an incident in order. The error is ErrNotFound
	// when there is no such incident.
	Load(ctx context.Context, id IncidentID) ([]Record, error)

	// Append stores a commit whole or not at all. The error is ErrRepeated when
	// its key has been committed before, and ErrConflict when the incident is
	// no longer at Base.
	Append(ctx context.Context, c Commit) error

	// Committed gives the incident that a command key was committed to. The
	// error is ErrNotFound when it never was.
	Committed(ctx context.Context, key CommandKey) (IncidentID, error)

	// NextNumber is the first free number of a series in a year, from 1, and how
	// many before it are left out: those that a restoration says were given. Two
	// callers may get the same number; Append then refuses the second.
	NextNumber(ctx context.Context, series Series, year int) (n, skipped int, err error)
}

// Commit is all that one command changes.
type Commit struct {
	Incident IncidentID
	Base     int // version the command was decided on; 0 opens the incident
	Key      CommandKey
	At       time.Time
	Records  []Record // Seq from Base+1
	Tasks    []Task   // all that is owed from now on
	Done     TaskKey  // the task whose delivery this records, if any

	Entry         Entry          // the register line after the commit
	Decisions     []Decision     // all so far
	Notifications []Notification // all so far
}
