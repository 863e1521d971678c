package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"breachbot/workflow"
)

func runCases(t *testing.T, content string) (string, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "cases.json")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err := cases(t.Context(), process{Stdout: &out, Stderr: &out, Now: func() time.Time { return storyStart }}, file)
	return out.String(), err
}

func caseFile(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", "cases", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func wp250(t *testing.T) string { return caseFile(t, "wp250.json") }

// The ten examples of WP250rev.01 Annex B: every outcome matches. Of the
// eighteen of EDPB Guidelines 01/2021 one differs, by the rule that special
// category data with a wrong recipient is a high risk: the guidelines call that
// usual too, and case 15, a lactose intolerance, their exception. Which illness
// is harmless is not for a rule to say, but for the DPO. Of the cases that were
// gathered without sight of the rules, the README beside them says which part
// from the advice, and why.
func TestCasesOfTheGuidelines(t *testing.T) {
	for _, test := range []struct {
		file    string
		differs []string
		ends    string
	}{
		{"wp250.json", nil, "Conditional, so matching either way: 1 for the authority, 6 for the people.\n" +
			"10 of 10 match for the authority, 10 of 10 for the people\n"},
		{"edpb_01_2021.json", []string{"Case 15: Personal data sent by mail by mistake"}, "Conditional, so matching either way: 0 for the authority, 0 for the people.\n" +
			"17 of 18 match for the authority, 17 of 18 for the people\n"},
		{"uk.json", []string{"Case guide-phone-list: Staff telephone list lost or altered", "Case guide-alumni: Alumni contact list deleted and restored",
			"Case lawsoc-deleted: Contact details deleted by accident"},
			"20 of 23 match for the authority, 21 of 23 for the people\n"},
		{"eu.json", []string{"Case pl-mbank-2024: Bank's customer papers sent to another bank", "Case pl-bailiff-2025: Bailiff's letter to the wrong person",
			"Case pl-insurer-2021: Insurance offer e-mailed to the wrong person", "Case dk-tax-letter-2021: Tax letter to the wrong recipient",
			"Case de-savings-bank-2020: Savings bank employee looks up one customer", "Case pl-contract-2020: Customer contract posted to another customer, who passed it on",
			"Case es-transport-video-2019: Guard films the surveillance screen"},
			"36 of 37 match for the authority, 30 of 37 for the people\n"},
	} {
		t.Run(test.file, func(t *testing.T) {
			out, err := runCases(t, caseFile(t, test.file))
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(out, test.ends) {
				t.Errorf("it does not end as expected:\n%s", tail(out))
			}
			var differs []string
			for _, one := range strings.Split(out, "\n\n") {
				if strings.Contains(one, "DIFFERS") {
					name, _, _ := strings.Cut(one, "\n")
					differs = append(differs, name)
					if test.file == "edpb_01_2021.json" && !strings.Contains(one, "special category data outside") {
						t.Errorf("%s differs by another rule than stated", name)
					}
				}
			}
			if !slices.Equal(differs, test.differs) {
				t.Errorf("these differ: %q, want %q", differs, test.differs)
			}
		})
	}
}

// Another reader may fill in the facts of a published case otherwise where it
// leaves room. The outcome stays.
func TestCasesAsAnotherReaderWouldFillThemIn(t *testing.T) {
	all, err := readCases([]byte(caseFile(t, "edpb_01_2021.json")))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		no   string
		how  string
		read func(*workflow.GuideFacts)
	}{
		{"1", "only slight disruption", func(f *workflow.GuideFacts) { f.Disruption = workflow.DisruptionMinor }},
		{"1", "all three natures", func(f *workflow.GuideFacts) {
			f.Breach = []workflow.Aspect{workflow.Confidentiality, workflow.Integrity, workflow.Availability}
		}},
		{"1", "nothing on harm", func(f *workflow.GuideFacts) { f.HarmReported = workflow.Unknown }},
		{"2", "exposed to nobody", func(f *workflow.GuideFacts) { f.ExposedTo = workflow.ExposedNobody }},
		{"2", "kinds not said", func(f *workflow.GuideFacts) { f.Data = []workflow.DataKind{workflow.KindUnspecified} }},
		{"2", "integrity too", func(f *workflow.GuideFacts) { f.Breach = append(f.Breach, workflow.Integrity) }},
		{"3", "number not said", func(f *workflow.GuideFacts) { f.Count = workflow.BandUnknown }},
		{"5", "whether it left is not known", func(f *workflow.GuideFacts) { f.Exfiltrated = workflow.Unknown }},
		{"5", "vulnerable people not known", func(f *workflow.GuideFacts) { f.VulnerablePeople = workflow.Unknown }},
		{"6", "people can be told from it", func(f *workflow.GuideFacts) { f.Identifiable = workflow.Yes }},
		{"6", "nothing on harm", func(f *workflow.GuideFacts) { f.HarmReported = workflow.Unknown }},
		{"7", "a hundred thousand people", func(f *workflow.GuideFacts) { f.Count = workflow.BandMore }},
		{"7", "no log-in data", func(f *workflow.GuideFacts) { f.Data = []workflow.DataKind{workflow.KindBasic, workflow.KindDocuments} }},
		{"8", "a trusted person", func(f *workflow.GuideFacts) { f.ExposedTo = workflow.ExposedTrusted }},
		{"8", "harm: they were approached", func(f *workflow.GuideFacts) { f.HarmReported = workflow.Yes }},
		{"9", "a known wrong recipient", func(f *workflow.GuideFacts) { f.ExposedTo = workflow.ExposedKnown }},
		{"9", "not said whether it was deleted", func(f *workflow.GuideFacts) { f.Recovered = workflow.Unknown }},
		{"10", "only disclosure", func(f *workflow.GuideFacts) { f.Breach = []workflow.Aspect{workflow.Confidentiality} }},
		{"10", "nothing on harm", func(f *workflow.GuideFacts) { f.HarmReported = workflow.Unknown }},
		{"11", "no special categories", func(f *workflow.GuideFacts) { f.SpecialCategory = workflow.No }},
		{"12", "disruption serious", func(f *workflow.GuideFacts) { f.Disruption = workflow.DisruptionSerious }},
		{"13", "not known whether it came back", func(f *workflow.GuideFacts) { f.Recovered = workflow.Unknown }},
		{"14", "deletion not confirmed", func(f *workflow.GuideFacts) { f.Recovered = workflow.No }},
		{"16", "tariff as financial data", func(f *workflow.GuideFacts) { f.Data = append(f.Data, workflow.KindFinancial) }},
		{"17", "no financial data", func(f *workflow.GuideFacts) {
			f.Data = []workflow.DataKind{workflow.KindContact, workflow.KindIdentification}
		}},
		{"18", "number not known", func(f *workflow.GuideFacts) { f.Count = workflow.BandUnknown }},
	} {
		n := slices.IndexFunc(all, func(c decidedCase) bool { return c.Case == test.no })
		c := all[n]
		c.Facts.Breach, c.Facts.Data = slices.Clone(c.Facts.Breach), slices.Clone(c.Facts.Data)
		test.read(&c.Facts)
		r := workflow.DefaultRules().Suggest(c.Facts).Recommendation
		if !match(c.Published.Authority, r.Regulator) || !match(c.Published.People, r.Subjects != workflow.No) {
			t.Errorf("%s, read with %s: authority %v, people %s", c.name(), test.how, r.Regulator, r.Subjects)
		}
	}
}

