package bot_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"breachbot/bot/sandbox"
	"breachbot/workflow"
)

// marker stands in every text that these tests type, with the field's name. It
// must be found nowhere but in forms and in what opens on demand.
const marker = "Zebra77"

// nasty is what somebody might type or paste, spiced with what Slack would act
// on. It fills its field almost to the end.
func nasty(f workflow.Field) string {
	const spice = " <!channel> <!here> @here @channel <!subteam^S0ALL> <@U07SAM> <#C0GENERAL> <https://evil.example|bank> " +
		"https://evil.example/?a=b&c=d *bold* _it_ ~gone~ `code` > quote :tada: &lt;!channel&gt; {\"a\":1} %s ' OR 1=1 -- " +
		"👩‍⚕️🏥🇬🇧 \u202egnp.exe \u2066x\u2069 שלום مرحبا Llŷr ŵ e\u0301 \x00\x07"
	most := 2900
	switch f {
	case workflow.FieldTitle:
		most = workflow.MaxTitle
	case workflow.FieldReference:
		most = workflow.MaxLine
	}
	text := marker + string(f) + spice
	for utf8.RuneCountInString(text) < most {
		text += " " + marker + spice
	}
	return string([]rune(text)[:most])
}

// tell types the whole of an incident's life through the forms: reported,
// triaged, its times corrected, contained, investigated, assessed, decided,
// notified late, people told, noted, handed over, the deputy called, recovered,
// resolved, others not told, an action set and done, reviewed, closed, reopened.
func (w *world) tell(text func(workflow.Field) string) workflow.IncidentID {
	w.tb.Helper()
	t := func(fields ...workflow.Field) answers {
		a := answers{}
		for _, f := range fields {
			a[f] = text(f)
		}
		return a
	}
	id := w.report(t(workflow.FieldTitle, workflow.FieldWhat, workflow.FieldActions))
	w.press(sandbox.Rob, "lead")
	w.deliver()
	step := func(who, action string, a ...answers) {
		w.tb.Helper()
		if _, button := w.button(who, action); button != "" {
			w.press(who, action)
		} else {
			w.chooses(who, action+" "+string(id))
		}
		w.send(who, answers{}.but(a...))
		w.deliver()
	}
	w.ws.Advance(time.Hour)
	step(sandbox.Rob, "triage", answers{workflow.FieldSeverity: "2"}, t(workflow.FieldReason))
	step(sandbox.Dee, "times", answers{workflow.FieldAware: w.ws.Now().Add(-30 * time.Minute)}, t(workflow.FieldAwareReason, workflow.FieldReason))
	step(sandbox.Rob, "contain", answers{workflow.FieldContainSteps: []string{string(workflow.EvidencePreserved)}, workflow.FieldContainment: "contained"}, t(workflow.FieldEvidence))
	step(sandbox.Rob, "investigate", answers{workflow.FieldCertainty: "hypothesis"}, t(workflow.FieldRootCause, workflow.FieldSystems, workflow.FieldThirdParties))
	graded := answers{workflow.FieldLikelihood: "4", workflow.FieldEffect: "3", workflow.FieldVulnerable: "unknown", workflow.FieldHighRisk: "no"}
	step(sandbox.Ivy, "assess", graded, t(workflow.FieldEvidence, workflow.FieldConsequences, workflow.FieldWhy))
	step(sandbox.Dee, "decide", t(workflow.FieldReason).but(answers{workflow.FieldRegulator: "need_more"}))
	step(sandbox.Ivy, "note", t(workflow.FieldNote))
	step(sandbox.Dee, "decide_notify", t(workflow.FieldReason, workflow.FieldAdvice))
	w.later(80 * time.Hour)
	sent := answers{workflow.FieldMethod: "ico_form", workflow.FieldComplete: "complete"}
	step(sandbox.Rob, "record", sent, answers{workflow.FieldDelay: "other"}, t(workflow.FieldReference, workflow.FieldDelayReason))
	step(sandbox.Dee, "people_notify", t(workflow.FieldPeopleReason, workflow.FieldAdvice))
	step(sandbox.Rob, "record_told", answers{workflow.FieldMethod: "letter", workflow.FieldComplete: "complete"}, t(workflow.FieldReference))
	step(sandbox.Ivy, "role", answers{workflow.FieldUser: sandbox.Cal, workflow.FieldRole: "responder"}, t(workflow.FieldNote))
	step(sandbox.Rob, "deputy", t(workflow.FieldReason))
	step(sandbox.Rob, "recover", answers{workflow.FieldRecovery: texts(workflow.RecoveryChecks)}, t(workflow.FieldNote))
	step(sandbox.Rob, "resolve", t(workflow.FieldSummary, workflow.FieldRootCause))
	w.chooses(sandbox.Dee, "duty_list "+string(id))
	w.presses(sandbox.Dee, "Several are not needed")
	owed := []string{}
	for _, r := range w.owed(id) {
		owed = append(owed, string(r))
	}
	w.send(sandbox.Dee, answers{workflow.FieldRecipients: owed}.but(t(workflow.FieldReason)))
	w.chooses(sandbox.Rob, "actions "+string(id))
	w.presses(sandbox.Rob, "Add an action")
	w.send(sandbox.Rob, answers{workflow.FieldUser: sandbox.Nia}.but(t(workflow.FieldWhat)))
	w.deliver()
	step(sandbox.Nia, "finish", t(workflow.FieldNote))
	step(sandbox.Rob, "review", t(workflow.FieldReviewWhat, workflow.FieldImpact, workflow.FieldRootCause, workflow.FieldWentWell, workflow.FieldSlowed,
		workflow.FieldDocuments, workflow.FieldRiskRegister, workflow.FieldPublic))
	step(sandbox.Rob, "close", t(workflow.FieldReason))
	step(sandbox.Dee, "reopen", t(workflow.FieldReason))
	return id
}

