package bot_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"breachbot/bot/sandbox"
	"breachbot/bot/view"
	"breachbot/workflow"
)

func TestPeopleWhoMayNotUseItAreToldSo(t *testing.T) {
	t.Parallel()
	const guests, members = "Guests cannot use this", "only for members of the organisation"
	w := newWorld(t)
	w.report()
	room := w.room().ID
	if err := w.ws.ShareChannel(room, "T0ELSEWHERE"); err != nil {
		t.Fatal(err)
	}
	for who, says := range map[string]string{sandbox.Gus: guests, sandbox.Olu: members} {
		if err := w.as(sandbox.Ivy).Invite(room, who); err != nil {
			t.Fatal(err)
		}
		for _, action := range []string{"details", "triage", "lead"} {
			w.press(who, action)
			if got := w.notice(who); !strings.Contains(got, says) {
				t.Errorf("%s presses %s and sees:\n%s", who, action, got)
			}
			if err := w.as(who).CloseModal(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	version := w.incident(first).Version
	// A command reaches only people of the workspace; the guest is one.
	for n, text := range []string{"", "report", "Report something"} {
		if n == 1 {
			w.ws.Advance(6 * time.Minute) // now Slack is asked again, which takes its time
		}
		out := w.slash(sandbox.Gus, text)
		if out.Message == nil {
			out.Message = &sandbox.Message{Text: w.notice(sandbox.Gus)}
		}
		if got := out.Message.Text; !strings.Contains(got, guests) || strings.Contains(got, "In one line") {
			t.Errorf("the guest sees:\n%s", got)
		}
	}
	for _, text := range []string{"list", "status BR-2026-0001", "help"} {
		if out := w.slash(sandbox.Gus, text); out.Message == nil || !strings.Contains(out.Message.Text, guests) {
			t.Errorf("the guest sees %+v", out.Message)
		}
	}
	if got := w.incident(first).Version; got != version {
		t.Errorf("something was changed")
	}
	if w.metric("breachbot_refused_total", "why", "person") < 9 {
		t.Error("the refusals were not counted")
	}
	w.wantIncidents(1)
}

func TestAPersonIsCheckedAgainWhenTheyReturnAForm(t *testing.T) {
	t.Parallel()
	for kind, says := range map[sandbox.Kind]string{
		sandbox.Guest: "Guests cannot use this", sandbox.SingleChannelGuest: "Guests cannot use this",
		sandbox.OrgMember: "only for members of the organisation",
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.slash(sandbox.Nia, "")
			w.form(sandbox.Nia)
			w.fill(sandbox.Nia, letter())
			w.ws.AddUser(sandbox.User{ID: sandbox.Nia, Name: "nia", RealName: "Nia Bevan", Kind: kind})
			w.ws.Advance(6 * time.Minute) // an answer about a person is trusted for five
			res := w.submit(sandbox.Nia)
			if res.Status != sandbox.Faulty || !strings.Contains(strings.Join(values(res.Errors), " "), says) {
				t.Errorf("%+v", res)
			}
			if got := res.View.State["what"]["value"]["value"]; got != "The new occupant rang us." {
				t.Errorf("what was typed is lost: %v", got)
			}
			w.wantIncidents(0)
		})
	}
}

func TestALeaverCanDoNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.report()
	w.press(sandbox.Rob, "note")
	w.send(sandbox.Rob, answers{workflow.FieldNote: "I was here."})
	version := w.incident(id).Version
	w.ws.AddUser(sandbox.User{ID: sandbox.Rob, Name: "rob", Kind: sandbox.Deactivated})
	w.ws.Advance(6 * time.Minute)
	// A client that is still open somewhere.
	w.replay("block_actions", func(p map[string]any) {
		p["actions"].([]any)[0].(map[string]any)["action_id"] = "lead"
	})
	w.replay("view_submission", func(p map[string]any) { p["view"].(map[string]any)["id"] = "V0LATER" })
	w.replay("/breach", func(p map[string]any) { p["user_id"], p["text"] = sandbox.Rob, "list" })
	if got := w.incident(id).Version; got != version {
		t.Errorf("the leaver changed something")
	}
	if got := w.metric("breachbot_refused_total", "why", "person"); got != 3 {
		t.Errorf("%v refusals counted", got)
	}
}

