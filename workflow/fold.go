package workflow

import "slices"

// How the events of the main path are folded in. Events that belong to a part
// of their own are folded beside that part. No fold fails, and each copies what
// it changes.

func (i *Incident) foldReported(r Record, e Reported) {
	i.Reporter, i.Skipped = r.Actor, e.Skipped
	i.Report, i.Facts, i.Risk = e.Report, e.Report.Facts, e.Report.Risk
	i.Times = Times{Occurred: e.Report.Occurred, Detected: e.Report.Detected, Reported: r.At}
	i.DeadlineSeq = r.Seq
	i.material(r.Seq)
}

func (i *Incident) foldTimes(r Record, e TimesCorrected) {
	before := i.Times.Deadline()
	c := Correction{Seq: r.Seq, By: r.Actor, At: r.At, Before: e.Before, After: e.After, Reason: e.Reason}
	if e.Aware != i.Times.Aware {
		c.AwareReason = e.Aware.Reason
	}
	i.Corrections = append(slices.Clip(i.Corrections), c)
	i.Times.Occurred, i.Times.Detected = e.Occurred, e.Detected
	i.Times.Aware, i.Times.ProcessorTold = e.Aware, e.ProcessorTold
	i.FactsVersion = r.Seq
	after := i.Times.Deadline()
	if !after.Equal(before) {
		i.DeadlineSeq = r.Seq
	}
	if after.After(before) {
		i.unsay(Countdown(after.Sub(r.At)))
	}
}

func (i *Incident) foldTriage(r Record, e Triaged) {
	i.Severity, i.Risk, i.Facts = e.Severity, e.Risk, e.Facts
	g := Grade{Seq: r.Seq, By: r.Actor, At: r.At, Severity: e.Severity, Risk: e.Risk, Reason: e.Reason}
	i.Triages = append(slices.Clip(i.Triages), g)
	if e.Systems != "" {
		i.TriageSystems = e.Systems
	}
	i.material(r.Seq)
}

func (i *Incident) foldAssessment(r Record, e Assessed) {
	a := e.Assessment
	a.Seq, a.By, a.At = r.Seq, r.Actor, r.At
	i.Assessments = append(slices.Clip(i.Assessments), a)
	i.Asking = r.Seq
	i.material(r.Seq)
}

func (i *Incident) foldDecision(r Record, e Decided) {
	d := e.Decision
	d.Seq, d.By, d.At = r.Seq, r.Actor, r.At
	i.Decisions = append(slices.Clip(i.Decisions), d)
}

func (i *Incident) foldNotification(r Record, e Notified) {
	n := e.Notification
	n.Seq, n.By, n.At = r.Seq, r.Actor, r.At
	i.Notifications = append(slices.Clip(i.Notifications), n)
}

func (i *Incident) foldNote(r Record, e Noted) {
	i.Notes = append(slices.Clip(i.Notes), Note{Seq: r.Seq, By: r.Actor, At: r.At, Text: e.Text})
}

func (i *Incident) foldRole(r Record, e RoleAssigned) {
	h := Handover{Seq: r.Seq, By: r.Actor, At: r.At, Role: e.Role, User: e.User, Note: e.Note}
	i.Handovers = append(slices.Clip(i.Handovers), h)
	if e.Role == RoleLead {
		i.Lead = e.User
	} else if !slices.Contains(i.Responders, e.User) {
		i.Responders = append(slices.Clip(i.Responders), e.User)
	}
}

func (i *Incident) foldResolved(r Record, e WasResolved) {
	i.Resolved = i.turn(r, e.Reason, e.RootCause)
}

func (i *Incident) foldClosed(r Record, e WasClosed) { i.Closed = i.turn(r, e.Reason, "") }

func (i *Incident) foldDismissed(r Record, e WasDismissed) { i.Dismissed = i.turn(r, e.Reason, "") }

func (i *Incident) foldReopened(r Record, e Reopened) {
	i.turn(r, e.Reason, "")
	i.Resolved, i.Closed, i.Dismissed, i.Duplicate = nil, nil, nil, ""
}

func (i *Incident) foldErased(r Record, e Erased) {
	kept := e.Kept
	kept.Version, kept.Erased = r.Seq, r.At
	kept.CardSeq, kept.AskSeq = r.Seq, r.Seq // both cards still show the words
	*i = kept
}
