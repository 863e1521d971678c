package view_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// full is a long response: 60 notes, 30 actions, every duty answered and told,
// 20 triages, 20 assessments, 15 containments and as many investigations, 30
// messages as evidence that were edited later, 10 links, 10 corrections.
func full(t testing.TB, says wording) *story {
	s := newStory(t, says).report().room().lead("U0ROB").aware()
	for n := range 20 {
		f := s.inc.Facts
		f.Capacity, f.CustomersMustAct, f.PatientSafety, f.Malicious, f.Category = workflow.Both, workflow.Yes, workflow.Yes, workflow.Yes, "ransomware"
		f.Subjects = []workflow.SubjectKind{"customers"}
		s.after(time.Minute).do(rob, workflow.Triage{Facts: s.inc.FactsVersion, Severity: workflow.Severity(1 + n%3), Risk: workflow.RiskCritical,
			Reason: s.text("triage reason"), Systems: s.says("systems", workflow.MaxText), Known: f})
	}
	every := func(c int) []workflow.ContainStep {
		var steps []workflow.ContainStep
		for _, o := range workflow.ContainSteps[:c] {
			steps = append(steps, o.Value)
		}
		return steps
	}
	for n := range 15 {
		exposed := workflow.Exposures[n%len(workflow.Exposures)].Value
		s.after(time.Minute).do(rob, workflow.Contain{Facts: s.inc.FactsVersion, Steps: every(len(workflow.ContainSteps)), State: workflow.Contained, ExposedTo: exposed, Evidence: s.text("how it is known")})
		s.investigate(workflow.Hypothesis)
	}
	s.recover("containment", "integrity", "fix", "monitoring", "communicated")
	for n := range 10 {
		s.after(time.Minute).do(dpo, workflow.CorrectTimes{Facts: s.inc.FactsVersion, Occurred: s.inc.Times.Occurred, Detected: s.inc.Times.Detected,
			Aware: friday.Add(time.Duration(n) * time.Minute), AwareReason: s.text("aware reason"), Reason: s.text("times reason"), OrderIsRight: true})
	}
	for range 60 {
		s.after(time.Minute).note()
	}
	for range 30 {
		s.action()
	}
	for n := range 30 {
		m := s.quote()
		m.Place.TS = fmt.Sprintf("1795192000.%06d", n)
		s.after(time.Minute).do(rob, m)
		s.do(workflow.SystemActor(), workflow.RecordEdit{Place: m.Place, At: s.now, Text: "Edited. " + s.says("edited message", 2800)})
	}
	for n := range 10 {
		s.do(rob, workflow.LinkTo{Other: workflow.NewIncidentID(workflow.SeriesReal, 2025, n+1), Reason: s.text("link reason")})
	}
	for range 20 {
		s.after(time.Minute).assess(4, 4, workflow.Yes)
	}
	s.rules.CommunicationsProvider, s.rules.EssentialService = true, true
	for _, nation := range []workflow.Nation{workflow.Scotland, workflow.Wales, workflow.NorthernIreland, workflow.England} { // it has moved a lot
		s.rules.Nation = nation
		for _, d := range s.rules.Duties(s.inc) {
			switch {
			case d.Last != nil:
				continue
			case d.Recipient.Core():
				s.decide(d.Recipient, workflow.Notify)
			default:
				s.duty(d.Recipient, workflow.Notify)
			}
			s.send(d.Recipient, false).send(d.Recipient, true)
		}
	}
	for n := range 12 {
		s.do(igLead, workflow.AskHelp{User: workflow.UserID(fmt.Sprintf("U0HELPER%02d", n)), Question: s.text("question"), Due: s.now.Add(48 * time.Hour)})
	}
	return s
}

