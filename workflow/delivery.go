package workflow

import (
	"slices"
	"time"
)

// delivery is an event that tells the outcome of a task. Only breachbot itself
// records it.
type delivery interface {
	Event
	// task is the task it is about.
	task() TaskKey
	// fate is its outcome.
	fate() fate
	// known tells whether the incident already holds the fact, so that it is
	// not recorded twice.
	known(*Incident) bool
	// trace is what the timeline keeps of it.
	trace() Act
	// filed is the event as it is stored. Where the kind and subject are only
	// in the task's key, it gives them fields of their own.
	filed() Event
}

// fate is the outcome of a task.
type fate int

const (
	carriedOut fate = iota // the task is done
	failing                // it is still being tried
	settled                // no longer being tried, and it left no fact of its own
)

// Filed is what a task's key says, as fields, for anybody who reads the journal
// without this program. Events in older journals do not have it; there, the key
// tells.
type Filed struct {
	Of    TaskKind `json:"of,omitempty"`    // what the task does
	About int      `json:"about,omitempty"` // seq of the event it is about
}

func filed(k TaskKey) Filed {
	s := k.Says()
	return Filed{s.Kind, s.About}
}

// The events that tell the outcome of deliveries.
type (
	ChannelOpened struct {
		Channel ChannelID `json:"channel"`
		Name    string    `json:"name"`
	}
	ChannelRefused struct {
		Code string `json:"code"` // Slack's error code
	}
	// Invited tells how the invitation of one configured principal went, person
	// by person.
	Invited struct {
		Principal Principal         `json:"principal"`
		Joined    []UserID          `json:"joined,omitempty"`
		Refused   map[UserID]string `json:"refused,omitempty"` // with Slack's code
	}
	// CardPosted and MessagePosted say where a message is and which version of
	// the incident it was written from.
	CardPosted struct {
		Place
		Shows int `json:"shows"`
		Nth   int `json:"nth,omitempty"` // how many cards before it are gone
	}
	MessagePosted struct {
		Task TaskKey `json:"task"`
		Filed
		Shows  int     `json:"shows"`
		Target Target  `json:"target"`
		Places []Place `json:"places"`
		Reach
	}
	// Nudged records a countdown nudge, and the earlier milestones it covers
	// because they could not be sent in time.
	Nudged struct {
		Task      TaskKey     `json:"task"`
		Target    Target      `json:"target"`
		Deadline  time.Time   `json:"deadline"`
		Milestone Countdown   `json:"milestone"`
		Missed    []Countdown `json:"missed,omitempty"`
		Places    []Place     `json:"places"`
		Reach
	}
	// FollowUpNudged records a reminder that further information is due.
	FollowUpNudged struct {
		Task   TaskKey `json:"task"`
		Target Target  `json:"target"`
		Places []Place `json:"places"`
		Reach
	}
	// DeliveryStalled makes a failing delivery visible to the people who handle
	// the incident. It is given up when it was refused for good or has failed for
	// long: trying again, which goes on, will hardly help.
	DeliveryStalled struct {
		Task TaskKey `json:"task"`
		Filed
		Code     string `json:"code"`
		Attempts int    `json:"attempts"`
		GivenUp  bool   `json:"given_up,omitempty"`
	}
	// DeliveryRecovered ends the stall of a delivery that got through and leaves no
	// other fact. In journals from before there was DeliveryDropped it may also tell
	// of one that was no longer needed.
	DeliveryRecovered struct {
		Task TaskKey `json:"task"`
		Filed
	}
	// DeliveryDropped ends a delivery that is no longer needed. Code is Slack's,
	// where it could not be asked whether an earlier attempt had got through.
	DeliveryDropped struct {
		Task TaskKey `json:"task"`
		Filed
		Code string `json:"code,omitempty"`
	}
	// Reminded records that a target was told how much time a clock has left.
	Reminded struct {
		Task      TaskKey     `json:"task"`
		Clock     ClockName   `json:"clock"`
		Target    Target      `json:"target"`
		Deadline  time.Time   `json:"deadline"`
		Milestone Countdown   `json:"milestone"`
		Missed    []Countdown `json:"missed,omitempty"`
		Places    []Place     `json:"places,omitempty"`
		Reach
	}
)