// texts are the values of a list of options.
func texts[T ~string](options []workflow.Option[T]) []string {
	var all []string
	for _, o := range options {
		all = append(all, string(o.Value))
	}
	return all
}

func TestWhatPeopleTypeIsHarmlessAndStaysInside(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.tell(nasty)
	// A second one ends as no breach at all, and its decision not to notify comes late.
	second := w.report(answers{workflow.FieldTitle: nasty(workflow.FieldTitle), workflow.FieldWhat: nasty(workflow.FieldWhat)})
	w.triage(second)
	w.assess(second)
	w.later(80 * time.Hour)
	w.chooses(sandbox.Dee, "decide_not "+string(second))
	w.send(sandbox.Dee, answers{workflow.FieldReason: nasty("reason"), workflow.FieldAdvice: nasty("advice"), workflow.FieldDelay: "other", workflow.FieldDelayReason: nasty("delay_reason")})
	w.deliver()
	w.chooses(sandbox.Dee, "dismiss "+string(second))
	w.send(sandbox.Dee, answers{workflow.FieldReason: nasty("reason")})
	w.later(8 * 24 * time.Hour)
	for _, who := range []string{sandbox.Dee, sandbox.Nia} {
		w.slash(who, "list")
		w.slash(who, "status "+string(id))
		w.slash(who, nasty("command"))
	}

	// It is kept, and shown on demand.
	w.press(sandbox.Ivy, "details")
	if shown := w.notice(sandbox.Ivy); !strings.Contains(shown, marker) {
		t.Errorf("the report does not show what was typed:\n%s", shown)
	}
	w.press(sandbox.Ivy, "timeline")
	w.bot.Settle()

	// Nobody is called by it, and no phone shows it.
	for _, n := range w.ws.Notifications() {
		if strings.HasPrefix(n.Why, "@") {
			t.Errorf("%s was alerted (%s) by %q", n.User, n.Why, n.Text)
		}
		if strings.Contains(n.Text, marker) {
			t.Errorf("a phone shows typed text: %q", n.Text)
		}
	}
	for _, c := range w.ws.Channels() {
		if strings.Contains(c.Name+c.Topic+c.Purpose, marker) {
			t.Errorf("channel %s tells: %s", c.Name, c.Topic)
		}
	}
	if len(w.posts()) < 30 {
		t.Fatalf("only %d messages were looked at", len(w.posts()))
	}
	for _, m := range w.posts() {
		blocks, _ := json.Marshal(m.Blocks)
		if strings.Contains(m.Text+string(m.MetadataRaw)+string(blocks), marker) {
			t.Errorf("a message tells what was typed: %s %s", m.Text, blocks)
		}
	}
	for _, r := range w.ws.Requests() {
		args := r.Args
		if raw, err := json.Marshal(args["view"]); err == nil && args["view"] != nil {
			checkView(t, raw)
			delete(args, "view")
		}
		if raw, _ := json.Marshal(args); strings.Contains(string(raw), marker) {
			t.Errorf("%s tells what was typed: %s", r.Method, raw)
		}
	}
	for _, e := range w.ws.Envelopes() {
		if len(e.Response) > 0 {
			checkView(t, e.Response)
		}
	}
	w.wantNoLargeAck()
	if strings.Contains(w.log.String(), marker) {
		t.Error("the log tells what was typed")
	}
	families, err := w.metrics.Gather()
	if err != nil || len(families) < 8 {
		t.Fatal(err, len(families))
	}
	for _, f := range families {
		for _, text := range []string{marker, "BR-2026", sandbox.Nia} {
			if strings.Contains(f.String(), text) {
				t.Errorf("metric %s tells %q", f.GetName(), text)
			}
		}
	}
	w.onceEach()
	w.verify()
}

