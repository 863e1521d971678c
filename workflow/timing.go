package workflow

import (
	"slices"
	"time"
)

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
	Missed   bool      // a deadline passed while it ran; kept even if the target was lowered later
	History  []DeadlineChange
	Owner    UserID // of a corrective action
}

// Clock states in addition to those of the regulator's clock.
const (
	ClockMet       ClockState = "met"       // stopped: what it was waiting for is done
	ClockNotNeeded ClockState = "notneeded" // stopped: decided that it is not needed
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

// Running are the clocks still running, the soonest deadline first.
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

func (r Rules) regulatorClock(i *Incident) []Timing {
	c := i.Clock()
	from := map[Basis]string{FromAwareness: "when the organisation became aware", FromDetection: "when it was noticed (provisional)",
		FromProcessor: "when our processor told us (provisional)", FromReport: "when it was reported (provisional)"}[c.Basis]
	t := Timing{Name: ClockRegulator, From: from, Start: c.Start, Deadline: c.Deadline, State: c.State, Stopped: c.Stopped}
	if len(i.Corrections) > 0 {
		t.History = append(t.History, DeadlineChange{At: i.Times.Reported, By: i.Reporter, After: i.Corrections[0].Before})
	}
	for _, k := range i.Corrections {
		if !k.Before.Equal(k.After) {
			t.History = append(t.History, DeadlineChange{At: k.At, By: k.By, Before: k.Before, After: k.After, Reason: k.Reason})
		}
	}
	return []Timing{t}
}

// assumed is the severity that sets the pace until somebody triages: the
// reporter's first guess may make it faster. Product rule; nothing else maps
// one scale to the other.
func (i *Incident) assumed() Severity { return assumedFrom(i.Report.Risk) }

func assumedFrom(guess RiskLevel) Severity {
	switch guess {
	case RiskCritical:
		return 1
	case RiskHigh:
		return 2
	}
	return 3
}

// pacedBy is the severity as triaged or, until then, as the first guess suggests.
func pacedBy(triaged Severity, guess RiskLevel) Severity {
	if triaged.Valid() {
		return triaged
	}
	return assumedFrom(guess)
}

func (r Rules) triageDeadline(i *Incident, s Severity) time.Time {
	switch t := r.Targets[s]; {
	case t.Triage > 0:
		return i.Times.Reported.Add(t.Triage)
	case t.SameDay:
		return earliest(r.endOfWorkingDay(i.Times.Reported), i.triagedAtLatest())
	}
	return time.Time{}
}

// leastToTriage is what triage has at least of a report that comes late: as long
// as severity 2 has (incident response plan).
const leastToTriage = 2 * time.Hour

// triagedAtLatest is when a breach must have been triaged, whatever the calendar
// says: a third of the way from the start of the regulator's clock to its
// deadline, which is 24 hours. The 72 hours of UK GDPR Art. 33(1) are elapsed
// hours (LawElapsed), so nothing that has to come before their end may wait for
// a working day without a limit. Product rule: a third, so that assessing and
// deciding have the other two. A report that comes when that third is nearly over
// has two hours for triage, but no more than a third of what is left.
func (i *Incident) triagedAtLatest() time.Time {
	c, reported := i.Clock(), i.Times.Reported
	left := max(0, c.Deadline.Sub(reported))
	// A third need not be whole microseconds, and no more is kept of an instant.
	return Instant(latest(c.Start.Add(c.Deadline.Sub(c.Start)/3), reported.Add(min(leastToTriage, left/3))))
}

func (r Rules) triageClock(i *Incident) []Timing {
	t := Timing{Name: ClockTriage, From: "when it was reported", Start: i.Times.Reported, State: ClockRunning}
	severity := i.assumed()
	if len(i.Triages) > 0 {
		first := i.Triages[0]
		severity, t.State, t.Stopped = first.Severity, ClockMet, first.At
	}
	t.Deadline = r.triageDeadline(i, severity)
	return exists(t, !t.Deadline.IsZero())
}

// containClock goes by the severity at the time: raising it shortens the target
// at once; lowering it does not erase a miss.
func (r Rules) containClock(i *Incident) []Timing {
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
				t.Missed = true // at this severity, whatever came after
			}
		}
	}
	if !t.Running() && !t.Deadline.IsZero() && t.Stopped.After(t.Deadline) {
		t.Missed = true
	}
	if n := len(i.Triages); t.Running() && t.Deadline.IsZero() && n > 0 { // this severity has no target
		t.State, t.Stopped = ClockNotNeeded, i.Triages[n-1].At
	}
	return exists(t, !t.Deadline.IsZero() || t.Missed)
}

