package workflow

import (
	"errors"
	"slices"
	"time"
)

// Reading is from when the organisation counts itself as aware, as the person who
// decides reads it.
type Reading string

const (
	ReadingNoticed   Reading = "noticed"   // when somebody noticed it
	ReadingProcessor Reading = "processor" // when our processor told us
	ReadingOther     Reading = "other"     // another time, which is given
)

// Readings are the ways to say when the organisation became aware. Each but the last
// is a reason of its own (see LawDiscovered and LawAware).
var Readings = []Option[Reading]{
	{ReadingNoticed, "When it was noticed"},
	{ReadingProcessor, "When our processor told us"},
	{ReadingOther, "At another time"},
}

// Label is the reading in words.
func (r Reading) Label() string { return label(Readings, r) }

// Awareness is when the organisation became aware by this reading. It is zero for
// another time, and where the times do not say.
func (t Times) Awareness(r Reading) time.Time {
	switch r {
	case ReadingNoticed:
		return t.Detected
	case ReadingProcessor:
		return t.ProcessorTold
	}
	return time.Time{}
}

// answerFields are the fields of a form that asks both questions, in place of those
// that a refusal of a single answer names. One that names none is about the answer.
var answerFields = map[Recipient]map[Field]Field{
	Regulator:    {"": FieldRegulator},
	DataSubjects: {"": FieldPeople, FieldReason: FieldPeopleReason},
}

// decisions gives the commands that the act is made of one after the other, each on
// the incident as the earlier ones leave it. So every rule about one of them holds
// here too, and a decision is late or in time by the awareness that was given with it.
func (r Rules) decisions(inc *Incident, c Decisions, by Actor, now time.Time) ([]Event, error) {
	for _, d := range c.Answers { // before the facts: what somebody else decided says more
		if latest := inc.Latest(d.Recipient); latest != nil && latest.Seq != d.Supersedes {
			return nil, staleDecision()
		}
	}
	if err := fresh(inc, c.Facts); err != nil {
		return nil, err
	}
	if len(c.Answers) == 0 && c.From == "" {
		return nil, Invalid(FieldRegulator, "Please choose an answer, or cancel. Nothing was decided.")
	}
	then := *inc
	var all []Event
	follow := func(events []Event) {
		for _, e := range events {
			then.Apply(Record{Incident: inc.ID, Seq: then.Version + 1, At: now, Actor: by.User, Event: e})
		}
		all = append(all, events...)
	}
	if c.From != "" {
		events, err := r.becameAware(&then, c, by, now)
		if err != nil {
			return nil, err
		}
		follow(events)
	}
	asked := map[Recipient]bool{}
	for _, d := range c.Answers {
		if !d.Recipient.Core() || asked[d.Recipient] {
			return nil, conflict("It is not clear which decision this is about. Nothing was decided.")
		}
		asked[d.Recipient] = true
		d.Facts = then.FactsVersion
		events, err := r.decide(&then, d, by, now)
		if err != nil {
			return nil, beside(answerFields[d.Recipient], err)
		}
		follow(events)
	}
	return all, nil
}

// becameAware sets awareness and leaves the other times as they are. Nothing happens
// if it is set to the same time already.
func (r Rules) becameAware(inc *Incident, c Decisions, by Actor, now time.Time) ([]Event, error) {
	if !known(Readings, c.From) {
		return nil, Invalid(FieldAwareFrom, "Please choose from the list.")
	}
	aware, reason := Instant(inc.Times.Awareness(c.From)), c.AwareReason
	switch {
	case c.From == ReadingOther:
		aware = c.Aware
		if err := passed(FieldAware, &aware, now); err != nil {
			return nil, err
		}
	case !visible(reason):
		reason = c.From.Label() + "."
	}
	if aware.IsZero() {
		return nil, Invalid(FieldAware, "Please say when the organisation became aware, and why then. Or choose another answer.")
	}
	if aware.Equal(inc.Times.Aware.At) {
		return nil, nil
	}
	reason, err := text(FieldAwareReason, reason, true, MaxText, "why the organisation was aware then")
	if err != nil {
		return nil, err
	}
	before, after := inc.Times, inc.Times
	after.Aware.At = aware
	return r.correctTimes(inc, CorrectTimes{
		Facts: inc.FactsVersion, Occurred: before.Occurred, Detected: before.Detected, ProcessorTold: before.ProcessorTold,
		Aware: aware, AwareReason: reason, Reason: reason,
		OrderIsRight: c.OrderIsRight || before.Disordered() == after.Disordered(), // an order that was confirmed before
	}, by, now)
}

// beside moves a refusal to the field that stands for its own in another form.
func beside(fields map[Field]Field, err error) error {
	refusal := (*Error)(nil)
	if !errors.As(err, &refusal) || fields[refusal.Field] == "" {
		return err
	}
	moved := *refusal
	moved.Field = fields[refusal.Field]
	return &moved
}

// Undecided are those of the law's two questions that are still open, the
// regulator's first.
func (i *Incident) Undecided() []Recipient {
	return slices.DeleteFunc([]Recipient{Regulator, DataSubjects}, func(to Recipient) bool { return i.Standing(to) != nil })
}
