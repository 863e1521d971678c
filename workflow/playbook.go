package workflow

import "slices"

// Playbook is what a kind of event asks of whoever takes it up: what to do in the
// first hour, who to think of, and which questions matter. It is advice; nothing
// in it must be ticked off.
type Playbook struct {
	Label string
	Kinds []Category
	Steps []Statement // what to do, in order, each with its source; the key is empty
	Think []Thought
	Asks  []Field // the questions that triage asks first
}

// Thought is a recipient to think of. Whether they must be told is the question of
// the duty of the same name.
type Thought struct {
	Recipient Recipient
	When      string // if not always
}

// Where the steps come from; the wording is ours. Pages were read in stored copies.
// What has no day rests on no text that was read.
var (
	ofSuppliersPlan = Statement{Source: "a clinical software supplier's incident response plan", Checked: "2026-11-28"}
	ofProcedure     = Statement{Source: "a health provider's Data Breach Notification Procedure v1.1", Checked: "2026-11-28"}
	ofStaffGuide    = Statement{Source: "national guidance for health and care staff on personal data breaches and related incidents (7 May 2026)", Checked: "2026-11-28"}
	ofModule        = Statement{Source: "the user guide of a care-compliance breach module", Checked: "2026-11-28"}
	ofRansomware    = Statement{Source: "NCSC, Ransomware attack (copy of 22 April 2026 in the UK Government Web Archive)", URL: "https://www.ncsc.gov.uk/section/respond-recover/ml-ransomware-attack", Checked: "2026-11-28"}
	ofDenial        = Statement{Source: "NCSC, Denial of service attack (copy of 22 April 2026 in the UK Government Web Archive)", URL: "https://www.ncsc.gov.uk/section/respond-recover/ml-dos", Checked: "2026-11-28"}
	ofHacked        = Statement{Source: "NCSC, Recovering a hacked account, as West Midlands Cyber Resilience Centre and Taxdash set it out", URL: "https://www.ncsc.gov.uk/guidance/recovering-a-hacked-account", Checked: "2026-11-28"}
	ofICO           = Statement{Source: "ICO, 72 hours - how to respond to a personal data breach", URL: "https://ico.org.uk/for-organisations/advice-for-small-organisations/72-hours-how-to-respond-to-a-personal-data-breach", Checked: "2026-11-28"}
	ofRisks         = Statement{Source: "NHS England, information risk and impacts to individuals following personal data breaches", URL: "https://transform.england.nhs.uk/information-governance/guidance/information-risk-and-impacts-to-individuals-following-personal-data-breaches", Checked: "2026-11-28"}
	ofContinuity    = Statement{Source: "CQC, GP mythbuster 69: business continuity", URL: "https://www.cqc.org.uk/guidance-providers/gps/gp-mythbuster-69-business-continuity-arrangements-emergencies-major-incidents", Checked: "2026-11-28"}
	ofOffence       = Statement{Source: "Data Protection Act 2018 s. 170", URL: "https://www.legislation.gov.uk/ukpga/2018/12/section/170", Checked: "2026-11-28"}
	ofProcessor     = Statement{Source: "UK GDPR Art. 33(2), read in the guidance of the Isle of Man's commissioner, whose law has the same words", URL: "https://inforights.im/organisations/data-protection-law-2018/personal-data-breach/notifying-the-commissioner/", Checked: "2026-11-28"}
	ofProduct       = Statement{Source: "product rule", With: "the owner of your procedure"}
)

// do is a step with its source.
func do(text string, from Statement) Statement {
	from.Text = text
	return from
}

// The steps that several kinds of event share.
var (
	anotherWay   = do("Do not use affected systems to talk about it. If Slack itself may be compromised, write nothing here that an outsider must not read: agree by telephone where to go on.", ofProduct)
	keepEvidence = do("Keep the evidence before you change, delete or switch anything off: logs, messages, pictures of the screen.", ofSuppliersPlan)
	careGoesOn   = do("Keep care going by your business continuity plan, on paper if need be. Tell those who treat people what they cannot see now.", ofContinuity)
	askBack      = do("Ask for it back, or to have it deleted unread. Get that in writing.", ofICO)
)

// inspectorates inspect the quality of care, each in its nation.
func inspectorates(when string) []Thought {
	return []Thought{{CQC, when}, {CareScotland, when}, {CareWales, when}, {CareNI, when}}
}

// think puts those to think of together.
func think(lists ...[]Thought) []Thought { return slices.Concat(lists...) }

