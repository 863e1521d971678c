package workflow

import (
	"slices"
	"time"
)

// Link ties an incident to another one. A duplicate is a second report of the
// same breach: the work and the clock continue in the other one.
type Link struct {
	Seq       int        `json:"seq"`
	By        UserID     `json:"by"`
	At        time.Time  `json:"at"`
	Other     IncidentID `json:"other"`
	Duplicate bool       `json:"duplicate,omitempty"` // this one is the duplicate
	Back      bool       `json:"back,omitempty"`      // the other one points here
	Reason    string     `json:"reason,omitempty"`
}

// LinkTo ties this incident to another. The caller looks up the details of the
// other one; they do not come from a form.
type LinkTo struct {
	Other     IncidentID
	Duplicate bool
	Reason    string

	OtherDeadline  time.Time  // the other one's deadline
	OtherDuplicate IncidentID // what the other one is a duplicate of, if anything
	OtherTheirs    bool       // in the other one we are only the processor, so it has no 72 hours
}

// LinkBack is the same tie, seen from the other incident. breachbot gives it.
type LinkBack struct {
	Other     IncidentID
	Duplicate bool // the other one is a duplicate of this
}

// Linked holds a tie.
type Linked struct {
	Other     IncidentID `json:"other"`
	Duplicate bool       `json:"duplicate,omitempty"`
	Back      bool       `json:"back,omitempty"`
	Reason    string     `json:"reason,omitempty"`
}

// Name separates the two: a duplicate stops this incident's clock, so only
// deciders may mark it.
func (c LinkTo) Name() CommandName {
	if c.Duplicate {
		return CommandMarkDuplicate
	}
	return CommandLinkTo
}

func (LinkBack) Name() CommandName { return CommandLinkBack }
func (Linked) Kind() string        { return "linked" }

var linkEvents = []eventRow{
	when(event(announced, noWords, (*Incident).foldLink), func(_ *Incident, e Linked) bool { return e.Duplicate }), // the work is in one of them
}

func (r Rules) linkTo(inc *Incident, c LinkTo, _ Actor, _ time.Time) ([]Event, error) {
	switch {
	case c.Other == inc.ID:
		return nil, Invalid(FieldOther, "That is this incident. Please give the reference of the other one.")
	case slices.ContainsFunc(inc.Links, func(l Link) bool {
		return l.Other == c.Other && l.Duplicate == c.Duplicate && (!l.Duplicate || inc.Duplicate == c.Other)
	}):
		return nil, Invalid(FieldOther, "These two are already linked.")
	case c.Duplicate && c.OtherDuplicate != "":
		return nil, Invalid(FieldOther, "That one is itself a duplicate of "+string(c.OtherDuplicate)+". Please give that reference.")
	case c.Duplicate && inc.Clock().Running() && c.OtherTheirs:
		return nil, Invalid(FieldOther, "In "+string(c.Other)+" we are only the processor, so the 72 hours do not run there. Please correct our role there first, with Triage, so that they are not lost.")
	case c.Duplicate && inc.Clock().Running() && inc.Times.Deadline().Before(c.OtherDeadline):
		return nil, Invalid(FieldOther, "This report has the earlier deadline. Please correct the times of "+string(c.Other)+" first, so that no hours are lost.")
	}
	reason, err := text(FieldReason, c.Reason, true, MaxText, "how they are connected")
	return one(Linked{Other: c.Other, Duplicate: c.Duplicate, Reason: reason}, err)
}

func (r Rules) linkBack(inc *Incident, c LinkBack, by Actor, _ time.Time) ([]Event, error) {
	if by.User != System {
		return nil, forbidden("Only breachbot itself records the other end of a link.")
	}
	for _, l := range inc.Links {
		if l.Back && l.Other == c.Other && l.Duplicate == c.Duplicate {
			return nil, nil
		}
	}
	return []Event{Linked{Other: c.Other, Duplicate: c.Duplicate, Back: true}}, nil
}

func (i *Incident) foldLink(r Record, e Linked) {
	i.Links = append(slices.Clip(i.Links), Link{Seq: r.Seq, By: r.Actor, At: r.At, Other: e.Other, Duplicate: e.Duplicate, Back: e.Back, Reason: e.Reason})
	if e.Duplicate && !e.Back {
		i.Duplicate = e.Other
		i.Dismissed = &Ending{Seq: r.Seq, By: r.Actor, At: r.At, Reason: e.Reason}
	}
}
