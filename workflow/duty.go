package workflow

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// The recipients other than the regulator and the people affected. Stored
// values never change.
const (
	Controllers        Recipient = "controllers"
	Customers          Recipient = "customers"
	DHSC               Recipient = "dhsc"
	ScottishGovernment Recipient = "scottish_government"
	WelshGovernment    Recipient = "welsh_government"
	HealthNI           Recipient = "health_ni"
	CQC                Recipient = "cqc"
	CareScotland       Recipient = "care_scotland"
	CareWales          Recipient = "care_wales"
	CareNI             Recipient = "care_ni"
	PECR               Recipient = "pecr"
	NIS                Recipient = "nis"
	Police             Recipient = "police"
	Insurers           Recipient = "insurers"
	LegalAdvisers      Recipient = "legal"
	SubProcessors      Recipient = "sub_processors"
	BoardReport        Recipient = "board"
	CyberService       Recipient = "cyber"
	CareBodies         Recipient = "care_bodies"
	Others             Recipient = "others"
)

// Duty is the question whether one recipient must be told.
type Duty struct {
	Recipient Recipient
	Label     string         // of the recipient
	Ask       string         // the question
	Hint      string         // what the answer turns on
	By        []Role         // who may answer it
	Law       []StatementKey // what the product says about the law here
	Nations   []Nation       // in which it exists; empty for all
	because   func(Rules, *Incident) Cause
	asks      func(Rules) bool // whether this organisation is asked at all; nil for all
}

// existsFor tells whether the organisation is asked this.
func (d Duty) existsFor(r Rules) bool {
	here := cmp.Or(r.Nation, England)
	return (len(d.Nations) == 0 || slices.Contains(d.Nations, here)) && (d.asks == nil || d.asks(r))
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
	CauseDanger        Cause = "danger"
	CausePolice        Cause = "police_told"
	CauseRegulatorTold Cause = "regulator_told"
	CauseComms         Cause = "communications_provider"
	CauseDisrupted     Cause = "service_disrupted"
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
	{CauseDanger, "Somebody may be in danger."},
	{CausePolice, "The police are to be told."},
	{CauseRegulatorTold, "The regulator is to be told."},
	{CauseComms, "We provide a public electronic communications service."},
	{CauseDisrupted, "The service was seriously disrupted."},
}

// Label is the cause in words; empty for none.
func (c Cause) Label() string { return label(causes, c) }

