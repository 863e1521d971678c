package view_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// build makes the form of an action.
func build(s *story, a view.Action) (view.Form, slack.ModalViewRequest) {
	form, meta, _ := view.Opens(a, "")
	if form == view.FormReport {
		return form, form.Build(s.desk(dpo), nil, meta)
	}
	return form, form.Build(s.desk(dpo), s.inc, meta)
}

// Shown again, a form holds all that was typed, with the sentence on top, bound
// to the facts as they are now.
func TestAgainKeepsEverythingTyped(t *testing.T) {
	t.Parallel()
	for _, says := range []wording{plainly, func(_ string, most int) string { return upTo("<& 👩🏽‍⚕️", min(most, 2900)) }} {
		for _, e := range examples(t, says) {
			s := e.on.fork()
			v := e.open(s)
			was := submitted(t, v, e.fill(v, says))
			s.note().do(rob, workflow.AssignRole{Role: workflow.RoleResponder, User: "U0OTHER"})
			v = e.open(s)
			again := view.Again(v, was, "Please look <again> & decide.", nil, s.rules.Zone)
			top := markOf(again.Blocks.BlockSet[0])
			if top != "*Please look &lt;again&gt; &amp; decide.*" {
				t.Errorf("%s: no sentence on top", e.name)
			}
			if e.form != view.FormReport && view.ParseMeta(again.PrivateMetadata).Facts != s.inc.FactsVersion {
				t.Errorf("%s: not bound to the facts as they are now", e.name)
			}
			before, errBefore := e.form.Parse(was, view.Meta{}, time.UTC)
			after, errAfter := e.form.Parse(untouched(t, again, was), view.Meta{}, time.UTC)
			if errBefore != nil || errAfter != nil {
				t.Fatalf("%s: %v, %v", e.name, errBefore, errAfter)
			}
			if diff := cmp.Diff(before, after); diff != "" {
				t.Errorf("%s lost something (-typed +kept):\n%s", e.name, diff)
			}
		}
	}
}

// Slack ignores an answer to a submission of 20,480 bytes or more; the person
// would see "trouble connecting" for ever. A form with long texts leaves out
// what Slack keeps anyway.
func TestAnswersToSubmissionsFitTheSocket(t *testing.T) {
	t.Parallel()
	largest, name := 0, ""
	for _, words := range append(nasty, "x ") {
		long := func(_ string, most int) string { return upTo(words, min(most, 2900)-1) + "." }
		for _, s := range everything(t, long) {
			answers := strings.HasPrefix(s.name, "again_") || strings.HasPrefix(s.name, "received") || strings.HasPrefix(s.name, "result_")
			if !answers {
				continue
			}
			n := onAck(t, *s.modal)
			if n >= 20_480 {
				t.Errorf("%s with %q: %d bytes", s.name, words, n)
			}
			if n > largest {
				largest, name = n, s.name
			}
		}
	}
	t.Logf("largest: %s, %d bytes", name, largest)
}

// With texts of an ordinary length nothing needs to be left out.
func TestOrdinaryTextsTravelWithTheForm(t *testing.T) {
	t.Parallel()
	says := func(_ string, most int) string { return upTo("An ordinary sentence. ", min(most, 300)) }
	for _, e := range examples(t, says) {
		v := e.open(e.on)
		was := submitted(t, v, filled(v, says))
		again := view.Again(e.open(e.on), was, "Please look again.", nil, e.on.rules.Zone)
		for _, b := range again.Blocks.BlockSet {
			if in, ok := b.(*slack.InputBlock); ok {
				if text, ok := in.Element.(*slack.PlainTextInputBlockElement); ok && text.InitialValue != was[in.BlockID]["value"].Value {
					t.Errorf("%s: %s holds %q", e.name, in.BlockID, text.InitialValue)
				}
			}
		}
	}
}

// A form filled in on old facts keeps the person's choices in its inputs, so it
// says where the record differs; without that they would overwrite it unseen.
func TestAStaleFormSaysWhatTheRecordHoldsOtherwise(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report().room().triage(3)
	form, v := build(s, view.ActTriage)
	was := untouched(t, v, nil)
	changed := s.inc.Facts
	changed.Category, changed.ExposedTo, changed.SubjectsAware = "email_wrong", workflow.ExposedPublic, workflow.Yes
	s.do(igLead, workflow.Triage{Facts: s.inc.FactsVersion, Severity: 1, Risk: workflow.RiskHigh, Reason: "More letters.", Known: changed})
	cmd, err := form.Parse(was, view.ParseMeta(v.PrivateMetadata), s.rules.Zone)
	if err != nil {
		t.Fatal(err)
	}
	stale := cmd.(workflow.Triage)
	stale.Reason = "One letter."
	if _, err := s.rules.Handle(s.inc, stale, rob, s.now); !errors.Is(err, workflow.ErrStale) {
		t.Fatalf("got %v, want a refusal as stale", err)
	}
	v = form.Build(s.desk(rob), s.inc, view.Toward(form, view.ParseMeta(v.PrivateMetadata), was, s.inc, ""))
	again := view.Again(v, was, "Somebody changed the facts.", nil, s.rules.Zone)
	said := markOf(again.Blocks.BlockSet[1])
	want := "*The record now differs from your answers below:*\n" +
		"• What kind of event is it? Email to the wrong recipient\n" +
		"• Severity: how fast must we act? 1 Critical\n" +
		"• Who got the data, or could get at it? The public\n" +
		"• Do the people affected know? Yes"
	if diff := cmp.Diff(want, said); diff != "" {
		t.Error(diff)
	}

	_, times := build(s, view.ActTimes)
	was = untouched(t, times, nil)
	s.aware()
	_, times = build(s, view.ActTimes)
	again = view.Again(times, was, "Somebody changed the facts.", nil, s.rules.Zone)
	said = markOf(again.Blocks.BlockSet[1])
	if !strings.Contains(said, "• Aware since <!date^1795192800^") {
		t.Errorf("the new awareness is not said: %q", said)
	}
}