func (ChannelOpened) Kind() string     { return "channel_opened" }
func (ChannelRefused) Kind() string    { return "channel_refused" }
func (Invited) Kind() string           { return "invited" }
func (CardPosted) Kind() string        { return "card_posted" }
func (MessagePosted) Kind() string     { return "message_posted" }
func (Nudged) Kind() string            { return "nudged" }
func (FollowUpNudged) Kind() string    { return "follow_up_nudged" }
func (DeliveryStalled) Kind() string   { return "delivery_stalled" }
func (DeliveryRecovered) Kind() string { return "delivery_recovered" }
func (DeliveryDropped) Kind() string   { return "delivery_dropped" }
func (Reminded) Kind() string          { return "reminded" }

var deliveryEvents = []eventRow{
	event(quiet, texts("Name"), (*Incident).foldChannel), // breachbot's own name for it
	event(quiet, texts("Code"), (*Incident).foldRefused),
	event(quiet, texts("Refused"), (*Incident).foldInvited),
	event(quiet, texts("TS"), (*Incident).foldCard),
	event(quiet, texts("Places.TS", "Owed", "Never", "Nowhere"), (*Incident).foldMessage),
	event(quiet, texts("Places.TS", "Owed", "Never", "Nowhere"), (*Incident).foldNudge),
	event(quiet, texts("Places.TS", "Owed", "Never", "Nowhere"), (*Incident).foldFollowUp),
	event(quiet, texts("Places.TS", "Owed", "Never", "Nowhere"), (*Incident).foldReminder),
	event(quiet, texts("Places.TS", "Code"), (*Incident).foldGone),
	event(quiet, texts("Code"), (*Incident).foldStall),
	event(quiet, noWords, (*Incident).foldRecovered),
	event(quiet, texts("Code"), (*Incident).foldDropped),
	event(quiet, texts("Owed", "Never"), (*Incident).foldMailed),
}

func (ChannelOpened) task() TaskKey       { return TaskChannel }
func (ChannelRefused) task() TaskKey      { return TaskChannel }
func (e Invited) task() TaskKey           { return Subject{Kind: KindInvite, To: Target(e.Principal)}.Key() }
func (e CardPosted) task() TaskKey        { return Subject{Kind: KindCard, Nth: e.Nth}.Key() }
func (e MessagePosted) task() TaskKey     { return e.Task }
func (e Nudged) task() TaskKey            { return e.Task }
func (e FollowUpNudged) task() TaskKey    { return e.Task }
func (e Reminded) task() TaskKey          { return e.Task }
func (e DeliveryStalled) task() TaskKey   { return e.Task }
func (e DeliveryRecovered) task() TaskKey { return e.Task }
func (e DeliveryDropped) task() TaskKey   { return e.Task }

func (ChannelOpened) fate() fate     { return carriedOut }
func (ChannelRefused) fate() fate    { return failing }
func (Invited) fate() fate           { return carriedOut }
func (CardPosted) fate() fate        { return carriedOut }
func (MessagePosted) fate() fate     { return carriedOut }
func (Nudged) fate() fate            { return carriedOut }
func (FollowUpNudged) fate() fate    { return carriedOut }
func (Reminded) fate() fate          { return carriedOut }
func (DeliveryStalled) fate() fate   { return failing }
func (DeliveryRecovered) fate() fate { return settled }
func (DeliveryDropped) fate() fate   { return settled }

