package workflow

import "time"

// Outdated gives what the rules suggest now, when the facts have changed since
// the last assessment so that they suggest something else, and a decision still
// waits; nil otherwise. Product rule: what rests on old facts is assessed again
// before anybody is asked to decide on it. Who decides can do so all the same,
// so that nothing is held up.
func (r Rules) Outdated(i *Incident) *Suggested {
	a := i.Assessment()
	if !i.Pending() || a.Suggested == nil || a.Seq >= i.RiskVersion {
		return nil
	}
	now := r.judge(i.Facts.Guide(), i.Facts).Kept()
	if now.Cell == a.Suggested.Cell && now.HighRisk == a.Suggested.HighRisk {
		return nil
	}
	return now
}

// riskAt is when something last changed that may change what is decided.
func (i *Incident) riskAt() time.Time {
	at, last := i.Times.Reported, max(i.RiskVersion, i.Asking)
	of := func(seq int, t time.Time) {
		if seq == last {
			at = t
		}
	}
	for _, g := range i.Triages {
		of(g.Seq, g.At)
	}
	for _, c := range i.Containments {
		of(c.Seq, c.At)
	}
	for _, v := range i.Investigations {
		of(v.Seq, v.At)
	}
	for _, a := range i.Assessments {
		of(a.Seq, a.At)
	}
	for _, n := range i.Notifications {
		of(n.Seq, n.At)
	}
	return at
}