// firstContained is when containment was first recorded as verified.
func (i *Incident) firstContained() time.Time {
	if c := i.Containment(); c == nil || !c.contained() {
		return time.Time{}
	}
	var since time.Time // of the latest unbroken run of records that say so
	for n := len(i.Containments) - 1; n >= 0 && i.Containments[n].contained(); n-- {
		since = i.Containments[n].Since
	}
	return since
}

func (r Rules) dutyClock(i *Incident, name ClockName, to Recipient, within time.Duration, from string) []Timing {
	d := r.Duty(i, to)
	if within <= 0 || d.Recipient == "" || d.Stand == DutyNotAsked {
		return nil
	}
	start, _ := i.Times.Start()
	t := Timing{Name: name, From: from, Start: start, Deadline: start.Add(within), State: ClockRunning}
	switch {
	case d.Sent != nil:
		t.State, t.Stopped = ClockMet, d.Sent.SentAt
	case d.Stand == DutyNotNeeded:
		t.State, t.Stopped = ClockNotNeeded, d.Last.At
	}
	return []Timing{t}
}

// followUpClocks are the clocks of notices after which further information is
// due, to one sort of recipient.
func (r Rules) followUpClocks(i *Incident, to func(Recipient) bool) []Timing {
	var out []Timing
	for _, d := range r.Duties(i) {
		if d.Stand != DutyFollowUp || r.FollowUpEvery <= 0 || !to(d.Recipient) {
			continue
		}
		name := ClockFollowUp
		if d.Recipient.isOther() {
			name = ClockName(clockMore + string(d.Recipient))
		}
		out = append(out, Timing{Name: name, From: "the last notice", Start: d.Final.SentAt, Deadline: d.Final.SentAt.Add(r.FollowUpEvery), State: ClockRunning})
	}
	return out
}

func (to Recipient) isRegulator() bool { return to == Regulator }
func (to Recipient) isOther() bool     { return to != Regulator }

// actionClocks are the clocks of the corrective actions, until their words are
// erased.
func (r Rules) actionClocks(i *Incident) []Timing {
	if !i.Erased.IsZero() {
		return nil
	}
	var out []Timing
	for _, a := range i.Actions {
		t := Timing{Name: ActionClock(a.Seq), From: "when it was set", Start: a.At, Deadline: a.Due, State: ClockRunning, Owner: a.Owner}
		if !a.Open() {
			t.State, t.Stopped = ClockMet, a.DoneAt
		}
		out = append(out, t)
	}
	return out
}

// exists gives the clock, or nothing while it does not exist.
func exists(t Timing, does bool) []Timing {
	if !does {
		return nil
	}
	return []Timing{t}
}

func (r Rules) boardClock(i *Incident) []Timing {
	d := r.Duty(i, BoardReport)
	if r.BoardWithin <= 0 || d.Stand == DutyNotAsked {
		return nil
	}
	t := Timing{Name: ClockBoard, From: "when it was reported", Start: i.Times.Reported, Deadline: i.Times.Reported.Add(r.BoardWithin), State: ClockRunning}
	switch {
	case d.Sent != nil:
		t.State, t.Stopped = ClockMet, d.Sent.SentAt
	case d.Stand == DutyNotNeeded:
		t.State, t.Stopped = ClockNotNeeded, d.Last.At
	}
	return []Timing{t}
}

func (r Rules) reviewClock(i *Incident) []Timing {
	if i.Resolved == nil {
		return nil
	}
	t := Timing{Name: ClockReview, From: "when it was resolved", Start: i.Resolved.At, Deadline: r.endOfDay(i.Resolved.At, ReviewPeriod), State: ClockRunning}
	if done := i.ReviewDone(); done != nil {
		t.State, t.Stopped = ClockMet, done.At
	}
	return []Timing{t}
}
