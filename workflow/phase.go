package workflow

import "slices"

// Phase is one of the eight steps every response moves through (incident
// response plan). They overlap as they do in real life: containment begins
// before the root cause is known. Phases block nothing themselves: where one
// step must come before another, the refusal of the command says so.
type Phase string

const (
	PhaseDetect      Phase = "detect"
	PhaseTriage      Phase = "triage"
	PhaseContain     Phase = "contain"
	PhaseInvestigate Phase = "investigate"
	PhaseAssess      Phase = "assess"
	PhaseNotify      Phase = "notify"
	PhaseRecover     Phase = "recover"
	PhaseReview      Phase = "review"
)

var Phases = []Option[Phase]{
	{PhaseDetect, "Detect and record"},
	{PhaseTriage, "Triage"},
	{PhaseContain, "Contain"},
	{PhaseInvestigate, "Investigate"},
	{PhaseAssess, "Assess who must be told"},
	{PhaseNotify, "Notify"},
	{PhaseRecover, "Recover safely"},
	{PhaseReview, "Review and improve"},
}

// Label is the phase in words.
func (p Phase) Label() string { return label(Phases, p) }

// CheckItem is one item of a phase's checklist. Every item is derived from the
// record, so it cannot be ticked unless it is true.
type CheckItem struct {
	Phase Phase
	Label string
	// Depth is the lowest severity at which it is asked: 4 means always, 2
	// means only at severity 1 and 2. An incident that is not graded yet counts
	// as 3.
	Depth Severity
	done  func(Rules, *Incident) bool
}

func answered(a Answer) bool { return a == Yes || a == No || a == NotApplicable }

func settledDuty(to Recipient) func(Rules, *Incident) bool {
	return func(r Rules, i *Incident) bool {
		d := r.Duty(i, to)
		return !d.Owed() && (d.Cause == "" || d.Stand != DutyNotAsked)
	}
}

func stepDone(step ContainStep) func(Rules, *Incident) bool {
	return func(_ Rules, i *Incident) bool {
		c := i.Containment()
		return c != nil && slices.Contains(c.Steps, step)
	}
}

func recovered(check RecoveryCheck) func(Rules, *Incident) bool {
	return func(_ Rules, i *Incident) bool {
		r := i.Recovery()
		return r != nil && slices.Contains(r.Checks, check)
	}
}

func reviewed(part func(ReviewFindings) string) func(Rules, *Incident) bool {
	return func(_ Rules, i *Incident) bool { r := i.ReviewDone(); return r != nil && part(r.Findings) != "" }
}

