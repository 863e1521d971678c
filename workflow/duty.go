package workflow

import (
	"slices"
	"strings"
	"time"
)

// The recipients other than the regulator and the people affected. Stored
// values never change.
const (
	Controllers   Recipient = "controllers"
	Customers     Recipient = "customers"
	DHSC          Recipient = "dhsc"
	CQC           Recipient = "cqc"
	Police        Recipient = "police"
	Insurers      Recipient = "insurers"
	LegalAdvisers Recipient = "legal"
	SubProcessors Recipient = "sub_processors"
	BoardReport   Recipient = "board"
	CyberService  Recipient = "cyber"
	CareBodies    Recipient = "care_bodies"
	Others        Recipient = "others"
)

// Duty is the question whether one recipient must be told.
type Duty struct {
	Recipient Recipient
	Label     string // of the recipient
	Ask       string // the question
	Hint      string // what the answer turns on
	By        []Role // who may answer it
	because   func(*Incident) Cause
}

// ForDeciders tells whether only the DPO, or a stand-in, may answer it.
func (d Duty) ForDeciders() bool { return slices.Equal(d.By, deciders) }

// Cause is the fact that raises the question whether a recipient must be told.
// It is empty while nothing raises it. Stored values never change.
type Cause string

const (
	CauseEvery         Cause = "every_breach"
	CauseProcessor     Cause = "processor"
	CauseMustAct       Cause = "must_act"
	CauseCustomers     Cause = "customers_concerned"
	CauseDHSCLine      Cause = "dhsc_line"
	CausePatientSafety Cause = "patient_safety"
	CauseBoard         Cause = "board"
	CauseIntent        Cause = "bad_intent"
	CauseCyber         Cause = "cyber"
	CauseGrave         Cause = "severity"
	CauseThirdParties  Cause = "third_parties"
	CauseSuspended     Cause = "sub_processor_suspended"
)

var causes = []Option[Cause]{
	{CauseEvery, "We ask this about every breach."},
	{CauseProcessor, "We handle this data for somebody else."},
	{CauseMustAct, "They may need to act."},
	{CauseCustomers, "Customers are among the people affected."},
	{CauseDHSCLine, "The assessment is on or above the department's line."},
	{CausePatientSafety, "It is linked to a patient safety incident."},
	{CauseBoard, "The board gets a report of every breach."},
	{CauseIntent, "There was bad intent."},
	{CauseCyber, "It is a cyber incident."},
	{CauseGrave, "We ask this at severity 1 and 2."},
	{CauseThirdParties, "The investigation names third parties."},
	{CauseSuspended, "A sub-processor was suspended."},
}

// Label is the cause in words; empty for none.
func (c Cause) Label() string { return label(causes, c) }

