package bot_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"breachbot/bot/sandbox"
	"breachbot/workflow"
)

// journalled fails when a message or a channel of ours is at Slack and not in the
// journal.
func (w *world) journalled(ids ...workflow.IncidentID) {
	w.tb.Helper()
	known := map[string]bool{}
	for _, id := range ids {
		records, err := w.store.Load(w.tb.Context(), id)
		if err != nil {
			w.tb.Fatal(err)
		}
		for _, r := range records {
			var places []workflow.Place
			switch e := r.Event.(type) {
			case workflow.ChannelOpened:
				known[string(e.Channel)] = true
			case workflow.CardPosted:
				places = []workflow.Place{e.Place}
			case workflow.MessagePosted:
				places = e.Places
			case workflow.Nudged:
				places = e.Places
			case workflow.Reminded:
				places = e.Places
			case workflow.FollowUpNudged:
				places = e.Places
			}
			for _, p := range places {
				known[string(p.Channel)+p.TS] = true
			}
		}
	}
	for _, m := range w.posts() {
		if !m.Ephemeral && !known[m.Channel+m.TS] {
			w.tb.Errorf("at Slack, but not in the journal: %q in %s", m.Text, m.Channel)
		}
	}
	for _, c := range w.ws.Channels() {
		if c.CreatedByApp && !c.DM && !known[c.ID] {
			w.tb.Errorf("at Slack, but not in the journal: the channel %s", c.Name)
		}
	}
}

// settled lets time pass until what is owed is delivered and what is in doubt has been
// looked for.
func (w *world) settled() {
	w.tb.Helper()
	w.ws.ClearFaults()
	w.recover()
	for range 10 {
		w.later(2 * time.Minute)
	}
	w.recover()
}

// buttons are the labels of the buttons on messages in which a text occurs.
func (w *world) buttons(text string) (labels []string) {
	for _, m := range w.posts() {
		raw, _ := json.Marshal(m.Blocks)
		if !strings.Contains(m.Text, text) {
			continue
		}
		labels = append(labels, strings.Split(string(raw), `"type":"button"`)[1:]...)
	}
	return labels
}

// A reminder got through, the answer was lost, and the decision came before it was
// tried again. It stands in the journal as what it was, and nobody can press what no
// longer applies.
func TestAReminderThatGotThroughBeforeTheDecisionIsInTheJournal(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fromTheMorning)
	id := w.report()
	w.triage(id)
	w.deliver()
	w.assess(id)
	w.deliver()
	w.ws.SetTime(w.set.start.Add(23 * time.Hour))
	w.recover()
	w.ws.Fault(sandbox.Fault{Method: "chat.postMessage", Channel: w.room().ID, Next: 3, Kind: sandbox.FaultDropAfter})
	w.ws.SetTime(w.set.start.Add(24 * time.Hour))
	w.deliver()
	if n := w.count("room", "48 hours left"); n != 1 {
		t.Fatalf("%d reminders: %q", n, w.said("room"))
	}
	w.decide(id, workflow.Regulator, workflow.DoNotNotify)
	w.decide(id, workflow.DataSubjects, workflow.DoNotNotify)
	w.settled()
	var found []workflow.Nudged
	records, err := w.store.Load(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		if n, ok := r.Event.(workflow.Nudged); ok {
			found = append(found, n)
		}
	}
	if len(found) != 1 || found[0].Milestone != workflow.Countdown(48*time.Hour) || !found[0].Late || found[0].Target != workflow.InChannel {
		t.Errorf("the journal has %+v", found)
	}
	if b := w.buttons("48 hours left"); len(b) != 0 {
		t.Errorf("it can still be pressed: %q", b)
	}
	if n := w.count("room", "48 hours left"); n != 1 {
		t.Errorf("%d reminders: %q", n, w.said("room"))
	}
	w.journalled(id)
	w.onceEach()
	w.verify()
}

