package workflow

import "cmp"

// Pace is the severity that sets the pace of the response: as triaged or, until
// then, as the reporter's first guess suggests.
func (i *Incident) Pace() Severity {
	if i.Severity.Valid() {
		return i.Severity
	}
	return i.assumed()
}

// ByUrgency orders incidents for people who look at several (product rule): the
// gravest first, then those with least time left to tell the regulator, then
// those for which no such clock runs; near misses last, because nothing happened.
// Equals stay in the order of their references.
func ByUrgency(a, b *Incident) int {
	x, y := a.Clock(), b.Clock()
	return cmp.Or(
		truth(a.Facts.NearMiss)-truth(b.Facts.NearMiss),
		int(a.Pace()-b.Pace()),
		truth(y.Running())-truth(x.Running()),
		x.Deadline.Compare(y.Deadline),
		cmp.Compare(a.ID, b.ID),
	)
}
