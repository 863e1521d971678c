package workflow

import (
	"cmp"
	"slices"
	"strconv"
)

// Count is an approximate number of people. Known false means not known yet.
type Count struct {
	Known bool `json:"known,omitempty"`
	N     int  `json:"n,omitempty"`
}

// String is the number in digits, with a comma for each thousand, or "not known
// yet".
func (c Count) String() string {
	if !c.Known {
		return "not known yet"
	}
	return digits(c.N)
}

// digits writes a number of zero or more as people read it: 12,000.
func digits(n int) string {
	s := strconv.Itoa(n)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}

// Band is the band the regulator's statistics use (ICO data security incident
// trends). A round figure on a border goes to the higher band.
func (c Count) Band() string {
	switch {
	case !c.Known:
		return "Unknown"
	case c.N < 10:
		return "1 to 9"
	case c.N < 100:
		return "10 to 99"
	case c.N < 1_000:
		return "100 to 1k"
	case c.N < 10_000:
		return "1k to 10k"
	case c.N < 100_000:
		return "10k to 100k"
	}
	return "100k and above"
}

// Facts are what is known about the breach, without any free text. The reporter
// gives the first; triage corrects them.
type Facts struct {
	Category      Category       `json:"category,omitempty"`
	Aspects       []Aspect       `json:"aspects,omitempty"`
	Data          []DataCategory `json:"data,omitempty"`
	Subjects      []SubjectKind  `json:"subjects,omitempty"`
	Count         Count          `json:"count,omitzero"` // of data subjects, not of recipients
	Ongoing       Answer         `json:"ongoing,omitempty"`
	SubjectsAware Answer         `json:"subjects_aware,omitempty"`
	OthersAware   Answer         `json:"others_aware,omitempty"`
	NearMiss      bool           `json:"near_miss,omitempty"`
	PersonalData  Answer         `json:"personal_data,omitempty"`
	Capacity      Capacity       `json:"capacity,omitempty"`

	// What the guided assessment asks for. Empty means not asked yet; Guide
	// then says what follows from the rest of the facts.
	SpecialCategory Answer     `json:"special_category,omitempty"`
	Vulnerable      Answer     `json:"vulnerable_people,omitempty"`
	Identifiable    Answer     `json:"identifiable,omitempty"`
	Unintelligible  Answer     `json:"unintelligible,omitempty"`
	CopyHeld        Answer     `json:"copy_held,omitempty"`
	Disruption      Disruption `json:"service_disruption,omitempty"`
	ExposedTo       Exposure   `json:"exposed_to,omitempty"`
	Exfiltrated     Answer     `json:"exfiltrated,omitempty"`
	Recovered       Answer     `json:"recovered,omitempty"`
	Malicious       Answer     `json:"malicious,omitempty"`
	HarmReported    Answer     `json:"harm_reported,omitempty"`
	Read            Answer     `json:"read,omitempty"`
	Assurance       Assurance  `json:"assurance,omitempty"`
	Connected       Answer     `json:"connected,omitempty"`
	LawfullyPublic  Answer     `json:"lawfully_public,omitempty"`
	WrongDataUsed   Answer     `json:"wrong_data_used,omitempty"`

	// What triage asks for as well.
	InDanger         Answer `json:"in_danger,omitempty"` // is anyone in danger?
	CustomersMustAct Answer `json:"customers_must_act,omitempty"`
	PatientSafety    Answer `json:"patient_safety,omitempty"` // linked to a patient safety incident
	SlackUnsafe      Answer `json:"slack_unsafe,omitempty"`   // Slack itself may be compromised
	Deceased         Answer `json:"deceased,omitempty"`       // only data of people who have died
	Unsure           bool   `json:"unsure,omitempty"`         // the reporter asks the DPO for advice
}

