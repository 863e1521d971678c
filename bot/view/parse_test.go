package view_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// hand fills in forms by chance: every field is left alone or answered.
type hand struct {
	r       *rand.Rand
	answers map[string]any
}

func newHand(seed uint64) *hand {
	return &hand{rand.New(rand.NewPCG(seed, 14)), map[string]any{}}
}

func (h *hand) skip(required bool) bool { return !required && h.r.IntN(3) == 0 }

func (h *hand) text(f workflow.Field, required bool) string {
	if h.skip(required) {
		return ""
	}
	s := fmt.Sprintf("%s %s %d", f, nasty[h.r.IntN(len(nasty))], h.r.IntN(1000))
	h.answers[string(f)] = s
	return s
}

// instant is a time that happened once; those that happened twice have their
// own tests.
func (h *hand) instant(f workflow.Field, required bool) time.Time {
	if h.skip(required) {
		return time.Time{}
	}
	at := friday.Add(-time.Duration(h.r.IntN(10_000)) * time.Minute)
	h.answers[string(f)] = at
	return at
}

func (h *hand) tick(f workflow.Field, value string) bool {
	if h.r.IntN(2) == 0 {
		return false
	}
	h.answers[string(f)] = []string{value}
	return true
}

func pickOne[T ~string](h *hand, f workflow.Field, required bool, from []workflow.Option[T]) T {
	if h.skip(required) {
		return ""
	}
	v := from[h.r.IntN(len(from))].Value
	h.answers[string(f)] = string(v)
	return v
}

func pickSome[T ~string](h *hand, f workflow.Field, from []workflow.Option[T]) []T {
	var chosen []T
	var values []string
	for _, o := range from {
		if h.r.IntN(4) == 0 {
			chosen, values = append(chosen, o.Value), append(values, string(o.Value))
		}
	}
	h.answers[string(f)] = values
	return chosen
}

func (h *hand) facts() workflow.Facts {
	f := workflow.Facts{
		Category:      pickOne(h, workflow.FieldCategory, false, workflow.Categories),
		Aspects:       pickSome(h, workflow.FieldAspects, workflow.Aspects),
		Data:          pickSome(h, workflow.FieldData, workflow.DataCategories),
		Subjects:      pickSome(h, workflow.FieldSubjects, workflow.SubjectKinds),
		Ongoing:       pickOne(h, workflow.FieldOngoing, false, workflow.Answers),
		SubjectsAware: pickOne(h, workflow.FieldSubjectsAware, false, workflow.Answers),
		OthersAware:   pickOne(h, workflow.FieldOthersAware, false, workflow.Answers),
		NearMiss:      h.tick(workflow.FieldNearMiss, "yes"),
	}
	f.Count = h.count(workflow.FieldCount, workflow.MaxCount)
	return f
}

// What somebody means when they fill in a form is what is read from it, for
// every form and every field.
func FuzzWhatIsReadIsWhatWasMeant(f *testing.F) {
	for seed := range uint64(30) {
		f.Add(seed)
	}
	all := examples(f, plainly)
	f.Fuzz(func(t *testing.T, seed uint64) {
		for _, e := range all {
			v := e.open(e.on)
			meta := view.ParseMeta(v.PrivateMetadata)
			h := newHand(seed)
			meant := e.meant(h, meta)
			if !e.form.Gives(meant.Name()) {
				t.Fatalf("%s gives %s, is permitted as %s", e.name, meant.Name(), e.form.Command())
			}
			read, err := e.form.Parse(submitted(t, v, h.answers), meta, e.on.rules.Zone)
			if err != nil {
				t.Fatalf("%s: %v", e.name, err)
			}
			if diff := cmp.Diff(meant, read, cmpopts.EquateEmpty(), cmpopts.SortSlices(func(a, b workflow.Field) bool { return a < b })); diff != "" {
				t.Errorf("%s (-meant +read):\n%s", e.name, diff)
			}
		}
	})
}

