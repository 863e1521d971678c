package workflow

import (
	"slices"
	"time"
)

// Act is something breachbot itself did or could not do, or something done to
// the record: what the timeline shows in addition to what people did.
type Act struct {
	Seq       int               `json:"seq"`
	At        time.Time         `json:"at"`
	By        UserID            `json:"by"`
	Kind      string            `json:"kind"` // of the event
	Task      TaskKey           `json:"task,omitempty"`
	Target    Target            `json:"target,omitempty"`
	Clock     ClockName         `json:"clock,omitempty"` // that a reminder was about, except the regulator's
	Milestone Countdown         `json:"milestone,omitempty"`
	Missed    []Countdown       `json:"missed,omitempty"`
	Late      bool              `json:"late,omitempty"` // learned only when it was no longer needed
	Code      string            `json:"code,omitempty"` // Slack's, of a failure
	Attempts  int               `json:"attempts,omitempty"`
	GivenUp   bool              `json:"given_up,omitempty"` // of a failure: trying again will hardly help
	Joined    []UserID          `json:"joined,omitempty"`
	Refused   map[UserID]string `json:"refused,omitempty"`
	Owed      map[UserID]string `json:"owed,omitempty"` // of a group, who is still to be written to
	// Of an e-mail: to whom it went, and to whom it cannot, with the code of why not.
	Mailed   []Principal          `json:"mailed,omitempty"`
	Unmailed map[Principal]string `json:"unmailed,omitempty"`
}

// act keeps breachbot's own events for the timeline. Other events are kept with
// the part they belong to.
func (i *Incident) act(r Record) {
	var a Act
	switch e := r.Event.(type) {
	case delivery:
		a = e.trace()
	case Erased:
	default:
		return
	}
	a.Seq, a.At, a.By, a.Kind = r.Seq, r.At, r.Actor, r.Event.Kind()
	i.Acts = append(slices.Clip(i.Acts), a)
}
