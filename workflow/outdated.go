package workflow

import "time"

// Outdated gives what the rules suggest now, when the facts have changed since
// the last assessment in a way that makes the rules suggest something else, and
// a decision is still waiting. Otherwise it gives nil. Product rule: an
// assessment of old facts is done again before anybody is asked to decide on
// it. A decision-maker can still decide, so that nothing is held up.
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

// riskAt is when something that may affect the decision last changed.
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
	for _, c := range i.Clarifications {
		of(c.Seq, c.At)
	}
	for _, a := range i.Assessments {
		of(a.Seq, a.At)
	}
	for _, n := range i.Notifications {
		of(n.Seq, n.At)
	}
	return at
}
