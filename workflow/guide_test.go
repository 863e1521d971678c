package workflow_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	. "breachbot/workflow"
)

// letter is an ordinary letter to a known wrong recipient. Each test says what
// differs.
func letter(change func(*GuideFacts)) GuideFacts {
	f := GuideFacts{
		Breach: []Aspect{Confidentiality}, Data: []DataKind{KindBasic, KindContact}, SpecialCategory: No, VulnerablePeople: No,
		Count: BandOnes, Identifiable: Yes, Unintelligible: No, CopyHeld: NotApplicable, Disruption: DisruptionNone,
		ExposedTo: ExposedKnown, Exfiltrated: Yes, Recovered: Unknown, Malicious: No, HarmReported: Unknown,
		Read: Unknown, Assurance: AssuranceUnknown, Connected: Unknown, LawfullyPublic: Unknown, WrongDataUsed: NotApplicable,
		InDanger: Unknown, Deceased: Unknown, Capacity: Controller,
	}
	change(&f)
	return f
}

// outage is a failure that put data out of reach, with nobody else getting at
// it.
func outage(change func(*GuideFacts)) GuideFacts {
	return letter(func(f *GuideFacts) {
		f.Breach, f.CopyHeld, f.Disruption = []Aspect{Availability}, Yes, DisruptionMinor
		f.ExposedTo, f.Exfiltrated, f.Recovered = ExposedNobody, No, NotApplicable
		change(f)
	})
}

