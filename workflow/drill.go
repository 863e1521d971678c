package workflow

import (
	"slices"
	"time"
)

// MayDrill tells whether the actor may start a practice incident. A drill calls
// in everybody who handles breaches, so only they may start one.
func (a Actor) MayDrill() bool { return a.Holds(nil, handlers...) }

// mayDrill keeps a real report from being taken for practice. Somebody who can
// only report always reports something real.
func mayDrill(report Report, by Actor) error {
	if report.Drill && !by.MayDrill() {
		return forbidden("A drill calls in everybody who handles breaches, so only they can start one. To report a real breach, type /breach.")
	}
	return nil
}

// Lap is how long an incident took from the report to one step. Exercises are
// evidence of readiness only with these figures.
type Lap struct {
	Step   string    // in words
	At     time.Time // zero: not done
	Target time.Time // zero: none was set
	Took   time.Duration
}

// Done tells whether the step was done.
func (l Lap) Done() bool { return !l.At.IsZero() }

// Over is by how much the target was missed; zero when it was met or there was none.
func (l Lap) Over() time.Duration {
	if !l.Done() || l.Target.IsZero() || !l.At.After(l.Target) {
		return 0
	}
	return l.At.Sub(l.Target)
}

// Pace is how fast each step was, in the order of the response. A step that
// happened several times counts the first time, because that is when people
// could act on it.
func (r Rules) Pace(i *Incident) []Lap {
	target := func(name ClockName) time.Time {
		t, _ := r.Clock(i, name)
		return t.Deadline
	}
	limit := i.Clock().Deadline
	if !i.Clock().Ours() {
		limit = time.Time{}
	}
	var laps []Lap
	add := func(step string, at, target time.Time) {
		l := Lap{Step: step, At: at, Target: target}
		if l.Done() {
			l.Took = max(0, at.Sub(i.Times.Reported))
		}
		laps = append(laps, l)
	}
	var triaged, assessed, decided, notified, resolved, reviewed time.Time
	if len(i.Triages) > 0 {
		triaged = i.Triages[0].At
	}
	if len(i.Assessments) > 0 {
		assessed = i.Assessments[0].At
	}
	if n := slices.IndexFunc(i.Decisions, func(d Decision) bool { return d.Recipient == Regulator && d.Verdict != NeedMore }); n >= 0 {
		decided = i.Decisions[n].At
	}
	if sent := i.Sent(Regulator); sent != nil {
		notified = sent.At
	}
	if n := slices.IndexFunc(i.Turns, func(t Turn) bool { return t.Kind == (WasResolved{}).Kind() }); n >= 0 {
		resolved = i.Turns[n].At
	}
	if len(i.Reviews) > 0 {
		reviewed = i.Reviews[0].At
	}
	contained := i.ContainStarted()
	if t, ok := r.Clock(i, ClockContain); ok && !r.Targets[i.Severity].Started {
		contained = t.Stopped
	} else if !ok {
		contained = i.firstContained()
	}
	add("Triage", triaged, target(ClockTriage))
	add("Containment", contained, target(ClockContain))
	add("Assessment", assessed, time.Time{})
	add("Decision", decided, limit)
	if d := i.Standing(Regulator); d == nil && i.Clock().Ours() || d != nil && d.Verdict == Notify {
		add("Notification recorded", notified, limit)
	}
	add("Resolution", resolved, time.Time{})
	add("Review", reviewed, target(ClockReview))
	return laps
}

// Part is who took part in an incident in one role.
type Part struct {
	Role Role
	Who  []UserID
}

// Parts are the people who did something, by the role they had at the time,
// each named once in a role. People who acted in an organisation role that the
// record does not name count as responders.
func (i *Incident) Parts() []Part {
	var parts []Part
	add := func(r Role, u UserID) {
		if u == "" || u == System {
			return
		}
		n := slices.IndexFunc(parts, func(p Part) bool { return p.Role == r })
		if n < 0 {
			parts, n = append(parts, Part{Role: r}), len(parts)
		}
		if !slices.Contains(parts[n].Who, u) {
			parts[n].Who = append(parts[n].Who, u)
		}
	}
	add(RoleReporter, i.Reporter)
	for _, h := range i.Handovers {
		if h.Role == RoleLead {
			add(RoleLead, h.User)
		}
	}
	for _, d := range i.Decisions {
		add(d.Role, d.By)
	}
	named := func(u UserID) bool {
		return slices.ContainsFunc(parts, func(p Part) bool { return p.Role != RoleReporter && slices.Contains(p.Who, u) })
	}
	helped := func(u UserID) {
		if !named(u) {
			add(RoleResponder, u)
		}
	}
	for _, u := range i.Responders {
		helped(u)
	}
	for _, g := range i.Triages {
		helped(g.By)
	}
	for _, c := range i.Containments {
		helped(c.By)
	}
	for _, v := range i.Investigations {
		helped(v.By)
	}
	for _, c := range i.Clarifications {
		helped(c.By)
	}
	for _, a := range i.Assessments {
		helped(a.By)
	}
	for _, n := range i.Notifications {
		helped(n.By)
	}
	for _, c := range i.Recoveries {
		helped(c.By)
	}
	for _, t := range i.Turns {
		helped(t.By)
	}
	for _, v := range i.Reviews {
		helped(v.By)
	}
	return parts
}
