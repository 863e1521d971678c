package workflow

import (
	"strings"
	"time"
)

// pace says when breachbot sends reminders of a clock: before the deadline, at
// it, and after it.
type pace struct {
	before []time.Duration
	every  time.Duration
}

// itsOwnPace is for the clocks that have tasks of their own: the countdown and
// the follow-up reminder.
var itsOwnPace = pace{}

// pace is how often breachbot sends reminders of a clock.
func (n ClockName) pace() pace {
	row, _ := n.row()
	return row.pace
}

// Reminder is the last milestone of a clock that one target was told about.
type Reminder struct {
	Deadline  time.Time `json:"deadline"`
	Milestone Countdown `json:"milestone"`
}

// ReminderKey names a clock and who was told about it.
type ReminderKey string

func reminderKey(name ClockName, to Target) ReminderKey {
	return ReminderKey(string(name) + " " + string(to))
}

func (k ReminderKey) clock() ClockName {
	name, _, _ := strings.Cut(string(k), " ")
	return ClockName(name)
}

// nextAfter is the next milestone below last at this pace, or the first one
// when nothing has been sent yet.
func (p pace) nextAfter(last Countdown, any bool, span time.Duration) Countdown {
	if every := Countdown(p.every); any && last <= 0 {
		return (last/every - 1) * every
	}
	if !any {
		last = Countdown(span) // a milestone at or before the start does not count
	}
	var next Countdown
	for _, b := range p.before {
		if m := Countdown(b); m < last {
			next = max(next, m)
		}
	}
	return next
}

// reminders plans the next reminder of every running clock except the
// regulator's.
func (p *planner) reminders() {
	i := p.inc
	over := i.Step().Over()
	for _, t := range p.rules.Clocks(i) {
		pace := t.Name.pace()
		if pace.every == 0 || !t.Running() || over && (t.Owner == "" || i.Dismissed != nil) {
			continue
		}
		for _, reader := range p.remindedOf(t) {
			to, span := reader.Target, t.Deadline.Sub(latest(t.Start, reader.since))
			p.owesLast(Subject{Kind: KindRemind, Clock: t.Name, To: to}, func(last Subject) (Task, bool) {
				return Task{Due: t.Deadline.Add(-time.Duration(last.Left)), Milestone: last.Left, Deadline: t.Deadline}, last.Deadline.Unix() == t.Deadline.Unix()
			})
			said, any := i.Reminders[reminderKey(t.Name, to)]
			any = any && said.Deadline.Equal(t.Deadline)
			if !any && span < 0 { // they left after the deadline: what was said of it was said to them
				said.Milestone, any = Countdown(span), true
			}
			m := pace.nextAfter(said.Milestone, any, span)
			due := func() time.Time { return t.Deadline.Add(-time.Duration(m)) }
			for i.Taken() && p.roundsSay(t.Name, due()) {
				m = pace.nextAfter(m, true, 0)
			}
			if p.roundsSay(t.Name, due()) {
				continue // for as long as nobody has it
			}
			p.add(Subject{Kind: KindRemind, Clock: t.Name, Deadline: t.Deadline, Left: m, To: to},
				Task{Due: due(), Target: to, Milestone: m, Deadline: t.Deadline})
		}
	}
}

// remindedOf are the targets told about a clock: the owner of an action,
// otherwise the channel or, without one, the people who handle the incident.
func (p *planner) remindedOf(t Timing) []absent {
	if t.Owner != "" {
		return []absent{{Target: Target(t.Owner)}}
	}
	return p.everybody()
}

// PassedReminder tells what a reminder has to say at now: the last milestone
// that has passed since the one it was planned for, and those before it that
// could not be sent in time, in Slack or by e-mail.
func (r Rules) PassedReminder(inc *Incident, t Task, now time.Time) (milestone Countdown, missed []Countdown) {
	pace := t.ClockOf().pace()
	milestone = t.Milestone
	if pace.every <= 0 {
		return milestone, nil // a clock without reminders, or one of a newer version
	}
	for {
		next := pace.nextAfter(milestone, true, 0)
		if t.Deadline.Add(-time.Duration(next)).After(now) {
			return milestone, inc.notMailed(t, missed)
		}
		missed = append(missed, milestone)
		if every := Countdown(pace.every); next < -listedOverdue*every {
			return Countdown(t.Deadline.Sub(now)) / every * every, inc.notMailed(t, missed)
		}
		milestone = next
	}
}