// tight finds what comes near Slack's limits: beyond 80 % of those that grow with
// an incident. Words that were typed are cut into blocks of 3,000 characters and
// so reach that one limit on purpose.
func tight(v map[string]any) []string {
	w := &walk{}
	modal := v["type"] == "modal" || v["type"] == "home"
	blocks, _ := v["blocks"].([]any)
	w.atMost("blocks", len(blocks), map[bool]int{true: 80, false: 40}[modal])
	raw, _ := json.Marshal(v)
	w.atMost("bytes", len(raw), 200_000)
	meta, _ := v["private_metadata"].(string)
	w.atMost("private_metadata", utf8.RuneCountInString(meta), 2400)
	markup := 0
	text := func(what string, o any, most int) {
		if t, ok := o.(map[string]any); ok && t["type"] == "mrkdwn" {
			s := t["text"].(string)
			markup += utf8.RuneCountInString(s)
			w.atMost(what+" "+workflow.Cut(s, 40), utf8.RuneCountInString(s), most)
		}
	}
	for _, b := range blocks {
		block := b.(map[string]any)
		text("section", block["text"], 2400)
		fields, _ := block["fields"].([]any)
		for _, f := range fields {
			text("field", f, 1600)
		}
		elements, _ := block["elements"].([]any)
		if block["type"] == "actions" {
			w.atMost("actions", len(elements), 20)
		}
		for _, e := range append(elements, block["element"], block["accessory"]) {
			text("context", e, 2400)
			if element, ok := e.(map[string]any); ok {
				options, _ := element["options"].([]any)
				if element["type"] == "static_select" || element["type"] == "multi_static_select" {
					w.atMost("options", len(options), 80)
				}
			}
		}
	}
	if !modal {
		w.atMost("markup in all", markup, 10_560)
	}
	return w.found
}

func TestALongResponseStaysWellWithinSlacksLimits(t *testing.T) {
	t.Parallel()
	for _, words := range []string{"Words ", nasty[0]} {
		s := full(t, func(_ string, most int) string { return upTo(words, min(most, 2900)-1) + "." })
		check := func(name string, sh shown) {
			t.Helper()
			for _, fault := range append(faults(sh.decoded(t)), tight(sh.decoded(t))...) {
				t.Errorf("%s, with %q typed everywhere: %s", name, words, fault)
			}
		}
		message := func(name string, m view.Message) { t.Helper(); check(name, shown{message: &m}) }
		modal := func(name string, v slack.ModalViewRequest) { t.Helper(); check(name, shown{modal: &v}) }

		message("card", view.Card(s.inc, s.rules, s.now))
		message("status", view.Status(s.inc, s.rules, true, s.now))
		if s.inc.Assessment() != nil {
			message("ask", view.Ask(s.inc, s.inc.Asking, s.rules, s.now))
		}
		for _, l := range s.inc.Loud {
			message("say", view.Say(s.inc, l.Seq, workflow.InChannel, s.rules))
		}
		message("alert", view.Alert(s.inc, "U0DPO", s.rules, s.now))
		modal("details", view.Details(s.inc, s.rules))
		modal("steps", view.StepList(s.inc, s.rules))
		modal("duties", view.Duties(s.inc, s.rules))
		modal("presence", view.Presence(s.inc))
		modal("pack", view.Pack(s.inc, s.rules))
		modal("pace", view.Pace(s.inc, s.rules))
		modal("own report", view.OwnReport(s.inc, s.rules))
		pages := func(name string, page func(int) slack.ModalViewRequest, next, line string, want int) {
			t.Helper()
			found := 0
			for n := 0; ; n++ {
				v := page(n)
				modal(fmt.Sprint(name, " page ", n), v)
				raw := string(shown{modal: &v}.json(t))
				found += strings.Count(raw, line)
				if !strings.Contains(raw, next) {
					break
				}
				if n == 200 {
					t.Fatalf("%s: the pages have no end", name)
				}
			}
			if found != want {
				t.Errorf("the pages of the %s show %d entries, want %d", name, found, want)
			}
		}
		pages("actions", func(n int) slack.ModalViewRequest { return view.Actions(s.inc, n) }, `"Further"`, `"Done, `, 30)
		pages("clocks", func(n int) slack.ModalViewRequest { return view.ClockList(s.inc, n, s.rules, s.now) }, `"Further"`, `\nFrom `, len(s.rules.Clocks(s.inc)))
		// report, lead, 20 triages, 15 containments and investigations, recovery, 11
		// corrections, 60 notes, 30 actions, 30 messages and their edits, 10 links, 20
		// assessments, 22 decisions, 44 notices, 12 questions, the channel and 5 invitations
		const happened = 1 + 1 + 20 + 15 + 15 + 1 + 11 + 60 + 30 + 60 + 10 + 20 + 22 + 44 + 12 + 6
		pages("timeline", func(n int) slack.ModalViewRequest { return view.Timeline(s.inc, n, everyDelivery, s.rules) }, `"Older"`, `"text":"\u003c!date^`, happened)

		for _, e := range examples(t, plainly) {
			modal("form "+e.name, e.open(s))
		}
		for _, d := range s.rules.Duties(s.inc)[2:] {
			modal("form duty", s.openedAbout(view.ActDuty, string(d.Recipient), dpo))
			modal("form duty sent", s.openedAbout(view.ActDutySent, string(d.Recipient), dpo))
		}

		home := view.Home{Rules: s.rules, Now: s.now, By: rob, Since: s.now, Register: &view.RegisterCount{Open: 40, All: 900, Trend: "Many."}}
		for n := range 40 {
			inc := *s.inc
			inc.ID = workflow.NewIncidentID(workflow.SeriesReal, 2026, n+1)
			home.Incidents = append(home.Incidents, &inc)
		}
		tab := home.View()
		check("home", shown{home: &tab})
		owner := home
		owner.By = workflow.Actor{User: "U0OWNER"}
		tab = owner.View()
		check("home of the owner of the actions", shown{home: &tab})

		over := s.fork().resolve().review().do(rob, workflow.Close{Reason: s.text("close reason")})
		message("card, closed", view.Card(over.inc, s.rules, s.now))
		message("outcome", view.Outcome(over.inc))
		modal("details, closed", view.Details(over.inc, s.rules))
	}
}