// check refuses values that no form offers.
func (f Facts) check() error {
	if f.Count.Known && f.Count.N < 0 {
		return Invalid(FieldCount, "The number of people cannot be below zero. Leave it empty if it is not known yet.")
	}
	if f.Count.Known && f.Count.N > MaxCount {
		return Invalid(FieldCount, "That is more people than live in the United Kingdom. Please check the number, or leave it empty if it is not known yet.")
	}
	if f.Category != "" && !known(Categories, f.Category) {
		return Invalid(FieldCategory, "Please choose one from the list.")
	}
	if f.Capacity != "" && !known(Capacities, f.Capacity) {
		return Invalid(FieldCapacity, "Please choose one of the answers.")
	}
	for _, a := range f.Aspects {
		if !known(Aspects, a) {
			return Invalid(FieldAspects, "Please choose from the list.")
		}
	}
	for _, d := range f.Data {
		if !known(DataCategories, d) {
			return Invalid(FieldData, "Please choose from the list.")
		}
	}
	for _, s := range f.Subjects {
		if !known(SubjectKinds, s) {
			return Invalid(FieldSubjects, "Please choose from the list.")
		}
	}
	if f.Disruption != "" && !known(Disruptions, f.Disruption) {
		return Invalid(FieldDisruption, "Please choose one of the answers.")
	}
	if f.ExposedTo != "" && !known(Exposures, f.ExposedTo) {
		return Invalid(FieldExposedTo, "Please choose one of the answers.")
	}
	if f.Assurance != "" && !known(Assurances, f.Assurance) {
		return Invalid(FieldAssurance, "Please choose one of the answers.")
	}
	for _, q := range []struct {
		field  Field
		answer Answer
		among  []Option[Answer]
	}{
		{FieldOngoing, f.Ongoing, Answers}, {FieldSubjectsAware, f.SubjectsAware, Answers}, {FieldOthersAware, f.OthersAware, Answers},
		{FieldPersonalData, f.PersonalData, Answers}, {FieldSpecialCategory, f.SpecialCategory, Answers}, {FieldVulnerablePeople, f.Vulnerable, Answers},
		{FieldIdentifiable, f.Identifiable, Answers}, {FieldUnintelligible, f.Unintelligible, Answers}, {FieldCopyHeld, f.CopyHeld, ApplicableAnswers},
		{FieldExfiltrated, f.Exfiltrated, Answers}, {FieldRecovered, f.Recovered, ApplicableAnswers}, {FieldMalicious, f.Malicious, Answers},
		{FieldHarmReported, f.HarmReported, Answers}, {FieldInDanger, f.InDanger, Answers}, {FieldCustomersMustAct, f.CustomersMustAct, Answers},
		{FieldRead, f.Read, ReadAnswers}, {FieldConnected, f.Connected, Answers}, {FieldLawfullyPublic, f.LawfullyPublic, Answers},
		{FieldWrongDataUsed, f.WrongDataUsed, ApplicableAnswers},
		{FieldPatientSafety, f.PatientSafety, Answers}, {FieldSlackUnsafe, f.SlackUnsafe, Answers}, {FieldDeceased, f.Deceased, Answers},
	} {
		if q.answer != "" && !known(q.among, q.answer) {
			return Invalid(q.field, "Please choose one of the answers.")
		}
	}
	return nil
}

// with are the facts with what more answers of the guided assessment. Where it
// gives no answer, the earlier one is kept.
func (f Facts) with(more Facts) Facts {
	if len(more.Aspects) > 0 {
		f.Aspects = slices.Clone(more.Aspects)
	}
	if len(more.Data) > 0 {
		f.Data = slices.Clone(more.Data)
	}
	f.Count, f.Capacity = cmp.Or(more.Count, f.Count), cmp.Or(more.Capacity, f.Capacity)
	f.SpecialCategory, f.Vulnerable = cmp.Or(more.SpecialCategory, f.SpecialCategory), cmp.Or(more.Vulnerable, f.Vulnerable)
	f.Identifiable, f.Unintelligible = cmp.Or(more.Identifiable, f.Identifiable), cmp.Or(more.Unintelligible, f.Unintelligible)
	f.CopyHeld, f.Disruption = cmp.Or(more.CopyHeld, f.CopyHeld), cmp.Or(more.Disruption, f.Disruption)
	f.ExposedTo, f.Exfiltrated = cmp.Or(more.ExposedTo, f.ExposedTo), cmp.Or(more.Exfiltrated, f.Exfiltrated)
	f.Recovered, f.Assurance = cmp.Or(more.Recovered, f.Recovered), cmp.Or(more.Assurance, f.Assurance)
	f.Malicious, f.HarmReported = cmp.Or(more.Malicious, f.Malicious), cmp.Or(more.HarmReported, f.HarmReported)
	f.Read, f.Connected = cmp.Or(more.Read, f.Read), cmp.Or(more.Connected, f.Connected)
	f.LawfullyPublic, f.WrongDataUsed = cmp.Or(more.LawfullyPublic, f.LawfullyPublic), cmp.Or(more.WrongDataUsed, f.WrongDataUsed)
	f.InDanger, f.Deceased = cmp.Or(more.InDanger, f.InDanger), cmp.Or(more.Deceased, f.Deceased)
	return f
}

