package workflow

import (
	"slices"
	"time"
)

// ContainStep is one act of containment that can be ticked off. The list comes
// from a clinical software supplier's incident response plan (step 3) and, for
// paper, post and speech, from national guidance and product rules.
type ContainStep string

// EvidencePreserved comes before anything that destroys: "evidence preserved
// before any destructive change is made" (the same plan).
const EvidencePreserved ContainStep = "evidence_preserved"

// ContainSteps are in the order in which they are usually done. A step marked
// destructive changes or destroys what an investigator would want to look at.
var ContainSteps = []struct {
	Option[ContainStep]
	Destructive bool
}{
	{Option[ContainStep]{EvidencePreserved, "Preserved the evidence: copies, logs, envelopes, photos"}, false},
	{Option[ContainStep]{"retrieved", "Retrieved the paper, or recalled the message"}, false},
	{Option[ContainStep]{"asked", "Asked the recipient not to read, copy or pass it on"}, false},
	{Option[ContainStep]{"deleted", "Had it deleted or destroyed"}, true},
	{Option[ContainStep]{"confirmed", "Got written confirmation of that"}, false},
	{Option[ContainStep]{"source_corrected", "Corrected the address or setting at its source"}, false},
	{Option[ContainStep]{"access_revoked", "Revoked access, tokens or credentials"}, false},
	{Option[ContainStep]{"passwords_reset", "Reset passwords"}, false},
	{Option[ContainStep]{"secrets_rotated", "Rotated secrets and keys"}, false},
	{Option[ContainStep]{"traffic_blocked", "Blocked the traffic or the sender"}, false},
	{Option[ContainStep]{"feature_disabled", "Disabled the feature"}, true},
	{Option[ContainStep]{"taken_offline", "Took the system offline"}, true},
	{Option[ContainStep]{"subprocessor_suspended", "Suspended a sub-processor"}, false},
	{Option[ContainStep]{"rolled_back", "Rolled back or restored a system"}, true},
}

// Label is the act in words.
func (s ContainStep) Label() string {
	for _, o := range ContainSteps {
		if o.Value == s {
			return o.Label
		}
	}
	return string(s)
}

func (s ContainStep) known() bool { return s.Label() != string(s) }

func (s ContainStep) destructive() bool {
	for _, o := range ContainSteps {
		if o.Value == s {
			return o.Destructive
		}
	}
	return false
}

// Containment is how far containment has got.
type Containment string

const (
	ContainUnderWay Containment = "under_way"
	Contained       Containment = "contained" // verified: nothing is spreading any more
)

var Containments = []Option[Containment]{
	{ContainUnderWay, "Still under way"},
	{Contained, "Contained, and this has been verified"},
}

// Label is the state in words.
func (c Containment) Label() string {
	if c == "" {
		return "Not started"
	}
	return label(Containments, c)
}

// Contain records what was done to contain the breach, what is known about
// where the data went, and how far containment has got.
type Contain struct {
	Facts          int // version of the facts the person saw
	Steps          []ContainStep
	State          Containment
	Since          time.Time // when it was contained; zero means now
	ExposedTo      Exposure
	Exfiltrated    Answer
	Recovered      Answer
	Unintelligible Answer
	Read           Answer
	Assurance      Assurance
	Connected      Answer
	Evidence       string // how that is known
}

// ContainmentRecorded holds one state of containment, whole, with the facts
// after it. Every one is kept.
type ContainmentRecorded struct {
	Steps    []ContainStep `json:"steps,omitempty"`
	State    Containment   `json:"state"`
	Since    time.Time     `json:"since,omitzero"`
	Evidence string        `json:"evidence,omitempty"`
	Facts    Facts         `json:"facts"`
}

func (Contain) Name() CommandName           { return CommandContain }
func (ContainmentRecorded) Kind() string    { return "containment_recorded" }
func (c ContainmentRecord) contained() bool { return c.State == Contained }

var containmentEvents = []eventRow{
	event(shown, noWords, (*Incident).foldContainment),
}

// ContainmentRecord is one recorded state of containment.
type ContainmentRecord struct {
	Seq      int           `json:"seq"`
	By       UserID        `json:"by"`
	At       time.Time     `json:"at"`
	Steps    []ContainStep `json:"steps,omitempty"`
	State    Containment   `json:"state"`
	Since    time.Time     `json:"since,omitzero"`
	Evidence string        `json:"evidence,omitempty"`
}

// Containment is the latest recorded state of containment, or nil.
func (i *Incident) Containment() *ContainmentRecord {
	if len(i.Containments) == 0 {
		return nil
	}
	return &i.Containments[len(i.Containments)-1]
}

// ContainedAt is when the incident was contained; zero while it is not.
func (i *Incident) ContainedAt() time.Time {
	if c := i.Containment(); c != nil && c.contained() {
		return c.Since
	}
	return time.Time{}
}

// ContainStarted is when containment was first recorded; zero before.
func (i *Incident) ContainStarted() time.Time {
	if len(i.Containments) == 0 {
		return time.Time{}
	}
	return i.Containments[0].At
}

func (r Rules) contain(inc *Incident, c Contain, _ Actor, now time.Time) ([]Event, error) {
	if err := fresh(inc, c.Facts); err != nil {
		return nil, err
	}
	if !known(Containments, c.State) {
		return nil, Invalid(FieldContainment, "Please choose how far containment has got.")
	}
	for _, s := range c.Steps {
		if !s.known() {
			return nil, Invalid(FieldContainSteps, "Please choose from the list.")
		}
	}
	if slices.ContainsFunc(c.Steps, ContainStep.destructive) && !slices.Contains(c.Steps, EvidencePreserved) {
		return nil, Invalid(FieldContainSteps, "Deleting data, or taking a system offline or rolling it back, destroys evidence. Please preserve the evidence first, and tick that box too.")
	}
	e := ContainmentRecorded{Steps: slices.Clone(c.Steps), State: c.State, Facts: inc.Facts}
	if c.State == Contained {
		e.Since = c.Since
		if e.Since.IsZero() {
			e.Since = now
		}
		if err := passed(FieldContainedAt, &e.Since, now); err != nil {
			return nil, err
		}
		if e.Since.Before(inc.Times.Detected) {
			return nil, Invalid(FieldContainedAt, "This is before the breach was noticed. Please check the time.")
		}
	}
	var err error
	if e.Evidence, err = text(FieldEvidence, c.Evidence, c.Recovered == Yes, MaxText, "how you know that it came back or was deleted"); err != nil {
		return nil, err
	}
	e.Facts = e.Facts.with(Facts{
		ExposedTo: c.ExposedTo, Exfiltrated: c.Exfiltrated, Recovered: c.Recovered, Unintelligible: c.Unintelligible,
		Read: c.Read, Assurance: c.Assurance, Connected: c.Connected,
	})
	if err := e.Facts.check(); err != nil {
		return nil, err
	}
	return []Event{e}, nil
}

func (i *Incident) foldContainment(r Record, e ContainmentRecorded) {
	i.Containments = append(slices.Clip(i.Containments), ContainmentRecord{
		Seq: r.Seq, By: r.Actor, At: r.At, Steps: e.Steps, State: e.State, Since: e.Since, Evidence: e.Evidence,
	})
	i.learn(r, e.Facts)
}

// ReopenedSince tells whether the incident was reopened after an event.
func (i *Incident) ReopenedSince(seq int) bool {
	return slices.ContainsFunc(i.Turns, func(t Turn) bool { return t.Kind == (Reopened{}).Kind() && t.Seq > seq })
}
