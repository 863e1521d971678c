package workflow

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ClockName names a clock within its incident.
type ClockName string

const (
	ClockRegulator  ClockName = "regulator"
	ClockTriage     ClockName = "triage"
	ClockContain    ClockName = "containment"
	ClockController ClockName = "controllers"
	ClockCustomers  ClockName = "customers"
	ClockFollowUp   ClockName = "follow_up"
	ClockBoard      ClockName = "board_report"
	ClockReview     ClockName = "review"
)

const clockAction = "action:"

// ActionClock is the clock of a corrective action.
func ActionClock(number int) ClockName { return ClockName(fmt.Sprintf("%s%d", clockAction, number)) }

// clockMore begins the clock of what is to follow to a recipient other than the
// regulator.
const clockMore = "more_"

// MoreTo is the recipient to whom more is to follow by this clock, empty for
// other clocks.
func (n ClockName) MoreTo() Recipient {
	to, ok := strings.CutPrefix(string(n), clockMore)
	if !ok {
		return ""
	}
	return Recipient(to)
}

// Action is the number of the action whose clock it is, 0 for other clocks.
func (n ClockName) Action() int {
	var number int
	if _, err := fmt.Sscanf(string(n), clockAction+"%d", &number); err != nil {
		return 0
	}
	return number
}

// Label is the clock in words.
func (n ClockName) Label(regulator string) string {
	switch n {
	case ClockRegulator:
		return "Notify the " + regulator
	case ClockTriage:
		return "Triage"
	case ClockContain:
		return "Containment"
	case ClockController:
		return "Tell the controller"
	case ClockCustomers:
		return "Tell customers, by contract"
	case ClockFollowUp:
		return "Further information to the " + regulator
	case ClockBoard:
		return "Report to the board"
	case ClockReview:
		return "Review"
	}
	if d := dutyOf(n.MoreTo()); d != nil {
		return "Further information: " + d.Label
	}
	return "Corrective action"
}

// Target is how fast a severity wants triage and containment, from the report
// (incident response plan). Zero asks for nothing.
type SeverityTarget struct {
	Triage  time.Duration `json:"triage,omitempty"`
	SameDay bool          `json:"same_day,omitempty"` // triage by the end of the working day
	Contain time.Duration `json:"contain,omitempty"`
	Started bool          `json:"started,omitempty"` // containment need only have begun
}

// DefaultTargets are those of the incident response plan. "Immediate" is a
// quarter of an hour: product rule.
func DefaultTargets() map[Severity]SeverityTarget {
	return map[Severity]SeverityTarget{
		1: {Triage: 15 * time.Minute, Contain: time.Hour, Started: true},
		2: {Triage: 2 * time.Hour, Contain: 4 * time.Hour},
		3: {SameDay: true, Contain: 24 * time.Hour},
		4: {},
	}
}

// DeadlineChange is one change of a clock's deadline. Before is zero for the first.
type DeadlineChange struct {
	At     time.Time
	By     UserID
	Before time.Time
	After  time.Time // zero: the clock no longer asks for anything
	Reason string    // as typed
}

// Timing is one clock of an incident: a named start, a deadline, a state and a
// history. State is ClockRunning until something stopped it.
type Timing struct {
	Name     ClockName
	From     string // what it starts with, in words
	Start    time.Time
	Deadline time.Time
	State    ClockState
	Stopped  time.Time // zero while running
	Missed   bool      // a deadline passed while it ran; kept though the target was lowered later
	History  []DeadlineChange
	Owner    UserID // of a corrective action
}

// Clock states besides those of the regulator's clock.
const (
	ClockMet       ClockState = "met"       // stopped: what it waits for was done
	ClockNotNeeded ClockState = "notneeded" // stopped: decided that it need not be
	ClockElsewhere ClockState = "elsewhere" // this report is a duplicate; the clock runs in the other one
)

// Running tells whether it still counts.
func (t Timing) Running() bool { return t.State == ClockRunning }

// Left is the time to the deadline at now; negative when it has passed.
func (t Timing) Left(now time.Time) time.Duration { return t.Deadline.Sub(now) }

// Overdue tells whether it still runs after the deadline.
func (t Timing) Overdue(now time.Time) bool { return t.Running() && now.After(t.Deadline) }

// Late tells whether it was missed, or is at now.
func (t Timing) Late(now time.Time) bool {
	return t.Missed || t.Overdue(now) || !t.Running() && t.Stopped.After(t.Deadline)
}