// A form submitted as it opens says what the record says.
func TestPresetFormsSayWhatTheRecordSays(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report().room().triage(3).aware().assess(2, 3, workflow.Unknown)
	for _, action := range []view.Action{view.ActTriage, view.ActAssess, view.ActTimes} {
		form, v := build(s, action)
		cmd, err := form.Parse(untouched(t, v, nil), view.ParseMeta(v.PrivateMetadata), s.rules.Zone)
		if err != nil {
			t.Fatal(action, err)
		}
		switch c := cmd.(type) {
		case workflow.Triage:
			c.Reason = "As before."
			if diff := cmp.Diff(s.inc.Facts, s.fork().do(rob, c).inc.Facts); diff != "" || c.Severity != s.inc.Severity || c.Risk != s.inc.Risk || c.Facts != s.inc.FactsVersion {
				t.Errorf("%+v %s", c, diff)
			}
		case workflow.Assess:
			was := s.inc.Assessment().Grading
			was.Evidence = "" // asked for every time
			if diff := cmp.Diff(was, c.Grading); diff != "" {
				t.Error(diff)
			}
		case workflow.CorrectTimes:
			if !c.Aware.Equal(s.inc.Times.Aware.At) || !c.Detected.Equal(s.inc.Times.Detected) || c.Occurred != s.inc.Times.Occurred {
				t.Errorf("%+v", c)
			}
		}
	}
}

func TestANumberOfPeople(t *testing.T) {
	t.Parallel()
	v := view.FormReport.Build(newStory(t, plainly).desk(nurse), nil, view.Meta{More: true})
	known := func(n int) workflow.Count { return workflow.Count{Known: true, N: n} }
	for typed, want := range map[string]workflow.Count{"": {}, "0": known(0), "12": known(12), " 12": known(12), "-1": known(-1), "100000000": known(100_000_000)} {
		cmd, err := view.FormReport.Parse(submitted(t, v, map[string]any{"count": typed}), view.Meta{}, time.UTC)
		if err != nil {
			t.Errorf("%q: %v", typed, err)
		} else if got := cmd.(workflow.SubmitReport).Report.Facts.Count; got != want {
			t.Errorf("%q is read as %+v, want %+v", typed, got, want)
		}
	}
	for _, typed := range []string{"1e9", "٣", "1.5", "1,000", "about 20", "99999999999999999999999", "0x10", "1 2"} {
		_, err := view.FormReport.Parse(submitted(t, v, map[string]any{"count": typed}), view.Meta{}, time.UTC)
		var refusal *workflow.Error
		if !errors.As(err, &refusal) || refusal.Field != workflow.FieldCount {
			t.Errorf("%q: got %v, want a refusal beside the field", typed, err)
		}
	}
}

// Slack's picker takes times of ten digits only, and its dates begin in 1970. An
// older time is left out of the form, which would not open otherwise, and is
// written out where it is shown.
func TestTimesLongAgoAreShownAndBreakNothing(t *testing.T) {
	t.Parallel()
	for _, year := range []int{26, 1926, 1998} {
		s := newStory(t, plainly)
		old := time.Date(year, 5, 1, 12, 0, 0, 0, time.UTC)
		s.do(nurse, workflow.SubmitReport{Report: workflow.Report{Title: "Old records", What: "Found in a cellar.", Detected: old.Add(time.Hour),
			Risk: workflow.RiskLow, Occurred: workflow.Occurrence{From: old}}})
		_, v := build(s, view.ActTimes)
		was := submitted(t, v, map[string]any{"occurred_from": old})
		card := view.Card(s.inc, s.rules, s.now)
		for name, sh := range map[string]shown{
			"form": modalOf(v), "form again": modalOf(view.Again(v, was, "Again.", nil, s.rules.Zone)),
			"details": modalOf(view.Details(s.inc, s.rules)), "card": {message: &card},
		} {
			for _, fault := range faults(sh.decoded(t)) {
				t.Errorf("%s of the year %d: %s", name, year, fault)
			}
		}
	}
}