// The room was made, the answer lost, and the report found to be nothing before it was
// tried again.
func TestARoomMadeForWhatWasDismissedIsInTheJournal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ws.Fault(sandbox.Fault{Method: "conversations.create", Kind: sandbox.FaultDropAfter})
	id := w.report()
	if w.incident(id).Room.Ready() {
		t.Fatal("the answer was not lost")
	}
	w.do(id, sandbox.Dee, workflow.RoleDPO, workflow.Dismiss{Facts: w.incident(id).FactsVersion, Reason: "Empty envelope."})
	w.settled()
	if got := w.incident(id).Room; string(got.Channel) != w.room().ID {
		t.Errorf("the journal has %+v", got)
	}
	w.journalled(id)
	w.onceEach()
	w.verify()
}

// Alerts got through, their answers were lost, and somebody took it, or it was found to
// be nothing.
func TestAlertsThatGotThroughAreBroughtUpToDate(t *testing.T) {
	t.Parallel()
	for name, then := range map[string]func(*world){
		"taken": func(w *world) { w.take(first) },
		"dismissed": func(w *world) {
			w.do(first, sandbox.Dee, workflow.RoleDPO, workflow.Dismiss{Facts: w.incident(first).FactsVersion, Reason: "Empty envelope."})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.ws.Fault(sandbox.Fault{Method: "chat.postMessage", Next: 20, Kind: sandbox.FaultDropAfter})
			w.report()
			then(w)
			w.settled()
			for _, who := range everybody {
				if _, id := w.button(who, "take"); id != "" {
					t.Errorf("%s is still asked to take it", who)
				}
			}
			w.journalled(first)
			w.onceEach()
			w.verify()
		})
	}
}

// Where we are no longer let in, the doubt stays, and the journal says so.
func TestWhatCannotBeLookedForAnyMoreIsSaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fromTheMorning)
	id := w.report()
	w.ws.SetTime(w.set.start.Add(23 * time.Hour))
	w.recover()
	room := w.room().ID
	w.ws.Fault(sandbox.Fault{Method: "chat.postMessage", Channel: room, Next: 3, Kind: sandbox.FaultDropAfter})
	w.ws.SetTime(w.set.start.Add(24 * time.Hour))
	w.deliver()
	if err := w.as(sandbox.Ivy).Remove(room, w.ws.BotUserID); err != nil {
		t.Fatal(err)
	}
	w.do(id, sandbox.Dee, workflow.RoleDPO, workflow.Dismiss{Facts: w.incident(id).FactsVersion, Reason: "Empty envelope."})
	for range 12 {
		w.later(time.Hour)
	}
	records, err := w.store.Load(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	said := 0
	for _, r := range records {
		if e, ok := r.Event.(workflow.DeliveryDropped); ok && e.Of == workflow.KindNudge && e.Code != "" {
			said++
		}
	}
	if said != 1 {
		t.Errorf("said %d times", said)
	}
	doubtful, err := w.store.Doubtful(t.Context(), "test", w.ws.Now().Add(48*time.Hour), time.Minute, 10)
	if err != nil || len(doubtful) != 0 {
		t.Errorf("still in doubt: %+v, %v", doubtful, err)
	}
}