// Playbooks hold every kind of event once, which a test proves. The last one is
// for what no other is about, and for what is not known yet.
var Playbooks = []Playbook{
	{Label: "Ransomware or other malware", Kinds: []Category{"ransomware", "malware"},
		Steps: []Statement{
			do("Disconnect infected computers, laptops and tablets from every network at once: cable, wireless and mobile.", ofRansomware),
			anotherWay,
			careGoesOn,
			do("In a very serious case, consider switching off the Wi-Fi, the core network and the connection to the internet.", ofRansomware),
			keepEvidence,
			do("Reset passwords, administrators' first. Do not lock yourselves out of what you need to recover.", ofRansomware),
			do("Do not pay, and do not answer the attackers on your own. Paying does not guarantee that you get anything back.", ofRansomware),
			do("Restore only from a backup that you are sure is clean, to devices that are clean.", ofRansomware),
		},
		Think: think([]Thought{{CyberService, ""}, {Police, ""}}, inspectorates("if care is affected"), []Thought{{Insurers, ""}, {NIS, ""}, {CareBodies, "if they share the system or the care"}}),
		Asks:  []Field{FieldDisruption, FieldApplies, FieldOngoing, FieldSystems, FieldPersonalData, FieldExfiltrated, FieldCopyHeld, FieldData, FieldSubjects, FieldCount, FieldCapacity}},
	{Label: "Attack on an account or a system", Kinds: []Category{"account_entered", "phishing", "brute_force", "blagging", "other_cyber", "cryptographic_flaw"},
		Steps: []Statement{
			do("Lock the account or reset its password, and log out every device that uses it.", ofHacked),
			anotherWay,
			do("Look for rules that forward or hide messages, and remove them after you have kept a copy.", ofHacked),
			keepEvidence,
			do("Change the password wherever else it was used, and turn on two-step verification.", ofHacked),
			do("Warn those who may have had messages from the account.", ofHacked),
		},
		Think: think([]Thought{{CyberService, ""}, {Police, ""}, {Customers, "if they must act"}, {Insurers, ""}}, inspectorates("if care is affected")),
		Asks:  []Field{FieldOngoing, FieldApplies, FieldSystems, FieldPersonalData, FieldExfiltrated, FieldData, FieldSubjects, FieldCount, FieldDisruption, FieldCapacity}},
	{Label: "Sent, told or shown to the wrong person", Kinds: []Category{"email_wrong", "letter_wrong", "told_wrong", "recipients_visible"},
		Steps: []Statement{
			do("Recall the message if you can. Otherwise ask whoever got it not to read, copy or pass it on.", ofStaffGuide),
			askBack,
			do("Find out who got it: a colleague, somebody bound by confidentiality, or somebody who may know the people.", ofRisks),
			do("Keep the envelope, the message and the list of recipients. Do not copy what was in it.", ofSuppliersPlan),
			do("Correct the address or the list at its source, so that it does not happen again tonight.", ofProduct),
		},
		Think: []Thought{{CareBodies, "if one of them got it"}, {Police, "if somebody may be in danger"}},
		Asks:  []Field{FieldExposedTo, FieldApplies, FieldPersonalData, FieldData, FieldSubjects, FieldCount, FieldCapacity, FieldSubjectsAware}},
	{Label: "Device lost or stolen", Kinds: []Category{"device_lost", "hardware_disposal"},
		Steps: []Statement{
			do("Have it locked or wiped from afar, and its accounts and certificates revoked.", ofSuppliersPlan),
			do("Find out whether it is encrypted, whether it was switched off, and whether a password was with it.", ofProduct),
			do("If it is lost: retrace your steps, and call where it may have been left.", ofICO),
			do("If it was stolen: report it to the police and keep the reference.", ofProduct),
			do("Find out what was on it, and whether there is a copy.", ofProcedure),
		},
		Think: []Thought{{Police, "if it was stolen"}, {Insurers, ""}},
		Asks:  []Field{FieldUnintelligible, FieldMalicious, FieldApplies, FieldPersonalData, FieldData, FieldSubjects, FieldCount, FieldCopyHeld, FieldSystems, FieldCapacity}},
	{Label: "Paper lost or thrown away", Kinds: []Category{"paper_lost", "paper_disposal"},
		Steps: []Statement{
			do("Go back and look for it, and call where it may have been left.", ofICO),
			do("If somebody has found it: collect it, or have it kept safe until you do.", ofICO),
			do("Find out what was on it and about whom, from a copy or from whoever wrote it.", ofProcedure),
			do("If it is needed for care: tell those who treat the people, and rebuild it.", ofRisks),
		},
		Think: []Thought{{Police, "if it was stolen"}, {CareBodies, "if it is theirs as well"}},
		Asks:  []Field{FieldExposedTo, FieldApplies, FieldPersonalData, FieldData, FieldSubjects, FieldCount, FieldCopyHeld, FieldMalicious, FieldCapacity}},
	{Label: "Seen or used by staff without a need", Kinds: []Category{"viewed_without_need", "insider", "covert_recording"},
		Steps: []Statement{
			do("Keep the audit trail of who opened what and when, before anybody is spoken to.", ofSuppliersPlan),
			do("Suspend the access, as your procedure says. Tell as few people as possible.", ofProduct),
			do("Find out whether they know the people, and whether they meant to look: a private motive makes it worse.", ofRisks),
			do("Find out whether anything was copied or passed on.", ofRisks),
			do("Keep it in mind that obtaining or passing on data without consent can be an offence. The regulator prosecutes it.", ofOffence),
		},
		Think: []Thought{{Police, "if anything was used or passed on"}, {Others, "a professional body"}, {LegalAdvisers, ""}},
		Asks:  []Field{FieldMalicious, FieldConnected, FieldApplies, FieldPersonalData, FieldExfiltrated, FieldData, FieldSubjects, FieldCount, FieldCapacity, FieldSubjectsAware}},
	{Label: "Something went wrong at a supplier", Kinds: []Category{"supplier"},
		Steps: []Statement{
			do("Ask the supplier in writing: what happened, since when, whose data of ours, and what they have stopped. They must tell us without undue delay.", ofProcessor),
			do("Note when they first told us: our 72 hours count from then.", Statement{Source: "EDPB Guidelines 9/2022, section on processors, read in a copy that others keep", Checked: "2026-11-28"}),
			do("Suspend their access, or the flow of data to them, if it may go on.", ofSuppliersPlan),
			careGoesOn,
			do("Ask when the next news comes, and put it down as an action with a time.", ofProduct),
		},
		Think: think([]Thought{{SubProcessors, "the supplier, and theirs"}, {Controllers, "if it is their data"}, {Insurers, ""}}, inspectorates("if care is affected"), []Thought{{CyberService, "if it was an attack"}}),
		Asks:  []Field{FieldCapacity, FieldOngoing, FieldDisruption, FieldApplies, FieldPersonalData, FieldData, FieldSubjects, FieldCount, FieldSystems, FieldExfiltrated, FieldOthersAware}},
	{Label: "System or data out of reach", Kinds: []Category{"unavailable", "denial_of_service", "deleted"},
		Steps: []Statement{
			careGoesOn,
			do("Find out whether it is an attack. Ask your system's supplier, and look at the other systems too: one attack may hide another.", ofDenial),
			keepEvidence,
			do("Find out whether there is a backup, when it was made, and how long it takes to bring it back.", ofProduct),
			do("Tell staff, partners and the people you look after what is not working, and when they hear more.", ofDenial),
		},
		Think: think(inspectorates("if care is affected"), []Thought{{SubProcessors, "the supplier of the system"}, {CyberService, "if it may be an attack"}, {NIS, ""}, {CareBodies, "if they share the system or the care"}, {Insurers, ""}}),
		Asks:  []Field{FieldDisruption, FieldApplies, FieldOngoing, FieldSystems, FieldPersonalData, FieldCopyHeld, FieldMalicious, FieldData, FieldSubjects, FieldCount, FieldCapacity}},
	{Label: "Open to people who should not see it", Kinds: []Category{"published", "misconfiguration", "portal_wrong", "not_redacted", "wrong_rights", "deidentification", "weakness"},
		Steps: []Statement{
			do("Take it down, or close the access, after you have kept a picture of what was to be seen.", ofSuppliersPlan),
			do("Find out from the logs who opened it, and since when it was open. Keep the logs.", ofStaffGuide),
			do("Ask search engines and others who may have copied it to remove it.", ofProduct),
			do("Look for the same fault elsewhere.", ofModule),
		},
		Think: []Thought{{SubProcessors, "the supplier of the system"}, {Customers, "if their people are among them"}},
		Asks:  []Field{FieldOngoing, FieldExposedTo, FieldApplies, FieldPersonalData, FieldExfiltrated, FieldData, FieldSubjects, FieldCount, FieldSystems, FieldCapacity}},
	{Label: "Any other event", Kinds: []Category{"altered", "unlocked", "other", "unknown"},
		Steps: []Statement{
			do("See that nobody is in danger, and that care goes on.", ofProduct),
			do("Stop it from spreading, and get back what can be got back.", ofICO),
			keepEvidence,
			do("Put down what happened, to whose data, and what was done, with times. Do it as you go.", ofICO),
			do("Say so if you are not sure, and ask the DPO.", ofStaffGuide),
		},
		Think: think([]Thought{{Police, "if it may be a crime"}}, inspectorates("if care is affected")),
		Asks:  []Field{FieldPersonalData, FieldApplies, FieldAspects, FieldOngoing, FieldData, FieldSubjects, FieldCount, FieldSystems, FieldMalicious, FieldCapacity}},
}

// PlaybookFor is the playbook for a kind of event: the general one while the kind is
// not known.
func PlaybookFor(kind Category) Playbook {
	for _, p := range Playbooks {
		if slices.Contains(p.Kinds, kind) {
			return p
		}
	}
	return Playbooks[len(Playbooks)-1]
}

// ThinkOf are those to think of, in words, as far as the organisation has them.
func (r Rules) ThinkOf(p Playbook) []string {
	var out []string
	for _, t := range p.Think {
		d := dutyOf(t.Recipient)
		if d == nil || !d.existsFor(r) {
			continue
		}
		says := r.RecipientLabel(t.Recipient)
		if t.When != "" {
			says += ", " + t.When
		}
		out = append(out, says)
	}
	return out
}
