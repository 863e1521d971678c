package workflow

import (
	"cmp"
	"slices"
)

// Guide is what the report's facts say in answer to the guided assessment's
// questions. An answer that was given counts. A missing one is derived from the
// rest of the facts where they settle it. Otherwise it is "not known", or the
// cautious answer where the question has no "not known".
func (f Facts) Guide() GuideFacts { return f.guide().settled() }

// guide leaves open what neither an answer nor the rest of the facts settles.
func (f Facts) guide() GuideFacts {
	g := GuideFacts{
		Breach:           slices.Clone(f.Aspects),
		Data:             kinds(f.Data),
		SpecialCategory:  cmp.Or(f.SpecialCategory, specialAmong(f.Data)),
		VulnerablePeople: cmp.Or(f.Vulnerable, vulnerableAmong(f.Subjects)),
		Count:            f.Count.band(),
		Identifiable:     cmp.Or(f.Identifiable, identifiedBy(f.Data)),
		Unintelligible:   f.Unintelligible,
		CopyHeld:         f.CopyHeld,
		Disruption:       f.Disruption,
		ExposedTo:        f.ExposedTo,
		Exfiltrated:      f.Exfiltrated,
		Recovered:        f.Recovered,
		Malicious:        f.Malicious,
		HarmReported:     f.HarmReported,
		Read:             f.Read,
		Assurance:        f.Assurance,
		Connected:        f.Connected,
		LawfullyPublic:   f.LawfullyPublic,
		WrongDataUsed:    f.WrongDataUsed,
		InDanger:         f.InDanger,
		Deceased:         f.Deceased,
		Capacity:         f.Capacity,
	}
	if len(g.Breach) == 0 {
		g.Breach = f.Category.aspects()
	}
	if f.Category == "ransomware" { // it locks the data, whatever else it does; and whoever locked it could get at it
		if len(g.Breach) == 0 {
			g.Breach = []Aspect{Confidentiality}
		}
		if !slices.Contains(g.Breach, Availability) {
			g.Breach = append(g.Breach, Availability)
		}
	}
	if f.Category.attack() {
		g.ExposedTo = cmp.Or(g.ExposedTo, ExposedAttacker)
		g.Malicious = cmp.Or(g.Malicious, Yes)
	}
	if f.Category.mistake() {
		g.Malicious = cmp.Or(g.Malicious, No)
	}
	if f.Category == "published" {
		g.ExposedTo = cmp.Or(g.ExposedTo, ExposedPublic)
	}
	if f.NearMiss { // nothing went wrong in the end
		g.ExposedTo, g.Exfiltrated = cmp.Or(g.ExposedTo, ExposedNobody), cmp.Or(g.Exfiltrated, No)
		g.CopyHeld, g.Disruption = cmp.Or(g.CopyHeld, Yes), cmp.Or(g.Disruption, DisruptionNone)
		g.HarmReported = cmp.Or(g.HarmReported, No)
	}
	if len(g.Breach) > 0 && !slices.Contains(g.Breach, Confidentiality) {
		g.ExposedTo = cmp.Or(g.ExposedTo, ExposedNobody)
	}
	return g
}

// Facts are the same facts in the terms of the report. The number of people is
// the lowest in its band.
func (f GuideFacts) Facts() Facts {
	out := Facts{
		Aspects: slices.Clone(f.Breach), Count: f.Count.count(),
		SpecialCategory: f.SpecialCategory, Vulnerable: f.VulnerablePeople, Identifiable: f.Identifiable, Unintelligible: f.Unintelligible,
		CopyHeld: f.CopyHeld, Disruption: f.Disruption, ExposedTo: f.ExposedTo, Exfiltrated: f.Exfiltrated, Recovered: f.Recovered,
		Malicious: f.Malicious, HarmReported: f.HarmReported, Read: f.Read, Assurance: f.Assurance, Connected: f.Connected,
		LawfullyPublic: f.LawfullyPublic, WrongDataUsed: f.WrongDataUsed, InDanger: f.InDanger, Deceased: f.Deceased, Capacity: f.Capacity,
	}
	for _, k := range f.Data {
		out.Data = append(out.Data, k.category())
	}
	return out
}

