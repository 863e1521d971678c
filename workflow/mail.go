package workflow

import (
	"slices"
	"time"
)

// What Slack does not take goes by e-mail, if it is one of the kinds that may: see
// the column of the table of tasks. An e-mail is a task of its own beside the message.
// It is owed once Slack has failed to take the message and the time set for that is
// over, for as long as the message still matters, to everybody who has not got it.
//
// The message stays owed to Slack too: it has the buttons, and the e-mail has none.
// When Slack takes it, no e-mail is owed any more. Reminders that were missed become
// one message in Slack in any case, so an outage ends with one for each incident and
// place, however many went by e-mail; those are not called missed.

// NoAddress is the code of somebody to whom no e-mail can be sent because the
// settings name no address.
const NoAddress = "no_address"

// Mail is what is known of the e-mails about one message.
type Mail struct {
	Tried []Target             `json:"tried,omitempty"` // whose task is done, whatever came of it
	To    []Principal          `json:"to,omitempty"`    // people, and groups that have an address of their own
	Owed  map[Principal]string `json:"owed,omitempty"`  // of a group, not yet, with the code of why
	Never map[Principal]string `json:"never,omitempty"` // with the code of why not
	At    time.Time            `json:"at"`              // of the last one
}

// Unsaid are the people whom Slack cannot write to and who so lack a message.
type Unsaid struct {
	To    []UserID  `json:"to"`
	Since time.Time `json:"since"`
}

// mailable tells whether somebody may have an address. Who is in a group only Slack
// knows, so a group always may.
func (r Rules) mailable(to Target) bool {
	return r.MailAfter > 0 && len(r.Mailable) > 0 && to != InChannel &&
		(to.Principal().IsGroup() || slices.Contains(r.Mailable, to.Principal()))
}

// Unmailable tells whether a message to somebody could go by e-mail if the settings
// named an address for them.
func (r Rules) Unmailable(key TaskKey) bool {
	s, _ := key.Subject()
	return len(r.Mailable) > 0 && s.Kind != KindMail && key.Says().byMail() && s.To != "" && s.To != InChannel && !r.mailable(s.To)
}

// byMail tells whether a message may go by e-mail.
func (s Subject) byMail() bool {
	mailed := taskRowOf(s.Kind).mailed
	return mailed != nil && mailed(s)
}

// Which messages of a kind may go by e-mail.
func anyOf(Subject) bool       { return true }
func ofTheLaw(s Subject) bool  { row, _ := s.Clock.row(); return len(row.law) > 0 }
func ofGivenUp(s Subject) bool { return s.News == NewsGivenUp }

// mails plans the e-mails for what is planned and Slack fails to take.
func (p *planner) mails() {
	for _, t := range slices.Clone(p.tasks) {
		stall, failing := p.inc.Stalls[t.Key]
		says := t.Key.Says()
		if !failing || t.Kind == KindMail || t.Target == InChannel || !says.byMail() {
			continue
		}
		if t.Kind == says.Kind && says.counts() != "" { // one person of a group gets the last one of the group
			t = p.notYetMailed(t, says, stall.Since)
			says.Left = t.Milestone
		}
		p.mail(says.Key(), t, stall.Since)
	}
}

// notYetMailed is a reminder at the next milestone that no e-mail has told of: Slack
// may be down for several.
func (p *planner) notYetMailed(t Task, says Subject, since time.Time) Task {
	name := says.counts()
	last, any := p.inc.MailSaid[reminderKey(name, t.Target)]
	if !any || !last.Deadline.Equal(t.Deadline) || last.Milestone > t.Milestone {
		return t
	}
	says.Left = last.Milestone
	p.mail(says.Key(), t, since) // whoever of a group is still owed it
	if name == ClockRegulator {
		t.Milestone = p.rules.next(rung{t.Target, Countdown(NotificationPeriod)}, map[Target]Countdown{t.Target: last.Milestone})
	} else {
		t.Milestone = name.pace().nextAfter(last.Milestone, true, 0)
	}
	t.Due = t.Deadline.Add(-time.Duration(t.Milestone))
	return t
}

// counts is the clock that a reminder counts down. It is empty for other messages.
func (s Subject) counts() ClockName {
	switch s.Kind {
	case KindNudge:
		return ClockRegulator
	case KindRemind:
		return s.Clock
	}
	return ""
}