// Whatever arrives in the place of a form's values, reading it and showing the
// form again breaks nothing.
func FuzzParse(f *testing.F) {
	f.Add("detected", "x", "first", int64(1_792_888_200), "U0X")
	f.Add("detected", "", "second", int64(math.MinInt64), "")
	f.Add("aware", "-1", "high", int64(math.MaxInt64), "breachbot")
	f.Add("count", "1e9", "yes", int64(-62135596800), "S0GROUP")
	f.Add("severity", "\x00\xff", "99999999999999999999", int64(1), "<@U1>")
	all := examples(f, plainly)
	f.Fuzz(func(t *testing.T, field, text, option string, at int64, user string) {
		action := slack.BlockAction{Value: text, SelectedDateTime: at, SelectedUser: user,
			SelectedOption: slack.OptionBlockObject{Value: option}, SelectedOptions: []slack.OptionBlockObject{{Value: option}, {Value: text}}}
		for _, e := range all {
			v := e.open(e.on)
			was := view.Values{field: {"value": action, "else": action}}
			for _, b := range v.Blocks.BlockSet {
				if b.BlockType() == slack.MBTInput {
					was[b.ID()] = map[string]slack.BlockAction{"value": action}
				}
			}
			for _, pass := range []string{"detected_pass", "aware_pass", "sent_pass"} {
				was[pass] = map[string]slack.BlockAction{"value": action}
			}
			_, err := e.form.Parse(was, view.ParseMeta(text), e.on.rules.Zone)
			var twice *view.WhichError
			errors.As(err, &twice)
			var which []workflow.Field
			if twice != nil {
				which = twice.Fields
			}
			again := view.Again(v, was, text, which, e.on.rules.Zone)
			if n := onAck(t, again); n >= 20_480 && len(text) < 3000 {
				t.Errorf("%s: %d bytes", e.name, n)
			}
		}
		for _, none := range []view.Values{nil, {}, {field: nil}} {
			for _, e := range all {
				_, _ = e.form.Parse(none, view.Meta{}, e.on.rules.Zone)
			}
		}
		view.ParseTimelineChoice(text)
	})
}

func TestTurningPagesComesBackAsItWasSent(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report()
	for range 40 {
		s.note()
	}
	v := view.Timeline(s.inc, 1, view.TimelineChoice{OldestFirst: true, Deliveries: true}, s.rules)
	pages := map[string]string{}
	for _, b := range v.Blocks.BlockSet {
		if actions, ok := b.(*slack.ActionBlock); ok && actions.BlockID != "who" {
			for _, e := range actions.Elements.ElementSet {
				button := e.(*slack.ButtonBlockElement)
				if !view.TimelineTurn(button.ActionID) {
					t.Errorf("%s turns nothing", button.ActionID)
				}
				pages[button.Text.Text] = button.Value
			}
		}
	}
	want := map[string]string{
		"Older": "BR-2026-0014 0 oldest deliveries", "Newer": "BR-2026-0014 2 oldest deliveries",
		"Newest first": "BR-2026-0014 0 deliveries", "Hide deliveries": "BR-2026-0014 0 oldest",
	}
	for _, c := range []view.TimelineChoice{{}, {OldestFirst: true}, {Deliveries: true}, {OldestFirst: true, Deliveries: true}} {
		if got := view.ParseTimelineChoice(c.String()); got != c {
			t.Errorf("%+v comes back as %+v", c, got)
		}
	}
	if diff := cmp.Diff(want, pages); diff != "" {
		t.Error(diff)
	}
}

func TestMetadataComesBackAsItWasSent(t *testing.T) {
	t.Parallel()
	m := view.Meta{Incident: ref, Facts: 7, Supersedes: 9, Recipient: workflow.DataSubjects, Verdict: workflow.NeedMore, Token: "t",
		Channel: exhibit.Channel, TS: exhibit.TS, Author: nurse.User, Edited: exhibit.TS, Request: 3}
	if got := view.ParseMeta(m.Encode()); got != m {
		t.Errorf("%+v", got)
	}
	if got := view.ParseMeta("nonsense"); got != (view.Meta{}) {
		t.Errorf("%+v", got)
	}
}
