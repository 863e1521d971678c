package workflow

import (
	"reflect"
	"slices"
	"time"
)

// CommandClarify answers questions of the guided assessment that are still open.
const CommandClarify CommandName = "Clarify"

// Clarify answers questions that are open and could change the advice. It asks
// for nothing else, so that an answer that is found later needs no long form.
type Clarify struct {
	Facts    int    // version of the facts the person saw
	Known    Facts  // the answers; what is left out is kept as it was
	Evidence string // how it is known that the data came back or was deleted
}

// Clarified holds the facts after the answers. Every one is kept.
type Clarified struct {
	Answered []Field `json:"answered,omitempty"` // the questions, with those that an answer to another one settles
	Evidence string  `json:"evidence,omitempty"`
	Facts    Facts   `json:"facts"`
}

func (Clarify) Name() CommandName { return CommandClarify }
func (Clarified) Kind() string    { return "clarified" }

var clarifyEvents = []eventRow{
	event(shown, noWords, (*Incident).foldClarified),
}

// Clarification is one time that missing answers were given.
type Clarification struct {
	Seq      int       `json:"seq"`
	By       UserID    `json:"by"`
	At       time.Time `json:"at"`
	Answered []Field   `json:"answered,omitempty"`
	Evidence string    `json:"evidence,omitempty"`
}

// Questions are the questions that were answered, in words.
func (c Clarification) Questions() []string {
	var out []string
	for _, q := range GuideQuestions {
		if slices.Contains(c.Answered, q.Field) {
			out = append(out, q.Ask)
		}
	}
	return out
}

func (r Rules) clarify(inc *Incident, c Clarify, by Actor, _ time.Time) ([]Event, error) {
	if err := fresh(inc, c.Facts); err != nil {
		return nil, err
	}
	if err := c.Known.check(); err != nil {
		return nil, err
	}
	if err := r.maySayProcessor(inc, c.Known, by); err != nil {
		return nil, err
	}
	e := Clarified{Facts: inc.Facts.with(c.Known)}
	before, after := inc.Facts.guide(), e.Facts.guide()
	for _, q := range GuideQuestions {
		if !reflect.DeepEqual(q.get(before), q.get(after)) {
			e.Answered = append(e.Answered, q.Field)
		}
	}
	if reflect.DeepEqual(e.Facts, inc.Facts) {
		return nil, Invalid("", "Please answer at least one question, or press \"Cancel\".")
	}
	var err error
	if e.Evidence, err = text(FieldEvidence, c.Evidence, c.Known.Recovered == Yes, MaxText, "how you know that it came back or was deleted"); err != nil {
		return nil, err
	}
	return []Event{e}, nil
}

func (i *Incident) foldClarified(r Record, e Clarified) {
	i.Clarifications = append(slices.Clip(i.Clarifications), Clarification{Seq: r.Seq, By: r.Actor, At: r.At, Answered: e.Answered, Evidence: e.Evidence})
	i.learn(r, e.Facts)
}
