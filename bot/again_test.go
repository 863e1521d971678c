package bot_test

import (
	"strings"
	"testing"
	"time"

	"breachbot/bot/sandbox"
	"breachbot/workflow"
)

// A request for a decision reached the DPO, the answer was lost, and before it
// was looked into again the decision was taken. When she asks for more facts
// instead, it is open again, and the request that is there is used.
func TestAMessageThatIsOwedAgainIsLookedForFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.report()
	w.triage(id)
	w.deliver()
	w.assess(id)
	w.ws.Fault(sandbox.Fault{Method: "chat.postMessage", Channel: w.as(sandbox.Dee).DMs()[0].Channel, Kind: sandbox.FaultDropAfter})
	w.deliver()
	if n := w.count(sandbox.Dee, "needs your decision"); n != 1 {
		t.Fatalf("%d requests", n)
	}
	w.decide(id, workflow.Regulator, workflow.DoNotNotify)
	w.decide(id, workflow.DataSubjects, workflow.DoNotNotify)
	w.later(time.Hour)
	w.decide(id, workflow.Regulator, workflow.NeedMore)
	w.recover()
	if n := w.count(sandbox.Dee, "needs your decision"); n != 1 {
		t.Errorf("the DPO holds %d requests: %q", n, w.said(sandbox.Dee))
	}
	w.onceEach()
}

// While the channel cannot be opened, for whatever reason, reminders go to
// people in person.
func TestAChannelThatIsLongInComingHoldsNoReminderBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ws.Fault(sandbox.Fault{Method: "conversations.create", Next: -1, Kind: sandbox.FaultStatus})
	w.report()
	for range 26 {
		w.later(time.Hour)
	}
	for _, who := range []string{sandbox.Ivy, sandbox.Dee} {
		if n := w.count(who, " left"); n != 1 {
			t.Errorf("%s heard %d reminders: %q", who, n, w.said(who))
		}
	}
	w.ws.ClearFaults()
	w.later(time.Hour)
	w.recover()
	if n := w.count("room", " left"); n != 1 {
		t.Errorf("the room heard %d reminders", n)
	}
	w.onceEach()
}

// The channel is taken away: the reminders reach those who handle the incident
// in person, and the status says what cannot be delivered.
func TestAChannelThatIsTakenAwayHoldsNoReminderBack(t *testing.T) {
	t.Parallel()
	for name, take := range map[string]func(w *world, room string) error{
		"archived": func(w *world, room string) error { return w.as(sandbox.Ivy).Archive(room) },
		"removed":  func(w *world, room string) error { return w.as(sandbox.Ivy).Remove(room, w.ws.BotUserID) },
		"deleted":  func(w *world, room string) error { return w.ws.DeleteChannel(room) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.report()
			if err := take(w, w.room().ID); err != nil {
				t.Fatal(err)
			}
			for range 49 {
				w.later(time.Hour)
			}
			if w.failing()[workflow.KindNudge] == "" {
				t.Error("the queue does not show it")
			}
			for _, who := range []string{sandbox.Ivy, sandbox.Dee} {
				if n := w.count(who, " left"); n != 2 {
					t.Errorf("%s heard %d reminders: %q", who, n, w.said(who))
				}
			}
			out := w.slash(sandbox.Ivy, "status BR-2026-0001")
			if got := w.as(sandbox.Ivy).Render(*out.Message); !strings.Contains(got, "Not delivered yet: a reminder") {
				t.Errorf("the status:\n%s", got)
			}
			w.onceEach()
		})
	}
}