// asked are the facts with what a person answered to these questions. What they
// were not asked stays as it was; what they were asked and left empty is not known
// any more.
func (f Facts) asked(now Facts, questions []Field) Facts {
	for _, q := range questions {
		switch q {
		case FieldCategory:
			f.Category = now.Category
		case FieldAspects:
			f.Aspects = now.Aspects
		case FieldData:
			f.Data = now.Data
		case FieldSubjects:
			f.Subjects = now.Subjects
		case FieldCount:
			f.Count = now.Count
		case FieldOngoing:
			f.Ongoing = now.Ongoing
		case FieldSubjectsAware:
			f.SubjectsAware = now.SubjectsAware
		case FieldOthersAware:
			f.OthersAware = now.OthersAware
		case FieldPersonalData:
			f.PersonalData = now.PersonalData
		case FieldCapacity:
			f.Capacity = now.Capacity
		case FieldSpecialCategory:
			f.SpecialCategory = now.SpecialCategory
		case FieldVulnerablePeople:
			f.Vulnerable = now.Vulnerable
		case FieldMalicious:
			f.Malicious = now.Malicious
		case FieldApplies:
			f.InDanger, f.CustomersMustAct, f.PatientSafety = now.InDanger, now.CustomersMustAct, now.PatientSafety
			f.SlackUnsafe, f.Deceased, f.NearMiss = now.SlackUnsafe, now.Deceased, now.NearMiss
		case FieldUnintelligible:
			f.Unintelligible = now.Unintelligible
		case FieldCopyHeld:
			f.CopyHeld = now.CopyHeld
		case FieldDisruption:
			f.Disruption = now.Disruption
		case FieldExposedTo:
			f.ExposedTo = now.ExposedTo
		case FieldExfiltrated:
			f.Exfiltrated = now.Exfiltrated
		case FieldConnected:
			f.Connected = now.Connected
		}
	}
	return f
}

// keeping carries over from before what triage does not ask, where f does not
// answer it. This way, triage does not wipe out what containment and
// investigation have established.
func (f Facts) keeping(before Facts) Facts {
	f.Identifiable = cmp.Or(f.Identifiable, before.Identifiable)
	f.Unintelligible = cmp.Or(f.Unintelligible, before.Unintelligible)
	f.CopyHeld = cmp.Or(f.CopyHeld, before.CopyHeld)
	f.Disruption = cmp.Or(f.Disruption, before.Disruption)
	f.ExposedTo = cmp.Or(f.ExposedTo, before.ExposedTo)
	f.Exfiltrated = cmp.Or(f.Exfiltrated, before.Exfiltrated)
	f.Recovered = cmp.Or(f.Recovered, before.Recovered)
	f.HarmReported = cmp.Or(f.HarmReported, before.HarmReported)
	f.Read, f.Assurance = cmp.Or(f.Read, before.Read), cmp.Or(f.Assurance, before.Assurance)
	f.Connected, f.LawfullyPublic = cmp.Or(f.Connected, before.Connected), cmp.Or(f.LawfullyPublic, before.LawfullyPublic)
	f.WrongDataUsed = cmp.Or(f.WrongDataUsed, before.WrongDataUsed)
	f.Unsure = f.Unsure || before.Unsure
	return f
}