// Clocks gives every clock of the incident: the regulator's first, then those
// that exist by now.
func (r Rules) Clocks(i *Incident) []Timing {
	if i.Step() == StepNone {
		return nil
	}
	out := []Timing{r.regulatorClock(i)}
	add := func(t Timing, ok bool) {
		if !ok {
			return
		}
		if end := cmp.Or(i.Dismissed, i.Closed); t.Running() && end != nil && t.Owner == "" {
			t.State, t.Stopped = ClockNoCase, end.At
		}
		out = append(out, t)
	}
	add(r.triageClock(i))
	add(r.containClock(i))
	add(r.dutyClock(i, ClockController, Controllers, r.ControllerWithin, "when we became aware"))
	add(r.dutyClock(i, ClockCustomers, Customers, r.CustomersWithin, "when we became aware"))
	for _, d := range r.Duties(i) {
		add(r.followUpClock(d))
	}
	add(r.boardClock(i))
	add(r.reviewClock(i))
	for _, a := range i.Actions {
		t := Timing{Name: ActionClock(a.Seq), From: "when it was set", Start: a.At, Deadline: a.Due, State: ClockRunning, Owner: a.Owner}
		if !a.Open() {
			t.State, t.Stopped = ClockMet, a.DoneAt
		}
		add(t, i.Erased.IsZero())
	}
	return out
}

// Running are the clocks that still count, the soonest deadline first.
func Running(clocks []Timing) []Timing {
	out := slices.DeleteFunc(slices.Clone(clocks), func(t Timing) bool { return !t.Running() })
	slices.SortStableFunc(out, func(a, b Timing) int { return a.Deadline.Compare(b.Deadline) })
	return out
}

// Clock gives one clock, and false while it does not exist.
func (r Rules) Clock(i *Incident, name ClockName) (Timing, bool) {
	for _, t := range r.Clocks(i) {
		if t.Name == name {
			return t, true
		}
	}
	return Timing{}, false
}

func (r Rules) regulatorClock(i *Incident) Timing {
	c := i.Clock()
	from := map[Basis]string{FromAwareness: "when the organisation became aware", FromDetection: "when it was noticed (provisional)", FromReport: "when it was reported (provisional)"}[c.Basis]
	t := Timing{Name: ClockRegulator, From: from, Start: c.Start, Deadline: c.Deadline, State: c.State, Stopped: c.Stopped}
	if len(i.Corrections) > 0 {
		t.History = append(t.History, DeadlineChange{At: i.Times.Reported, By: i.Reporter, After: i.Corrections[0].Before})
	}
	for _, k := range i.Corrections {
		if !k.Before.Equal(k.After) {
			t.History = append(t.History, DeadlineChange{At: k.At, By: k.By, Before: k.Before, After: k.After, Reason: k.Reason})
		}
	}
	return t
}

// assumed is the severity that sets the pace until somebody triages: the
// reporter's first guess may make it faster. Product rule; nothing else maps
// one scale to the other.
func (i *Incident) assumed() Severity {
	switch i.Report.Risk {
	case RiskCritical:
		return 1
	case RiskHigh:
		return 2
	}
	return 3
}

func (r Rules) triageDeadline(i *Incident, s Severity) time.Time {
	switch t := r.Targets[s]; {
	case t.Triage > 0:
		return i.Times.Reported.Add(t.Triage)
	case t.SameDay:
		return r.endOfWorkingDay(i.Times.Reported)
	}
	return time.Time{}
}

func (r Rules) triageClock(i *Incident) (Timing, bool) {
	t := Timing{Name: ClockTriage, From: "when it was reported", Start: i.Times.Reported, State: ClockRunning}
	severity := i.assumed()
	if len(i.Triages) > 0 {
		first := i.Triages[0]
		severity, t.State, t.Stopped = first.Severity, ClockMet, first.At
	}
	t.Deadline = r.triageDeadline(i, severity)
	return t, !t.Deadline.IsZero()
}

// containClock goes by the severity of each time: raising it shortens the
// target at once, lowering it does not erase a miss.
func (r Rules) containClock(i *Incident) (Timing, bool) {
	t := Timing{Name: ClockContain, From: "when it was reported", Start: i.Times.Reported, State: ClockRunning}
	for n, g := range i.Triages {
		target := r.Targets[g.Severity]
		deadline := time.Time{}
		if target.Contain > 0 {
			deadline = i.Times.Reported.Add(target.Contain)
		}
		done := i.firstContained()
		if target.Started {
			done = i.ContainStarted()
		}
		if !deadline.Equal(t.Deadline) {
			t.History = append(t.History, DeadlineChange{At: g.At, By: g.By, Before: t.Deadline, After: deadline, Reason: g.Reason})
		}
		t.Deadline, t.State, t.Stopped = deadline, ClockRunning, time.Time{}
		if !done.IsZero() {
			t.State, t.Stopped = ClockMet, done
		}
		if n+1 < len(i.Triages) && !deadline.IsZero() {
			next := i.Triages[n+1].At
			if next.After(deadline) && (done.IsZero() || done.After(deadline)) {
				t.Missed = true // under this severity, whatever came after
			}
		}
	}
	if !t.Running() && !t.Deadline.IsZero() && t.Stopped.After(t.Deadline) {
		t.Missed = true
	}
	return t, !t.Deadline.IsZero() || t.Missed
}

