package bot_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"breachbot/bot"
	"breachbot/bot/sandbox"
	"breachbot/store/storetest"
	"breachbot/workflow"
)

// fromTheMorning gives trouble a working day: what people do is compared with
// what they do without it, so triage must be in time in spite of it. On a Friday
// at 16:45 a quarter of an hour's trouble makes it late, and rightly reminded of.
func fromTheMorning(s *setting) {
	s.start = friday.Add(-8 * time.Hour)
	s.rules = func(r *workflow.Rules) { // a long outage is no reason for more messages here: there are tests of that
		for severity := range r.TakenWithin {
			r.TakenWithin[severity] = workflow.Wait{For: 1000 * time.Hour}
		}
	}
}

// lived plays the first two days of an incident, with everything delivered and
// put right in the end.
func (w *world) lived() workflow.IncidentID {
	w.tb.Helper()
	w.slash(sandbox.Nia, "")
	w.send(sandbox.Nia, letter())
	w.recover()
	w.triage(first)
	w.recover()
	w.assess(first)
	w.recover()
	w.ws.SetTime(w.set.start.Add(49 * time.Hour)) // past the first two reminders to the room, the first to the DPO
	w.recover()
	w.decide(first, workflow.Regulator, workflow.DoNotNotify)
	w.decide(first, workflow.DataSubjects, workflow.DoNotNotify)
	w.recover()
	return first
}

// want is what people have when nothing goes wrong.
func want(t *testing.T) map[string][]string {
	t.Helper()
	w := newWorld(t, fromTheMorning)
	w.lived()
	return w.picture()
}

// trouble is a fault at a method of a delivery; before is one at another method
// without which that one would not be called.
type trouble struct {
	method string
	kind   sandbox.FaultKind
	before string
}

func troubles() []trouble {
	var all []trouble
	for _, method := range []string{
		"conversations.create", "conversations.setTopic", "chat.postMessage", "pins.add", "conversations.invite", "conversations.open", "chat.update",
	} {
		for _, kind := range []sandbox.FaultKind{
			sandbox.FaultDropAfter, sandbox.FaultUndecodable, sandbox.FaultInternalAfter, // done, and the answer is lost
			sandbox.FaultRateLimit, sandbox.FaultNoErrorCode, // not done
		} {
			all = append(all, trouble{method: method, kind: kind})
		}
	}
	for _, method := range []string{"conversations.create", "chat.postMessage"} { // what cannot simply be repeated
		for _, kind := range []sandbox.FaultKind{
			sandbox.FaultStatusAfter, sandbox.FaultTruncated, sandbox.FaultOddShape,
			sandbox.FaultRateLimitBare, sandbox.FaultStatus, sandbox.FaultDropBefore,
		} {
			all = append(all, trouble{method: method, kind: kind})
		}
	}
	for _, kind := range []sandbox.FaultKind{sandbox.FaultRateLimit, sandbox.FaultStatus, sandbox.FaultUndecodable, sandbox.FaultOddShape} { // looking for what was done
		all = append(all,
			trouble{method: "conversations.history", kind: kind, before: "chat.postMessage"},
			trouble{method: "users.conversations", kind: kind, before: "conversations.create"})
	}
	return all
}

// Slack did what was asked and the answer was lost, or did not do it, at any
// step: in the end people have what they would have had.
func TestWhateverCallFailsNothingIsLostAndNothingDoubled(t *testing.T) {
	t.Parallel()
	fine := want(t)
	for _, c := range troubles() {
		t.Run(fmt.Sprint(c.method, " ", c.kind), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, fromTheMorning)
			// The first calls of all, each once: the fault moves on to the next act
			// when one is tried again.
			w.ws.Fault(sandbox.Fault{Method: c.method, Next: 9, Kind: c.kind, RetryAfter: 7 * time.Second})
			if c.before != "" {
				w.ws.Fault(sandbox.Fault{Method: c.before, Next: 3, Kind: sandbox.FaultDropAfter})
			}
			w.lived()
			spoilt := 0
			for _, r := range w.ws.Requests(c.method) {
				if r.Error != "" || r.Status != 200 {
					spoilt++
				}
			}
			if spoilt == 0 {
				t.Error("nothing was spoilt")
			}
			w.ws.ClearFaults()
			w.recover()
			same(t, fine, w.picture())
			w.onceEach()
			w.verify()
			if stalls := w.incident(first).Stalls; len(stalls) != 0 {
				t.Errorf("the card still complains: %v", stalls)
			}
		})
	}
}

// forgetful is a courier whose process is killed after each act of a first
// attempt: Slack has it, nobody wrote it down.
type forgetful struct{ *bot.Bot }

func (f forgetful) Deliver(ctx context.Context, inc *workflow.Incident, c workflow.Claim) (workflow.Event, error) {
	e, err := f.Bot.Deliver(ctx, inc, c)
	if err == nil && c.Attempt == 1 {
		return nil, errors.New("killed")
	}
	return e, err
}