// From each published case, one fact made worse never lowers the advice: more
// people, more telling data, a holder more hostile, less recovery, harm.
func TestCasesNeverGetMilderByAWorseFact(t *testing.T) {
	rules := workflow.DefaultRules()
	weight := func(r workflow.Recommendation) [3]int {
		number := map[bool]int{true: 1}
		return [3]int{number[r.Regulator], number[r.DHSC], slices.Index([]workflow.Answer{workflow.No, workflow.Unknown, workflow.Yes}, r.Subjects)}
	}
	for _, file := range []string{"wp250.json", "edpb_01_2021.json", "uk.json", "eu.json"} {
		all, err := readCases([]byte(caseFile(t, file)))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range all {
			now := weight(rules.Suggest(c.Facts).Recommendation)
			worse := func(how string, change func(*workflow.GuideFacts)) {
				t.Helper()
				f := c.Facts
				f.Data = slices.Clone(f.Data)
				change(&f)
				then := weight(rules.Suggest(f).Recommendation)
				for i := range now {
					if then[i] < now[i] {
						t.Errorf("%s, %s: the advice falls from %v to %v", c.name(), how, now, then)
					}
				}
			}
			band := slices.IndexFunc(workflow.Bands, func(o workflow.Option[workflow.Band]) bool { return o.Value == c.Facts.Count })
			for _, o := range workflow.Bands[band:] {
				if o.Value != workflow.BandUnknown {
					worse(o.Label+" people", func(f *workflow.GuideFacts) { f.Count = o.Value })
				}
			}
			for _, k := range workflow.DataKinds {
				if !slices.Contains(c.Facts.Data, k.Value) && c.Facts.Data[0] != workflow.KindUnspecified && k.Value != workflow.KindUnspecified {
					worse(string(k.Value)+" as well", func(f *workflow.GuideFacts) { f.Data = append(f.Data, k.Value) })
				}
			}
			if c.Facts.Exfiltrated != workflow.No && c.Facts.ExposedTo != workflow.ExposedPublic {
				holder := slices.IndexFunc(workflow.Exposures, func(o workflow.Option[workflow.Exposure]) bool { return o.Value == c.Facts.ExposedTo })
				for _, o := range workflow.Exposures[holder : len(workflow.Exposures)-1] {
					worse("exposed to "+string(o.Value), func(f *workflow.GuideFacts) { f.ExposedTo = o.Value })
				}
			}
			worse("not recovered", func(f *workflow.GuideFacts) { f.Recovered = workflow.No })
			worse("no copy held", func(f *workflow.GuideFacts) { f.CopyHeld = workflow.No })
			worse("readable", func(f *workflow.GuideFacts) { f.Unintelligible = workflow.No })
			worse("identifiable", func(f *workflow.GuideFacts) { f.Identifiable = workflow.Yes })
			worse("vulnerable people", func(f *workflow.GuideFacts) { f.VulnerablePeople = workflow.Yes })
			worse("special category", func(f *workflow.GuideFacts) { f.SpecialCategory = workflow.Yes })
			worse("bad intent", func(f *workflow.GuideFacts) { f.Malicious = workflow.Yes })
			worse("serious disruption", func(f *workflow.GuideFacts) { f.Disruption = workflow.DisruptionSerious })
			worse("harm", func(f *workflow.GuideFacts) { f.HarmReported = workflow.Yes })
		}
	}
}