// Checklist is every item in order.
var Checklist = []CheckItem{
	{PhaseDetect, "Date and time", 4, func(_ Rules, i *Incident) bool { return !i.Times.Detected.IsZero() }},
	{PhaseDetect, "Source of the report", 4, func(_ Rules, i *Incident) bool { return i.Reporter != "" }},
	{PhaseDetect, "One-line description", 4, func(_ Rules, i *Incident) bool { return i.Report.Title != "" || !i.Erased.IsZero() }},
	{PhaseDetect, "First evidence", 4, func(_ Rules, i *Incident) bool { return i.Report.What != "" || !i.Erased.IsZero() }},
	{PhaseDetect, "Log opened", 4, func(_ Rules, i *Incident) bool { return i.Version > 0 }},

	{PhaseTriage, "Provisional severity", 4, func(_ Rules, i *Incident) bool { return i.Severity.Valid() }},
	{PhaseTriage, "What happened", 4, func(_ Rules, i *Incident) bool { return i.Facts.Category != "" && i.Facts.Category != "unknown" }},
	{PhaseTriage, "Personal data?", 4, func(_ Rules, i *Incident) bool { return answered(i.Facts.PersonalData) }},
	{PhaseTriage, "Special category data?", 4, func(_ Rules, i *Incident) bool { return answered(i.Facts.Guide().SpecialCategory) }},
	{PhaseTriage, "Which systems", 3, func(_ Rules, i *Incident) bool { return i.Systems() != "" }},
	{PhaseTriage, "Still going on?", 4, func(_ Rules, i *Incident) bool { return answered(i.Facts.Ongoing) }},
	{PhaseTriage, "Likely scale", 4, func(_ Rules, i *Incident) bool { return i.Facts.Count.Known }},
	{PhaseTriage, "Must customers act now?", 2, func(_ Rules, i *Incident) bool { return answered(i.Facts.CustomersMustAct) }},
	{PhaseTriage, "Our role for this data", 3, func(_ Rules, i *Incident) bool { return i.Facts.Capacity != "" && i.Facts.Capacity != "unknown" }},
	{PhaseTriage, "Anyone in danger?", 2, func(_ Rules, i *Incident) bool { return answered(i.Facts.InDanger) }},
	{PhaseTriage, "IG lead, Caldicott Guardian, DPO and board told", 4, func(r Rules, i *Incident) bool { return r.allTold(i) }},
	{PhaseTriage, "Slack itself is safe to use?", 2, func(_ Rules, i *Incident) bool { return answered(i.Facts.SlackUnsafe) }},

	{PhaseContain, "Evidence preserved", 3, stepDone(EvidencePreserved)},
	{PhaseContain, "Who could get at the data", 3, func(_ Rules, i *Incident) bool { return i.Facts.ExposedTo != "" }},
	{PhaseContain, "Recalled, recovered or deleted, and confirmed", 3, func(_ Rules, i *Incident) bool { return answered(i.Facts.Recovered) }},
	{PhaseContain, "Contained, and verified", 3, func(_ Rules, i *Incident) bool { return !i.ContainedAt().IsZero() }},

	{PhaseInvestigate, "Root cause, or best hypothesis", 3, func(_ Rules, i *Incident) bool { return i.Investigation() != nil }},
	{PhaseInvestigate, "Exact systems and data", 3, func(_ Rules, i *Incident) bool { return i.Systems() != "" && len(i.Facts.Data) > 0 }},
	{PhaseInvestigate, "Confidentiality, integrity, availability", 3, func(_ Rules, i *Incident) bool { return len(i.Facts.Aspects) > 0 }},
	{PhaseInvestigate, "Window of exposure", 2, func(_ Rules, i *Incident) bool { return i.Times.Occurred.Known() }},
	{PhaseInvestigate, "Number and kind of people", 3, func(_ Rules, i *Incident) bool { return i.Facts.Count.Known && len(i.Facts.Subjects) > 0 }},
	{PhaseInvestigate, "Third parties to engage", 2, func(_ Rules, i *Incident) bool { return i.Investigation() != nil }},

	{PhaseAssess, "Personal data breach under UK GDPR?", 4, func(_ Rules, i *Incident) bool {
		return i.Facts.PersonalData == Yes || i.Facts.PersonalData == No || i.Dismissed != nil
	}},
	{PhaseAssess, "Risk, or high risk, to people?", 4, func(_ Rules, i *Incident) bool { return i.Assessment() != nil }},
	{PhaseAssess, "Contract duties to customers?", 3, settledQuestion(Customers)},
	{PhaseAssess, "Sub-processor to be told?", 3, settledQuestion(SubProcessors)},
	{PhaseAssess, "Other recipients", 4, func(r Rules, i *Incident) bool {
		for _, d := range r.owedDuties(i) {
			if d.Stand == DutyOpen {
				return false
			}
		}
		return i.Assessment() != nil
	}},

	{PhaseNotify, "Regulator", 4, settledDuty(Regulator)},
	{PhaseNotify, "People affected", 4, settledDuty(DataSubjects)},
	{PhaseNotify, "Customers and controllers", 4, func(r Rules, i *Incident) bool {
		return settledDuty(Customers)(r, i) && settledDuty(Controllers)(r, i)
	}},
	{PhaseNotify, "Insurers, legal advisers", 2, func(r Rules, i *Incident) bool {
		return settledDuty(Insurers)(r, i) && settledDuty(LegalAdvisers)(r, i)
	}},
	{PhaseNotify, "Board report", 4, settledDuty(BoardReport)},
	{PhaseNotify, "Everybody else who had to be told", 4, func(r Rules, i *Incident) bool { return len(r.owedDuties(i)) == 0 && i.Assessment() != nil }},

	{PhaseRecover, "Containment verified", 2, recovered("containment")},
	{PhaseRecover, "Integrity checked", 2, recovered("integrity")},
	{PhaseRecover, "Fix confirmed", 2, recovered("fix")},
	{PhaseRecover, "Watched for recurrence", 2, recovered("monitoring")},
	{PhaseRecover, "Status communicated", 2, recovered("communicated")},

	{PhaseReview, "What happened", 4, reviewed(func(f ReviewFindings) string { return f.What })},
	{PhaseReview, "Impact", 4, reviewed(func(f ReviewFindings) string { return f.Impact })},
	{PhaseReview, "Root cause", 4, reviewed(func(f ReviewFindings) string { return f.RootCause })},
	{PhaseReview, "What went well", 3, reviewed(func(f ReviewFindings) string { return f.WentWell })},
	{PhaseReview, "What slowed us", 3, reviewed(func(f ReviewFindings) string { return f.Slowed })},
	{PhaseReview, "Corrective actions", 3, func(_ Rules, i *Incident) bool { return i.ReviewDone() != nil }},
	{PhaseReview, "Documents to change", 3, reviewed(func(f ReviewFindings) string { return f.Documents })},
}

func settledQuestion(to Recipient) func(Rules, *Incident) bool {
	return func(r Rules, i *Incident) bool {
		d := r.Duty(i, to)
		return d.Stand != DutyOpen && (d.Stand != DutyNotAsked || i.Facts.CustomersMustAct == No || to != Customers)
	}
}

// Checked is an item as it is now.
type Checked struct {
	CheckItem
	Done bool
}

// PhaseState is one phase with its items.
type PhaseState struct {
	Phase Phase
	Items []Checked // those asked at this severity
	Done  int
}

// Complete tells whether every item is done.
func (p PhaseState) Complete() bool { return p.Done == len(p.Items) }

// Phases gives the eight phases as they are now. Depth depends on severity:
// items that are not asked at this severity are left out, so recovery of a
// minor incident has none.
func (r Rules) Phases(i *Incident) []PhaseState {
	depth := i.Severity
	if !depth.Valid() {
		depth = 3
	}
	if i.Facts.NearMiss {
		depth = 4
	}
	var out []PhaseState
	for _, p := range Phases {
		s := PhaseState{Phase: p.Value}
		for _, item := range Checklist {
			if item.Phase != p.Value || item.Depth < depth {
				continue
			}
			c := Checked{item, item.done(r, i)}
			if c.Done {
				s.Done++
			}
			s.Items = append(s.Items, c)
		}
		out = append(out, s)
	}
	return out
}

// Systems are the systems affected, as last recorded.
func (i *Incident) Systems() string {
	if v := i.Investigation(); v != nil && v.Findings.Systems != "" {
		return v.Findings.Systems
	}
	return i.TriageSystems
}

// allTold tells whether everybody who must hear about a report at once has been
// sent it.
func (r Rules) allTold(i *Incident) bool {
	for _, who := range r.principals(r.onReceipt(i)...) {
		if _, sent := i.Posts[TaskKey("alert:"+string(who))]; !sent && !i.asked(who) {
			return false
		}
	}
	return true
}