func TestWhoLacksTheRoleIsRefusedAtTheButtonAndAtTheForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.report()
	w.triage(id)
	w.assess(id)
	w.deliver()
	const deciders, own, handlers = "Only the data protection officer (DPO) or deputy DPO can do it", "You reported this incident, so somebody else must decide about it", "The timeline is only for the people who handle"
	for who, actions := range map[string]map[string]string{
		sandbox.Rob: {"decide_notify": deciders, "decide_not": deciders, "decide": deciders},
		sandbox.Nia: {"decide_notify": own, "timeline": handlers},
	} {
		for a, says := range actions {
			w.press(who, a)
			if got := w.notice(who); !strings.Contains(got, says) {
				t.Errorf("%s presses %s and sees:\n%s", who, a, got)
			}
			if err := w.as(who).CloseModal(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	// The DPO's form, returned by somebody else's hand.
	w.press(sandbox.Dee, "decide_not")
	w.form(sandbox.Dee)
	w.fill(sandbox.Dee, answers{workflow.FieldReason: ""})
	w.fill(sandbox.Dee, answers{workflow.FieldReason: "\u200e"})
	if res := w.submit(sandbox.Dee); res.Status != sandbox.Faulty {
		t.Fatalf("%+v", res)
	}
	w.replay("view_submission", func(p map[string]any) {
		p["user"].(map[string]any)["id"] = sandbox.Rob
		v := p["view"].(map[string]any)
		v["state"].(map[string]any)["values"].(map[string]any)["reason"].(map[string]any)["value"].(map[string]any)["value"] = "Trust me."
	})
	// An incident that this person has no part in is as good as none.
	for _, who := range []string{sandbox.Sam, "U10ABE"} {
		w.ws.AddUser(sandbox.User{ID: "U10ABE", Name: "abe"})
		out := w.slash(who, "status "+string(id))
		inside := who == sandbox.Sam
		if told := strings.Contains(out.Message.Text, "There is no incident with that reference"); told == inside {
			t.Errorf("%s sees %s", who, out.Message.Text)
		}
	}
	inc := w.incident(id)
	if len(inc.Decisions) != 0 {
		t.Errorf("decided by %s", inc.Decisions[0].By)
	}
}

func TestAResponderTakenOffTheGroupCannotUseOldButtons(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(s *setting) {
		s.rules = func(r *workflow.Rules) {
			r.Roster[workflow.RoleResponder] = []workflow.Principal{"S0RESP"}
		}
	})
	w.ws.AddGroup("S0RESP", "responders", sandbox.Rob, sandbox.Sam)
	id := w.report()
	if members := w.room().Members; !contains(members, sandbox.Rob) || !contains(members, sandbox.Sam) {
		t.Fatalf("in the room: %v", members)
	}
	w.press(sandbox.Rob, "triage")
	w.form(sandbox.Rob)
	w.fill(sandbox.Rob, answers{workflow.FieldSeverity: "1", workflow.FieldRisk: "low", workflow.FieldReason: "Nothing."})
	w.ws.AddGroup("S0RESP", "responders", sandbox.Sam)
	w.ws.Advance(6 * time.Minute)
	res := w.submit(sandbox.Rob)
	if res.Status != sandbox.Faulty || !strings.Contains(fmt.Sprint(res.Errors), "You cannot do this here") {
		t.Errorf("the form: %+v", res)
	}
	if err := w.as(sandbox.Rob).CloseModal(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.press(sandbox.Rob, "triage")
	if got := w.notice(sandbox.Rob); !strings.Contains(got, "There is no incident with that reference, or you are not part of it") {
		t.Errorf("the old button shows:\n%s", got)
	}
	if w.incident(id).Severity != 0 {
		t.Error("triaged all the same")
	}
}

func contains(all []string, one string) bool {
	for _, s := range all {
		if s == one {
			return true
		}
	}
	return false
}

// A report is taken from everybody; anything else only from those Slack told us of.
func TestWhenSlackCannotSayWhoSomebodyIsOnlyAReportIsTaken(t *testing.T) {
	t.Parallel()
	const sorry = "Slack could not tell us just now who you are, so nothing was done"
	for name, fault := range map[string]sandbox.Fault{
		"down":         {Kind: sandbox.FaultStatus},
		"slow":         {Kind: sandbox.FaultDelay, Delay: 4 * time.Second},
		"limited":      {Kind: sandbox.FaultRateLimit},
		"out of scope": {Kind: sandbox.FaultError, Error: "missing_scope"},
		"odd":          {Kind: sandbox.FaultUndecodable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(s *setting) { s.sandbox = func(o *sandbox.Options) { o.AckTimeout = 6 * time.Second } })
			w.slash(sandbox.Nia, "")
			w.form(sandbox.Nia)
			w.fill(sandbox.Nia, letter())
			w.ws.Advance(6 * time.Minute)
			fault.Method, fault.Next = "users.info", -1
			w.ws.Fault(fault)
			res := w.submit(sandbox.Nia)
			if res.Status != sandbox.Updated || !strings.Contains(w.as(sandbox.Nia).RenderView(res.View), string(first)) {
				t.Errorf("the form of somebody known: %+v", res)
			}
			if out := w.slash(sandbox.Ivy, "list"); out.Message == nil || !strings.Contains(out.Message.Text, sorry) {
				t.Errorf("the command: %+v", out)
			}
			w.wantIncidents(1)
			w.slash(sandbox.Rob, "")
			w.send(sandbox.Rob, letter())
			w.wantIncidents(2)
		})
	}
}