// Duties are asked in this order. Sources: domain chapter "notification duties",
// that is UK GDPR Art. 33 and 34, the Data Breach Notification Procedure v1.1,
// the incident response plan and, where no source settles it, product rules.
var Duties = []Duty{
	{Regulator, "", "Must the regulator be told?", "Unless a risk to people is unlikely (Art. 33(1)).", deciders,
		func(*Incident) Cause { return CauseEvery }},
	{DataSubjects, "People affected", "Must the people affected be told?", "If a high risk is likely (Art. 34(1)).", deciders,
		func(*Incident) Cause { return CauseEvery }},
	{Controllers, "Controllers we work for", "Must a controller be told?", "As their processor, we tell them without undue delay, whatever the risk (Art. 33(2)). They lead contact with patients.", handlers,
		func(i *Incident) Cause {
			if c := i.Facts.Capacity; c == Processor || c == Both {
				return CauseProcessor
			}
			return ""
		}},
	{Customers, "Customers", "Must customers be told?", "If their account data or anything they submitted was or may be affected, if availability suffered materially, or if they may need to act.", handlers,
		func(i *Incident) Cause {
			if i.Facts.CustomersMustAct == Yes {
				return CauseMustAct
			}
			if slices.Contains(i.Facts.Subjects, "customers") {
				return CauseCustomers
			}
			return ""
		}},
	{DHSC, "Department of Health and Social Care", "Must the department be told?", "From \"likely\" and \"serious\" on the grid. The DSPT tool may pass it on.", deciders,
		func(i *Incident) Cause {
			if a := i.Assessment(); a != nil && a.Recommendation.DHSC {
				return CauseDHSCLine
			}
			return ""
		}},
	{CQC, "Care Quality Commission (CQC)", "Must the CQC be told?", "If it is linked to a patient safety incident.", handlers,
		func(i *Incident) Cause {
			if i.Facts.PatientSafety == Yes {
				return CausePatientSafety
			}
			return ""
		}},
	{BoardReport, "Board", "Does the board get the written report?", "The board is told of every breach when it is reported. It then gets a report of the findings.", handlers,
		func(i *Incident) Cause {
			if i.Facts.NearMiss {
				return ""
			}
			return CauseBoard
		}},
	{Police, "Police or fraud reporting service", "Must the police be told?", "If a crime is suspected, including obtaining data unlawfully (Data Protection Act 2018 s. 170).", handlers,
		func(i *Incident) Cause {
			if i.Facts.Malicious == Yes {
				return CauseIntent
			}
			return ""
		}},
	{CyberService, "NHS cyber service or NCSC", "Must a cyber service be told?", "If it is a cyber incident.", handlers,
		func(i *Incident) Cause {
			if i.Facts.Category.cyber() {
				return CauseCyber
			}
			return ""
		}},
	{Insurers, "Insurers", "Must the insurers be told?", "Many policies require early notice.", handlers,
		ifGrave},
	{LegalAdvisers, "Legal advisers", "Are legal advisers needed?", "Where necessary.", handlers,
		ifGrave},
	{SubProcessors, "Sub-processors", "Must a sub-processor be told?", "Where they must act or stop.", handlers,
		func(i *Incident) Cause {
			if v := i.Investigation(); v != nil && v.Findings.ThirdParties != "" {
				return CauseThirdParties
			}
			if c := i.Containment(); c != nil && slices.Contains(c.Steps, "subprocessor_suspended") {
				return CauseSuspended
			}
			return ""
		}},
	{CareBodies, "Commissioner, GP, local authority", "Must care partners be told?", "By contract, for safety, or because care is shared.", handlers,
		func(*Incident) Cause { return "" }},
	{Others, "Others", "Must anybody else be told?", "Banks, professional bodies, the Charity Commission, authorities in other countries.", handlers,
		func(*Incident) Cause { return "" }},
}

func ifGrave(i *Incident) Cause {
	if i.Severity == 1 || i.Severity == 2 {
		return CauseGrave
	}
	return ""
}

// cyber tells whether the regulator's statistics count this kind as cyber.
func (c Category) cyber() bool {
	switch c {
	case "account_entered", "phishing", "other_cyber", "ransomware", "misconfiguration", "brute_force", "malware", "denial_of_service", "cryptographic_flaw":
		return true
	}
	return false
}

// Core tells whether this is one of the two recipients the law asks about for
// every breach.
func (to Recipient) Core() bool { return to == Regulator || to == DataSubjects }

// RecipientLabel is the recipient in words; the regulator goes by its own name.
func (r Rules) RecipientLabel(to Recipient) string {
	if to == Regulator {
		return r.Regulator
	}
	if d := dutyOf(to); d != nil {
		return d.Label
	}
	return string(to)
}

func dutyOf(to Recipient) *Duty {
	for n := range Duties {
		if Duties[n].Recipient == to {
			return &Duties[n]
		}
	}
	return nil
}

// DutyStand is the state of one duty.
type DutyStand string

