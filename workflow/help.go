package workflow

import (
	"slices"
	"time"
)

// The commands for asking somebody outside the incident to contribute, and for
// their answer.
type (
	// AskHelp puts a question to a member of the workspace, who does not need a
	// role in the incident. The caller checks that they are a full member.
	AskHelp struct {
		User     UserID
		Question string
		Due      time.Time // zero for none
	}
	// GiveHelp answers a question. Only the person who was asked may give it.
	GiveHelp struct {
		Request int // seq of the question
		Text    string
	}
)

// The events these commands lead to.
type (
	HelpAsked struct {
		User     UserID    `json:"user,omitempty"`
		ToDPO    bool      `json:"to_dpo,omitempty"` // not to one person, but to whoever decides
		Question string    `json:"question"`
		Due      time.Time `json:"due,omitzero"`
	}
	HelpGiven struct {
		Request int    `json:"request"` // seq of the question
		Text    string `json:"text"`
	}
)

func (AskHelp) Name() CommandName  { return CommandAskHelp }
func (GiveHelp) Name() CommandName { return CommandGiveHelp }

func (HelpAsked) Kind() string { return "help_asked" }
func (HelpGiven) Kind() string { return "help_given" }

var helpEvents = []eventRow{
	event(quiet, noWords, (*Incident).foldHelpAsked),
	event(quiet, noWords, (*Incident).foldHelpGiven),
}

// Help is a question put to somebody, with the answer once there is one.
type Help struct {
	Seq      int       `json:"seq"`
	By       UserID    `json:"by"`
	At       time.Time `json:"at"`
	User     UserID    `json:"user,omitempty"`   // who was asked or, of a question to the DPO, who answered
	ToDPO    bool      `json:"to_dpo,omitempty"` // it was put to whoever decides
	Question string    `json:"question"`
	Due      time.Time `json:"due,omitzero"`
	Told     int       `json:"told,omitempty"`     // messages about it so far
	LastTold time.Time `json:"last_told,omitzero"` // when the last one went out

	Answered int       `json:"answered,omitempty"` // seq of the answer
	GivenAt  time.Time `json:"given_at,omitzero"`
	Answer   string    `json:"answer,omitempty"`
}

// Open tells whether the answer is still awaited.
func (h Help) Open() bool { return h.Answered == 0 }

// Request is the question with a seq, or nil.
func (i *Incident) Request(seq int) *Help {
	n := slices.IndexFunc(i.Helps, func(h Help) bool { return h.Seq == seq })
	if n < 0 {
		return nil
	}
	return &i.Helps[n]
}

// Asked is the question with a seq if it was put to this person, and nil
// otherwise. It is all that being asked lets somebody see of an incident.
func (a Actor) Asked(inc *Incident, seq int) *Help {
	switch h := inc.Request(seq); {
	case h == nil:
		return nil
	case h.ToDPO && h.By != a.User && a.Holds(inc, append(slices.Clone(deciders), standIns...)...):
		return h
	case !h.ToDPO && h.User == a.User:
		return h
	}
	return nil
}

// helpEvery is how often somebody who was asked is reminded. helpAtMost is for
// how long after the day the answer was wanted by or, where none was named,
// after the question. After that, the people who handle the incident should go
// and see them. Product rules.
const (
	helpEvery  = 24 * time.Hour
	helpAtMost = 7 * 24 * time.Hour
)

func (r Rules) askHelp(inc *Incident, c AskHelp, by Actor, now time.Time) ([]Event, error) {
	switch {
	case c.User == "":
		return nil, Invalid(FieldUser, "Please choose a person.")
	case c.User == by.User:
		return nil, Invalid(FieldUser, "That is you. To write down what you know, use Add a note.")
	case slices.ContainsFunc(inc.Helps, func(h Help) bool { return h.User == c.User && h.Open() && h.Question == Clean(c.Question) }):
		return nil, Invalid(FieldQuestion, "They have already been asked this, and are being reminded.")
	}
	question, err := text(FieldQuestion, c.Question, true, MaxText, "the question")
	if err != nil {
		return nil, err
	}
	due := Instant(c.Due)
	if !due.IsZero() && !due.After(now) {
		return nil, Invalid(FieldDue, "This time has passed. Please choose one in the future, or leave it empty.")
	}
	return []Event{HelpAsked{User: c.User, Question: question, Due: due}}, nil
}

func (r Rules) giveHelp(inc *Incident, c GiveHelp, by Actor, _ time.Time) ([]Event, error) {
	h := by.Asked(inc, c.Request)
	if err := r.mayReply(inc, h, by); err != nil {
		return nil, err
	}
	switch {
	case !h.Open() && h.ToDPO:
		return nil, conflict("This has been answered already. The answer is in the timeline.")
	case !h.Open():
		return nil, conflict("You have answered this already. Thank you. If there is more to say, please tell the person who asked you.")
	}
	answer, err := text(FieldAnswer, c.Text, true, MaxText, "your answer")
	return one(HelpGiven{Request: h.Seq, Text: answer}, err)
}

func (i *Incident) foldHelpAsked(r Record, e HelpAsked) {
	i.Helps = append(slices.Clip(i.Helps), Help{Seq: r.Seq, By: r.Actor, At: r.At, User: e.User, ToDPO: e.ToDPO, Question: e.Question, Due: e.Due})
	i.CardSeq = r.Seq
}

func (i *Incident) foldHelpGiven(r Record, e HelpGiven) {
	i.changeHelp(e.Request, func(h *Help) {
		h.Answered, h.GivenAt, h.Answer = r.Seq, r.At, e.Text
		if h.ToDPO {
			h.User = r.Actor
		}
	})
	i.CardSeq = r.Seq
}

// toldHelp counts the messages about a question, so that the next reminder
// comes a day after the last one was sent, not after it was planned.
func (i *Incident) toldHelp(r Record, task TaskKey) {
	if s, _ := task.Subject(); s.Kind == KindHelp {
		i.changeHelp(s.About, func(h *Help) { h.Told, h.LastTold = s.Nth+1, r.At })
	}
}

func (i *Incident) changeHelp(seq int, change func(*Help)) {
	all := slices.Clone(i.Helps)
	for n := range all {
		if all[n].Seq == seq {
			change(&all[n])
		}
	}
	i.Helps = all
}

// helps plans the questions, the reminders, and telling the person who asked
// that there is an answer.
func (p *planner) helps() {
	for _, h := range p.inc.Helps {
		if !h.Open() {
			p.post(Subject{Kind: KindHelped, About: h.Seq}, Task{Due: h.GivenAt, Target: Target(h.By), About: h.Seq})
			continue
		}
		if h.ToDPO {
			if !p.inc.Step().Over() {
				p.question(h)
			}
			continue
		}
		due, last := h.At, h.At
		if h.Told > 0 {
			due = h.LastTold.Add(helpEvery)
		}
		if !h.Due.IsZero() {
			last = h.Due
		}
		if p.inc.Step().Over() || due.After(last.Add(helpAtMost)) {
			continue
		}
		p.post(Subject{Kind: KindHelp, About: h.Seq, Nth: h.Told}, Task{Due: due, Target: Target(h.User), About: h.Seq})
	}
}
