package workflow

import "time"

// Response is what the register holds about containment, investigation,
// recovery and review, about the other recipients, and about links to other
// incidents.
type Response struct {
	Systems       string             `json:"systems,omitempty"` // as triage named them
	Containment   *ContainmentRecord `json:"containment,omitempty"`
	Contained     time.Time          `json:"contained,omitzero"`
	Investigation *Investigation     `json:"investigation,omitempty"`
	Recovered     time.Time          `json:"recovered,omitzero"`
	Review        *ReviewRecord      `json:"review,omitempty"` // the latest
	ActionsOpen   int                `json:"actions_open,omitempty"`
	ActionsDone   int                `json:"actions_done,omitempty"`
	Links         []Link             `json:"links,omitempty"`
	Duplicate     IncidentID         `json:"duplicate,omitempty"`
	Duties        []Answered         `json:"duties,omitempty"`
}

// Answered is what was decided about a recipient other than the two core ones,
// and what was sent. Decision is the latest decision, Sent the first notice.
type Answered struct {
	Recipient Recipient     `json:"recipient"`
	Decision  *Decision     `json:"decision,omitempty"`
	Sent      *Notification `json:"sent,omitempty"`
	Withdrawn bool          `json:"withdrawn,omitempty"`
}

// response is nil while there is nothing to hold.
func (i *Incident) response() *Response {
	r := Response{
		Systems: i.TriageSystems, Containment: i.Containment(), Contained: i.ContainedAt(), Investigation: i.Investigation(),
		Recovered: i.RecoveredAt(), Links: i.Links, Duplicate: i.Duplicate,
	}
	some := r.Systems != "" || r.Containment != nil || r.Investigation != nil || len(i.Recoveries) > 0 || len(r.Links) > 0 || r.Duplicate != ""
	if n := len(i.Reviews); n > 0 {
		r.Review, some = &i.Reviews[n-1], true
	}
	for _, a := range i.Actions {
		some = true
		if a.Open() {
			r.ActionsOpen++
		} else {
			r.ActionsDone++
		}
	}
	for _, d := range Duties {
		a := Answered{Recipient: d.Recipient, Decision: i.Latest(d.Recipient), Sent: i.Sent(d.Recipient)}
		if d.Recipient.Core() || a.Decision == nil && a.Sent == nil {
			continue
		}
		a.Withdrawn = i.Withdrawal(d.Recipient) != nil
		r.Duties, some = append(r.Duties, a), true
	}
	if !some {
		return nil
	}
	return &r
}

// Duty is what was decided about a recipient other than the two core ones, and
// what was sent. It has no decision while nobody has answered.
func (e Entry) Duty(to Recipient) Answered {
	if e.Response != nil {
		for _, a := range e.Response.Duties {
			if a.Recipient == to {
				return a
			}
		}
	}
	return Answered{Recipient: to}
}

// Public is what the review approved to be said about the incident in public.
// Empty means that nothing was approved.
func (e Entry) Public() string {
	if e.Response == nil || e.Response.Review == nil {
		return ""
	}
	return e.Response.Review.Findings.Public
}

// Published tells whether the line belongs in the published register. Drills
// never do, nor does a report found not to be a breach, nor a second report of
// one.
func (e Entry) Published() bool {
	return !e.Drill && e.Step != StepDismissed && e.Step != StepDuplicate
}

// Told says for the published table whether one recipient was told, so that it
// can be read without knowing the rules behind it.
type Told struct {
	Answer Answer    // yes: sent; no: decided not to tell; unknown: neither yet
	At     time.Time // of the notice
	Theirs bool      // not ours to decide: we are only the processor
}

// RegulatorTold and CustomersTold fill two columns of the published table.
func (e Entry) RegulatorTold() Told {
	t := e.told(e.Regulator, e.Sent, e.SentBack != nil)
	t.Theirs = t.Answer != Yes && e.Regulator == nil && e.Clock == ClockTheirs
	return t
}

func (e Entry) CustomersTold() Told {
	a := e.Duty(Customers)
	return e.told(a.Decision, a.Sent, a.Withdrawn)
}

func (e Entry) told(d *Decision, sent *Notification, withdrawn bool) Told {
	switch {
	case withdrawn:
		return Told{Answer: No}
	case sent != nil:
		return Told{Answer: Yes, At: sent.SentAt}
	case d != nil && d.Verdict == DoNotNotify:
		return Told{Answer: No}
	case d == nil && e.Step.Over(): // it ended and the question never came up
		return Told{Answer: No}
	}
	return Told{Answer: Unknown}
}

// Page is a page of the register, newest first: the lines after a line or, with
// Newer, the lines before it. The zero value is the newest page.
type Page struct {
	Reported time.Time
	ID       IncidentID
	Newer    bool
}