// kinds are the kinds of data, each once; "not known yet" only where there is
// nothing else.
func kinds(data []DataCategory) []DataKind {
	var out []DataKind
	for _, d := range data {
		if k := d.kind(); k != KindUnspecified && !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	if len(out) == 0 && len(data) > 0 {
		return []DataKind{KindUnspecified}
	}
	return out
}

// kind is the kind as the guided assessment sorts it. What is on the health
// bodies' longer list counts like the special categories it is listed with.
func (d DataCategory) kind() DataKind {
	switch d {
	case "basic_identifiers":
		return KindBasic
	case "contact":
		return KindContact
	case "identification":
		return KindIdentification
	case "official_documents":
		return KindDocuments
	case "financial", "payment":
		return KindFinancial
	case "credentials":
		return KindCredentials
	case "location":
		return KindLocation
	case "health", "mental_health", "sexual_health", "communicable_disease", "staff_health":
		return KindHealth
	case "genetic_biometric":
		return KindGenetic
	case "convictions":
		return KindConvictions
	case "ethnic_origin", "beliefs", "political", "trade_union", "sex_life", "sexual_orientation", "gender_reassignment", "equality", "other_special":
		return KindOtherSpecial
	case "pseudonymised":
		return KindPseudonymised
	}
	return KindUnspecified
}

// vague tells whether the kind leaves open how sensitive the data is.
func (d DataCategory) vague() bool { return d.kind() == KindUnspecified || d == "pseudonymised" }

// specialAmong: one special kind is enough for yes, one vague kind keeps it
// open, and no kind at all says nothing.
func specialAmong(data []DataCategory) Answer {
	switch {
	case slices.ContainsFunc(data, DataCategory.Special):
		return Yes
	case len(data) > 0 && !slices.ContainsFunc(data, DataCategory.vague):
		return No
	}
	return ""
}

// vulnerableAmong answers from who the people are. Patients are in care
// (recital 75 with the guidelines on it: people who depend on others).
func vulnerableAmong(people []SubjectKind) Answer {
	open := len(people) == 0
	for _, s := range people {
		switch {
		case s == "patients" || s.Vulnerable():
			return Yes
		case s == "other" || s == "unknown" || s == "students": // may be children
			open = true
		}
	}
	if open {
		return ""
	}
	return No
}

// identifiedBy: names, addresses, numbers and identity documents show who the
// person is. Data with none of these may or may not.
func identifiedBy(data []DataCategory) Answer {
	for _, d := range data {
		switch d.kind() {
		case KindBasic, KindContact, KindIdentification, KindDocuments:
			return Yes
		}
	}
	return ""
}

// aspects are what a kind of event always affects, where it affects only one.
func (c Category) aspects() []Aspect {
	switch c {
	case "email_wrong", "letter_wrong", "viewed_without_need", "told_wrong", "not_redacted", "recipients_visible",
		"portal_wrong", "published", "blagging", "unlocked", "wrong_rights", "insider", "covert_recording":
		return []Aspect{Confidentiality}
	case "altered":
		return []Aspect{Integrity}
	case "unavailable", "deleted", "denial_of_service":
		return []Aspect{Availability}
	}
	return nil
}

// attack tells whether, in this kind of event, somebody means to get at data.
func (c Category) attack() bool {
	switch c {
	case "account_entered", "phishing", "ransomware", "brute_force", "malware", "blagging":
		return true
	}
	return false
}

// mistake tells whether, in this kind of event, nobody meant to get at data.
// What a wrong recipient then does with it is another question.
func (c Category) mistake() bool {
	switch c {
	case "email_wrong", "letter_wrong", "told_wrong", "not_redacted", "recipients_visible", "portal_wrong", "published", "misconfiguration":
		return true
	}
	return false
}

// band is the band of the count.
func (c Count) band() Band {
	switch {
	case !c.Known:
		return ""
	case c.N < 10:
		return BandOnes
	}
	return Band(c.Band())
}
