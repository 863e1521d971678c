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
	if _, at, known := i.changed(max(i.RiskVersion, i.Asking)); known {
		return at
	}
	return i.Times.Reported
}

// changed is who made a change that may affect the decision, and when.
func (i *Incident) changed(seq int) (who UserID, when time.Time, known bool) {
	of := func(s int, by UserID, at time.Time) {
		if s == seq {
			who, when, known = by, at, true
		}
	}
	for _, g := range i.Triages {
		of(g.Seq, g.By, g.At)
	}
	for _, c := range i.Containments {
		of(c.Seq, c.By, c.At)
	}
	for _, v := range i.Investigations {
		of(v.Seq, v.By, v.At)
	}
	for _, c := range i.Clarifications {
		of(c.Seq, c.By, c.At)
	}
	for _, a := range i.Amendments {
		of(a.Seq, a.By, a.At)
	}
	for _, a := range i.Assessments {
		of(a.Seq, a.By, a.At)
	}
	for _, n := range i.Notifications {
		of(n.Seq, n.By, n.At)
	}
	return who, when, known
}
