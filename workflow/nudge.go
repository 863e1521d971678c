package workflow

import (
	"slices"
	"time"
)

// Countdown is the time left to the deadline at a milestone. Below zero, the
// deadline has passed.
type Countdown time.Duration

// rung is one step of the ladder: a target and the first milestone it is told
// about.
type rung struct {
	target Target
	from   Countdown
}

// Escalation says how much time is left when each role starts to be nudged in
// person. The channel gets every milestone. Product rule: the audience widens
// as time runs out. Somebody who holds two roles is nudged once.
var Escalation = []struct {
	From  time.Duration
	Roles []Role
}{
	{24 * time.Hour, []Role{RoleDPO}},
	{12 * time.Hour, []Role{RoleDeputy, RoleIGLead, RoleCaldicott}},
	{3 * time.Hour, []Role{RoleSIRO}},
}

// ladder is who is nudged about this incident, and from when.
func (p *planner) ladder() []rung {
	var rungs []rung
	add := func(t Target, from Countdown) {
		if n := slices.IndexFunc(rungs, func(r rung) bool { return r.target == t }); n >= 0 {
			rungs[n].from = max(rungs[n].from, from) // whoever stands in for the channel loses nothing of their own
		} else {
			rungs = append(rungs, rung{t, from})
		}
	}
	const always = Countdown(NotificationPeriod)
	for _, to := range p.everybody() {
		from := always
		if !to.since.IsZero() { // what was said before was said to them
			from = min(from, Countdown(p.inc.Clock().Deadline.Sub(to.since)))
		}
		add(to.Target, from)
	}
	for _, who := range p.rules.StandIn(RoleDPO, RoleDeputy, RoleIGLead, RoleCaldicott, RoleSIRO) {
		add(Target(who), Countdown(Escalation[0].From)) // a decision-maker is always told
	}
	for _, e := range Escalation {
		for _, who := range p.rules.principals(e.Roles...) {
			add(Target(who), Countdown(e.From))
		}
	}
	return rungs
}

// NudgedInPerson are those who are sent the reminder of a milestone in person.
func (r Rules) NudgedInPerson(inc *Incident, m Countdown) []Principal {
	var who []Principal
	for _, rung := range (&planner{rules: r, inc: inc}).ladder() {
		if p := rung.target.Principal(); p != "" && m <= rung.from {
			who = append(who, p)
		}
	}
	return who
}

// next is the first milestone a target has not been told about.
func (r Rules) next(to rung, said map[Target]Countdown) Countdown {
	last, any := said[to.target]
	if !any {
		last = to.from + 1
	}
	next := min(last, 0)
	for _, n := range r.Nudges {
		if m := Countdown(n); m < last && m <= to.from {
			next = max(next, m)
		}
	}
	if next < last {
		return next
	}
	every := r.overdueEvery()
	return (last/every - 1) * every // the next whole step below last, which is zero or negative
}

// overdueEvery is the step of the reminders after the deadline. Rules that set
// none use the default: breachbot never stays silent about an open question
// past its deadline.
func (r Rules) overdueEvery() Countdown {
	if r.OverdueEvery <= 0 {
		return Countdown(DefaultRules().OverdueEvery)
	}
	return Countdown(r.OverdueEvery)
}

// listedOverdue is how many reminders after the deadline are listed as missed.
const listedOverdue = 6

// Passed tells what a nudge has to say at now: the last milestone that has
// passed since the one it was planned for, and the ones before it that could
// not be sent in time. Both count down. The reminders after the deadline are
// all alike, so only the first few are listed: a breach found after years has
// thousands. Milestones that passed while the clock was stopped were not
// missed: nothing was owed then. Nor were those that went by e-mail.
func (r Rules) Passed(inc *Incident, t Task, now time.Time) (milestone Countdown, missed []Countdown) {
	every := r.overdueEvery()
	milestone = t.Milestone
	for {
		next := r.next(rung{t.Target, Countdown(NotificationPeriod)}, map[Target]Countdown{t.Target: milestone})
		if t.Deadline.Add(-time.Duration(next)).After(now) {
			return milestone, inc.notMailed(t, missed)
		}
		if !t.Deadline.Add(-time.Duration(milestone)).Before(inc.Resumed) {
			missed = append(missed, milestone)
		}
		if next < -listedOverdue*every {
			return Countdown(t.Deadline.Sub(now)) / every * every, inc.notMailed(t, missed)
		}
		milestone = next
	}
}
