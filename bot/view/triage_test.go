package view_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

const mostAtOnce = 10

// Somebody who is woken at night is asked ten things at the most, on whatever page.
func TestTriageAsksAtMostTenThingsAtOnce(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*_triage*.json")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d goldens: %v", len(files), err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(raw), `"type": "input"`); n > mostAtOnce {
			t.Errorf("%s has %d inputs", file, n)
		}
	}
	seen := map[string]bool{} // kinds of one playbook have the same pages
	for _, kind := range workflow.Categories {
		s := happened(t, workflow.Facts{Category: kind.Value})
		v := s.opened(view.ActTriage, rob)
		pages, book := 5, workflow.PlaybookFor(kind.Value).Label
		if seen[book] {
			pages = 1
		}
		seen[book] = true
		for page := range pages {
			if n := len(asked(v)); n > mostAtOnce {
				t.Errorf("%s, page %d: %d inputs", kind.Value, page, n)
			}
			v = view.TurnTriage(s.desk(rob), s.inc, turned(t, v, nil), page)
		}
	}
}

// The kind of event comes first, then how fast to act; then what that kind leaves
// open.
func TestTriageAsksWhatTheKindOfEventLeavesOpen(t *testing.T) {
	t.Parallel()
	grades := []workflow.Field{workflow.FieldCategory, workflow.FieldSeverity, workflow.FieldRisk, workflow.FieldReason}
	for kind, want := range map[workflow.Category]struct{ asks, not []workflow.Field }{
		"ransomware":   {[]workflow.Field{workflow.FieldDisruption, workflow.FieldApplies, workflow.FieldSystems}, []workflow.Field{workflow.FieldConnected, workflow.FieldMalicious, workflow.FieldOthersAware}},
		"unavailable":  {[]workflow.Field{workflow.FieldDisruption, workflow.FieldOngoing}, []workflow.Field{workflow.FieldExposedTo, workflow.FieldExfiltrated}},
		"letter_wrong": {[]workflow.Field{workflow.FieldExposedTo, workflow.FieldApplies, workflow.FieldData, workflow.FieldCount}, []workflow.Field{workflow.FieldDisruption, workflow.FieldMalicious, workflow.FieldSystems}},
		"device_lost":  {[]workflow.Field{workflow.FieldUnintelligible, workflow.FieldMalicious}, []workflow.Field{workflow.FieldDisruption, workflow.FieldExposedTo}},
		"viewed_without_need": {[]workflow.Field{workflow.FieldMalicious, workflow.FieldConnected},
			[]workflow.Field{workflow.FieldUnintelligible, workflow.FieldDisruption}},
		"supplier": {[]workflow.Field{workflow.FieldCapacity, workflow.FieldDisruption}, []workflow.Field{workflow.FieldConnected}},
	} {
		got := asked(happened(t, workflow.Facts{Category: kind}).opened(view.ActTriage, rob))
		if !slices.Equal(got[:len(grades)], grades) {
			t.Errorf("%s: it begins with %v", kind, got[:len(grades)])
		}
		for _, f := range want.asks {
			if !slices.Contains(got, f) {
				t.Errorf("%s: %s is not asked: %v", kind, f, got)
			}
		}
		for _, f := range want.not {
			if slices.Contains(got, f) {
				t.Errorf("%s: %s is asked", kind, f)
			}
		}
	}
}

// Choosing another kind asks what that one leaves open, in the same form, with what
// was typed and chosen kept.
func TestChoosingTheKindRebuildsTheForm(t *testing.T) {
	t.Parallel()
	s := happened(t, workflow.Facts{Category: "letter_wrong"})
	open := turned(t, s.opened(view.ActTriage, rob), map[string]any{"category": "ransomware", "severity": "1", "risk": "critical", "reason": "All screens are black.",
		"exposed_to": "attacker", "applies": []string{"in_danger"}})
	if page, ok := view.TriageTurn(open, slack.BlockAction{ActionID: "value", BlockID: "category"}); !ok || page != 0 {
		t.Fatalf("choosing the kind turns to page %d: %v", page, ok)
	}
	for _, other := range []slack.BlockAction{{ActionID: "value", BlockID: "severity"}, {ActionID: "triage", Value: string(ref)}} {
		if _, ok := view.TriageTurn(open, other); ok {
			t.Errorf("%+v turns the page", other)
		}
	}
	v := view.TurnTriage(s.desk(rob), s.inc, open, 0)
	if fields := asked(v); !slices.Contains(fields, workflow.FieldDisruption) || slices.Contains(fields, workflow.FieldExposedTo) {
		t.Errorf("it asks %v", fields)
	}
	if raw, _ := json.Marshal(v); !strings.Contains(string(raw), "First hour: Ransomware") || strings.Contains(v.PrivateMetadata, "screens") {
		t.Errorf("%s", raw)
	}
	cmd, err := view.FormTriage.Parse(untouched(t, v, nil), view.ParseMeta(v.PrivateMetadata), s.rules.Zone)
	if err != nil {
		t.Fatal(err)
	}
	c := cmd.(workflow.Triage)
	if c.Known.Category != "ransomware" || c.Severity != 1 || c.Risk != workflow.RiskCritical || c.Reason != "All screens are black." ||
		c.Known.ExposedTo != workflow.ExposedAttacker || c.Known.InDanger != workflow.Yes || c.Known.Deceased != workflow.No {
		t.Errorf("%+v", c)
	}
}

