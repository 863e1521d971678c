package workflow

import "cmp"

// ProgressState is how far one step of the progress has got.
type ProgressState string

const (
	ProgressDone      ProgressState = "done"
	ProgressNow       ProgressState = "now"        // what is being waited for
	ProgressAhead     ProgressState = "ahead"      // not begun
	ProgressNotNeeded ProgressState = "not_needed" // left out, as a near miss leaves out containment
)

// ProgressStep is one of the five steps in which the person who reported an
// incident follows it.
type ProgressStep struct {
	Label string
	Next  string // what happens until it is done
	State ProgressState
}

// Progress is how far the incident has got in five plain steps, for the person
// who reported it. They are derived from what has happened, as the eight steps of
// the response are, and say nothing of what others found.
func (i *Incident) Progress() []ProgressStep {
	over := i.Step().Over()
	ended := over || i.Resolved != nil
	decided := ended || i.OnlyProcessor() && i.Assessment() != nil || i.Standing(Regulator) != nil && i.Standing(DataSubjects) != nil
	contained := !i.ContainedAt().IsZero()
	steps := []struct {
		label, next  string
		done, spared bool
	}{
		{"Received", "", true, false},
		{"Somebody has it", "somebody takes it on.", i.Lead != "" || i.Step() != StepReported, false},
		{"Contained", "they stop it from spreading.", contained, ended || i.Brief() && i.Containment() == nil},
		{"Decided", "the data protection officer (DPO) decides who must be told.", decided, false},
		{"Closed", "what was learned is written down, and it is closed. You will hear how it ended.", over, false},
	}
	out := make([]ProgressStep, len(steps))
	waiting := false
	for n, s := range steps {
		state := ProgressAhead
		switch {
		case s.done:
			state = ProgressDone
		case s.spared:
			state = ProgressNotNeeded
		case !waiting:
			state, waiting = ProgressNow, true
		}
		out[n] = ProgressStep{s.label, s.next, state}
	}
	return out
}

// Followed is what the receipt of the reporter shows and that may change.
type Followed struct {
	Lead   UserID `json:"lead,omitempty"`
	Member bool   `json:"member,omitempty"` // the reporter is in the channel
	Steps  string `json:"steps,omitempty"`  // the states of the progress
	Step   Step   `json:"step,omitempty"`
}

func (i *Incident) followed() Followed {
	f := Followed{Lead: i.Lead, Step: i.Step()}
	f.Member = i.Inside(i.Reporter)
	for _, s := range i.Progress() {
		f.Steps += string(s.State) + " "
	}
	return f
}

// follow notes that the receipt shows something else since this event.
func (i *Incident) follow(seq int) {
	if now := i.followed(); now != i.Followed {
		i.Followed, i.ReceiptSeq = now, seq
	}
}

// toldHowItEnded tells whether the reporter has been told how it ended. From then on
// messages already sent are left as they are: after an upgrade, thousands of old ones
// would otherwise be edited before anything new is said.
func (i *Incident) toldHowItEnded() bool {
	end := cmp.Or(i.Closed, i.Dismissed)
	return end != nil && i.posted(Subject{Kind: KindOutcome, About: end.Seq})
}

// receipt plans the reporter's receipt, and keeps it up to date without telling
// anybody about it again.
func (p *planner) receipt(t Task) {
	p.post(Subject{Kind: KindReceipt}, t)
	if post, sent := p.inc.Posts[TaskReceipt]; sent && p.inc.ReceiptSeq > post.Shows && !post.gone() && !p.inc.toldHowItEnded() {
		p.add(Subject{Kind: KindReceiptRefresh, About: p.inc.ReceiptSeq}, Task{Target: post.Target, About: p.inc.ReceiptSeq})
	}
}
