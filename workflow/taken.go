package workflow

import (
	"slices"
	"time"
)

// Who has an incident, and who is told next while nobody has it.

// Taken tells whether somebody has the incident: it has a lead, somebody has
// triaged or assessed it, or it is over.
func (i *Incident) Taken() bool { return taken(i.Lead, i.Step()) }

// Taken tells the same of a line of the register.
func (e Entry) Taken() bool { return taken(e.Lead, e.Step) }

func taken(lead UserID, at Step) bool { return lead != "" || at != StepReported }

// UntakenSince is since when nobody has it: the report or, if it was reopened or its
// author raised the first guess since, the moment that was. It is zero while somebody
// has it.
func (i *Incident) UntakenSince() time.Time {
	if i.Taken() {
		return time.Time{}
	}
	return i.offered()
}

// offered is since when somebody may take it.
func (i *Incident) offered() time.Time {
	since := i.Times.Reported
	for _, t := range i.Turns {
		if t.Kind == (Reopened{}).Kind() {
			since = t.At
		}
	}
	if a := i.raisedGuess(); a != nil {
		since = latest(since, a.At) // those who act are told of that at once, as of a report
	}
	return since
}

// Wait is how long a report may wait for somebody to take it before the next
// people are told.
type Wait struct {
	For     time.Duration
	Morning bool // until the next working morning; For is not used then
}

// DefaultWaits are the waits by severity. Product rule: a third of the target
// for triage at severity 1, less than that at severity 2.
func DefaultWaits() map[Severity]Wait {
	return map[Severity]Wait{
		1: {For: 5 * time.Minute},
		2: {For: 15 * time.Minute},
		3: {For: time.Hour},
		4: {Morning: true},
	}
}

// Circles are who is told in person, one row after the other, while nobody has
// an incident that was reported. Those who act and those who have to know have
// been told on receipt. Somebody in two rows is told with the first of them,
// and nobody waits for a row in which there is nobody new. After the last row
// everybody who may take it is told again and again. Product rule.
var Circles = [][]Role{
	{RoleIGLead, RoleDeputy},
	{RoleCaldicott},
	{RoleSIRO},
}

// seldom is how many times longer it takes until everybody is told again, once
// all have been told: an hour at severity 1, three at severity 2, twelve at
// severity 3. Of mornings it is a working week. Product rules.
const (
	seldom         = 12
	seldomMornings = 5
)

// soonest is the least that a wait for the morning takes: nobody is given a
// minute because it happens to be a minute to nine. Product rule.
const soonest = time.Hour

// wait is how long an incident waits for somebody. Near misses wait as severity
// 4 does, whatever the reporter guessed: nothing happened. They may wait over a
// weekend, unlike the triage of a breach, because their clock's own countdown
// does not: it is heard before the 72 hours end. Rules that set no wait use the
// default: breachbot never stays silent about what nobody has.
func (r Rules) wait(i *Incident) Wait {
	severity := i.Pace()
	if i.Facts.NearMiss {
		severity = 4
	}
	w := r.TakenWithin[severity]
	if w.For <= 0 && !w.Morning {
		w = DefaultWaits()[severity]
	}
	return w
}

// waited is t and a wait, and muchLater the wait until everybody is told again.
func (r Rules) waited(i *Incident, t time.Time) time.Time { return r.waits(i, t, 1, 1) }
func (r Rules) muchLater(i *Incident, t time.Time) time.Time {
	return r.waits(i, t, seldom, seldomMornings)
}

func (r Rules) waits(i *Incident, t time.Time, times, mornings int) time.Time {
	w := r.wait(i)
	if !w.Morning {
		return r.quiet(i, t.Add(time.Duration(times)*w.For))
	}
	for range mornings {
		morning := r.onWorkingDay(t.Add(soonest), workdayBegins)
		if !i.Facts.NearMiss { // a breach waits for no weekend
			morning = earliest(morning, t.Add(NotificationPeriod/3))
		}
		t = morning
	}
	return r.quiet(i, t)
}

// round is the next time one target is told that nobody has the incident.
type round struct {
	target Target
	nth    int // how often they were told before
	due    time.Time
}

// firstRound is when somebody is first told that nobody has the incident.
type firstRound struct {
	who Principal
	at  time.Time
}