// What was chosen and typed is kept from page to page, and all of it is saved at
// once, from whichever page.
func TestThePagesOfTriageKeepWhatWasTyped(t *testing.T) {
	t.Parallel()
	s := happened(t, workflow.Facts{Category: "letter_wrong"})
	v := view.TurnTriage(s.desk(rob), s.inc, turned(t, s.opened(view.ActTriage, rob), map[string]any{"severity": "2", "risk": "high", "reason": "It went to a neighbour.",
		"exposed_to": "known wrong recipient", "count": "3", "data": []string{"health", "contact"}}), 1)
	if fields := asked(v); slices.Contains(fields, workflow.FieldSeverity) || slices.Contains(fields, workflow.FieldExposedTo) || !slices.Contains(fields, workflow.FieldReason) ||
		!slices.Contains(fields, workflow.FieldMalicious) {
		t.Errorf("the other details ask %v", fields)
	}
	if raw, _ := json.Marshal(v); !strings.Contains(string(raw), "*Severity:* 2 High · *Risk:* High") {
		t.Errorf("it does not say what was chosen: %s", raw)
	}
	details := turned(t, v, map[string]any{"systems": "The post room", "malicious": "no"})
	sent := func(v slack.ModalViewRequest) workflow.Triage {
		t.Helper()
		cmd, err := view.FormTriage.Parse(untouched(t, v, nil), view.ParseMeta(v.PrivateMetadata), s.rules.Zone)
		if err != nil {
			t.Fatal(err)
		}
		return cmd.(workflow.Triage)
	}
	back := view.TurnTriage(s.desk(rob), s.inc, details, 0)
	again := view.TurnTriage(s.desk(rob), s.inc, turned(t, back, nil), 1)
	for name, c := range map[string]workflow.Triage{"the questions": sent(back), "the details": sent(again)} {
		if c.Severity != 2 || c.Risk != workflow.RiskHigh || c.Reason != "It went to a neighbour." || c.Systems != "The post room" ||
			c.Known.ExposedTo != workflow.ExposedKnown || c.Known.Count.N != 3 || len(c.Known.Data) != 2 || c.Known.Malicious != workflow.No {
			t.Errorf("sent from %s: %+v", name, c)
		}
		s.fork().do(rob, c)
	}
	if strings.Contains(again.PrivateMetadata, "neighbour") || strings.Contains(again.PrivateMetadata, "post room") {
		t.Errorf("the metadata holds what was typed: %s", again.PrivateMetadata)
	}
}

// A question that is not on the screen is not changed by sending the form: it is
// neither emptied nor answered with no.
func TestAQuestionThatWasNotShownIsNotChanged(t *testing.T) {
	t.Parallel()
	known := workflow.Facts{Category: "letter_wrong", Aspects: []workflow.Aspect{workflow.Confidentiality}, Data: []workflow.DataCategory{"health"}, Subjects: []workflow.SubjectKind{"patients"},
		Count: workflow.Count{Known: true, N: 12}, Ongoing: workflow.No, SubjectsAware: workflow.Yes, OthersAware: workflow.Yes, PersonalData: workflow.Yes, Capacity: workflow.Both,
		SpecialCategory: workflow.Yes, Vulnerable: workflow.Yes, Malicious: workflow.Yes, Read: workflow.Yes, NearMiss: true, Unsure: true, ExposedTo: workflow.ExposedKnown,
		InDanger: workflow.Yes, CustomersMustAct: workflow.Yes, PatientSafety: workflow.Yes, SlackUnsafe: workflow.No, Deceased: workflow.No}
	for _, kind := range []workflow.Category{"letter_wrong", "ransomware", "device_lost", "unknown", "viewed_without_need"} {
		known.Category = kind
		s := happened(t, known)
		v := s.opened(view.ActTriage, rob)
		if fields := asked(v); slices.Contains(fields, workflow.FieldApplies) || slices.Contains(fields, workflow.FieldData) || slices.Contains(fields, workflow.FieldCount) {
			t.Errorf("%s: what is answered is asked again: %v", kind, fields)
		}
		was := untouched(t, v, nil)
		was["severity"], was["reason"] = submitted(t, v, map[string]any{"severity": "3"})["severity"], submitted(t, v, map[string]any{"reason": "Few people."})["reason"]
		cmd, err := view.FormTriage.Parse(was, view.ParseMeta(v.PrivateMetadata), s.rules.Zone)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(known, s.fork().do(rob, cmd).inc.Facts); diff != "" {
			t.Errorf("%s: sending it as it came changed (-was +is):\n%s", kind, diff)
		}
	}
	// Nor are the ticks set to no by somebody who never saw them.
	s := happened(t, workflow.Facts{Category: "letter_wrong"})
	if c := s.fork().do(rob, workflow.Triage{Facts: s.inc.FactsVersion, Severity: 3, Risk: workflow.RiskLow, Reason: "Few people.", Asked: []workflow.Field{workflow.FieldOngoing}}).inc.Facts; c.InDanger != "" || c.Category != "letter_wrong" {
		t.Errorf("%+v", c)
	}
}