// Duties are asked in this order. Sources: domain chapter "notification duties",
// that is UK GDPR Art. 33 and 34, the Data Breach Notification Procedure v1.1,
// the incident response plan and, where no source settles it, product rules. Law
// names the statement about each, with its source and the day it was checked.
// {regulator}, {fraud} and {nis} stand for names that depend on the settings.
var Duties = []Duty{
	{Recipient: Regulator, Ask: "Must the regulator be told?", Hint: "Unless a risk to people is unlikely (Art. 33(1)).", By: deciders,
		Law: []StatementKey{LawRegulator}, because: always(CauseEvery)},
	{Recipient: DataSubjects, Label: "People affected", Ask: "Must the people affected be told?", Hint: "If a high risk is likely (Art. 34(1)).", By: deciders,
		Law: []StatementKey{LawPeople}, because: always(CauseEvery)},
	{Recipient: Controllers, Label: "Controllers we work for", Ask: "Must a controller be told?",
		Hint: "As their processor, we tell them without undue delay, whatever the risk (Art. 33(2)). They lead contact with patients.", By: handlers,
		Law: []StatementKey{LawController},
		because: func(_ Rules, i *Incident) Cause {
			if c := i.Facts.Capacity; c == Processor || c == Both {
				return CauseProcessor
			}
			return ""
		}},
	{Recipient: Customers, Label: "Customers", Ask: "Must customers be told?",
		Hint: "If their account data or anything they submitted was or may be affected, if availability suffered materially, or if they may need to act.", By: handlers,
		Law: []StatementKey{LawProcedure},
		because: func(_ Rules, i *Incident) Cause {
			if i.Facts.CustomersMustAct == Yes {
				return CauseMustAct
			}
			if slices.Contains(i.Facts.Subjects, "customers") {
				return CauseCustomers
			}
			return ""
		}},
	{Recipient: DHSC, Label: "Department of Health and Social Care", Ask: "Must the department be told?",
		Hint: "From \"likely\" and \"serious\" on the grid. The DSPT tool may pass it on.", By: deciders,
		Law: []StatementKey{LawDHSC}, Nations: []Nation{England},
		because: func(_ Rules, i *Incident) Cause {
			if a := i.Assessment(); a != nil && a.Recommendation.DHSC {
				return CauseDHSCLine
			}
			return ""
		}},
	{Recipient: ScottishGovernment, Label: "Scottish Government", Ask: "Must the Scottish Government be told?",
		Hint: "A health board tells its information governance team of whatever it reports to the {regulator}. For others, by your procedure.", By: deciders,
		Law: []StatementKey{LawScotland}, Nations: []Nation{Scotland},
		because: func(_ Rules, i *Incident) Cause {
			if i.toTell(Regulator) {
				return CauseRegulatorTold
			}
			return ""
		}},
	{Recipient: WelshGovernment, Label: "Welsh Government", Ask: "Must the Welsh Government be told?", Hint: "By your procedure.", By: deciders,
		Law: []StatementKey{LawWales}, Nations: []Nation{Wales}, because: always("")},
	{Recipient: HealthNI, Label: "Department of Health (Northern Ireland)", Ask: "Must the Department of Health be told?", Hint: "By your procedure, for example as an early alert.", By: deciders,
		Law: []StatementKey{LawHealthNI}, Nations: []Nation{NorthernIreland}, because: always("")},
	{Recipient: CQC, Label: "Care Quality Commission (CQC)", Ask: "Must the CQC be told?",
		Hint: "If it is on the CQC's list (regulation 18): for example linked to a patient safety incident, or reported to the police. A data breach alone is not on the list.", By: handlers,
		Law: []StatementKey{LawCQC}, Nations: []Nation{England},
		because: func(r Rules, i *Incident) Cause {
			if c := ifUnsafe(r, i); c != "" {
				return c
			}
			if i.toTell(Police) {
				return CausePolice
			}
			return ""
		}},
	{Recipient: CareScotland, Label: "Care Inspectorate or Healthcare Improvement Scotland", Ask: "Must your inspectorate in Scotland be told?",
		Hint: "If it is linked to a patient safety incident and on your inspectorate's list; otherwise by your procedure.", By: handlers,
		Law: []StatementKey{LawCareScot, LawHealthScot}, Nations: []Nation{Scotland}, because: ifUnsafe},
	{Recipient: CareWales, Label: "Healthcare Inspectorate Wales or Care Inspectorate Wales", Ask: "Must your inspectorate in Wales be told?",
		Hint: "If it is linked to a patient safety incident and on your inspectorate's list; otherwise by your procedure.", By: handlers,
		Law: []StatementKey{LawCareWales}, Nations: []Nation{Wales}, because: ifUnsafe},
	{Recipient: CareNI, Label: "Regulation and Quality Improvement Authority (RQIA), Northern Ireland", Ask: "Must the RQIA be told?",
		Hint: "If it is linked to a patient safety incident and on the RQIA's list; otherwise by your procedure.", By: handlers,
		Law: []StatementKey{LawCareNI}, Nations: []Nation{NorthernIreland}, because: ifUnsafe},
	{Recipient: PECR, Label: "Regulator, as a communications provider (PECR)", Ask: "Must the regulator be told as well, because we provide a public electronic communications service?",
		Hint: "Any personal data breach in connection with that service, within 72 hours (PECR reg. 5A). It goes to the {regulator}.", By: deciders,
		Law: []StatementKey{LawPECR}, asks: func(r Rules) bool { return r.CommunicationsProvider },
		because: func(_ Rules, i *Incident) Cause {
			if i.Facts.NearMiss || i.Facts.PersonalData == No {
				return ""
			}
			return CauseComms
		}},
	{Recipient: NIS, Label: "Authority for network and information systems (NIS)", Ask: "Must the NIS authority be told?",
		Hint: "If it has a significant impact on the continuity of the essential service, by users, duration and area: within 72 hours (NIS Regulations 2018 reg. 11). It goes to {nis}.", By: deciders,
		Law: []StatementKey{LawNIS}, asks: func(r Rules) bool { return r.EssentialService },
		because: func(_ Rules, i *Incident) Cause {
			switch {
			case i.Facts.Category.cyber():
				return CauseCyber
			case i.Facts.Disruption == DisruptionSerious:
				return CauseDisrupted
			}
			return ""
		}},
	{Recipient: BoardReport, Label: "Board", Ask: "Does the board get the written report?",
		Hint: "The board is told of every breach when it is reported. It then gets a report of the findings.", By: handlers,
		Law: []StatementKey{LawProcedure},
		because: func(_ Rules, i *Incident) Cause {
			if i.Facts.NearMiss {
				return ""
			}
			return CauseBoard
		}},
	{Recipient: Police, Label: "Police or fraud reporting service", Ask: "Must the police be told?",
		Hint: "If a crime is suspected, such as theft, hacking, blackmail or threats, or if somebody is in danger (999 in an emergency). {fraud} " +
			"If somebody obtained or disclosed data without the controller's consent, that is an offence (Data Protection Act 2018 s. 170): tell the {regulator}, which prosecutes it.", By: handlers,
		Law: []StatementKey{LawObtaining, LawReportFraud},
		because: func(_ Rules, i *Incident) Cause {
			switch {
			case i.Facts.Malicious == Yes:
				return CauseIntent
			case i.Facts.InDanger == Yes:
				return CauseDanger
			}
			return ""
		}},
	{Recipient: CyberService, Label: "NHS cyber service or NCSC", Ask: "Must a cyber service be told?", Hint: "If it is a cyber incident.", By: handlers,
		Law: []StatementKey{LawProcedure},
		because: func(_ Rules, i *Incident) Cause {
			if i.Facts.Category.cyber() {
				return CauseCyber
			}
			return ""
		}},
	{Recipient: Insurers, Label: "Insurers", Ask: "Must the insurers be told?", Hint: "Many policies require early notice.", By: handlers,
		Law: []StatementKey{LawProcedure}, because: ifGrave},
	{Recipient: LegalAdvisers, Label: "Legal advisers", Ask: "Are legal advisers needed?", Hint: "Where necessary.", By: handlers,
		Law: []StatementKey{LawProcedure}, because: ifGrave},
	{Recipient: SubProcessors, Label: "Sub-processors", Ask: "Must a sub-processor be told?", Hint: "Where they must act or stop.", By: handlers,
		Law: []StatementKey{LawProcedure},
		because: func(_ Rules, i *Incident) Cause {
			if v := i.Investigation(); v != nil && v.Findings.ThirdParties != "" {
				return CauseThirdParties
			}
			if c := i.Containment(); c != nil && slices.Contains(c.Steps, "subprocessor_suspended") {
				return CauseSuspended
			}
			return ""
		}},
	{Recipient: CareBodies, Label: "Commissioner, GP, local authority", Ask: "Must care partners be told?", Hint: "By contract, for safety, or because care is shared.", By: handlers,
		Law: []StatementKey{LawProcedure}, because: always("")},
	{Recipient: Others, Label: "Others", Ask: "Must anybody else be told?", Hint: "Banks, professional bodies, the Charity Commission, authorities in other countries.", By: handlers,
		Law: []StatementKey{LawEEA}, because: always("")},
}