func TestAnExpiredTriggerLeavesAButtonThatWorks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	expired := sandbox.Fault{Method: "views.open", Kind: sandbox.FaultError, Error: "expired_trigger_id"}
	w.ws.Fault(expired)
	out := w.slash(sandbox.Nia, "")
	if out.Message == nil || !strings.Contains(out.Message.Text, "Please try again") {
		t.Fatalf("%+v", out)
	}
	w.press(sandbox.Nia, "report")
	w.send(sandbox.Nia, letter())
	w.deliver()

	// A shortcut has no answer of its own; a direct message is one.
	w.ws.Fault(expired)
	if _, err := w.as(sandbox.Rob).Shortcut(t.Context(), "breach_report"); err != nil {
		t.Fatal(err)
	}
	w.bot.Settle()
	w.press(sandbox.Rob, "report")
	w.form(sandbox.Rob)

	// Nor is it forgotten which message the report was to be about.
	m, err := w.as(sandbox.Nia).Post(w.room().ID, marker)
	w.must(err)
	w.ws.Fault(expired)
	w.ws.Fault(expired) // and once more, at the button
	if _, err := w.as(sandbox.Cal).MessageShortcut(t.Context(), view.ShortcutReportMessage, m.Channel, m.TS); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		w.bot.Settle()
		w.press(sandbox.Cal, "report")
	}
	w.send(sandbox.Cal, letter())
	if got := w.incident("BR-2026-0002").Report.Source; string(got.Channel) != m.Channel || got.TS != m.TS || got.Author != sandbox.Nia {
		t.Errorf("the report is about %+v", got)
	}

	// A button: the three seconds pass while Slack is slow to say who pressed it.
	w.ws.Advance(6 * time.Minute)
	w.ws.Fault(sandbox.Fault{Method: "users.info", Kind: sandbox.FaultDelay, Delay: 300 * time.Millisecond})
	w.press(sandbox.Ivy, "triage")
	w.ws.Advance(4 * time.Second)
	w.bot.Settle()
	if m := w.as(sandbox.Ivy).Modal(); m != nil {
		t.Fatalf("opened all the same: %s", m.Title)
	}
	again, _ := w.button(sandbox.Ivy, "triage")
	if !again.Ephemeral {
		t.Fatalf("no button to try again")
	}
	w.press(sandbox.Ivy, "triage")
	w.send(sandbox.Ivy, answers{workflow.FieldSeverity: "3", workflow.FieldReason: "One letter."})
	if w.incident(first).Severity != 3 {
		t.Error("not triaged")
	}
}

// However somebody chose to see the timeline, it stays so while they turn its pages.
func TestALongTimelineIsTurnedPageByPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.report()
	for n := range 20 {
		w.do(id, sandbox.Rob, workflow.RoleResponder, workflow.AddNote{Text: fmt.Sprint("note ", n)})
	}
	w.chooses(sandbox.Rob, "timeline "+string(id))
	if got := w.notice(sandbox.Rob); !strings.Contains(got, "Page 1 of 2") || !strings.Contains(got, "note 19") {
		t.Errorf("%s", got)
	}
	for _, turn := range []struct{ button, page, shows string }{
		{"Older", "newest first. Page 2 of 2", "messages delivered"},
		{"Show deliveries", "newest first. Page 1 of 3", "note 19"},
		{"Older", "newest first. Page 2 of 3", "note 0"},
		{"Older", "newest first. Page 3 of 3", "channel was opened"},
		{"Newer", "newest first. Page 2 of 3", "note 0"},
		{"Oldest first", "oldest first. Page 1 of 3", "channel was opened"},
		{"Newer", "oldest first. Page 2 of 3", "note 0"},
		{"Hide deliveries", "oldest first. Page 1 of 2", "messages delivered"},
		{"Newest first", "newest first. Page 1 of 2", "note 19"},
	} {
		if _, err := w.as(sandbox.Rob).Press(t.Context(), sandbox.InModal(), turn.button); err != nil {
			t.Fatal(err)
		}
		if got := w.notice(sandbox.Rob); !strings.Contains(got, turn.page) || !strings.Contains(got, turn.shows) {
			t.Errorf("%s shows:\n%s", turn.button, got)
		}
	}
}