// Decided as a DPO would. The facts are made up; the name of each case gives
// the reason.
func TestSuggestDecidesAsADPOWould(t *testing.T) {
	health := []DataKind{KindBasic, KindHealth}
	for _, test := range []struct {
		name      string
		facts     GuideFacts
		authority bool
		people    Answer
	}{
		{"parcel slip to a neighbour: ordinary data, known, few", letter(func(*GuideFacts) {}), false, No},
		{"invoice to the wrong customer: money matters, unconfirmed", letter(func(f *GuideFacts) { f.Data = append(f.Data, KindFinancial) }), true, No},
		{"clinic letter to the wrong patient: health, unconfirmed", letter(func(f *GuideFacts) { f.Data, f.SpecialCategory = health, Yes }), true, Yes},
		{"clinic letter returned unread: recovered before use", letter(func(f *GuideFacts) { f.Data, f.SpecialCategory, f.Recovered, f.Read = health, Yes, Yes, No }), false, No},
		{"clinic letter to another practice bound by secrecy", letter(func(f *GuideFacts) { f.Data, f.SpecialCategory, f.ExposedTo = health, Yes, ExposedTrusted }), false, No},
		{"colleague looks up an ex-partner: misuse, seen is enough", letter(func(f *GuideFacts) {
			f.Data, f.SpecialCategory, f.ExposedTo, f.Malicious, f.Exfiltrated = health, Yes, ExposedTrusted, Yes, No
		}), true, Yes},
		{"leaver takes a list of clients: misuse of ordinary data", letter(func(f *GuideFacts) { f.Malicious, f.Recovered, f.Count = Yes, No, BandHundreds }), true, No},
		{"stolen encrypted laptop with health data, copy kept", letter(func(f *GuideFacts) {
			f.Breach = []Aspect{Confidentiality, Availability}
			f.Data, f.SpecialCategory, f.VulnerablePeople, f.Unintelligible, f.CopyHeld = health, Yes, Yes, Yes, Yes
			f.ExposedTo, f.Exfiltrated, f.Malicious = ExposedStranger, Unknown, Yes
		}), false, No},
		{"stolen unencrypted laptop, a hundred thousand customers", letter(func(f *GuideFacts) {
			f.Count, f.ExposedTo, f.Exfiltrated, f.Malicious = BandMore, ExposedStranger, Unknown, Yes
		}), true, Yes},
		{"lost paper notes of a ward, no copy", letter(func(f *GuideFacts) {
			f.Breach = []Aspect{Confidentiality, Availability}
			f.Data, f.SpecialCategory, f.VulnerablePeople, f.CopyHeld = health, Yes, Yes, No
			f.ExposedTo, f.Exfiltrated = ExposedStranger, Unknown
		}), true, Yes},
		{"ransomware, backup restored in hours, logs show nothing left", outage(func(f *GuideFacts) { f.Malicious, f.ExposedTo = Yes, ExposedAttacker }), false, No},
		{"ransomware, no backup, rebuilt from paper with small delays", outage(func(f *GuideFacts) { f.Malicious, f.CopyHeld = Yes, No }), true, No},
		{"ransomware in a hospital, operations postponed", outage(func(f *GuideFacts) {
			f.Malicious, f.Data, f.SpecialCategory, f.VulnerablePeople, f.Disruption = Yes, health, Yes, Yes, DisruptionSerious
		}), true, Yes},
		{"ransomware and exfiltration of pay and identity data", outage(func(f *GuideFacts) {
			f.Breach = append(f.Breach, Confidentiality)
			f.Data = []DataKind{KindBasic, KindDocuments, KindFinancial}
			f.Malicious, f.ExposedTo, f.Exfiltrated, f.CopyHeld, f.Count = Yes, ExposedAttacker, Yes, No, BandThousands
		}), true, Yes},
		{"credential stuffing at a bank", letter(func(f *GuideFacts) {
			f.Data = []DataKind{KindBasic, KindDocuments, KindIdentification}
			f.ExposedTo, f.Malicious, f.Recovered, f.Count = ExposedAttacker, Yes, No, BandThousands
		}), true, Yes},
		{"salted hashes of passwords taken", letter(func(f *GuideFacts) {
			f.Data = []DataKind{KindCredentials}
			f.ExposedTo, f.Malicious, f.Unintelligible, f.Count = ExposedAttacker, Yes, Yes, BandThousands
		}), false, No},
		{"job applications taken through a web form", letter(func(f *GuideFacts) { f.ExposedTo, f.Malicious, f.Count = ExposedAttacker, Yes, BandHundreds }), true, Yes},
		{"caller poses as a customer and gets the bills", letter(func(f *GuideFacts) {
			f.Data = []DataKind{KindContact, KindFinancial}
			f.ExposedTo, f.Malicious = ExposedAttacker, Yes
		}), true, Yes},
		{"social security numbers of thousands mailed by mistake", letter(func(f *GuideFacts) { f.Data = append(f.Data, KindDocuments); f.Count = BandTenThousands }), true, Yes},
		{"open folder on the web, the log shows no access", letter(func(f *GuideFacts) {
			f.Data, f.SpecialCategory, f.ExposedTo, f.Exfiltrated = health, Yes, ExposedPublic, No
		}), false, No},
		{"pseudonymised research extract mailed to a wrong person", letter(func(f *GuideFacts) {
			f.Data, f.SpecialCategory, f.Identifiable = []DataKind{KindPseudonymised}, Yes, No
		}), false, No},
		{"wrong medicines in records for days, effect not looked at", outage(func(f *GuideFacts) {
			f.Breach, f.Data, f.SpecialCategory, f.Disruption = []Aspect{Integrity}, health, Yes, DisruptionUnknown
		}), true, Unknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if err := test.facts.Check(); err != nil {
				t.Fatal(err)
			}
			s := testRules().Suggest(test.facts)
			if s.Recommendation.Regulator != test.authority || s.Recommendation.Subjects != test.people {
				t.Errorf("authority %v, people %s; want %v, %s; %s: %s", s.Recommendation.Regulator, s.Recommendation.Subjects,
					test.authority, test.people, s.Recommendation.Cell, s.Why())
			}
		})
	}
}

