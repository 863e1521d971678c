package workflow

import (
	"fmt"
	"slices"
	"time"
)

// Action is a corrective action with an owner and a date. breachbot sends
// reminders of it until it is done, even after the incident is closed.
type Action struct {
	Seq      int       `json:"seq"` // of the event that added it: its number for ever
	By       UserID    `json:"by"`
	At       time.Time `json:"at"`
	What     string    `json:"what"`
	Owner    UserID    `json:"owner"`
	Due      time.Time `json:"due"`
	DoneAt   time.Time `json:"done_at,omitzero"`
	DoneBy   UserID    `json:"done_by,omitempty"`
	DoneNote string    `json:"done_note,omitempty"`
	DoneSeq  int       `json:"done_seq,omitempty"`
}

// Open tells whether the action still has to be done.
func (a Action) Open() bool { return a.DoneAt.IsZero() }

// maxActions keeps an incident's list of actions readable.
const maxActions = 200

type (
	// AddAction sets a corrective action.
	AddAction struct {
		What  string
		Owner UserID
		Due   time.Time
	}
	// FinishAction records that an action is done. Its owner and the handlers
	// may give it.
	FinishAction struct {
		Action int // its number
		Note   string
	}
	// ActionAdded and ActionFinished are the events these commands lead to.
	ActionAdded struct {
		What  string    `json:"what"`
		Owner UserID    `json:"owner"`
		Due   time.Time `json:"due"`
	}
	ActionFinished struct {
		Action int    `json:"action"`
		Note   string `json:"note,omitempty"`
	}
)

func (AddAction) Name() CommandName    { return CommandAddAction }
func (FinishAction) Name() CommandName { return CommandFinishAction }
func (ActionAdded) Kind() string       { return "action_added" }
func (ActionFinished) Kind() string    { return "action_finished" }

var actionEvents = []eventRow{
	event(shown, noWords, (*Incident).foldActionAdded),
	event(shown, noWords, (*Incident).foldActionFinished),
}

// Action is the action with a number, or nil.
func (i *Incident) Action(number int) *Action {
	for n := range i.Actions {
		if i.Actions[n].Seq == number {
			return &i.Actions[n]
		}
	}
	return nil
}

// OpenActions are the actions still to be done, in the order they were set.
func (i *Incident) OpenActions() []Action {
	return slices.DeleteFunc(slices.Clone(i.Actions), func(a Action) bool { return !a.Open() })
}

func (r Rules) addAction(inc *Incident, c AddAction, _ Actor, now time.Time) ([]Event, error) {
	what, err := text(FieldWhat, c.What, true, MaxText, "what needs to be done")
	if err != nil {
		return nil, err
	}
	if c.Owner == "" {
		return nil, Invalid(FieldUser, "Please choose who will do it.")
	}
	due := Instant(c.Due)
	if !due.After(now) {
		return nil, Invalid(FieldDue, "Please choose a date in the future.")
	}
	if due.After(now.AddDate(5, 0, 0)) {
		return nil, Invalid(FieldDue, "That is more than five years ahead. Please check the date.")
	}
	if len(inc.Actions) >= maxActions {
		return nil, conflict(fmt.Sprintf("This incident already has %d actions. Please add any more to the risk register.", len(inc.Actions)))
	}
	return []Event{ActionAdded{What: what, Owner: c.Owner, Due: due}}, nil
}

func (r Rules) finishAction(inc *Incident, c FinishAction, by Actor, _ time.Time) ([]Event, error) {
	a := inc.Action(c.Action)
	if a == nil {
		return nil, conflict("There is no such action.")
	}
	if a.Owner != by.User && !by.Holds(inc, handlers...) {
		return nil, forbidden("Only the person who owns this action, or somebody handling the incident, can record it as done.")
	}
	if !a.Open() {
		return nil, conflict("This action is already recorded as done.")
	}
	note, err := text(FieldNote, c.Note, false, MaxText, "the note")
	return one(ActionFinished{Action: c.Action, Note: note}, err)
}

func (i *Incident) foldActionAdded(r Record, e ActionAdded) {
	i.Actions = append(slices.Clip(i.Actions), Action{Seq: r.Seq, By: r.Actor, At: r.At, What: e.What, Owner: e.Owner, Due: e.Due})
}

func (i *Incident) foldActionFinished(r Record, e ActionFinished) {
	i.Actions = slices.Clone(i.Actions)
	if a := i.Action(e.Action); a != nil {
		a.DoneAt, a.DoneBy, a.DoneNote, a.DoneSeq = r.At, r.Actor, e.Note, r.Seq
	}
}
