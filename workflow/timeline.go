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
	a := Act{Seq: r.Seq, At: r.At, By: r.Actor, Kind: r.Event.Kind()}
	switch e := r.Event.(type) {
	case ChannelOpened, CardPosted, Erased:
	case ChannelRefused:
		a.Code = e.Code
	case Invited:
		a.Target, a.Joined, a.Refused = Target(e.Principal), e.Joined, e.Refused
	case MessagePosted:
		a.Task, a.Target = e.Task, e.Target
	case Nudged:
		a.Task, a.Target, a.Milestone, a.Missed = e.Task, e.Target, e.Milestone, e.Missed
	case FollowUpNudged:
		a.Task, a.Target = e.Task, e.Target
	case Reminded:
		a.Task, a.Target, a.Clock, a.Milestone, a.Missed = e.Task, e.Target, e.Clock, e.Milestone, e.Missed
	case DeliveryStalled:
		a.Task, a.Code, a.Attempts = e.Task, e.Code, e.Attempts
	case DeliveryRecovered:
		a.Task = e.Task
	default:
		return
	}
	i.Acts = append(slices.Clip(i.Acts), a)
}