// better lists the single answers from the mildest to the worst. Who got the
// data has an order only while it may have left: an insider who saw it is not
// milder than an attacker shown to have taken nothing. An attacker and the
// public have none: one meant to get it, the others are more.
var better = []struct {
	name string
	set  []func(*GuideFacts)
}{
	{"special", answers(func(f *GuideFacts) *Answer { return &f.SpecialCategory }, No, Yes)},
	{"vulnerable", answers(func(f *GuideFacts) *Answer { return &f.VulnerablePeople }, No, Yes)},
	{"identifiable", answers(func(f *GuideFacts) *Answer { return &f.Identifiable }, No, Yes)},
	{"unintelligible", answers(func(f *GuideFacts) *Answer { return &f.Unintelligible }, Yes, No)},
	{"copy", answers(func(f *GuideFacts) *Answer { return &f.CopyHeld }, Yes, No)},
	{"exfiltrated", answers(func(f *GuideFacts) *Answer { return &f.Exfiltrated }, No, Unknown, Yes)},
	{"recovered", answers(func(f *GuideFacts) *Answer { return &f.Recovered }, Yes, No)},
	{"malicious", answers(func(f *GuideFacts) *Answer { return &f.Malicious }, No, Yes)},
	{"harm", answers(func(f *GuideFacts) *Answer { return &f.HarmReported }, No, Yes)},
	{"count", answers(func(f *GuideFacts) *Band { return &f.Count }, BandOnes, BandTens, BandHundreds, BandThousands, BandTenThousands, BandMore)},
	{"disruption", answers(func(f *GuideFacts) *Disruption { return &f.Disruption }, DisruptionNone, DisruptionMinor, DisruptionSerious)},
	{"read", answers(func(f *GuideFacts) *Answer { return &f.Read }, No, Unknown, Yes)},
	{"assurance", answers(func(f *GuideFacts) *Assurance { return &f.Assurance }, AssuranceProof, AssuranceWritten, AssuranceWord, AssuranceAsked)},
	{"connected", answers(func(f *GuideFacts) *Answer { return &f.Connected }, No, Unknown, Yes)},
	{"lawfully public", answers(func(f *GuideFacts) *Answer { return &f.LawfullyPublic }, Yes, Unknown, No)},
	{"wrong data used", answers(func(f *GuideFacts) *Answer { return &f.WrongDataUsed }, No, Unknown, Yes)},
	{"danger", answers(func(f *GuideFacts) *Answer { return &f.InDanger }, No, Unknown, Yes)},
	{"deceased", answers(func(f *GuideFacts) *Answer { return &f.Deceased }, Yes, Unknown, No)},
	{"capacity", answers(func(f *GuideFacts) *Capacity { return &f.Capacity }, Processor, "unknown", Both, Controller)},
	{"exposed", answers(func(f *GuideFacts) *Exposure { return &f.ExposedTo },
		ExposedNobody, ExposedTrusted, ExposedKnown, ExposedStranger, ExposedAttacker)},
	{"exposed to all", answers(func(f *GuideFacts) *Exposure { return &f.ExposedTo },
		ExposedNobody, ExposedTrusted, ExposedKnown, ExposedStranger, ExposedPublic)},
}

func answers[T any](at func(*GuideFacts) *T, values ...T) []func(*GuideFacts) {
	var out []func(*GuideFacts)
	for _, v := range values {
		out = append(out, func(f *GuideFacts) { *at(f) = v })
	}
	return out
}

func guideFacts(d *dice) GuideFacts {
	answer := func() Answer { return pick(d, Yes, No, Unknown) }
	f := GuideFacts{
		SpecialCategory: answer(), VulnerablePeople: answer(), Count: pick(d, Bands...).Value, Identifiable: answer(), Unintelligible: answer(),
		CopyHeld: pick(d, Yes, No, Unknown, NotApplicable), Disruption: pick(d, Disruptions...).Value, ExposedTo: pick(d, Exposures...).Value,
		Exfiltrated: answer(), Recovered: pick(d, Yes, No, Unknown, NotApplicable), Malicious: answer(), HarmReported: answer(),
		Read: answer(), Assurance: pick(d, Assurances...).Value, Connected: answer(), LawfullyPublic: pick(d, Unknown, No, Unknown, No, Yes),
		WrongDataUsed: pick(d, Yes, No, Unknown, NotApplicable), InDanger: answer(), Deceased: pick(d, Unknown, No, Unknown, No, Yes),
		Capacity: pick(d, Controller, Both, "unknown", Controller, Processor),
	}
	for breach := d.n(7) + 1; len(f.Breach) == 0; {
		for n, a := range []Aspect{Confidentiality, Integrity, Availability} {
			if breach>>n&1 == 1 {
				f.Breach = append(f.Breach, a)
			}
		}
	}
	for range d.n(3) + 1 {
		if k := pick(d, DataKinds[:len(DataKinds)-1]...).Value; !slices.Contains(f.Data, k) {
			f.Data = append(f.Data, k)
		}
	}
	if d.n(5) == 0 {
		f.Data = []DataKind{KindUnspecified}
	}
	return f
}

