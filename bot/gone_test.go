package bot_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"breachbot/bot/sandbox"
	"breachbot/workflow"
)

// pins are the texts of what is pinned in the room.
func (w *world) pins() []string {
	w.tb.Helper()
	var out []string
	room := w.room()
	for _, m := range w.as(sandbox.Ivy).Messages(room.ID) {
		if slices.Contains(room.Pins, m.TS) {
			out = append(out, w.as(sandbox.Ivy).Render(m))
		}
	}
	return out
}

// quiet fails if anything is still tried, or said to fail.
func (w *world) quiet(id workflow.IncidentID) {
	w.tb.Helper()
	if inc := w.incident(id); len(w.failing()) != 0 || len(inc.Stalls) != 0 {
		w.tb.Errorf("failing: %v, stalled: %v", w.failing(), inc.Stalls)
	}
}

// waitingForDPO is an incident that waits for the DPO's decision.
func (w *world) waitingForDPO() workflow.IncidentID {
	w.tb.Helper()
	id := w.report()
	w.triage(id)
	w.assess(id)
	w.deliver()
	return id
}

// The workspace keeps messages for 30 days. A card that is gone is posted anew and
// pinned, and so is a request that still waits for an answer; nothing is tried for ever.
func TestMessagesThatAreGoneAreReplacedWhereSomebodyNeedsThem(t *testing.T) {
	t.Parallel()
	for code, lose := range map[string]func(w *world){
		"message_not_found":  func(w *world) { w.ws.Retain(30 * 24 * time.Hour) },
		"edit_window_closed": func(w *world) { w.ws.SetPolicy(sandbox.Policy{EditWindow: 24 * time.Hour}) },
		"cant_update_message": func(w *world) {
			w.ws.Fault(sandbox.Fault{Method: "chat.update", Next: -1, Kind: sandbox.FaultError, Error: "cant_update_message"})
		},
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			id := w.waitingForDPO()
			w.later(31 * 24 * time.Hour)
			lose(w)
			old := w.incident(id)
			w.take(id)
			w.deliver()
			w.ws.ClearFaults()
			w.recover()
			inc := w.incident(id)
			if inc.Card.TS == "" || inc.Card.TS == old.Card.TS {
				t.Fatalf("the card is %+v, was %+v", inc.Card, old.Card)
			}
			if got := w.pins(); len(got) == 0 || !strings.Contains(got[len(got)-1], "Incident BR-2026-0001") {
				t.Errorf("pinned: %q", got)
			}
			again := 0
			for key, post := range inc.Posts {
				if s, _ := key.Subject(); s.Kind == workflow.KindAsk && s.Nth > 0 && len(post.Places) > 0 {
					again++
				}
			}
			if again != 2 { // in the channel and to the DPO; the deputy was asked only now
				t.Errorf("%d requests were posted anew", again)
			}
			w.quiet(id)

			// The new ones live, and are brought up to date in place.
			w.do(id, sandbox.Ivy, workflow.RoleIGLead, workflow.AssignRole{Role: workflow.RoleLead, User: sandbox.Cal})
			w.deliver()
			if got := w.incident(id).Card; got.TS != inc.Card.TS || !strings.Contains(w.card(id), "Lead: @Cal Fraser") {
				t.Errorf("the new card is not brought up to date: %+v\n%s", got, w.card(id))
			}
			w.quiet(id)
			w.onceEach()
			w.verify()
		})
	}
}

// A workspace in which nothing can be changed for long is not flooded with cards.
func TestACardThatCanNeverBeChangedIsPostedAnewOnceAnHour(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.report()
	w.ws.SetPolicy(sandbox.Policy{EditWindow: time.Second})
	w.ws.Advance(time.Minute)
	for n := range 6 {
		w.do(id, sandbox.Ivy, workflow.RoleIGLead, workflow.AssignRole{Role: workflow.RoleLead, User: []workflow.UserID{sandbox.Cal, sandbox.Rob}[n%2]})
		w.later(20 * time.Minute)
	}
	if n := w.incident(id).Card.Nth; n < 1 || n > 3 {
		t.Errorf("%d cards in two hours", n)
	}
	w.quiet(id)
	w.verify()
}

// Once an incident is over its channel is often archived or deleted. Nothing is tried
// there any more, and no health check stays red for it.
func TestAfterTheEndNothingIsTriedInAChannelThatIsClosed(t *testing.T) {
	t.Parallel()
	for name, close := range map[string]func(w *world, room string){
		"archived":   func(w *world, room string) { w.must(w.as(sandbox.Ivy).Archive(room)) },
		"deleted":    func(w *world, room string) { w.must(w.ws.DeleteChannel(room)) },
		"without us": func(w *world, room string) { w.must(w.as(sandbox.Ivy).Remove(room, w.ws.BotUserID)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			id := w.waitingForDPO()
			w.decide(id, workflow.Regulator, workflow.DoNotNotify)
			w.decide(id, workflow.DataSubjects, workflow.DoNotNotify)
			w.end(id)
			for _, to := range w.owed(id) {
				t.Logf("still owed: %s", to)
			}
			close(w, w.room().ID) // before anything of the end was delivered
			w.deliver()
			w.later(2 * time.Hour)
			w.later(48 * time.Hour)
			w.quiet(id)
			w.verify()
		})
	}
}

// One place that cannot be brought up to date keeps it from no other.
func TestAMessageIsBroughtUpToDateInEveryPlaceThatCanBe(t *testing.T) {
	t.Parallel()
	w := withDPOs(t, sandbox.Dan, sandbox.Dee)
	id := w.waitingForDPO()
	w.ws.Fault(sandbox.Fault{Method: "chat.update", Channel: w.dm(sandbox.Dan), Next: -1, Kind: sandbox.FaultStatus})
	w.decide(id, workflow.Regulator, workflow.DoNotNotify)
	w.deliver()
	shows := func(who string) bool {
		return slices.ContainsFunc(w.as(who).DMs(), func(m sandbox.Message) bool {
			return strings.Contains(w.as(who).Render(m), "Decided not to notify")
		})
	}
	if !shows(sandbox.Dee) {
		t.Error("the other DPO still sees the request as it was")
	}
	w.ws.ClearFaults()
	w.recover()
	if !shows(sandbox.Dan) {
		t.Error("the first DPO never sees the decision")
	}
	w.quiet(id)
	w.verify()
}