const (
	DutyNotAsked  DutyStand = "not_asked"  // nothing raises it, but it can still be answered
	DutyOpen      DutyStand = "open"       // asked, and not answered or answered on older facts
	DutyApproved  DutyStand = "approved"   // to be told, not recorded as sent
	DutyFollowUp  DutyStand = "follow_up"  // sent, more is to follow
	DutySent      DutyStand = "sent"       // sent and complete
	DutyNotNeeded DutyStand = "not_needed" // decided not to tell
	DutyWithdrawn DutyStand = "withdrawn"  // the notice was withdrawn
	DutyTheirs    DutyStand = "controllers" // the controller's question: we are only the processor
)

// DutyState is one duty as it is now.
type DutyState struct {
	Duty
	Cause Cause // what raises it; empty while nothing does
	Stand DutyStand
	Last  *Decision     // the latest decision, in force or not
	Sent  *Notification // the first notice
	Force *Notification // the first of those in force
	Final *Notification // the latest notice
}

// Owed tells whether the incident is waiting for it.
func (d DutyState) Owed() bool {
	return d.Stand == DutyOpen || d.Stand == DutyApproved || d.Stand == DutyFollowUp
}

// Duties gives every duty as it is now.
func (r Rules) Duties(i *Incident) []DutyState {
	var out []DutyState
	for _, d := range Duties {
		d.Label = r.RecipientLabel(d.Recipient)
		s := DutyState{Duty: d, Cause: d.because(i), Last: i.Latest(d.Recipient), Sent: i.Sent(d.Recipient), Force: i.Notice(d.Recipient), Final: i.lastSent(d.Recipient)}
		standing := i.Standing(d.Recipient)
		switch {
		case s.Final != nil && s.Final.Withdrawn && !d.Recipient.Core() && s.Last.Seq < s.Final.Seq:
			s.Stand = DutyWithdrawn // the law's two questions are open again instead
		case s.Force == nil && standing == nil && d.Recipient.Core() && i.OnlyProcessor():
			s.Stand, s.Cause = DutyTheirs, ""
		case s.Force == nil:
			s.Stand = decidedStand(standing, s)
		case !s.Final.Complete:
			s.Stand = DutyFollowUp
		default:
			s.Stand = DutySent
		}
		out = append(out, s)
	}
	return out
}

// decidedStand is the state of a duty for which no notice is in force. An
// answer given before the question was raised falls back to pending.
func decidedStand(standing *Decision, s DutyState) DutyStand {
	switch {
	case standing != nil && !s.Recipient.Core() && s.Cause != "" && s.Cause != standing.Cause:
		return DutyOpen
	case standing != nil && standing.Verdict == Notify:
		return DutyApproved
	case standing != nil:
		return DutyNotNeeded
	case s.Cause != "" || s.Last != nil:
		return DutyOpen
	}
	return DutyNotAsked
}

// Duty gives one duty as it is now, and the zero value for an unknown
// recipient.
func (r Rules) Duty(i *Incident, to Recipient) DutyState {
	for _, d := range r.Duties(i) {
		if d.Recipient == to {
			return d
		}
	}
	return DutyState{}
}

// owedDuties are the duties, other than the core ones, that are waiting for
// something.
func (r Rules) owedDuties(i *Incident) []DutyState {
	return slices.DeleteFunc(r.Duties(i), func(d DutyState) bool { return d.Recipient.Core() || !d.Owed() })
}

// AnswerDuties records for several recipients at once that they do not need to
// be told.
type AnswerDuties struct {
	Recipients []Recipient
	Reason     string
}

func (AnswerDuties) Name() CommandName { return CommandAnswerDuty }

func (r Rules) answerDuties(inc *Incident, c AnswerDuties, by Actor, _ time.Time) ([]Event, error) {
	if len(c.Recipients) == 0 {
		return nil, Invalid(FieldRecipients, "Please choose who this is about.")
	}
	reason, err := text(FieldReason, c.Reason, true, MaxText, "why they do not need to be told. This goes in the register")
	if err != nil {
		return nil, err
	}
	var events []Event
	for _, to := range c.Recipients {
		duty := dutyOf(to)
		if duty == nil || to.Core() {
			return nil, Invalid(FieldRecipients, "Please choose from the list.")
		}
		if err := r.mayAnswer(*duty, inc, by); err != nil {
			return nil, err
		}
		if inc.Notice(to) != nil {
			return nil, Invalid(FieldRecipients, r.RecipientLabel(to)+": already told. Please leave them out.")
		}
		events = append(events, Decided{r.duty(inc, Decide{Recipient: to, Verdict: DoNotNotify}, reason, "", by)})
	}
	return events, nil
}