// weight orders results by what follows from them.
func weight(r Recommendation) [3]int {
	number := map[bool]int{true: 1}
	return [3]int{number[r.Regulator], number[r.DHSC], slices.Index([]Answer{No, Unknown, Yes}, r.Subjects)}
}

func FuzzGuide(f *testing.F) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		seed := make([]byte, 32)
		for i := range seed {
			seed[i] = byte(random.Uint32())
		}
		f.Add(seed)
	}
	rules := testRules()
	f.Fuzz(func(t *testing.T, seed []byte) {
		facts := guideFacts(&dice{seed})
		if err := facts.Check(); err != nil {
			t.Fatal(err)
		}
		s := rules.Suggest(facts)
		switch {
		case !s.Grading.Cell.Valid(), len(s.Applied) == 0, s.Why() == "":
			t.Fatalf("no valid, reasoned suggestion for %+v: %+v", facts, s.Grading)
		case s.Recommendation.Subjects != No && !s.Recommendation.Regulator:
			t.Fatalf("a high risk below the line for the authority: %+v", facts)
		}
		for _, b := range better {
			if strings.HasPrefix(b.name, "exposed") && facts.Exfiltrated == No {
				continue
			}
			steps := b.set
			if strings.HasPrefix(b.name, "exposed") && (facts.Exfiltrated != No || facts.Read == Yes) {
				steps = steps[1:] // what reached somebody did not reach nobody, and nobody named may be a stranger
			}
			var last [3]int
			for n, set := range steps {
				worse := facts
				set(&worse)
				now := weight(rules.Judge(worse).Recommendation)
				for i := range now {
					if n > 0 && now[i] < last[i] {
						t.Fatalf("%s: a worse answer lowers the result, %v to %v: %+v", b.name, last, now, worse)
					}
				}
				last = now
			}
		}
		// Another kind of data beside the others never lowers the result.
		if facts.Data[0] != KindUnspecified {
			for _, k := range DataKinds[:len(DataKinds)-1] {
				if !slices.Contains(facts.Data, k.Value) {
					more := facts
					more.Data = append(slices.Clone(facts.Data), k.Value)
					x, y := weight(s.Recommendation), weight(rules.Judge(more).Recommendation)
					for i := range x {
						if y[i] < x[i] {
							t.Fatalf("%s as well lowers the result, %v to %v: %+v", k.Value, x, y, facts)
						}
					}
				}
			}
		}
		bracketed(t, rules, facts)
		proven(t, facts, s)
	})
}

// bracketed: not knowing is never better than the best answer to the question
// nor worse than the worst.
func bracketed(t *testing.T, rules Rules, facts GuideFacts) {
	t.Helper()
	for _, q := range GuideQuestions {
		var unknown *[3]int
		var least, most [3]int
		first := true
		for _, o := range q.Answers {
			other := facts
			q.Set(&other, o.Value)
			now := weight(rules.Judge(other).Recommendation)
			if o.Value == "unknown" || o.Value == "unspecified" {
				unknown = &now
				continue
			}
			for i, w := range now {
				if first || w < least[i] {
					least[i] = w
				}
				if first || w > most[i] {
					most[i] = w
				}
			}
			first = false
		}
		for i := range least {
			if unknown != nil && (unknown[i] < least[i] || unknown[i] > most[i]) {
				t.Fatalf("%s: not known gives %v, the answers %v to %v: %+v", q.Field, *unknown, least, most, facts)
			}
		}
	}
}

// proven: where identifiable special category data of 1,000 people or more is
// outside our hands, only proof makes it a matter for the record alone, and the
// reasons say so.
func proven(t *testing.T, f GuideFacts, s Suggestion) {
	t.Helper()
	outside := f.ExposedTo != ExposedNobody || f.Exfiltrated == Yes
	many := slices.Contains([]Band{BandThousands, BandTenThousands, BandMore}, f.Count)
	special := f.SpecialCategory == Yes || slices.Contains(f.Data, KindHealth) || slices.Contains(f.Data, KindGenetic)
	confidential := slices.Contains(f.Breach, Confidentiality) || f.Exfiltrated != No
	if !outside || !many || !special || !confidential || f.Identifiable != Yes || f.Unintelligible == Yes || f.LawfullyPublic == Yes ||
		s.Recommendation.Regulator || s.Recommendation.Scope != "" {
		return
	}
	if f.Assurance != AssuranceProof || !strings.Contains(s.Why(), "proof") {
		t.Fatalf("record only, and the reasons name no proof: %s: %+v", s.Why(), f)
	}
}

