package bot_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"breachbot/bot/sandbox"
	"breachbot/workflow"
)

// abe has no part in anything; eve neither, and would like one.
const abe, eve = "U12ABE", "U13EVE"

func withOutsiders(t *testing.T, change ...func(*setting)) *world {
	t.Helper()
	w := newWorld(t, change...)
	w.ws.AddUser(sandbox.User{ID: abe, Name: "abe", RealName: "Abe Lloyd"})
	w.ws.AddUser(sandbox.User{ID: eve, Name: "eve", RealName: "Eve Moss"})
	return w
}

// given sets an action for somebody, and delivers.
func (w *world) given(id workflow.IncidentID, owner string) int {
	w.tb.Helper()
	w.do(id, sandbox.Rob, workflow.RoleResponder, workflow.AddAction{What: "Ask for the address at the door.", Owner: workflow.UserID(owner), Due: w.ws.Now().AddDate(0, 0, 14)})
	w.deliver()
	return w.incident(id).Actions[0].Seq
}

// Whoever owns an action need have no other part in the incident: they see the
// action, say that it is done, and see nothing else.
func TestTheOwnerOfAnActionSeesItAndNothingElse(t *testing.T) {
	t.Parallel()
	w := withOutsiders(t)
	id := w.report(answers{workflow.FieldTitle: marker, workflow.FieldWhat: marker})
	n := w.given(id, abe)
	if got := w.count(abe, "You have been given an action"); got != 1 {
		t.Fatalf("told %d times", got)
	}
	w.press(abe, "finish")
	w.form(abe)
	shown := w.as(abe).RenderView(w.as(abe).Modal())
	if !strings.Contains(shown, "Ask for the address at the door.") || strings.Contains(shown, marker) {
		t.Errorf("the owner sees:\n%s", shown)
	}
	w.send(abe, answers{workflow.FieldNote: "Done on Monday."})
	if a := w.incident(id).Action(n); a.Open() || a.DoneBy != abe || a.DoneNote != "Done on Monday." {
		t.Errorf("recorded: %+v", a)
	}
	w.press(abe, "finish") // the old button
	if got := w.notice(abe); !strings.Contains(got, "It was recorded as done") || strings.Contains(got, marker) {
		t.Errorf("the old button shows:\n%s", got)
	}
	w.closes(abe)
	for _, text := range []string{"status " + string(id), "find " + marker, "list"} {
		out := w.slash(abe, text)
		if got := w.as(abe).Render(*out.Message); strings.Contains(got, marker) || strings.Contains(got, "waiting for triage") {
			t.Errorf("/breach %s shows:\n%s", text, got)
		}
	}
	for _, word := range []string{"note", "times", "assign"} {
		w.slash(abe, word+" "+string(id))
		if got := w.notice(abe); !strings.Contains(got, "you are not part of it") {
			t.Errorf("/breach %s shows:\n%s", word, got)
		}
		w.closes(abe)
	}
}

// opened is what was last asked of Slack to show.
func (w *world) opened() string {
	w.tb.Helper()
	all := w.ws.Requests("views.open")
	raw, err := json.Marshal(all[len(all)-1].Args["view"])
	if err != nil {
		w.tb.Fatal(err)
	}
	return string(raw)
}

// answered is what the bot answered to the last thing that came in.
func (w *world) answered() string {
	all := w.ws.Envelopes()
	return string(all[len(all)-1].Response)
}