func TestKilledAfterEveryActOfADelivery(t *testing.T) {
	t.Parallel()
	fine := want(t)
	w := newWorld(t, fromTheMorning)
	w.sched.Courier = forgetful{w.bot}
	w.lived()
	same(t, fine, w.picture())
	w.onceEach()
	w.verify()
}

func TestKilledWithAllTasksInHand(t *testing.T) {
	t.Parallel()
	fine := want(t)
	w := newWorld(t, fromTheMorning)
	w.slash(sandbox.Nia, "")
	w.send(sandbox.Nia, letter())
	// A process claims, acts and dies, again and again, each time with what the
	// one before had written down.
	for range 12 {
		claims, err := storetest.Claims(t.Context(), w.store, fmt.Sprint("life ", w.ws.Now()), w.ws.Now(), time.Minute, 100)
		if err != nil {
			t.Fatal(err)
		}
		for n, c := range claims {
			inc, task, owed, err := w.service.Owed(t.Context(), c.Incident, c.Task.Key)
			if err != nil {
				t.Fatal(err)
			}
			if !owed {
				continue
			}
			c.Task = task
			e, err := w.bot.Deliver(t.Context(), inc, c)
			if err != nil {
				t.Fatalf("%s: %v", c.Task.Key, err)
			}
			if n == 0 && e != nil { // the first is written down, then it dies
				if _, err := w.service.Do(t.Context(), c.Incident, c.Command(), workflow.Deliver{Outcome: e}, workflow.SystemActor()); err != nil {
					t.Fatal(err)
				}
			}
		}
		w.ws.Advance(61 * time.Second)
	}
	w.stop()
	w.start() // a new process on the same store
	w.recover()
	w.triage(first)
	w.recover()
	w.assess(first)
	w.recover()
	w.ws.SetTime(w.set.start.Add(49 * time.Hour))
	w.recover()
	w.decide(first, workflow.Regulator, workflow.DoNotNotify)
	w.decide(first, workflow.DataSubjects, workflow.DoNotNotify)
	w.recover()
	same(t, fine, w.picture())
	w.onceEach()
	w.verify()
}

func TestOneIncidentInTroubleHoldsNoOtherBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.report()
	stuck := string(w.incident(first).Room.Channel)
	w.ws.Fault(sandbox.Fault{Method: "chat.postMessage", Channel: stuck, Next: -1, Kind: sandbox.FaultRateLimit, RetryAfter: time.Hour})
	w.ws.Fault(sandbox.Fault{Method: "chat.update", Channel: stuck, Next: -1, Kind: sandbox.FaultRateLimitBare})
	w.take(first)
	second := w.report()
	w.take(second)
	w.deliver()
	inc := w.incident(second)
	if !inc.Room.Ready() || inc.Card.TS == "" {
		t.Errorf("the other incident waits: %+v", inc.Room)
	}
	if n := w.count(sandbox.Nia, "Your report was received as "+string(second)); n != 1 {
		t.Errorf("%d receipts of the other", n)
	}
	w.ws.ClearFaults()
	w.later(61 * time.Minute)
	w.recover()
	for _, id := range []workflow.IncidentID{first, second} {
		said := 0
		for _, m := range w.as(sandbox.Ivy).Messages(string(w.incident(id).Room.Channel)) {
			if m.ByApp && m.Text == "Incident "+string(id)+" was updated" {
				said++
			}
		}
		if said != 1 {
			t.Errorf("%s: who has it was said %d times", id, said)
		}
	}
	w.onceEach()
}

func TestSlackDownForHoursIsMadeUpForInOneMessage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.report()
	w.ws.Fault(sandbox.Fault{Next: -1, Kind: sandbox.FaultStatus})
	for range 10 * 12 { // 60 hours, over the reminders at 48, 24 and 12 hours left
		w.later(30 * time.Minute)
	}
	w.later(15 * time.Minute)
	w.ws.ClearFaults()
	// Now everything is due again, however long each thing was to wait. What is
	// for the channel goes first: the DPO, who stood in for it, hears in person
	// only what is for the DPO.
	w.ws.Advance(15 * time.Minute)
	w.recover()
	for where, words := range map[string]string{
		"room":      "Not sent at the time: the reminder 48 and 24 hours before the deadline.",
		sandbox.Dee: "Not sent at the time: the reminder 24 hours before the deadline.",
	} {
		n := w.count(where, " left")
		channel := w.room().ID
		person := sandbox.Ivy
		if where != "room" {
			channel, person = w.as(where).DMs()[0].Channel, where
		}
		if told := w.as(person).Transcript(channel); n != 1 || !strings.Contains(told, words) {
			t.Errorf("%s was told %d times; wanted %q in\n%s", where, n, words, told)
		}
	}
	for _, who := range []string{sandbox.Dan, sandbox.Ivy, sandbox.Cal} {
		if n := w.count(who, " left"); n != 1 {
			t.Errorf("%s was told %d times", who, n)
		}
	}
	if n := w.count(sandbox.Sam, " left"); n != 0 {
		t.Error("the SIRO was told too early")
	}
	if stalls := w.incident(first).Stalls; len(stalls) != 0 {
		t.Errorf("the card still complains: %v", stalls)
	}
	w.onceEach()
	w.verify()
}