func (ChannelOpened) known(i *Incident) bool { return i.Room.Ready() }
func (e ChannelRefused) known(i *Incident) bool {
	return i.Room.Ready() || i.Room.Refused == e.Code
}
func (e Invited) known(i *Incident) bool { return i.Invited[e.Principal] }
func (e CardPosted) known(i *Incident) bool {
	return i.Card.TS != "" && i.Card.Channel == e.Channel
}
func (e MessagePosted) known(i *Incident) bool { _, sent := i.Posts[e.Task]; return sent }
func (e Nudged) known(i *Incident) bool {
	if s, _ := e.Task.Subject(); s.Kind == KindPerson || e.Late {
		return !e.Late && i.settled(s)
	}
	said, any := i.Said[e.Target]
	return any && said <= e.Milestone && i.Times.Deadline().Equal(e.Deadline)
}
func (e FollowUpNudged) known(i *Incident) bool {
	s, _ := e.Task.Subject()
	return s.Kind == KindPerson && !e.Late && i.settled(s)
}
func (e Reminded) known(i *Incident) bool {
	if s, _ := e.Task.Subject(); s.Kind == KindPerson || e.Late {
		return !e.Late && i.settled(s)
	}
	said, any := i.Reminders[reminderKey(e.Clock, e.Target)]
	return any && said.Deadline.Equal(e.Deadline) && said.Milestone <= e.Milestone
}
func (e DeliveryStalled) known(i *Incident) bool {
	s, stalled := i.Stalls[e.Task]
	return stalled && (s.GivenUp || !e.GivenUp)
}
func (e DeliveryRecovered) known(i *Incident) bool { _, stalled := i.Stalls[e.Task]; return !stalled }
func (e DeliveryDropped) known(i *Incident) bool {
	_, stalled := i.Stalls[e.Task]
	return !stalled && e.Code == ""
}

func (ChannelOpened) trace() Act    { return Act{} }
func (e ChannelRefused) trace() Act { return Act{Code: e.Code} }
func (e Invited) trace() Act {
	return Act{Target: Target(e.Principal), Joined: e.Joined, Refused: e.Refused}
}
func (CardPosted) trace() Act { return Act{} }
func (e MessagePosted) trace() Act {
	return Act{Task: e.Task, Target: e.Target, Owed: e.Owed, Refused: e.Never, Late: e.Late, Code: e.Nowhere}
}
func (e Nudged) trace() Act {
	return Act{Task: e.Task, Target: e.Target, Milestone: e.Milestone, Missed: e.Missed, Owed: e.Owed, Refused: e.Never, Late: e.Late, Code: e.Nowhere}
}
func (e FollowUpNudged) trace() Act {
	return Act{Task: e.Task, Target: e.Target, Owed: e.Owed, Refused: e.Never, Late: e.Late, Code: e.Nowhere}
}
func (e Reminded) trace() Act {
	return Act{Task: e.Task, Target: e.Target, Clock: e.Clock, Milestone: e.Milestone, Missed: e.Missed, Owed: e.Owed, Refused: e.Never, Late: e.Late, Code: e.Nowhere}
}
func (e DeliveryStalled) trace() Act {
	return Act{Task: e.Task, Code: e.Code, Attempts: e.Attempts, GivenUp: e.GivenUp}
}
func (e DeliveryRecovered) trace() Act { return Act{Task: e.Task} }
func (e DeliveryDropped) trace() Act   { return Act{Task: e.Task, Code: e.Code} }

func (e ChannelOpened) filed() Event     { return e }
func (e ChannelRefused) filed() Event    { return e }
func (e Invited) filed() Event           { return e }
func (e CardPosted) filed() Event        { return e }
func (e MessagePosted) filed() Event     { e.Filed = filed(e.Task); return e }
func (e Nudged) filed() Event            { return e }
func (e FollowUpNudged) filed() Event    { return e }
func (e Reminded) filed() Event          { return e }
func (e DeliveryStalled) filed() Event   { e.Filed = filed(e.Task); return e }
func (e DeliveryRecovered) filed() Event { e.Filed = filed(e.Task); return e }
func (e DeliveryDropped) filed() Event   { e.Filed = filed(e.Task); return e }

// deliver accepts what a delivery reports, from breachbot itself only. What is
// already known is not recorded twice.
func (r Rules) deliver(inc *Incident, c Deliver, by Actor, _ time.Time) ([]Event, error) {
	d, ok := c.Outcome.(delivery)
	switch {
	case by.User != System:
		return nil, forbidden("Only breachbot itself reports deliveries.")
	case !ok:
		return nil, forbidden("That is not a delivery.")
	case d.known(inc):
		return nil, nil
	}
	return []Event{d.filed()}, nil
}

// carriedOutBy gives the task that an event reports as done.
func carriedOutBy(e Event) (TaskKey, bool) {
	d, ok := e.(delivery)
	if !ok || d.fate() != carriedOut {
		return "", false
	}
	return d.task(), true
}