// checkView fails when a view holds typed text outside of plain text, where
// Slack would act on it, or in its metadata.
func checkView(t *testing.T, raw []byte) {
	t.Helper()
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Error(err)
	}
	if s, ok := v.(string); ok { // views go as a JSON string
		if err := json.Unmarshal([]byte(s), &v); err != nil {
			t.Error(err)
		}
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			text, _ := v["text"].(string)
			if v["type"] == "mrkdwn" && strings.Contains(text, marker) {
				t.Errorf("typed text stands in markup: %.200s", text)
			}
			for _, key := range []string{"private_metadata", "external_id", "callback_id"} {
				if s := fmt.Sprint(v[key]); strings.Contains(s, marker) {
					t.Errorf("%s tells what was typed: %.200s", key, s)
				}
			}
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(v)
}

func TestTimesCountsAndEmptyTextsThatCannotBe(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	future := w.ws.Now().Add(6 * time.Minute) // a clock may be five minutes out
	w.slash(sandbox.Nia, "")
	w.form(sandbox.Nia)
	for _, c := range []struct {
		field workflow.Field
		bad   any
		says  string
		good  any
	}{
		{workflow.FieldTitle, " \t", "Please fill in a title", "Letter"},
		{workflow.FieldWhat, "\u202e\u2066 \u200f", "Please fill in what happened", "It was opened."},
		{workflow.FieldDetected, future, "in the future", w.ws.Now().Add(-time.Hour)},
		{workflow.FieldOccurredFrom, future, "in the future", nil},
		{workflow.FieldOccurredTo, future.AddDate(50, 0, 0), "in the future", nil},
		{workflow.FieldCount, -1, "at least 0", nil},
		{workflow.FieldCount, 100_000_001, "at most", nil},
		{workflow.FieldCount, "1e99", "", nil},
		{workflow.FieldCount, "½", "", 0},
	} {
		fields := letter(answers{c.field: c.bad})
		w.fill(sandbox.Nia, fields)
		res := w.submit(sandbox.Nia)
		if res.Status != sandbox.Faulty && res.Status != sandbox.Refused || !strings.Contains(res.Errors[string(c.field)], c.says) {
			t.Errorf("%s %v: %+v", c.field, c.bad, res)
		}
		w.fill(sandbox.Nia, answers{c.field: c.good})
	}
	w.wantIncidents(0)
	w.send(sandbox.Nia, letter())
	w.wantIncidents(1)
}

