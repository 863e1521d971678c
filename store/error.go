package store

import (
	"fmt"

	"breachbot/workflow"
)

// NewerSchema means that a newer version of breachbot has used the database.
// This one must not write to what it does not know.
type NewerSchema struct {
	Found int64 // version of the schema in the database
	Known int64 // newest version this binary knows
}

func (e *NewerSchema) Error() string {
	return fmt.Sprintf("the database has schema version %d, this breachbot knows up to %d: run the newer breachbot, or restore a backup from before the upgrade", e.Found, e.Known)
}

// OlderSchema means that the database has not been migrated yet.
type OlderSchema struct {
	Found int64 // version of the schema in the database
	Known int64 // version this binary needs
}

func (e *OlderSchema) Error() string {
	return fmt.Sprintf("the database has schema version %d, this breachbot needs %d: run \"breachbot migrate\"", e.Found, e.Known)
}

// Unreadable means that a row holds what this program never writes there.
type Unreadable struct {
	Table    string
	Incident workflow.IncidentID // empty for rows of no incident
	Err      error
}

func (e *Unreadable) Error() string {
	return fmt.Sprintf("%s %s: %v", e.Table, e.Incident, e.Err)
}

func (e *Unreadable) Unwrap() error { return e.Err }
