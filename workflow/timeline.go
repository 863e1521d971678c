package workflow

import (
	"slices"
	"time"
)

// Act is something breachbot itself did, or could not do, or that was done to
// the record: what the timeline shows besides the acts of people.
type Act struct {
	Seq       int               `json:"seq"`
	At        time.Time         `json:"at"`
	By        UserID            `json:"by"`
	Kind      string            `json:"kind"` // of the event
	Task      TaskKey           `json:"task,omitempty"`
	Target    Target            `json:"target,omitempty"`
	Clock     ClockName         `json:"clock,omitempty"` // that a reminder was about, but for the regulator's
	Milestone Countdown         `json:"milestone,omitempty"`
	Missed    []Countdown       `json:"missed,omitempty"`
	Code      string            `json:"code,omitempty"` // Slack's, of a failure
	Attempts  int               `json:"attempts,omitempty"`
	Joined    []UserID          `json:"joined,omitempty"`
	Refused   map[UserID]string `json:"refused,omitempty"`
}

// act keeps an event of breachbot's own for the timeline; other events are kept
// where their parts are.
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
