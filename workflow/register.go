package workflow

import (
	"slices"
	"strings"
	"time"
)

// Entry is an incident's line in the register: what UK GDPR Art. 33(5) requires
// to be documented (facts, effects, remedial action), with the reasons for
// notifying or not notifying. It is derived from the incident and holds ids,
// never names.
type Entry struct {
	ID       IncidentID `json:"id"`
	Version  int        `json:"version"`
	Step     Step       `json:"step"`
	Title    string     `json:"title"`
	Summary  string     `json:"summary,omitempty"`
	NearMiss bool       `json:"near_miss,omitempty"`
	Drill    bool       `json:"drill,omitempty"` // practice: left out of the register and its figures
	Severity Severity   `json:"severity,omitempty"`
	Risk     RiskLevel  `json:"risk"`
	Facts    Facts      `json:"facts"`

	Reporter UserID   `json:"reporter"`
	Lead     UserID   `json:"lead,omitempty"`
	People   []UserID `json:"people,omitempty"` // who takes part: reporter, lead, responders

	Times         Times      `json:"times"`
	Deadline      time.Time  `json:"deadline"`
	Basis         Basis      `json:"basis"`
	Clock         ClockState `json:"clock"`
	StoppedAt     time.Time  `json:"stopped_at,omitzero"`
	ResolvedAt    time.Time  `json:"resolved_at,omitzero"`
	ClosedAt      time.Time  `json:"closed_at,omitzero"`
	DismissedAt   time.Time  `json:"dismissed_at,omitzero"`
	ErasedAt      time.Time  `json:"erased_at,omitzero"`
	Late          bool       `json:"late,omitempty"` // told, or decided not to tell, after the deadline
	DelayReasons  string     `json:"delay_reasons,omitempty"`
	Actions       string     `json:"actions,omitempty"`
	RootCause     string     `json:"root_cause,omitempty"`
	Resolution    string     `json:"resolution,omitempty"`
	DismissReason string     `json:"dismiss_reason,omitempty"`

	Assessment *Assessment   `json:"assessment,omitempty"` // the latest
	Regulator  *Decision     `json:"regulator,omitempty"`  // in force
	Subjects   *Decision     `json:"subjects,omitempty"`   // in force
	Sent       *Notification `json:"sent,omitempty"`       // first to the regulator
	Told       *Notification `json:"told,omitempty"`       // first to the people affected
	SentBack   *Notification `json:"sent_back,omitempty"`  // what took it back from the regulator, if nothing has been sent since
	ToldBack   *Notification `json:"told_back,omitempty"`  // the same for the people affected

	Response *Response `json:"response,omitempty"`

	Channel ChannelID `json:"channel,omitempty"`
	Skipped int       `json:"skipped,omitempty"` // references left out before this one: the store was restored from a copy
}

// Entry is the incident's line in the register.
func (i *Incident) Entry() Entry {
	c := i.Clock()
	e := Entry{
		ID: i.ID, Version: i.Version, Step: i.Step(), Title: i.Title(), Summary: i.Report.What,
		NearMiss: i.Facts.NearMiss, Drill: i.Drill(), Severity: i.Severity, Risk: i.Risk, Facts: i.Facts,
		Reporter: i.Reporter, Lead: i.Lead,
		Times: i.Times, Deadline: c.Deadline, Basis: c.Basis, Clock: c.State, StoppedAt: c.Stopped,
		ErasedAt: i.Erased, Actions: i.Report.Actions,
		Assessment: i.Assessment(), Regulator: i.Standing(Regulator), Subjects: i.Standing(DataSubjects),
		Sent: i.Sent(Regulator), Told: i.Sent(DataSubjects),
		SentBack: i.Withdrawal(Regulator), ToldBack: i.Withdrawal(DataSubjects), Response: i.response(), Channel: i.Room.Channel, Skipped: i.Skipped,
	}
	for _, u := range append([]UserID{i.Reporter, i.Lead}, i.Responders...) {
		if u != "" && !slices.Contains(e.People, u) {
			e.People = append(e.People, u)
		}
	}
	if i.Resolved != nil {
		e.ResolvedAt, e.RootCause, e.Resolution = i.Resolved.At, i.Resolved.RootCause, i.Resolved.Reason
	}
	if i.Closed != nil {
		e.ClosedAt = i.Closed.At
	}
	if i.Dismissed != nil {
		e.DismissedAt, e.DismissReason = i.Dismissed.At, i.Dismissed.Reason
	}
	if !c.Running() {
		e.Late = i.Late(c.Stopped)
	}
	e.DelayReasons = i.delayReasons()
	return e
}

// delayReasons are the reasons given for what reached the regulator late.
func (i *Incident) delayReasons() string {
	var parts []string
	add := func(code DelayReason, why string) {
		switch {
		case code == "":
		case why == "": // erased
			parts = append(parts, code.Label())
		default:
			parts = append(parts, code.Label()+": "+why)
		}
	}
	if d := i.Standing(Regulator); d != nil {
		add(d.Delay, d.DelayReason)
	}
	for _, n := range i.Notifications {
		if n.Recipient == Regulator {
			add(n.Delay, n.DelayReason)
		}
	}
	return strings.Join(parts, "; ")
}