// The value of a button, and what a form carries, come through a client: whoever
// puts somebody else's there is refused, and learns nothing.
func TestAForgedActionIsRefused(t *testing.T) {
	t.Parallel()
	w := withOutsiders(t)
	id := w.report(answers{workflow.FieldTitle: marker, workflow.FieldWhat: marker})
	n := w.given(id, abe)
	w.press(abe, "finish")
	w.form(abe)
	press := func(who, action, value string) {
		t.Helper()
		w.replay("block_actions", func(p map[string]any) {
			p["user"].(map[string]any)["id"] = who
			a := p["actions"].([]any)[0].(map[string]any)
			a["action_id"], a["value"] = action, value
		})
	}
	// A stranger with the owner's button, and the owner with others.
	for _, c := range []struct{ who, action, value string }{
		{eve, "finish", fmt.Sprint(id, " ", n)}, {eve, "details", string(id)}, {eve, "give_help", string(id) + " 2"},
		{abe, "details", string(id)}, {abe, "timeline", string(id)}, {abe, "note", string(id)}, {abe, "finish", string(id) + " 1"},
		{abe, "contain", fmt.Sprint(id, " ", n)}, {abe, "decide_not", fmt.Sprint(id, " ", n)},
	} {
		press(c.who, c.action, c.value)
		if got := w.opened(); !strings.Contains(got, "There is no incident with that reference, or you are not part of it.") || strings.Contains(got, marker) {
			t.Errorf("%s presses %s with %q and is shown %s", c.who, c.action, c.value, got)
		}
	}
	// The owner's form, sent by a stranger; and one of the owner's own making.
	w.fill(abe, answers{workflow.FieldNote: "\u200e"})
	w.submit(abe)
	version := w.incident(id).Version
	send := func(who, form, meta string) {
		t.Helper()
		w.replay("view_submission", func(p map[string]any) {
			p["user"].(map[string]any)["id"] = who
			v := p["view"].(map[string]any)
			v["id"], v["callback_id"], v["private_metadata"] = "V0FORGED"+form, form, meta
		})
	}
	about := fmt.Sprintf(`{"i":%q,"k":%d}`, id, n)
	send(eve, "finish", about)
	send(abe, "finish", fmt.Sprintf(`{"i":%q,"k":1}`, id))
	send(abe, "triage", about)
	send(abe, "decide", about)
	if got := w.answered(); strings.Contains(got, marker) {
		t.Errorf("the answer tells: %s", got)
	}
	if got := w.incident(id).Version; got != version {
		t.Errorf("something was recorded: %d, was %d", got, version)
	}
}

// card is the card of an incident as it stands in its channel.
func (w *world) card(id workflow.IncidentID) string {
	w.tb.Helper()
	inc := w.incident(id)
	for _, m := range w.as(sandbox.Ivy).Messages(string(inc.Room.Channel)) {
		if m.TS == inc.Card.TS {
			return w.as(sandbox.Ivy).Render(m)
		}
	}
	w.tb.Fatalf("%s has no card", id)
	return ""
}

// A tie between two reports stands on both cards; a duplicate goes on in the
// other one: its clock stops, and whoever reported it hears so.
func TestALinkMarksBothAndADuplicateStopsTheClock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.report()
	w.ws.Advance(time.Minute)
	const second = workflow.IncidentID("BR-2026-0002")
	w.slash(sandbox.Cal, "")
	w.send(sandbox.Cal, letter())
	w.deliver()
	w.chooses(sandbox.Rob, "link "+string(second))
	w.send(sandbox.Rob, answers{workflow.FieldOther: string(first), workflow.FieldReason: "The same envelope."})
	w.deliver()
	for id, other := range map[workflow.IncidentID]workflow.IncidentID{first: second, second: first} {
		if got := w.card(id); !strings.Contains(got, string(other)) {
			t.Errorf("the card of %s says nothing of %s:\n%s", id, other, got)
		}
		if !w.incident(id).Clock().Running() {
			t.Errorf("the clock of %s stopped by a mere link", id)
		}
	}
	w.chooses(sandbox.Dee, "link "+string(second))
	w.send(sandbox.Dee, answers{workflow.FieldOther: string(first), workflow.FieldReason: "The same letter.", workflow.FieldDuplicate: []string{"yes"}})
	w.deliver()
	if inc := w.incident(second); inc.Duplicate != first || inc.Clock().Running() || inc.Step() != workflow.StepDuplicate {
		t.Errorf("the duplicate: %s of %s, clock %s", inc.Step(), inc.Duplicate, inc.Clock().State)
	}
	if !w.incident(first).Clock().Running() {
		t.Error("the other one's clock stopped too")
	}
	for id, says := range map[workflow.IncidentID]string{first: "*" + string(second) + "* is a second report of this breach", second: "continues in " + string(first) + ". This report is a duplicate of it"} {
		if got := w.card(id); !strings.Contains(got, says) {
			t.Errorf("the card of %s does not say %q:\n%s", id, says, got)
		}
	}
	told := w.as(sandbox.Cal).Transcript(w.as(sandbox.Cal).DMs()[0].Channel)
	if n := w.count(sandbox.Cal, "Your report "+string(second)+" has been dealt with"); n != 1 || !strings.Contains(told, "second report of "+string(first)) {
		t.Errorf("the reporter was told %d times:\n%s", n, told)
	}
	w.later(73 * time.Hour)
	for _, m := range w.as(sandbox.Ivy).Messages(string(w.incident(second).Room.Channel)) {
		if strings.Contains(m.Text, " left") || strings.Contains(m.Text, "over the deadline") {
			t.Errorf("the duplicate is still counted down: %s", m.Text)
		}
	}
	w.onceEach()
}