// firstContained is when containment was first recorded as verified.
func (i *Incident) firstContained() time.Time {
	if c := i.Containment(); c == nil || !c.contained() {
		return time.Time{}
	}
	var since time.Time // of the present run of records that say so
	for n := len(i.Containments) - 1; n >= 0 && i.Containments[n].contained(); n-- {
		since = i.Containments[n].Since
	}
	return since
}

func (r Rules) dutyClock(i *Incident, name ClockName, to Recipient, within time.Duration, from string) (Timing, bool) {
	d := r.Duty(i, to)
	if within <= 0 || d.Stand == DutyNotAsked {
		return Timing{}, false
	}
	start, _ := i.Times.Start()
	t := Timing{Name: name, From: from, Start: start, Deadline: start.Add(within), State: ClockRunning}
	switch {
	case d.Sent != nil:
		t.State, t.Stopped = ClockMet, d.Sent.SentAt
	case d.Stand == DutyNotNeeded:
		t.State, t.Stopped = ClockNotNeeded, d.Last.At
	}
	return t, true
}

func (r Rules) followUpClock(d DutyState) (Timing, bool) {
	if d.Stand != DutyFollowUp || r.FollowUpEvery <= 0 {
		return Timing{}, false
	}
	name := ClockFollowUp
	if d.Recipient != Regulator {
		name = ClockName(clockMore + string(d.Recipient))
	}
	return Timing{Name: name, From: "the last notice", Start: d.Final.SentAt, Deadline: d.Final.SentAt.Add(r.FollowUpEvery), State: ClockRunning}, true
}

func (r Rules) boardClock(i *Incident) (Timing, bool) {
	d := r.Duty(i, BoardReport)
	if r.BoardWithin <= 0 || d.Stand == DutyNotAsked {
		return Timing{}, false
	}
	t := Timing{Name: ClockBoard, From: "when it was reported", Start: i.Times.Reported, Deadline: i.Times.Reported.Add(r.BoardWithin), State: ClockRunning}
	switch {
	case d.Sent != nil:
		t.State, t.Stopped = ClockMet, d.Sent.SentAt
	case d.Stand == DutyNotNeeded:
		t.State, t.Stopped = ClockNotNeeded, d.Last.At
	}
	return t, true
}

func (r Rules) reviewClock(i *Incident) (Timing, bool) {
	if i.Resolved == nil {
		return Timing{}, false
	}
	t := Timing{Name: ClockReview, From: "when it was resolved", Start: i.Resolved.At, Deadline: r.endOfDay(i.Resolved.At, ReviewPeriod), State: ClockRunning}
	if done := i.ReviewDone(); done != nil {
		t.State, t.Stopped = ClockMet, done.At
	}
	return t, true
}

// endOfDay is the last second of the day that lies so many calendar days after
// t in the organisation's zone.
func (r Rules) endOfDay(t time.Time, days int) time.Time {
	local := t.In(r.zone())
	return time.Date(local.Year(), local.Month(), local.Day()+days, 23, 59, 59, 0, r.zone()).UTC()
}

func (r Rules) zone() *time.Location {
	if r.Zone == nil {
		return time.UTC
	}
	return r.Zone
}

// endOfWorkingDay is the end of the working day in which t lies, or, outside
// working hours, of the next one. Only the targets of the severities know
// working days; the 72 hours never do.
func (r Rules) endOfWorkingDay(t time.Time) time.Time {
	local := t.In(r.zone())
	for day := 0; day < 31; day++ {
		end := time.Date(local.Year(), local.Month(), local.Day()+day, 0, 0, 0, 0, r.zone())
		if !r.workingDay(end) {
			continue
		}
		end = time.Date(end.Year(), end.Month(), end.Day(), int(r.WorkdayEnds/time.Hour), int(r.WorkdayEnds%time.Hour/time.Minute), 0, 0, r.zone())
		if end.After(t) {
			return end.UTC()
		}
	}
	return t.Add(24 * time.Hour) // a calendar without working days
}

func (r Rules) workingDay(day time.Time) bool {
	if w := day.Weekday(); w == time.Saturday || w == time.Sunday {
		return false
	}
	_, holiday := slices.BinarySearch(r.Holidays, day.Format(time.DateOnly))
	return !holiday
}