// Answers are lost, processes killed and facts changed in any order: in the end there is
// nothing at Slack that is not in the journal, and nothing twice.
func TestNothingIsAtSlackThatIsNotInTheJournal(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 7))
			w := newWorld(t, fromTheMorning)
			if seed%2 == 1 {
				w.sched.Courier = forgetful{w.bot}
			}
			lossy := func() {
				w.ws.ClearFaults()
				for _, method := range []string{"chat.postMessage", "conversations.create"} {
					w.ws.Fault(sandbox.Fault{Method: method, Next: 1 + r.IntN(6), Kind: sandbox.FaultDropAfter})
				}
			}
			lossy()
			id := w.report()
			do := func(who string, role workflow.Role, c workflow.Command) {
				by := workflow.Actor{User: workflow.UserID(who), Roles: []workflow.Role{role}}
				_, _ = w.service.Do(t.Context(), id, "", c, by) // a refusal is as good as any other turn
			}
			acts := []func(*workflow.Incident){
				func(*workflow.Incident) {
					do(sandbox.Rob, workflow.RoleResponder, workflow.AssignRole{Role: workflow.RoleLead, User: sandbox.Rob})
				},
				func(i *workflow.Incident) {
					do(sandbox.Rob, workflow.RoleResponder, workflow.Triage{Facts: i.FactsVersion, Severity: workflow.Severity(1 + r.IntN(4)), Risk: workflow.RiskMedium, Reason: "One letter.", Known: i.Facts})
				},
				func(i *workflow.Incident) {
					do(sandbox.Ivy, workflow.RoleIGLead, workflow.Assess{Facts: i.FactsVersion, Why: "The recipient is known.", Grading: workflow.Grading{
						Cell: workflow.Cell{Likelihood: 1 + r.IntN(5), Effect: 1 + r.IntN(5)}, Vulnerable: workflow.No, HighRisk: workflow.No}})
				},
				func(i *workflow.Incident) {
					to := []workflow.Recipient{workflow.Regulator, workflow.DataSubjects}[r.IntN(2)]
					seen := 0
					if d := i.Latest(to); d != nil {
						seen = d.Seq
					}
					do(sandbox.Dee, workflow.RoleDPO, workflow.Decide{Facts: i.FactsVersion, Supersedes: seen, Recipient: to,
						Verdict: []workflow.Verdict{workflow.DoNotNotify, workflow.Notify, workflow.NeedMore}[r.IntN(3)], Reason: "On the evidence."})
				},
				func(i *workflow.Incident) {
					aware := w.ws.Now().Add(-time.Duration(r.IntN(60)) * time.Hour)
					do(sandbox.Dee, workflow.RoleDPO, workflow.CorrectTimes{Facts: i.FactsVersion, Detected: i.Times.Detected, Aware: aware,
						AwareReason: "Certain then.", Reason: "Awareness was decided.", OrderIsRight: true})
				},
				func(i *workflow.Incident) {
					do(sandbox.Dee, workflow.RoleDPO, workflow.Dismiss{Facts: i.FactsVersion, Reason: "Empty envelope."})
				},
				func(*workflow.Incident) { do(sandbox.Dee, workflow.RoleDPO, workflow.Reopen{Reason: "Not empty."}) },
			}
			for range 20 {
				acts[r.IntN(len(acts))](w.incident(id))
				if r.IntN(3) > 0 {
					lossy()
				}
				w.later([]time.Duration{0, time.Second, time.Minute, time.Hour, 13 * time.Hour}[r.IntN(5)])
			}
			w.settled()
			w.journalled(id)
			w.onceEach()
			w.verify()
			late := 0
			records, err := w.store.Load(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			for _, rec := range records {
				switch e := rec.Event.(type) {
				case workflow.Nudged:
					if e.Late {
						late++
					}
				case workflow.Reminded:
					if e.Late {
						late++
					}
				}
			}
			t.Logf("%d messages at Slack, %d reminders found late", len(w.posts()), late)
		})
	}
}

// One of a group got the request and the answer was lost; the decision came before
// that person was tried again. The request is in the journal and has no buttons.
func TestWhatOneOfAGroupGotIsInTheJournal(t *testing.T) {
	t.Parallel()
	for name, then := range map[string]func(*world){
		"decided": func(*world) {},
		"and they left the group": func(w *world) {
			w.ws.AddGroup("S0DPO", "dpos", sandbox.Dee)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := withDPOs(t, sandbox.Dan, sandbox.Dee)
			id := w.report()
			w.triage(id)
			w.deliver()
			w.ws.Fault(sandbox.Fault{Method: "chat.postMessage", Channel: w.dm(sandbox.Dan), Next: 9, Kind: sandbox.FaultDropAfter})
			w.assess(id)
			w.deliver()
			if n := w.count(sandbox.Dan, toDPOs["the request"]); n != 1 {
				t.Fatalf("asked %d times", n)
			}
			w.decide(id, workflow.Regulator, workflow.DoNotNotify)
			w.decide(id, workflow.DataSubjects, workflow.DoNotNotify)
			then(w)
			w.settled()
			if n := w.count(sandbox.Dan, toDPOs["the request"]); n > 1 {
				t.Errorf("asked %d times", n)
			}
			if _, id := w.button(sandbox.Dan, "decide"); id != "" {
				t.Error("there is still a button to decide")
			}
			w.journalled(id)
			w.onceEach()
			w.verify()
		})
	}
}