// The deputy is asked four hours after the DPO, or at once when the DPO is away.
func TestTheDPOIsAwayAndTheDeputyIsAskedAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fromTheMorning)
	id := w.report()
	w.triage(id)
	w.assess(id)
	w.deliver()
	const asks = "needs your decision"
	if dpo, deputy := w.count(sandbox.Dee, asks), w.count(sandbox.Dan, asks); dpo != 1 || deputy != 0 {
		t.Fatalf("at first the DPO was asked %d times, the deputy %d", dpo, deputy)
	}
	w.chooses(sandbox.Ivy, "deputy "+string(id))
	w.send(sandbox.Ivy, answers{workflow.FieldReason: "On a flight until tonight."})
	w.deliver()
	if n := w.count(sandbox.Dan, asks); n != 1 {
		t.Errorf("the deputy was asked %d times: %q", n, w.said(sandbox.Dan))
	}
	w.later(5 * time.Hour)
	if n := w.count(sandbox.Dan, asks); n != 1 {
		t.Errorf("and later %d times", n)
	}
	w.press(sandbox.Dan, "decide_not")
	w.send(sandbox.Dan, answers{workflow.FieldReason: "It came back unopened."})
	if d := w.incident(id).Decisions; len(d) != 1 || d[0].By != sandbox.Dan {
		t.Errorf("decided: %+v", d)
	}
	w.onceEach()
}

// Slack is away over several reminders of a clock: what is made up for is said
// once, and says what was not said in time.
func TestRemindersOfOtherClocksAreMadeUpForInOneMessage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fromTheMorning) // triage is due at 17:00
	id := w.report()
	w.press(sandbox.Rob, "lead") // until then people hear in person that nobody has it
	w.deliver()
	outage := func(until time.Duration) {
		t.Helper()
		w.ws.Fault(sandbox.Fault{Next: -1, Kind: sandbox.FaultStatus})
		for end := w.set.start.Add(until); w.ws.Now().Before(end); {
			w.later(30 * time.Minute)
		}
		w.ws.ClearFaults()
		w.ws.Advance(15 * time.Minute)
		w.recover()
	}
	hears := func(clock string) {
		t.Helper()
		if n := w.count("room", ". "+clock+": "); n != 1 {
			t.Errorf("%s was said %d times: %q", clock, n, w.said("room"))
		}
		for _, m := range w.as(sandbox.Ivy).Messages(w.room().ID) {
			if strings.Contains(m.Text, ". "+clock+": ") && !strings.Contains(w.as(sandbox.Ivy).Render(m), "Not sent at the time") {
				t.Errorf("it does not say that it comes late:\n%s", w.as(sandbox.Ivy).Render(m))
			}
		}
	}
	outage(13 * time.Hour) // over 17:00 and 21:00
	hears("Triage")
	w.triage(id)
	w.deliver()
	outage(37 * time.Hour) // over the hour before, the deadline and twelve hours after it
	hears("Containment")
	w.later(time.Hour)
	hears("Triage")
	hears("Containment")
	w.onceEach()
	w.verify()
}