// pace says when a clock is reminded of: before the deadline, at it, and after.
type pace struct {
	before []time.Duration
	every  time.Duration
}

// paceOf is how often each clock is reminded of. Review: 7, 3 and 1 days before
// (domain rule); the rest are product rules. The regulator's clock and the
// follow-up have reminders of their own.
func (n ClockName) pace() pace {
	const day = 24 * time.Hour
	switch n {
	case ClockRegulator, ClockFollowUp:
		return pace{}
	case ClockTriage:
		return pace{nil, 4 * time.Hour}
	case ClockContain:
		return pace{[]time.Duration{time.Hour}, 12 * time.Hour}
	case ClockController, ClockCustomers:
		return pace{[]time.Duration{12 * time.Hour, 4 * time.Hour, time.Hour}, 12 * time.Hour}
	case ClockBoard:
		return pace{[]time.Duration{3 * day, day}, 7 * day}
	case ClockReview:
		return pace{[]time.Duration{7 * day, 3 * day, day}, 7 * day}
	}
	if n.MoreTo() != "" {
		return pace{nil, 7 * day}
	}
	return pace{[]time.Duration{day}, 7 * day}
}

// Reminder is the last milestone of a clock that one target was told of.
type Reminder struct {
	Deadline  time.Time `json:"deadline"`
	Milestone Countdown `json:"milestone"`
}

// ReminderKey names a clock and whom it was said to.
type ReminderKey string

func reminderKey(name ClockName, to Target) ReminderKey {
	return ReminderKey(string(name) + " " + string(to))
}

// Reminded says that a target was told where a clock stands.
type Reminded struct {
	Task      TaskKey     `json:"task"`
	Clock     ClockName   `json:"clock"`
	Target    Target      `json:"target"`
	Deadline  time.Time   `json:"deadline"`
	Milestone Countdown   `json:"milestone"`
	Missed    []Countdown `json:"missed,omitempty"`
	Places    []Place     `json:"places,omitempty"`
}

func (Reminded) Kind() string { return "reminded" }

func (i *Incident) applyReminded(e Reminded) {
	i.Reminders = with(i.Reminders, reminderKey(e.Clock, e.Target), Reminder{e.Deadline, e.Milestone})
}

// nextAfter is the next milestone below last on this pace; the first one when
// nothing was said yet.
func (p pace) nextAfter(last Countdown, any bool, span time.Duration) Countdown {
	if every := Countdown(p.every); any && last <= 0 {
		return (last/every - 1) * every
	}
	if !any {
		last = Countdown(span) // a milestone at or before the start is none
	}
	var next Countdown
	for _, b := range p.before {
		if m := Countdown(b); m < last {
			next = max(next, m)
		}
	}
	return next
}

// reminders plans the next reminder of every clock that runs, besides the
// regulator's.
func (p *planner) reminders() {
	i := p.inc
	over := i.Step().Over()
	for _, t := range p.rules.Clocks(i) {
		pace := t.Name.pace()
		if pace.every == 0 || !t.Running() || over && (t.Owner == "" || i.Dismissed != nil) {
			continue
		}
		for _, to := range p.remindedOf(t) {
			said, any := i.Reminders[reminderKey(t.Name, to)]
			any = any && said.Deadline.Equal(t.Deadline)
			m := pace.nextAfter(said.Milestone, any, t.Deadline.Sub(t.Start))
			p.add(Subject{Kind: KindRemind, Clock: t.Name, Deadline: t.Deadline, Left: m, To: to},
				Task{Due: t.Deadline.Add(-time.Duration(m)), Target: to, Milestone: m, Deadline: t.Deadline})
		}
	}
}

// remindedOf are those who hear of a clock: the owner of an action, else the
// channel or, without one, whoever handles the incident.
func (p *planner) remindedOf(t Timing) []Target {
	if t.Owner != "" {
		return []Target{Target(t.Owner)}
	}
	return p.everybody()
}

// PassedReminder tells what a reminder has to say at now: the last milestone
// that has passed since the one it was planned for, and those before it that
// could not be said in time.
func (r Rules) PassedReminder(t Task, now time.Time) (milestone Countdown, missed []Countdown) {
	pace := t.ClockOf().pace()
	milestone = t.Milestone
	for {
		next := pace.nextAfter(milestone, true, 0)
		if t.Deadline.Add(-time.Duration(next)).After(now) {
			return milestone, missed
		}
		missed = append(missed, milestone)
		if every := Countdown(pace.every); next < -listedOverdue*every {
			return Countdown(t.Deadline.Sub(now)) / every * every, missed
		}
		milestone = next
	}
}