// The same over far more combinations than the seeds of the fuzzing.
func TestTheGuideKeepsItsPromisesOverManyCombinations(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 8))
	rules, only := testRules(), 0
	for range 500 {
		seed := make([]byte, 32)
		for i := range seed {
			seed[i] = byte(random.Uint32())
		}
		facts := guideFacts(&dice{seed})
		bracketed(t, rules, facts)
		facts.Identifiable, facts.Unintelligible, facts.HarmReported = Yes, No, No // where it is hard to be left with the record alone
		facts.SpecialCategory, facts.Count, facts.LawfullyPublic = Yes, BandMore, No
		s := rules.Judge(facts)
		proven(t, facts, s)
		if !s.Recommendation.Regulator && s.Recommendation.Scope == "" && facts.ExposedTo != ExposedNobody {
			only++
		}
	}
	if only == 0 {
		t.Error("no combination ends in record only: the property was never tried")
	}
}

// Every rule applies in some case, says something, and says why and on what
// source.
func TestGuideRulesAreAllInUse(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range []GuideFacts{ // what chance seldom brings together
		letter(func(f *GuideFacts) { f.ExposedTo = ExposedStranger }),
		letter(func(f *GuideFacts) { f.ExposedTo, f.Recovered = ExposedStranger, Yes }),
		letter(back(Yes, Unknown, AssuranceWritten, KindHealth)),
		letter(back(Yes, Yes, AssuranceWritten, KindFinancial)),
		letter(func(f *GuideFacts) {
			f.Recovered, f.Read, f.Assurance, f.Connected, f.InDanger = Yes, Yes, AssuranceProof, No, No
		}),
	} {
		for _, a := range testRules().Judge(f).Applied {
			seen[a.Rule.Name] = true
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 2_000 {
		seed := make([]byte, 32)
		for i := range seed {
			seed[i] = byte(random.Uint32())
		}
		for _, a := range testRules().Judge(guideFacts(&dice{seed})).Applied {
			seen[a.Rule.Name] = true
		}
		if len(seen) == len(GuideRules) {
			break
		}
	}
	names := map[string]bool{}
	for _, g := range GuideRules {
		if !seen[g.Name] || names[g.Name] {
			t.Errorf("rule %q is never used, or is in the table twice", g.Name)
		}
		names[g.Name] = true
		if g.Why == "" || g.Source == "" || g.Likelihood == 0 && g.Effect == 0 && g.HighRisk == "" {
			t.Errorf("rule %q says nothing, or not why, or not on what source", g.Name)
		}
	}
}

// Facts not given count as not known. When nothing is known, the answer is to
// notify.
func TestSuggestOnNothing(t *testing.T) {
	s := testRules().Suggest(GuideFacts{})
	if !s.Recommendation.Regulator || s.Recommendation.Subjects != Unknown || len(s.Missing) == 0 {
		t.Errorf("%+v, missing %q", s.Recommendation, s.Missing)
	}
}

func TestGuideFactsNameTheFieldAtFault(t *testing.T) {
	for field, change := range map[Field]func(*GuideFacts){
		"breach":       func(f *GuideFacts) { f.Breach = nil },
		"data":         func(f *GuideFacts) { f.Data = []DataKind{KindUnspecified, KindBasic} },
		"exposed_to":   func(f *GuideFacts) { f.ExposedTo = "unknown" },
		"malicious":    func(f *GuideFacts) { f.Malicious = NotApplicable },
		"count":        func(f *GuideFacts) { f.Count = "1 to 10" },
		"exfiltrated":  func(f *GuideFacts) { f.Exfiltrated = "" },
		"identifiable": func(f *GuideFacts) { f.Identifiable = "Yes" },
	} {
		var refusal *Error
		if err := letter(change).Check(); !errors.As(err, &refusal) || refusal.Field != field || !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", field, err)
		}
	}
}