// Two handlers answer the same question at the same moment: one answer counts,
// and the other sees it before they may overrule it.
func TestTwoWhoAnswerADutyAtTheSameMomentMakeOneDecision(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.report()
	w.triage(id)
	w.deliver()
	both := map[string]string{sandbox.Rob: "notify", sandbox.Ivy: "do_not_notify"}
	for who, verdict := range both {
		w.chooses(who, "duty_list "+string(id))
		w.bot.Settle()
		if _, err := w.as(who).Choose(t.Context(), sandbox.InModal(), "duties/duty", string(id)+" police"); err != nil {
			t.Fatal(err)
		}
		w.form(who)
		w.fill(who, answers{workflow.FieldVerdict: verdict, workflow.FieldReason: "because, says " + who})
	}
	results := map[string]sandbox.SubmitResult{}
	var mu sync.Mutex
	var all sync.WaitGroup
	for who := range both {
		all.Go(func() {
			res, err := w.as(who).Submit(t.Context())
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			results[who] = res
		})
	}
	all.Wait()
	decided := func() (by []workflow.UserID) {
		for _, d := range w.incident(id).Decisions {
			if d.Recipient == workflow.Police {
				by = append(by, d.By)
			}
		}
		return by
	}
	by := decided()
	if len(by) != 1 {
		t.Fatalf("decided by %v", by)
	}
	for who, res := range results {
		if workflow.UserID(who) == by[0] {
			if res.Status != sandbox.Cleared {
				t.Errorf("the first got %+v", res)
			}
			continue
		}
		shown := w.as(who).RenderView(w.as(who).Modal())
		for _, want := range []string{"A decision was recorded while this form was open", "Decided before", "because, says " + string(by[0]), "because, says " + who} {
			if !strings.Contains(shown, want) {
				t.Errorf("the second does not see %q:\n%s", want, shown)
			}
		}
		w.send(who, nil) // having seen it
	}
	if by := decided(); len(by) != 2 {
		t.Errorf("decided in the end by %v", by)
	}
	w.verify()
}

// Somebody who is to do something and has left cannot be told: the card says
// whom the message did not reach, until it does.
func TestAMessageToSomebodyWhoHasLeftIsMissedOnTheCard(t *testing.T) {
	t.Parallel()
	w := withOutsiders(t)
	id := w.report()
	leaves := func(who string, kind sandbox.Kind) {
		w.ws.AddUser(sandbox.User{ID: who, Name: strings.ToLower(who[3:]), Kind: kind})
	}
	leaves(abe, sandbox.Deactivated)
	w.do(id, sandbox.Rob, workflow.RoleResponder, workflow.AskHelp{User: eve, Question: "Which printer?"})
	leaves(eve, sandbox.Deactivated)
	w.given(id, abe)
	w.deliver() // the card is brought up to date
	worries := []string{"Not delivered yet: the message to @abe about an action (Slack says user_disabled", "Not delivered yet: the question to @eve (Slack says user_disabled"}
	for _, says := range worries {
		if got := w.card(id); !strings.Contains(got, says) {
			t.Errorf("the card does not say %q:\n%s", says, got)
		}
	}
	leaves(abe, sandbox.Member)
	leaves(eve, sandbox.Member)
	w.later(time.Hour + time.Minute)
	w.deliver()
	if got := w.card(id); strings.Contains(got, "Not delivered yet") {
		t.Errorf("the card still says:\n%s", got)
	}
	if a, h := w.count(abe, "You have been given an action"), w.count(eve, "You have been asked to help"); a != 1 || h != 1 {
		t.Errorf("the owner heard %d times, the other %d", a, h)
	}
}