// mail plans the e-mail about a message to a task's target or, once that was tried,
// to those of a group who are still owed it. since is when Slack was found not to
// take it.
func (p *planner) mail(message TaskKey, t Task, since time.Time) {
	done := p.inc.Mails[message]
	due := t.Due.Add(p.rules.MailAfter)
	if due.Before(since) {
		due = since
	}
	add := func(to Target, due time.Time) {
		if p.rules.mailable(to) && !done.settled(to) {
			p.add(Subject{Kind: KindMail, To: to, Asked: message}, Task{Due: due, Target: to, About: t.About, Milestone: t.Milestone, Deadline: t.Deadline})
		}
	}
	if of, _ := message.Subject(); slices.Contains(done.To, of.To.Principal()) {
		return // at the address of the group
	}
	add(t.Target, due)
	if t.Target.Principal().IsGroup() {
		for _, who := range sortedKeys(done.Owed) {
			add(Target(who), done.At)
		}
	}
}

// mailUnsaid plans the e-mails to those whom Slack cannot write to.
func (p *planner) mailUnsaid(message TaskKey, t Task) {
	unsaid := p.inc.Unsaid[message]
	for _, user := range unsaid.To {
		t.Target = Target(user)
		p.mail(message, t, unsaid.Since)
	}
}

// settled tells whether the e-mail to somebody was sent, or cannot be.
func (m Mail) settled(to Target) bool {
	_, never := m.Never[to.Principal()]
	return never || slices.Contains(m.Tried, to) || slices.Contains(m.To, to.Principal())
}

// lacks notes that Slack cannot write a message to somebody, for the kinds that may
// go by e-mail.
func (i *Incident) lacks(r Record, key TaskKey, user UserID) {
	says := key.Says()
	if !says.byMail() {
		return
	}
	unsaid := Unsaid{To: i.Unsaid[says.Key()].To, Since: r.At}
	if !slices.Contains(unsaid.To, user) {
		unsaid.To = append(slices.Clip(unsaid.To), user)
		slices.Sort(unsaid.To)
	}
	i.Unsaid = with(i.Unsaid, says.Key(), unsaid)
}

// Mailed records that what Slack did not take went by e-mail, and to whom. A group
// is among them if it has an address of its own.
type Mailed struct {
	Task TaskKey `json:"task"`
	Filed
	Target    Target               `json:"target"`
	Deadline  time.Time            `json:"deadline,omitzero"`   // of a reminder
	Milestone Countdown            `json:"milestone,omitempty"` // of a reminder
	To        []Principal          `json:"to,omitempty"`
	Owed      map[Principal]string `json:"owed,omitempty"`  // of a group, not yet, with the code of why
	Never     map[Principal]string `json:"never,omitempty"` // with the code of why not
}

func (Mailed) Kind() string    { return "mailed" }
func (e Mailed) task() TaskKey { return e.Task }
func (Mailed) fate() fate      { return carriedOut }
func (e Mailed) filed() Event  { e.Filed = filed(e.Task); return e }
func (e Mailed) trace() Act {
	return Act{Task: e.Task, Target: e.Target, Clock: e.Task.Says().Clock, Milestone: e.Milestone, Mailed: e.To, Unmailed: e.Never}
}

func (e Mailed) known(i *Incident) bool {
	return slices.Contains(i.Mails[e.Message().Key()].Tried, e.Target)
}

// Message is what the e-mail said: at a later milestone, if the one it was planned
// for had passed.
func (e Mailed) Message() Subject {
	says := e.Task.Says()
	if says.counts() != "" {
		says.Left = e.Milestone
	}
	return says
}

func (i *Incident) foldMailed(r Record, e Mailed) {
	says := e.Message()
	m := i.Mails[says.Key()]
	m.At = r.At
	m.Tried = append(slices.Clip(m.Tried), e.Target)
	m.To = append(slices.Clip(m.To), e.To...)
	m.Owed = without(m.Owed, e.Target.Principal())
	for who, code := range e.Owed {
		m.Owed = with(m.Owed, who, code)
	}
	for who, code := range e.Never {
		m.Never = with(m.Never, who, code)
	}
	i.Mails = with(i.Mails, says.Key(), m)
	if name := says.counts(); name != "" && e.Target == says.To {
		i.MailSaid = with(i.MailSaid, reminderKey(name, e.Target), Reminder{e.Deadline, e.Milestone})
	}
	i.CardSeq = r.Seq
}

// MailsOf is what is known of the e-mails about the message that a task sends.
func (i *Incident) MailsOf(key TaskKey) Mail { return i.Mails[key.Says().Key()] }

// notMailed leaves out the milestones that somebody was told of by e-mail.
func (i *Incident) notMailed(t Task, missed []Countdown) []Countdown {
	says := t.Key.Says()
	return slices.DeleteFunc(missed, func(m Countdown) bool {
		says.Left = m
		return len(i.Mails[says.Key()].To) > 0
	})
}