func always(c Cause) func(Rules, *Incident) Cause {
	return func(Rules, *Incident) Cause { return c }
}

// ifUnsafe raises the question of those who inspect the quality of care.
func ifUnsafe(_ Rules, i *Incident) Cause {
	if i.Facts.PatientSafety == Yes {
		return CausePatientSafety
	}
	return ""
}

// toTell tells whether the decision in force is to tell a recipient.
func (i *Incident) toTell(to Recipient) bool {
	d := i.Standing(to)
	return d != nil && d.Verdict == Notify
}

// named puts the names that depend on the settings into a duty, and what the
// law says in the nation.
func (r Rules) named(d Duty) Duty {
	d.Label = r.RecipientLabel(d.Recipient)
	authority, law := r.Nation.nis()
	fraud := "Fraud and cyber crime: Report Fraud, 0300 123 2040."
	if r.Nation == Scotland {
		fraud = "Fraud and cyber crime: Police Scotland, 101."
	}
	if strings.Contains(d.Hint, "{") { // few have a name in them, and planning asks for all
		for name, is := range map[string]string{"{regulator}": r.Regulator, "{fraud}": fraud, "{nis}": authority} {
			d.Hint = strings.ReplaceAll(d.Hint, name, is)
		}
	}
	switch {
	case d.Recipient == NIS:
		d.Law = append(slices.Clip(d.Law), law)
	case d.Recipient == Police && r.Nation == Scotland: // that service is not for Scotland
		d.Law = []StatementKey{LawObtaining}
	}
	return d
}