// circles are when everybody who may take the incident is first told that nobody
// has it, the soonest first, and when everybody is told again.
func (r Rules) circles(i *Incident) (first []firstRound, everybody time.Time) {
	at := r.quiet(i, i.offered())
	add := func(roles []Role, due time.Time) (some bool) {
		for _, one := range r.principals(roles...) {
			if !slices.ContainsFunc(first, func(f firstRound) bool { return f.who == one }) {
				first, some = append(first, firstRound{one, due}), true
			}
		}
		return some
	}
	for _, roles := range Circles {
		if next := r.waited(i, at); add(roles, next) {
			at = next
		}
	}
	everybody = r.waited(i, at)
	add([]Role{RoleResponder, RoleDPO}, everybody)
	return first, everybody
}

// rounds are the next round for everybody who may take the incident; none once
// somebody has it. Like the countdown, it is one for each target, so that a
// message that cannot be delivered holds up nobody else. Everybody has the
// whole wait from when they were last told, however late that was.
func (p *planner) rounds() []round {
	i := p.inc
	if i.Taken() {
		return nil
	}
	first, everybody := p.rules.circles(i)
	alerted := p.rules.principals(p.alerted()...)
	rounds := i.roundsTold()
	var out []round
	for _, f := range first {
		to := Target(f.who)
		told, due := rounds[to], f.at
		alert, sent := i.Posts[Subject{Kind: KindAlert, To: to}.Key()]
		if !sent && slices.Contains(alerted, f.who) {
			continue // they are still to be told of the report, and that comes first
		}
		again := told.times > 0 && !told.last.Before(i.offered())
		if again {
			due = everybody
		}
		switch last := latest(told.last, alert.At); {
		case last.IsZero():
		case again && !last.Before(everybody):
			due = p.rules.muchLater(i, last)
		default:
			due = latest(due, p.rules.waited(i, last))
		}
		out = append(out, round{to, told.times, due})
	}
	return out
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// toldRounds is how often a target was told that nobody has the incident, and
// when last.
type toldRounds struct {
	times int
	last  time.Time
}

func (i *Incident) roundsTold() map[Target]toldRounds {
	told := map[Target]toldRounds{}
	for key, post := range i.Posts {
		if s, _ := key.Subject(); s.Kind == KindUntaken {
			t := told[s.To]
			told[s.To] = toldRounds{t.times + 1, latest(t.last, post.At)}
		}
	}
	return told
}

// untaken plans the rounds.
func (p *planner) untaken() {
	for _, r := range p.rounds() {
		p.post(Subject{Kind: KindUntaken, Nth: r.nth, To: r.target}, Task{Due: r.due, Target: r.target})
		p.owesLast(Subject{Kind: KindUntaken, To: r.target}, func(Subject) (Task, bool) { return Task{Due: p.inc.offered()}, true })
	}
}

// roundsSay tells whether a reminder of a clock due at an instant would say to
// the same people what the rounds say: that nobody has triaged it. The rounds
// take the place of that clock's reminders from the first of them until somebody
// has the incident.
func (p *planner) roundsSay(c ClockName, due time.Time) bool {
	if c != ClockTriage {
		return false
	}
	first, _ := p.rules.circles(p.inc)
	if len(first) == 0 || due.Before(first[0].at) {
		return false
	}
	return !p.inc.Taken() || !due.After(p.inc.ledSince())
}

// ledSince is when somebody first took the lead; zero while nobody has.
func (i *Incident) ledSince() time.Time {
	for _, h := range i.Handovers {
		if h.Role == RoleLead {
			return h.At
		}
	}
	return time.Time{}
}

// tellsWhoHasIt are the messages that say who has the incident. They are brought
// up to date in place, without a push, whenever that changes.
var tellsWhoHasIt = []TaskKind{KindAlert, KindUntaken}

// holding plans bringing the messages already sent up to date that say
// otherwise.
func (p *planner) holding() {
	i := p.inc
	if i.toldHowItEnded() {
		return
	}
	for _, key := range sortedKeys(i.Posts) {
		if post := i.Posts[key]; slices.Contains(tellsWhoHasIt, key.Says().Kind) && post.Shows < i.HolderSeq && !post.gone() {
			p.add(Subject{Kind: KindAlertRefresh, About: i.HolderSeq, Asked: key}, Task{Target: post.Target, About: i.HolderSeq})
		}
	}
}

// holder is who has an incident, as the messages about it show it.
type holder struct {
	lead  UserID
	taken bool
	over  bool
}

func (i *Incident) holder() holder { return holder{i.Lead, i.Taken(), i.Step().Over()} }