// Together gives the answers about recipients, other than the two core ones,
// that were given in one go with the decision of a seq. It gives them all if
// that decision is the first of them, none if it is a later one, and that
// decision alone if it was given on its own.
func (i *Incident) Together(seq int) []Decision {
	n := slices.IndexFunc(i.Decisions, func(d Decision) bool { return d.Seq == seq })
	if n < 0 {
		return nil
	}
	with := func(a, b int) bool {
		x, y := i.Decisions[a], i.Decisions[b]
		return !x.Recipient.Core() && !y.Recipient.Core() && x.Seq+1 == y.Seq && x.At.Equal(y.At) && x.By == y.By &&
			x.Verdict == DoNotNotify && y.Verdict == DoNotNotify && x.Reason == y.Reason
	}
	if n > 0 && with(n-1, n) {
		return nil
	}
	last := n
	for last+1 < len(i.Decisions) && with(last, last+1) {
		last++
	}
	return i.Decisions[n : last+1]
}

// MayAnswer tells whether the actor may decide whether to tell this recipient.
func (r Rules) MayAnswer(d Duty, inc *Incident, by Actor) bool {
	return r.mayAnswer(d, inc, by) == nil
}

// mayAnswer refuses people who may not answer about this recipient.
func (r Rules) mayAnswer(d Duty, inc *Incident, by Actor) error {
	if d.ForDeciders() {
		return r.mayDecide(inc, by)
	}
	if !by.Holds(inc, d.By...) {
		return forbidden("You cannot do this here. Only the " + roleList(d.By) + " can do it.")
	}
	return nil
}

// answerDuty decides about a recipient other than the two core ones.
func (r Rules) answerDuty(inc *Incident, c Decide, by Actor, _ time.Time) ([]Event, error) {
	duty := dutyOf(c.Recipient)
	if duty == nil {
		return nil, Invalid(FieldRecipient, "Please choose who the decision is about.")
	}
	if err := r.mayAnswer(*duty, inc, by); err != nil {
		return nil, err
	}
	if c.Verdict != Notify && c.Verdict != DoNotNotify {
		return nil, Invalid(FieldVerdict, "Please choose an answer.")
	}
	if latest := inc.Latest(c.Recipient); latest != nil && latest.Seq != c.Supersedes {
		return nil, staleDecision()
	}
	if inc.Notice(c.Recipient) != nil && c.Verdict != Notify {
		return nil, conflict("The notice is already recorded as sent. It can be withdrawn, with a reason.")
	}
	reason, advice, err := c.reasons()
	if err != nil {
		return nil, err
	}
	return []Event{Decided{r.duty(inc, c, reason, advice, by)}}, nil
}

func (r Rules) duty(inc *Incident, c Decide, reason, advice string, by Actor) Decision {
	d := Decision{Recipient: c.Recipient, Verdict: c.Verdict, Reason: reason, Advice: advice, Role: by.firstRole(inc), Facts: inc.FactsVersion}
	d.Cause = dutyOf(c.Recipient).because(inc)
	if a := inc.Assessment(); a != nil {
		d.Assessment = a.Seq
	}
	return d
}

// firstRole is the role somebody acts in, the most responsible first.
func (a Actor) firstRole(inc *Incident) Role {
	for _, r := range []Role{RoleDPO, RoleDeputy, RoleIGLead, RoleCaldicott, RoleSIRO, RoleLead, RoleResponder} {
		if a.Holds(inc, r) {
			return r
		}
	}
	return ""
}

// dutyNames lists recipients for a sentence.
func dutyNames(duties []DutyState) string {
	var names []string
	for _, d := range duties {
		names = append(names, d.Label)
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