func TestNumbersThatSlackWouldNotLetThrough(t *testing.T) {
	t.Parallel()
	// A client is not to be trusted with the limits of a number input.
	w := newWorld(t)
	w.slash(sandbox.Nia, "")
	form := w.form(sandbox.Nia)
	w.fill(sandbox.Nia, letter(answers{workflow.FieldCount: 7}))
	if res := w.submit(sandbox.Nia); res.Status != sandbox.Updated {
		t.Fatal(res.Status)
	}
	w.deliver()
	for n, count := range []string{"-5", "99999999999", "99999999999999999999999", "1.5", "NaN", "٣", "0x1F", "many"} {
		w.replay("view_submission", func(p map[string]any) {
			view := p["view"].(map[string]any)
			view["id"] = form.ID + fmt.Sprint("x", n)
			values := view["state"].(map[string]any)["values"].(map[string]any)
			values["count"].(map[string]any)["value"].(map[string]any)["value"] = count
		})
	}
	w.bot.Settle()
	w.wantIncidents(1)
}

func TestAwareBeforeNoticedIsAskedAndThenTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.report()
	w.chooses(sandbox.Dee, "times "+string(id))
	w.form(sandbox.Dee)
	aware := w.ws.Now().Add(-26 * time.Hour)
	w.fill(sandbox.Dee, answers{workflow.FieldAware: aware, workflow.FieldAwareReason: "Our processor knew.", workflow.FieldReason: "Told today."})
	res := w.submit(sandbox.Dee)
	if res.Status != sandbox.Faulty || !strings.Contains(res.Errors["order"], "aware before anybody noticed") {
		t.Fatalf("%+v", res)
	}
	if !w.incident(id).Times.Aware.At.IsZero() {
		t.Fatal("set without asking")
	}
	w.send(sandbox.Dee, answers{workflow.FieldOrder: []string{"yes"}})
	if got, want := w.incident(id).Times.Deadline(), aware.Add(72*time.Hour); !got.Equal(want) {
		t.Errorf("deadline %s, want %s", got, want)
	}
}

func TestTheHourThatHappensTwiceIsAskedAbout(t *testing.T) {
	t.Parallel()
	// Summer time ends on 25 October 2026 at 01:00 UTC: 01:30 local is
	// 00:30 UTC (BST) or 01:30 UTC (GMT).
	start := time.Date(2026, 10, 25, 8, 0, 0, 0, time.UTC)
	vectors := map[string]time.Time{
		"first":  time.Date(2026, 10, 28, 0, 30, 0, 0, time.UTC),
		"second": time.Date(2026, 10, 28, 1, 30, 0, 0, time.UTC),
	}
	for answer, deadline := range vectors {
		for _, picked := range []time.Time{deadline.Add(-72 * time.Hour), time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC)} {
			for _, long := range []bool{false, true} {
				t.Run(fmt.Sprint(answer, picked.Format("1504"), long), func(t *testing.T) {
					t.Parallel()
					w := newWorld(t, func(s *setting) { s.start = start })
					what := "The new occupant rang us."
					if long {
						what = strings.Repeat("<", 2900) // the form does not fit into an answer on the socket
					}
					w.slash(sandbox.Nia, "")
					w.form(sandbox.Nia)
					w.fill(sandbox.Nia, letter(answers{workflow.FieldDetected: picked, workflow.FieldWhat: what, workflow.FieldActions: what}))
					res := w.submit(sandbox.Nia)
					shown := w.as(sandbox.Nia).RenderView(res.View)
					for _, want := range []string{"Which 01:30 was it?", "The first 01:30, before the clocks went back (BST)", "The second 01:30, an hour later (GMT)"} {
						if !strings.Contains(shown, want) {
							t.Fatalf("%s %s: no %q in\n%.3000s", res.Status, res.Reason, want, shown)
						}
					}
					if got := res.View.State["what"]["value"]["value"]; got != what {
						t.Errorf("what was typed is lost: %.60v", got)
					}
					w.wantIncidents(0)
					w.send(sandbox.Nia, answers{workflow.FieldDetectedPass: answer})
					w.deliver()
					if got := w.incident(first).Times.Deadline(); !got.Equal(deadline) {
						t.Errorf("deadline %s, want %s", got, deadline)
					}
					if topic := w.room().Topic; !strings.Contains(topic, deadline.Format("15:04 GMT")) {
						t.Errorf("topic %q", topic)
					}
					w.wantNoLargeAck()
				})
			}
		}
	}
}
