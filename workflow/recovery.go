package workflow

import (
	"slices"
	"time"
)

// RecoveryCheck is one of the five checks before full service is restored
// (incident response plan, step 7).
type RecoveryCheck string

var RecoveryChecks = []Option[RecoveryCheck]{
	{"containment", "Containment is verified"},
	{"integrity", "The integrity of systems and data was checked"},
	{"fix", "The fix is confirmed to work"},
	{"monitoring", "Somebody is watching for recurrence"},
	{"communicated", "The status was communicated clearly"},
}

// Label is the check in words.
func (c RecoveryCheck) Label() string { return label(RecoveryChecks, c) }

// Recover records the checks passed so far.
type Recover struct {
	Checks []RecoveryCheck
	Note   string
}

// RecoveryRecorded holds the checks passed, whole. Every one is kept.
type RecoveryRecorded struct {
	Checks []RecoveryCheck `json:"checks"`
	Note   string          `json:"note,omitempty"`
}

func (Recover) Name() CommandName       { return CommandRecover }
func (RecoveryRecorded) Kind() string   { return "recovery_recorded" }
func (r RecoveryRecord) complete() bool { return len(r.Checks) == len(RecoveryChecks) }

var recoveryEvents = []eventRow{
	event(shown, noWords, (*Incident).foldRecovery),
}

// RecoveryRecord is one recorded state of recovery.
type RecoveryRecord struct {
	Seq    int             `json:"seq"`
	By     UserID          `json:"by"`
	At     time.Time       `json:"at"`
	Checks []RecoveryCheck `json:"checks"`
	Note   string          `json:"note,omitempty"`
}

// Recovery is the latest recorded state of recovery, or nil.
func (i *Incident) Recovery() *RecoveryRecord {
	if len(i.Recoveries) == 0 {
		return nil
	}
	return &i.Recoveries[len(i.Recoveries)-1]
}

// RecoveredAt is when all five checks were passed. It is zero while they are
// not, or if containment has been lost since.
func (i *Incident) RecoveredAt() time.Time {
	if r := i.Recovery(); r != nil && r.complete() && !i.ContainedAt().IsZero() {
		return r.At
	}
	return time.Time{}
}

func (r Rules) recover(inc *Incident, c Recover, _ Actor, _ time.Time) ([]Event, error) {
	if inc.ContainedAt().IsZero() {
		return nil, conflict("Recovery begins once containment is verified, so that nothing spreads again. Please record first that the breach is contained.")
	}
	var checks []RecoveryCheck
	for _, o := range RecoveryChecks { // in order, each once
		if slices.Contains(c.Checks, o.Value) {
			checks = append(checks, o.Value)
		}
	}
	if len(checks) == 0 {
		return nil, Invalid(FieldRecovery, "Please tick what has been checked.")
	}
	note, err := text(FieldNote, c.Note, false, MaxText, "the note")
	if err != nil {
		return nil, err
	}
	if checks[0] != "containment" {
		return nil, Invalid(FieldRecovery, "The first check must come first: containment is verified.")
	}
	return []Event{RecoveryRecorded{Checks: checks, Note: note}}, nil
}

func (i *Incident) foldRecovery(r Record, e RecoveryRecorded) {
	i.Recoveries = append(slices.Clip(i.Recoveries), RecoveryRecord{Seq: r.Seq, By: r.Actor, At: r.At, Checks: e.Checks, Note: e.Note})
}