// A deadline that was changed often is shown with the first and the newest
// changes, and the law's clock comes first on the first page.
func TestALongHistoryOfADeadlineIsCut(t *testing.T) {
	t.Parallel()
	s := full(t, plainly)
	v := view.ClockList(s.inc, 0, s.rules, s.now)
	raw := string(shown{modal: &v}.json(t))
	for _, want := range []string{"• At first ", "• and 4 more changes", "Page 1 of 2.", "The timeline says why a deadline changed."} {
		if !strings.Contains(raw, want) {
			t.Errorf("the clocks do not say %q", want)
		}
	}
	if n := strings.Count(raw, "• Then "); n < 7 {
		t.Errorf("%d changes are listed", n)
	}
}

// Of several that are not needed only those are offered that are the person's to
// answer; the rest the rules would refuse.
func TestOnlyOnesOwnQuestionsAreOffered(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report().room().triage(1).assess(4, 4, workflow.Yes)
	for _, of := range []struct {
		by   workflow.Actor
		dhsc bool
	}{{rob, false}, {dpo, true}} {
		v := s.opened(view.ActDuties, of.by)
		raw := string(shown{modal: &v}.json(t))
		if strings.Contains(raw, `"dhsc"`) != of.dhsc || !strings.Contains(raw, `"board"`) {
			t.Errorf("%s is offered %s", of.by.User, raw)
		}
	}
}

// Which of two times a record means was asked when it was recorded, so the answer
// is filled in; in a new report nothing is.
func TestWhichTimeIsFilledInFromTheRecord(t *testing.T) {
	t.Parallel()
	second := time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC)
	s := newStory(t, plainly)
	s.now = second.Add(time.Hour)
	s.do(nurse, workflow.SubmitReport{Report: workflow.Report{Title: "A letter", What: "It went astray.", Detected: second, Risk: workflow.RiskLow}})
	asked := func(v slack.ModalViewRequest) string {
		for _, b := range v.Blocks.BlockSet {
			if strings.HasPrefix(b.ID(), string(workflow.FieldDetectedPass)) {
				return fmt.Sprint(b.(*slack.InputBlock).Element.(*slack.RadioButtonsBlockElement).InitialOption != nil)
			}
		}
		return "not asked"
	}
	which := []workflow.Field{workflow.FieldDetected}
	was := view.Values{string(workflow.FieldDetected): {"value": slack.BlockAction{SelectedDateTime: second.Unix()}}}
	if got := asked(view.Again(s.opened(view.ActTimes, dpo), was, "", which, s.rules.Zone)); got != "true" {
		t.Error("in a correction:", got)
	}
	if got := asked(view.Again(view.FormReport.Build(s.desk(nurse), nil, view.Meta{}), was, "", which, s.rules.Zone)); got != "false" {
		t.Error("in a report:", got)
	}
}
