package workflow

import "slices"

// CommandAskDPO is the person who reported an incident asking whoever decides about
// it.
const CommandAskDPO CommandName = "AskDPO"

// AskDPO puts a question to the DPO. It is a question like any other, except that it
// goes to whoever may decide about the incident then: the DPO, and the deputy when
// the DPO is away or has not answered.
type AskDPO struct{ Question string }

func (AskDPO) Name() CommandName { return CommandAskDPO }

// maxAsked is how many of their questions may wait for an answer at once. Product
// rule: more would be a conversation, and for that there is the telephone.
const maxAsked = 3

func (r Rules) askDPO(inc *Incident, c AskDPO, by Actor) ([]Event, error) {
	question, err := text(FieldQuestion, c.Question, true, MaxText, "your question")
	if err != nil {
		return nil, err
	}
	var open []string
	for _, h := range inc.Helps {
		if h.ToDPO && h.Open() {
			open = append(open, h.Question)
		}
	}
	switch {
	case len(r.Deciders(inc)) == 0:
		return nil, conflict("Nobody else can decide about this report, so there is nobody to ask.")
	case slices.Contains(open, question):
		return nil, Invalid(FieldQuestion, "You have asked this already. It has not been answered yet.")
	case len(open) >= maxAsked:
		return nil, Invalid(FieldQuestion, "Some of your questions have not been answered yet. If it cannot wait, please telephone.")
	}
	return []Event{HelpAsked{ToDPO: true, Question: question}}, nil
}

// mayReply refuses an answer by somebody whom a question was not put to.
func (r Rules) mayReply(inc *Incident, h *Help, by Actor) error {
	if h == nil {
		return forbidden("This question was not put to you.")
	}
	if h.ToDPO {
		return r.mayDecide(inc, by)
	}
	return nil
}

// questions plans putting a question of the reporter to those who decide, in the
// order in which they are asked for decisions.
func (p *planner) question(h Help) {
	for _, to := range p.deciders() {
		if to.Target != InChannel {
			p.post(Subject{Kind: KindQuestion, About: h.Seq, To: to.Target}, Task{Due: h.At.Add(to.after), Target: to.Target, About: h.Seq})
		}
	}
}