// The night the clocks go back

func twiceForm(t *testing.T, at time.Time, pass string) (slack.ModalViewRequest, view.Values) {
	t.Helper()
	s := newStory(t, plainly)
	_, v := build(s, view.ActReport)
	answers := map[string]any{"title": "Letter", "what": "A letter.", "detected": at, "risk": "low"}
	was := submitted(t, v, answers)
	if pass == "" {
		return v, was
	}
	_, fresh := build(s, view.ActReport)
	again := view.Again(fresh, was, "One more question.", []workflow.Field{workflow.FieldDetected}, s.rules.Zone)
	answers["detected_pass"] = pass
	return again, submitted(t, again, answers)
}

func TestATimeThatHappenedTwiceIsAskedAboutRightAfterItsField(t *testing.T) {
	t.Parallel()
	zone := testRules().Zone
	for _, chosen := range []time.Time{ambiguous, ambiguous.Add(time.Hour)} {
		_, was := twiceForm(t, chosen, "")
		_, err := view.FormReport.Parse(was, view.Meta{}, zone)
		var twice *view.WhichError
		if !errors.As(err, &twice) || !cmp.Equal(twice.Fields, []workflow.Field{workflow.FieldDetected}) {
			t.Fatalf("01:30 that night: %v", err)
		}
		for pass, want := range map[string]time.Time{"first": ambiguous, "second": ambiguous.Add(time.Hour)} {
			again, was := twiceForm(t, chosen, pass)
			for n, b := range again.Blocks.BlockSet {
				if b.ID() == "detected" && again.Blocks.BlockSet[n+1].ID() != "detected_pass" {
					t.Error("the question does not follow its field")
				}
			}
			cmd, err := view.FormReport.Parse(was, view.Meta{}, zone)
			if err != nil {
				t.Fatal(err)
			}
			if got := cmd.(workflow.SubmitReport).Report.Detected; !got.Equal(want) {
				t.Errorf("the %s 01:30 is %s, want %s", pass, got, want)
			}
		}
	}
}

// An answer to the question is kept when the form has to be shown once more for
// another reason, and forgotten with the time it was about.
func TestTheAnswerWhichTimeItWasStaysWithTheTime(t *testing.T) {
	t.Parallel()
	zone := testRules().Zone
	_, was := twiceForm(t, ambiguous, "second")
	_, fresh := build(newStory(t, plainly), view.ActReport)
	again := view.Again(fresh, was, "Something else.", nil, zone)
	cmd, err := view.FormReport.Parse(untouched(t, again, was), view.Meta{}, zone)
	if err != nil {
		t.Fatalf("the question is asked again: %v", err)
	}
	if got := cmd.(workflow.SubmitReport).Report.Detected; !got.Equal(ambiguous.Add(time.Hour)) {
		t.Errorf("noticed %s", got)
	}

	form, _ := twiceForm(t, ambiguous, "second")
	later := ambiguous.Add(5 * time.Hour)
	was = submitted(t, form, map[string]any{"title": "Letter", "what": "A letter.", "detected": later, "risk": "low", "detected_pass": "first"})
	cmd, err = view.FormReport.Parse(was, view.Meta{}, zone)
	if err != nil || !cmd.(workflow.SubmitReport).Report.Detected.Equal(later) {
		t.Errorf("a time that happened once: %v, %v", cmd, err)
	}
	_, fresh = build(newStory(t, plainly), view.ActReport)
	for _, b := range view.Again(fresh, was, "Something else.", nil, zone).Blocks.BlockSet {
		if b.ID() == "detected_pass" {
			t.Error("asked about a time that happened once")
		}
	}
}

func TestTwoTimesThatHappenedTwiceAreAskedAboutTogether(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report()
	form, v := build(s, view.ActTimes)
	was := submitted(t, v, map[string]any{"detected": ambiguous, "aware": ambiguous.Add(time.Minute)})
	_, err := form.Parse(was, view.Meta{}, s.rules.Zone)
	var twice *view.WhichError
	if !errors.As(err, &twice) || len(twice.Fields) != 2 {
		t.Fatalf("got %v", err)
	}
	again := modalOf(view.Again(v, was, "One more question.", twice.Fields, s.rules.Zone))
	for _, fault := range faults(again.decoded(t)) {
		t.Error(fault)
	}
	if n := strings.Count(string(again.json(t)), "_pass\""); n != 2 {
		t.Errorf("%d questions", n)
	}
	_, sent := build(newStory(t, plainly).report().triage(3).assess(3, 3, workflow.No).decide(workflow.Regulator, workflow.Notify), view.ActRecord)
	was = submitted(t, sent, map[string]any{"sent_at": ambiguous})
	if _, err := view.FormRecord.Parse(was, view.Meta{}, s.rules.Zone); !errors.As(err, &twice) || twice.Fields[0] != workflow.FieldSentAt {
		t.Errorf("the time of sending: %v", err)
	}
}

// A form about no incident asks for nothing and breaks nothing.
func TestAFormOfNoIncidentOnlySaysSo(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly)
	for _, e := range examples(t, plainly) {
		if e.form == view.FormReport {
			continue // the one that is about none
		}
		v := e.form.Build(s.desk(rob), nil, e.meta)
		if v.Submit != nil || len(v.Blocks.BlockSet) != 1 {
			t.Errorf("%s of no incident: %d blocks", e.name, len(v.Blocks.BlockSet))
		}
	}
}
