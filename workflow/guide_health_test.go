package workflow_test

import (
	"testing"

	. "breachbot/workflow"
)

// Everyday cases in a health or care organisation, graded as its DPO would. The
// facts are given in the terms of the report, as staff would tick them.
func TestSuggestInHealthAndCare(t *testing.T) {
	t.Parallel()
	one := Count{Known: true, N: 1}
	many := func(n int) Count { return Count{Known: true, N: n} }
	clinical := []DataCategory{"health", "basic_identifiers", "contact"}
	patients, staff := []SubjectKind{"patients"}, []SubjectKind{"employees"}
	for _, test := range []struct {
		name      string
		facts     Facts
		authority bool
		people    Answer
	}{
		{"clinic letter to a known wrong patient, returned unread", Facts{Category: "letter_wrong", Data: clinical, Subjects: patients, Count: one,
			ExposedTo: ExposedKnown, Exfiltrated: Yes, Recovered: Yes, Read: No, Malicious: No, HarmReported: No}, false, No},
		{"the same, and the patient says it was thrown away; perhaps it was read", Facts{Category: "letter_wrong", Data: clinical, Subjects: patients, Count: one,
			ExposedTo: ExposedKnown, Exfiltrated: Yes, Recovered: Yes, Assurance: AssuranceWord, Malicious: No}, true, Yes},
		{"the same, and it was read and kept", Facts{Category: "letter_wrong", Data: clinical, Subjects: patients, Count: one,
			ExposedTo: ExposedKnown, Exfiltrated: Yes, Recovered: No, Malicious: No}, true, Yes},
		{"the same, and nobody knows who has it", Facts{Category: "letter_wrong", Data: clinical, Subjects: patients, Count: one}, true, Yes},
		{"nurse looks up a neighbour", Facts{Category: "viewed_without_need", Data: clinical, Subjects: patients, Count: one,
			ExposedTo: ExposedTrusted, Exfiltrated: No, Malicious: Yes, Recovered: NotApplicable}, true, Yes},
		{"clerk opens the wrong of two records and closes it", Facts{Category: "viewed_without_need", Data: clinical, Subjects: patients, Count: one,
			ExposedTo: ExposedTrusted, Exfiltrated: No, Malicious: No, Recovered: NotApplicable}, false, No},
		{"unencrypted memory stick lost on a bus", Facts{Category: "device_lost", Data: clinical, Subjects: patients, Count: many(120), Unintelligible: No,
			CopyHeld: Yes, Disruption: DisruptionNone, ExposedTo: ExposedStranger, Malicious: No}, true, Yes},
		{"encrypted laptop stolen from a car", Facts{Category: "device_lost", Data: clinical, Subjects: patients, Count: many(4000), Unintelligible: Yes,
			CopyHeld: Yes, Disruption: DisruptionNone, ExposedTo: ExposedStranger, Malicious: Yes, HarmReported: No}, false, No},
		{"the same, with the password on a note in the bag", Facts{Category: "device_lost", Data: clinical, Subjects: patients, Count: many(4000), Unintelligible: No,
			CopyHeld: Yes, Disruption: DisruptionNone, ExposedTo: ExposedStranger, Malicious: Yes}, true, Yes},
		{"referral emailed to the wrong NHS team, deleted at once", Facts{Category: "email_wrong", Data: clinical, Subjects: patients, Count: one,
			ExposedTo: ExposedTrusted, Exfiltrated: Yes, Recovered: Yes, Malicious: No, HarmReported: No}, false, No},
		{"spreadsheet of staff with a hidden sheet published", Facts{Category: "published", Data: []DataCategory{"basic_identifiers", "ethnic_origin", "sexual_orientation"},
			Subjects: staff, Count: many(6500), Exfiltrated: Yes, Malicious: No}, true, Yes},
		{"the same, taken down after minutes, logs show no visitor", Facts{Category: "published", Data: []DataCategory{"basic_identifiers", "ethnic_origin"},
			Subjects: staff, Count: many(6500), Exfiltrated: No, Assurance: AssuranceProof, Malicious: No}, false, No},
		{"the same, taken down after minutes, and nobody has complained", Facts{Category: "published", Data: []DataCategory{"basic_identifiers", "ethnic_origin"},
			Subjects: staff, Count: many(6500), Exfiltrated: No, Malicious: No}, true, Yes},
		{"HIV clinic writes to its patients in cc", Facts{Category: "recipients_visible", Data: []DataCategory{"contact", "sexual_health"}, Subjects: patients, Count: many(780),
			ExposedTo: ExposedKnown, Exfiltrated: Yes, Malicious: No}, true, Yes},
		{"newsletter to twenty suppliers in cc", Facts{Category: "recipients_visible", Data: []DataCategory{"contact"}, Subjects: []SubjectKind{"customers"}, Count: many(20),
			ExposedTo: ExposedKnown, Exfiltrated: Yes, Malicious: No}, false, No},
		{"handover sheet of a ward lost outside", Facts{Category: "paper_lost", Data: clinical, Subjects: patients, Count: many(24), CopyHeld: Yes,
			Disruption: DisruptionNone, ExposedTo: ExposedStranger, Malicious: No}, true, Yes},
		{"handover sheet found in the corridor by a colleague", Facts{Category: "paper_lost", Data: clinical, Subjects: patients, Count: many(24), CopyHeld: Yes,
			Disruption: DisruptionNone, ExposedTo: ExposedTrusted, Exfiltrated: No, Recovered: Yes, Malicious: No, HarmReported: No}, false, No},
		{"rota with names and telephone numbers left on a train", Facts{Category: "paper_lost", Data: []DataCategory{"basic_identifiers", "contact"}, Subjects: staff,
			Count: many(14), CopyHeld: Yes, Disruption: DisruptionNone, ExposedTo: ExposedStranger, Malicious: No, HarmReported: No}, false, No},
		{"passports of volunteers lost in the post", Facts{Category: "paper_lost", Data: []DataCategory{"basic_identifiers", "official_documents"},
			Subjects: []SubjectKind{"volunteers"}, Count: many(3), CopyHeld: NotApplicable, Disruption: DisruptionNone, ExposedTo: ExposedStranger, Malicious: No}, true, Yes},
		{"ransomware at a supplier, patient data taken, clinics cancelled", Facts{Category: "ransomware", Data: clinical, Subjects: patients, Count: many(80_000),
			CopyHeld: Yes, Disruption: DisruptionSerious, Exfiltrated: Yes}, true, Yes},
		{"ransomware, nothing else known yet", Facts{Category: "ransomware"}, true, Unknown},
		{"records unsecured in a public corridor, nobody came by", Facts{Category: "paper_lost", Data: clinical, Subjects: patients, NearMiss: true}, false, No},
		{"near miss, and yet somebody rang to complain of what was done with it", Facts{Category: "paper_lost", Data: clinical, Subjects: patients, NearMiss: true,
			ExposedTo: ExposedKnown, Exfiltrated: Yes, HarmReported: Yes}, true, Yes},
		{"record system down for an hour, paper used, nobody came to harm", Facts{Category: "unavailable", Data: clinical, Subjects: patients, CopyHeld: Yes,
			Disruption: DisruptionMinor, Exfiltrated: No, Malicious: No, HarmReported: No}, false, No},
		{"record system down for two days, operations put off", Facts{Category: "unavailable", Data: clinical, Subjects: patients, CopyHeld: Yes,
			Disruption: DisruptionSerious, Exfiltrated: No, Malicious: No}, true, Yes},
		{"results filed in the wrong record, acted on", Facts{Category: "altered", Data: clinical, Subjects: patients, Count: one, CopyHeld: Yes,
			Disruption: DisruptionSerious, Exfiltrated: No, Malicious: No}, true, Yes},
		{"address of a foster family in papers to the birth parents", Facts{Category: "not_redacted", Data: []DataCategory{"contact", "location"},
			Subjects: []SubjectKind{"children"}, Count: many(3), ExposedTo: ExposedKnown, Exfiltrated: Yes, Recovered: No, Malicious: No}, true, Yes},
		{"medicine bag to the wrong patient, fetched back unopened", Facts{Category: "other", Aspects: []Aspect{Confidentiality}, Data: clinical, Subjects: patients, Count: one,
			ExposedTo: ExposedKnown, Exfiltrated: Yes, Recovered: Yes, Read: No, Assurance: AssuranceProof, Malicious: No}, false, No},
		{"phished mailbox of a secretary", Facts{Category: "phishing", Aspects: []Aspect{Confidentiality}, Data: clinical, Subjects: patients}, true, Yes},
		{"a hundred thousand records at a supplier bound by contract, deleted as they say", Facts{Category: "misconfiguration", Aspects: []Aspect{Confidentiality}, Data: clinical, Subjects: patients,
			Count: many(100_000), ExposedTo: ExposedTrusted, Exfiltrated: Yes, Recovered: Yes, Assurance: AssuranceWritten}, true, Unknown},
		{"the same, and a log proves that nobody opened them", Facts{Category: "misconfiguration", Aspects: []Aspect{Confidentiality}, Data: clinical, Subjects: patients,
			Count: many(100_000), ExposedTo: ExposedTrusted, Exfiltrated: Yes, Recovered: Yes, Read: No, Assurance: AssuranceProof}, false, No},
		{"handover sheet that a stranger read and handed back", Facts{Category: "paper_lost", Aspects: []Aspect{Confidentiality}, Data: clinical, Subjects: patients, Count: many(24), CopyHeld: Yes,
			Disruption: DisruptionNone, ExposedTo: ExposedStranger, Exfiltrated: Yes, Recovered: Yes, Read: Yes, Assurance: AssuranceProof, Malicious: No}, true, Unknown},
		{"address told to a former partner who was violent", Facts{Category: "told_wrong", Data: []DataCategory{"contact"}, Subjects: patients, Count: one,
			ExposedTo: ExposedKnown, Exfiltrated: Yes, Recovered: Yes, Assurance: AssuranceWord, Connected: Yes, InDanger: Yes}, true, Yes},
		{"a nurse opened the record of a patient not in her care, and nobody knows why", Facts{Category: "viewed_without_need", Data: clinical, Subjects: patients, Count: one,
			ExposedTo: ExposedTrusted, Exfiltrated: No, Read: Yes}, true, Unknown},
		{"letter about a mother to her son, who gave it back", Facts{Category: "letter_wrong", Data: clinical, Subjects: patients, Count: one, ExposedTo: ExposedKnown,
			Exfiltrated: Yes, Recovered: Yes, Assurance: AssuranceProof, Connected: Yes}, true, Yes},
		{"encrypted laptop with the only copy of a study", Facts{Category: "device_lost", Aspects: []Aspect{Confidentiality}, Data: clinical, Subjects: patients, Count: many(300), Unintelligible: Yes,
			CopyHeld: No, Disruption: DisruptionMinor, ExposedTo: ExposedStranger, Malicious: No}, true, Unknown},
		{"staff telephone list out of reach for a while, a copy held", Facts{Category: "unavailable", Data: []DataCategory{"basic_identifiers", "contact"}, Subjects: staff, Count: many(40),
			CopyHeld: Yes, Malicious: No}, false, No},
		{"device with patient data mislaid, and nobody knows whether anybody had it", Facts{Category: "device_lost", Aspects: []Aspect{Confidentiality}, Data: clinical, Subjects: patients, Count: one,
			CopyHeld: Yes, Disruption: DisruptionNone, ExposedTo: ExposedNobody, Malicious: No}, true, Unknown},
		{"blood group mixed up and acted on", Facts{Category: "altered", Data: clinical, Subjects: patients, Count: one, CopyHeld: Yes, Disruption: DisruptionMinor,
			WrongDataUsed: Yes, Malicious: No}, true, Yes},
		{"results filed in the wrong record, put right before anybody used them", Facts{Category: "altered", Data: clinical, Subjects: patients, Count: one, CopyHeld: Yes,
			Disruption: DisruptionNone, WrongDataUsed: No, Malicious: No, HarmReported: No}, false, No},
		{"credit refused on somebody else's debts", Facts{Category: "altered", Data: []DataCategory{"basic_identifiers", "financial"}, Subjects: []SubjectKind{"customers"}, Count: one, CopyHeld: Yes,
			Disruption: DisruptionMinor, WrongDataUsed: Yes, Malicious: No}, true, Unknown},
		{"notice of a public hearing sent to the wrong address", Facts{Category: "letter_wrong", Data: []DataCategory{"basic_identifiers", "convictions"}, Subjects: []SubjectKind{"customers"}, Count: one,
			ExposedTo: ExposedKnown, Exfiltrated: Yes, LawfullyPublic: Yes, InDanger: No}, false, No},
		{"records of patients who have all died", Facts{Category: "paper_lost", Data: clinical, Subjects: patients, Count: many(40), Deceased: Yes}, false, No},
		{"a supplier's bug in data of its customers", Facts{Category: "portal_wrong", Data: clinical, Subjects: patients, Count: many(40), Capacity: Processor}, false, No},
		{"new address to a former partner, and nobody has asked whether that is dangerous", Facts{Category: "letter_wrong", Data: []DataCategory{"contact"}, Subjects: staff, Count: one,
			ExposedTo: ExposedKnown, Exfiltrated: Yes, Recovered: Yes, Assurance: AssuranceProof, Connected: Yes}, true, Unknown},
		{"record looked at, nobody knows why, and the person says in writing that they forgot it", Facts{Category: "viewed_without_need", Data: clinical, Subjects: patients, Count: one,
			ExposedTo: ExposedTrusted, Exfiltrated: No, Recovered: Yes, Assurance: AssuranceWritten}, true, Unknown},
		{"encrypted, and yet the attacker read it", Facts{Category: "account_entered", Aspects: []Aspect{Confidentiality}, Data: clinical, Subjects: patients, Count: one, Unintelligible: Yes, Read: Yes}, true, Yes},
		{"laboratory results of 400 people mixed up, nothing more known", Facts{Category: "altered", Data: clinical, Subjects: patients, Count: many(400), CopyHeld: Yes, Malicious: No}, true, Unknown},
		{"list of a clinic kept by a practice bound by secrecy", Facts{Category: "email_wrong", Data: []DataCategory{"contact", "sexual_health"}, Subjects: patients, Count: many(900),
			ExposedTo: ExposedTrusted, Exfiltrated: Yes, Recovered: No}, true, Unknown},
		{"passwords of colleagues kept by a wrong recipient", Facts{Category: "email_wrong", Data: []DataCategory{"basic_identifiers", "credentials"}, Subjects: staff, Count: many(900),
			ExposedTo: ExposedKnown, Exfiltrated: Yes, Recovered: No}, true, Unknown},
		{"attacker among psychiatric records, and nothing but a question says that none were taken", Facts{Category: "account_entered", Aspects: []Aspect{Confidentiality}, Data: []DataCategory{"mental_health"},
			Subjects: patients, Count: many(900), Exfiltrated: No, Assurance: AssuranceAsked}, true, Yes},
		{"unencrypted stick with names of 100,000 people lost", Facts{Category: "device_lost", Aspects: []Aspect{Confidentiality}, Data: []DataCategory{"basic_identifiers", "identification"}, Subjects: []SubjectKind{"customers"},
			Count: many(100_000), Unintelligible: No, ExposedTo: ExposedStranger, Malicious: No}, true, Unknown},
		{"letter to a refuge stopped before it was posted", Facts{Category: "letter_wrong", Data: []DataCategory{"contact"}, Subjects: patients, Count: one, NearMiss: true, InDanger: Yes}, false, No},
		{"envelope with the name of one patient lost on the way", Facts{Category: "paper_lost", Aspects: []Aspect{Confidentiality}, Data: []DataCategory{"basic_identifiers"}, Subjects: patients, Count: one,
			ExposedTo: ExposedStranger, Malicious: No, InDanger: No}, false, No},
		{"pharmacy bag to the wrong customer, who looked and brought it back", Facts{Category: "other", Aspects: []Aspect{Confidentiality}, Data: clinical, Subjects: patients, Count: one,
			ExposedTo: ExposedKnown, Exfiltrated: Yes, Recovered: Yes, Read: Yes, Assurance: AssuranceProof, Connected: No, Malicious: No, InDanger: No}, false, No},
		{"the same, and the customer is a neighbour", Facts{Category: "other", Aspects: []Aspect{Confidentiality}, Data: clinical, Subjects: patients, Count: one,
			ExposedTo: ExposedKnown, Exfiltrated: Yes, Recovered: Yes, Read: Yes, Assurance: AssuranceProof, Connected: Yes, Malicious: No, InDanger: No}, true, Yes},
		{"wrong telephone number in a record, rung once, nothing came of it", Facts{Category: "altered", Data: clinical, Subjects: patients, Count: one, CopyHeld: Yes,
			Disruption: DisruptionNone, WrongDataUsed: Yes, Malicious: No, HarmReported: No}, true, Unknown},
		{"diagnosis told to the wrong relative on the telephone", Facts{Category: "told_wrong", Data: []DataCategory{"health", "basic_identifiers"}, Subjects: patients, Count: one,
			ExposedTo: ExposedKnown, Exfiltrated: Yes, Recovered: No, Malicious: No}, true, Yes},
	} {
		s := testRules().SuggestFor(test.facts)
		if s.Recommendation.Regulator != test.authority || s.Recommendation.Subjects != test.people {
			t.Errorf("%s: authority %v, people %s; want %v, %s; %s: %s", test.name, s.Recommendation.Regulator, s.Recommendation.Subjects,
				test.authority, test.people, s.Recommendation.Cell, s.Why())
		}
	}
}