// unstall ends the stall of a delivery that got through in the end, or is no longer
// needed.
func (i *Incident) unstall(r Record) {
	d, ok := r.Event.(delivery)
	if !ok || d.fate() == failing {
		return
	}
	i.takeBack(func(g GivenUp) bool { return g.Who == "" && g.Task == d.task() })
	if _, stalled := i.Stalls[d.task()]; stalled {
		i.Stalls = without(i.Stalls, d.task())
		i.CardSeq = r.Seq
	}
}

func (i *Incident) foldChannel(r Record, e ChannelOpened) {
	i.Room = Room{Channel: e.Channel, Name: e.Name, Seq: r.Seq}
}

func (i *Incident) foldRefused(_ Record, e ChannelRefused) { i.Room.Refused = e.Code }

func (i *Incident) foldInvited(r Record, e Invited) {
	i.Invited = with(i.Invited, e.Principal, true)
	i.Guests = with(i.Guests, e.Principal, slices.Concat(e.Joined, sortedKeys(e.Refused)))
	for _, user := range e.Joined {
		i.Entered = with(i.Entered, user, Entrance{Seq: r.Seq, At: r.At})
		i.Left = without(i.Left, user)
	}
	for user, code := range e.Refused {
		i.Left = with(i.Left, user, code)
		i.CardSeq = r.Seq
	}
}

func (i *Incident) foldCard(r Record, e CardPosted) {
	i.Card = Card{Place: e.Place, Shows: e.Shows, Nth: e.Nth, At: r.At}
}

func (i *Incident) foldMessage(r Record, e MessagePosted) {
	i.reaches(r, e.Task, e.Target, e.Reach)
	i.Posts = with(i.Posts, e.Task, Post{Shows: e.Shows, Target: e.Target, Places: e.Places, At: r.At, Never: e.Never, Nowhere: e.Nowhere})
	i.toldHelp(r, e.Task)
}

func (i *Incident) foldNudge(r Record, e Nudged) {
	if i.reaches(r, e.Task, e.Target, e.Reach) || !e.Deadline.Equal(i.Times.Deadline()) {
		return // it was about a deadline that has since moved
	}
	if said, any := i.Said[e.Target]; e.Late && any && said <= e.Milestone {
		return // they have been told more since
	}
	passed := true // a milestone that nobody was told of before: the card is drawn again
	for _, m := range i.Said {
		passed = passed && e.Milestone < m
	}
	if passed {
		i.CardSeq = r.Seq
	}
	i.Said = with(i.Said, e.Target, e.Milestone)
}

func (i *Incident) foldFollowUp(r Record, e FollowUpNudged) {
	if !i.reaches(r, e.Task, e.Target, e.Reach) {
		i.FollowUp = r.At
	}
}

func (i *Incident) foldReminder(r Record, e Reminded) {
	if i.reaches(r, e.Task, e.Target, e.Reach) {
		return
	}
	if said, any := i.Reminders[reminderKey(e.Clock, e.Target)]; e.Late && any && (!said.Deadline.Equal(e.Deadline) || said.Milestone <= e.Milestone) {
		return // they have been told more since, or of another deadline
	}
	passed := e.Clock == ClockController && !i.Clock().Ours() // then this clock leads the card
	for key, said := range i.Reminders {
		if key.clock() == e.Clock && said.Deadline.Equal(e.Deadline) && said.Milestone <= e.Milestone {
			passed = false
		}
	}
	if passed {
		i.CardSeq = r.Seq
	}
	i.Reminders = with(i.Reminders, reminderKey(e.Clock, e.Target), Reminder{e.Deadline, e.Milestone})
}

func (i *Incident) foldStall(r Record, e DeliveryStalled) {
	stall := Stall{Code: e.Code, Attempts: e.Attempts, Since: r.At, GivenUp: e.GivenUp}
	if before, stalled := i.Stalls[e.Task]; stalled {
		stall.Since = before.Since
	}
	if e.GivenUp {
		i.giveUp(r, e.Task, "", e.Code)
	}
	i.Stalls = with(i.Stalls, e.Task, stall)
	i.CardSeq = r.Seq
}

// unstall has ended the stall already.
func (i *Incident) foldRecovered(Record, DeliveryRecovered) {}
func (i *Incident) foldDropped(Record, DeliveryDropped)     {}
