package workflow

import (
	"cmp"
	"time"
)

// Pace is the severity that sets the pace of the response: as triaged or, until
// then, as the reporter's first guess suggests.
func (i *Incident) Pace() Severity { return pacedBy(i.Severity, i.Report.Risk) }

// urgency is what decides which of several incidents people look at first.
type urgency struct {
	nearMiss bool
	pace     Severity
	running  bool
	deadline time.Time
	id       IncidentID
}

func (i *Incident) urgency() urgency {
	c := i.Clock()
	return urgency{i.Facts.NearMiss, i.Pace(), c.Running(), c.Deadline, i.ID}
}

// urgency of a line of the register: until somebody triages, its risk is the
// reporter's first guess.
func (e Entry) urgency() urgency {
	return urgency{e.NearMiss, pacedBy(e.Severity, e.Risk), e.Clock == ClockRunning, e.Deadline, e.ID}
}

// ByUrgency orders incidents, or their lines in the register, for people who look
// at several (product rule): the gravest first, then those with least time left to
// tell the regulator, then those for which no such clock runs; near misses last,
// because nothing happened. Equals stay in the order of their references.
func ByUrgency[T interface{ urgency() urgency }](a, b T) int {
	x, y := a.urgency(), b.urgency()
	return cmp.Or(
		truth(x.nearMiss)-truth(y.nearMiss),
		int(x.pace-y.pace),
		truth(y.running)-truth(x.running),
		x.deadline.Compare(y.deadline),
		cmp.Compare(x.id, y.id),
	)
}