// A difference is shown with its rules and is no failure.
func TestCasesShowADifference(t *testing.T) {
	out, err := runCases(t, strings.Replace(wp250(t), `"notify_authority": "no"`, `"notify_authority": "yes"`, 1))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out, "DIFFERS, because of the rules marked Why") || !strings.HasSuffix(out, "\n9 of 10 match for the authority, 10 of 10 for the people\n") {
		t.Error(tail(out))
	}
}

// Other collections say more about a case, or less about where it comes from.
func TestCasesMaySayMoreOrLessBesidesTheFacts(t *testing.T) {
	content := strings.Replace(wp250(t), `"evidence": "recalled"`, `"note": "Read twice."`, 1)
	content = strings.Replace(content, `"record": "yes",`, ``, 1)
	out, err := runCases(t, content)
	if err != nil || !strings.HasSuffix(out, "\n10 of 10 match for the authority, 10 of 10 for the people\n") {
		t.Errorf("%v: %s", err, tail(out))
	}
}

// Facts that are not of the format are refused with their case and key.
func TestFactsOfCasesAreReadStrictly(t *testing.T) {
	for _, test := range []struct{ name, old, replacement, want string }{
		{"unknown fact", `"malicious": "yes"`, `"malice": "yes"`, "case i (number 1): facts.malice is not a key of the format\nfacts.malicious is missing"},
		{"unknown value", `"exfiltrated": "unknown"`, `"exfiltrated": "maybe"`, `case i (number 1): facts.exfiltrated: "maybe" is not one of`},
		{"empty list", `"breach": ["confidentiality"]`, `"breach": []`, "facts.breach: "},
		{"unspecified stands alone", `"data": ["unspecified"]`, `"data": ["unspecified", "credentials"]`, "facts.data: "},
		{"unknown outcome", `"tell_people": "no"`, `"tell_people": "perhaps"`, `published.tell_people: "perhaps"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := runCases(t, strings.Replace(wp250(t), test.old, test.replacement, 1))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v does not say %q", err, test.want)
			}
		})
	}
	for _, content := range []string{"", "{}", "[]", "[1]"} {
		if _, err := runCases(t, content); err == nil {
			t.Errorf("%q was accepted", content)
		}
	}
}

// The README beside the cases gives the figures that a run gives.
func TestTheREADMEOfTheCasesSaysWhatARunGives(t *testing.T) {
	readme := caseFile(t, "README.md")
	for _, file := range []string{"wp250.json", "edpb_01_2021.json", "uk.json", "eu.json"} {
		out, err := runCases(t, caseFile(t, file))
		if err != nil {
			t.Fatal(err)
		}
		_, line, _ := strings.Cut(out, "\nThe guided assessment ")
		line, _, _ = strings.Cut(line, "\n")
		n := strings.Fields(line)
		if len(n) != 6 {
			t.Fatalf("%s: %q", file, line)
		}
		want := "| " + strings.Join(n[:3], ", ") + " | " + strings.Join(n[3:], ", ") + " |"
		_, row, _ := strings.Cut(readme, "| `"+file+"`")
		if row, _, _ = strings.Cut(row, "\n"); !strings.Contains(row, want) {
			t.Errorf("%s: the README says %q, the run %q", file, row, want)
		}
	}
}

// A miss, a false alarm and the rules of thumb are told apart.
func TestCasesTellMissesFromFalseAlarms(t *testing.T) {
	out, err := runCases(t, strings.Replace(wp250(t), `"notify_authority": "no"`, `"notify_authority": "yes"`, 1))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"The guided assessment 9 1 0 10 0 0",
		"Always tell both 9 0 1 8 0 2",
	} {
		if !strings.Contains(strings.Join(strings.Fields(out), " "), line) {
			t.Errorf("it does not say %q:\n%s", line, tail(out))
		}
	}
}

// A case written before the later questions existed leaves them out; a key that
// nobody knows is refused.
func TestOldCasesStayReadable(t *testing.T) {
	all, err := readCases([]byte(wp250(t)))
	if err != nil || all[0].Facts.Read != "" {
		t.Fatalf("%v", err)
	}
	for _, test := range []struct{ key, value, refusal string }{
		{"read", "yes", ""},
		{"assurance", "word of mouth", ""},
		{"assurance", "hearsay", "facts.assurance"},
		{"reed", "yes", "facts.reed is not a key of the format"},
	} {
		_, err := readCases([]byte(strings.Replace(wp250(t), `"facts": {`, `"facts": {"`+test.key+`": "`+test.value+`",`, 1)))
		if (err == nil) != (test.refusal == "") || err != nil && !strings.Contains(err.Error(), test.refusal) {
			t.Errorf("%s %s: %v", test.key, test.value, err)
		}
	}
}

// The README names every question with every answer.
func TestTheREADMEOfTheCasesNamesEveryAnswer(t *testing.T) {
	readme := caseFile(t, "README.md")
	for _, q := range workflow.GuideQuestions {
		_, row, ok := strings.Cut(readme, "| `"+string(q.Field)+"` |")
		row, _, _ = strings.Cut(row, "\n")
		for _, a := range q.Answers {
			if !ok || !strings.Contains(row, a.Value) {
				t.Errorf("%s: %q is not named in %q", q.Field, a.Value, row)
			}
		}
	}
}