// What the reporter answered is said, and Change leads to where it can be changed.
func TestTriageSaysWhatIsAnsweredAlready(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report().room()
	v := s.opened(view.ActTriage, rob)
	for _, b := range v.Blocks.BlockSet {
		sec, ok := b.(*slack.SectionBlock)
		if !ok || sec.Accessory == nil {
			continue
		}
		change := sec.Accessory.ButtonElement
		for _, says := range []string{"Kinds of data: Health; Name", "About whom: Patients", "How many people: 1", "Still going on: No"} {
			if !strings.Contains(sec.Text.Text, says) {
				t.Errorf("it does not say %q: %s", says, sec.Text.Text)
			}
		}
		page, ok := view.TriageTurn(turned(t, v, nil), slack.BlockAction{ActionID: change.ActionID, Value: change.Value})
		if fields := asked(view.TurnTriage(s.desk(rob), s.inc, turned(t, v, nil), page)); change.Text.Text != "Change" || !ok || !slices.Contains(fields, workflow.FieldData) {
			t.Errorf("%q leads to page %d: %v", change.Text.Text, page, fields)
		}
		return
	}
	t.Error("nothing is said of what is answered")
}

// Everything that triage can ask is on one of its pages, and on one only.
func TestEverythingIsOnAPageOfTriage(t *testing.T) {
	t.Parallel()
	for _, kind := range workflow.Categories {
		s := happened(t, workflow.Facts{Category: kind.Value})
		seen := map[workflow.Field]int{}
		v := s.opened(view.ActTriage, rob)
		for page := 0; ; {
			for _, f := range asked(v) {
				seen[f]++
			}
			page++
			if raw, _ := json.Marshal(v); !strings.Contains(string(raw), string(ref)+" "+strconv.Itoa(page)+`"`) {
				break
			}
			v = view.TurnTriage(s.desk(rob), s.inc, turned(t, v, map[string]any{}), page)
		}
		for _, f := range []workflow.Field{workflow.FieldApplies, workflow.FieldPersonalData, workflow.FieldSystems, workflow.FieldCapacity, workflow.FieldAspects, workflow.FieldData,
			workflow.FieldSubjects, workflow.FieldCount, workflow.FieldOngoing, workflow.FieldSubjectsAware, workflow.FieldOthersAware, workflow.FieldSpecialCategory,
			workflow.FieldVulnerablePeople, workflow.FieldMalicious, workflow.FieldCategory} {
			if seen[f] != 1 {
				t.Errorf("%s: %s is on %d pages", kind.Value, f, seen[f])
			}
		}
	}
}