func ifGrave(_ Rules, i *Incident) Cause {
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
	DutyNotAsked  DutyStand = "not_asked"   // nothing raises it, but it can still be answered
	DutyOpen      DutyStand = "open"        // asked, and not answered or answered on older facts
	DutyApproved  DutyStand = "approved"    // to be told, not recorded as sent
	DutyFollowUp  DutyStand = "follow_up"   // sent, more is to follow
	DutySent      DutyStand = "sent"        // sent and complete
	DutyNotNeeded DutyStand = "not_needed"  // decided not to tell
	DutyWithdrawn DutyStand = "withdrawn"   // the notice was withdrawn
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

// Duties gives every duty as it is now, as far as the organisation has it. One
// that it no longer has, for example because it was once in another nation,
// stays as far as the record answers it, and nothing raises it any more.
func (r Rules) Duties(i *Incident) []DutyState {
	var out []DutyState
	for _, d := range Duties {
		exists := d.existsFor(r)
		if !exists && i.Latest(d.Recipient) == nil && i.Sent(d.Recipient) == nil {
			continue
		}
		cause := d.because(r, i)
		if !exists {
			cause = ""
		}
		d = r.named(d)
		s := DutyState{Duty: d, Cause: cause, Last: i.Latest(d.Recipient), Sent: i.Sent(d.Recipient), Force: i.Notice(d.Recipient), Final: i.lastSent(d.Recipient)}
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
		duty := r.Duty(inc, to)
		if duty.Recipient == "" || to.Core() {
			return nil, Invalid(FieldRecipients, "Please choose from the list.")
		}
		if err := r.mayAnswer(duty.Duty, inc, by); err != nil {
			return nil, err
		}
		if inc.Notice(to) != nil {
			return nil, Invalid(FieldRecipients, r.RecipientLabel(to)+": already told. Please leave them out.")
		}
		events = append(events, Decided{r.duty(inc, Decide{Recipient: to, Verdict: DoNotNotify}, reason, "", by)})
	}
	return events, nil
}

// Together gives the answers that were given in one go with the decision of a seq:
// the law's two questions, or several recipients that need not be told. It gives them
// all if that decision is the first of them, none if it is a later one, and that
// decision alone if it was given on its own.
func (i *Incident) Together(seq int) []Decision {
	n := slices.IndexFunc(i.Decisions, func(d Decision) bool { return d.Seq == seq })
	if n < 0 {
		return nil
	}
	with := func(a, b int) bool {
		x, y := i.Decisions[a], i.Decisions[b]
		if x.Recipient.Core() != y.Recipient.Core() || x.Recipient == y.Recipient || x.Seq+1 != y.Seq || !x.At.Equal(y.At) || x.By != y.By {
			return false
		}
		return x.Recipient.Core() || x.Verdict == DoNotNotify && y.Verdict == DoNotNotify && x.Reason == y.Reason
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
	duty := r.Duty(inc, c.Recipient)
	if duty.Recipient == "" {
		return nil, Invalid(FieldRecipient, "Please choose who the decision is about.")
	}
	if err := r.mayAnswer(duty.Duty, inc, by); err != nil {
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
	d.Cause = r.Duty(inc, c.Recipient).Cause
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