// When the record has changed meanwhile, what is on the screen stays on it; what was
// chosen on other pages would overwrite the record unseen, so it is left out and the
// form says so. The grades are no facts, and stay.
func TestAStaleTriageDoesNotOverwriteUnseen(t *testing.T) {
	t.Parallel()
	s := happened(t, workflow.Facts{Category: "letter_wrong"})
	v := view.TurnTriage(s.desk(rob), s.inc, turned(t, s.opened(view.ActTriage, rob), map[string]any{"severity": "2", "risk": "high", "count": "3"}), 1)
	was := turned(t, v, map[string]any{"ongoing": "yes"}).State.Values
	s.do(igLead, workflow.Triage{Facts: s.inc.FactsVersion, Severity: 3, Risk: workflow.RiskLow, Reason: "Forty letters.", Known: workflow.Facts{Count: workflow.Count{Known: true, N: 40}},
		Asked: []workflow.Field{workflow.FieldCount}})
	m := view.ParseMeta(v.PrivateMetadata)
	again := view.Again(view.FormTriage.Build(s.desk(rob), s.inc, view.Toward(view.FormTriage, m, was, s.inc, "")), was, "Somebody changed the facts.", nil, s.rules.Zone)
	if raw, _ := json.Marshal(again); !strings.Contains(string(raw), "what you chose on the other pages of this form was left out") || !strings.Contains(string(raw), "*Severity:* 2 High") {
		t.Errorf("it does not say what was left out: %s", raw)
	}
	if got, want := asked(again), asked(v); !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
		t.Errorf("it asks %v, and before %v", got, want)
	}
	cmd, err := view.FormTriage.Parse(untouched(t, again, was), view.ParseMeta(again.PrivateMetadata), s.rules.Zone)
	if err != nil {
		t.Fatal(err)
	}
	c := cmd.(workflow.Triage)
	if c.Reason = "It went on."; c.Severity != 2 || c.Known.Ongoing != workflow.Yes {
		t.Errorf("%+v", c)
	}
	if f := s.do(rob, c).inc.Facts; f.Count.N != 40 || f.Ongoing != workflow.Yes {
		t.Errorf("%+v", f)
	}
}

// A refusal about a question on another page turns to that page, with what was chosen
// kept.
func TestARefusalTurnsToTheQuestionItIsAbout(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report().room()
	v := s.opened(view.ActTriage, rob)
	was := turned(t, v, map[string]any{"severity": "2"}).State.Values
	m := view.Toward(view.FormTriage, view.ParseMeta(v.PrivateMetadata), was, s.inc, workflow.FieldMalicious)
	if fields := asked(view.FormTriage.Build(s.desk(rob), s.inc, m)); !slices.Contains(fields, workflow.FieldMalicious) || slices.Contains(fields, workflow.FieldSeverity) {
		t.Errorf("it asks %v", fields)
	}
}

// With everything chosen there is, the metadata fits what Slack takes (3,000
// characters).
func TestWhatIsChosenFitsTheMetadata(t *testing.T) {
	t.Parallel()
	s := happened(t, workflow.Facts{Category: "ransomware"})
	v := s.opened(view.ActTriage, rob)
	for page := range 4 {
		answers := map[string]any{}
		for _, f := range asked(v) {
			switch f {
			case workflow.FieldData:
				answers[string(f)] = everyValue(workflow.DataCategories)
			case workflow.FieldSubjects:
				answers[string(f)] = everyValue(workflow.SubjectKinds)
			case workflow.FieldAspects:
				answers[string(f)] = everyValue(workflow.Aspects)
			case workflow.FieldApplies:
				answers[string(f)] = []string{"in_danger", "customers_must_act", "patient_safety", "slack_unsafe", "deceased", "near_miss"}
			case workflow.FieldCount:
				answers[string(f)] = "60000000"
			case workflow.FieldSeverity:
				answers[string(f)] = "1"
			case workflow.FieldRisk:
				answers[string(f)] = "critical"
			}
		}
		v = view.TurnTriage(s.desk(rob), s.inc, turned(t, v, answers), page)
		if n := len([]rune(v.PrivateMetadata)); n > 3000 {
			t.Errorf("page %d: %d characters", page, n)
		}
	}
}

func everyValue[T ~string](from []workflow.Option[T]) []string {
	var out []string
	for _, o := range from {
		out = append(out, string(o.Value))
	}
	return out
}

// The first three steps and who to think of stand in the form; every step stands in
// the reading, with where it comes from.
func TestTheFirstHourIsInTheFormAndInFullInTheReading(t *testing.T) {
	t.Parallel()
	for _, kind := range workflow.Categories {
		s := happened(t, workflow.Facts{Category: kind.Value})
		book := workflow.PlaybookFor(kind.Value)
		form, _ := json.Marshal(s.opened(view.ActTriage, rob))
		all, _ := json.Marshal(read(s, view.ActFirstHour, rob))
		for n, step := range book.Steps {
			text, _ := json.Marshal(escaped(step.Text))
			if in := strings.Contains(string(form), string(text[1:len(text)-1])); in != (n < 3) {
				t.Errorf("%s: step %d is in the form: %v", kind.Value, n+1, in)
			}
			if !strings.Contains(string(all), string(text[1:len(text)-1])) || !strings.Contains(string(all), escaped(step.Source)) {
				t.Errorf("%s: the reading lacks step %d or its source", kind.Value, n+1)
			}
		}
		if !strings.Contains(string(form), "*Think of:*") {
			t.Errorf("%s: nobody to think of", kind.Value)
		}
	}
}

func escaped(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}
