package bot_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"breachbot/bot"
	"breachbot/bot/sandbox"
	"breachbot/workflow"
)

// dpos is a setting in which the DPO is a group of people, and nobody is the deputy.
func dpos(s *setting) {
	s.rules = func(r *workflow.Rules) {
		r.Roster[workflow.RoleDPO] = []workflow.Principal{"S0DPO"}
		delete(r.Roster, workflow.RoleDeputy)
	}
}

// withDPOs is a world in which these people are the DPO.
func withDPOs(t *testing.T, people ...string) *world {
	t.Helper()
	w := newWorld(t, dpos)
	w.ws.AddGroup("S0DPO", "dpos", people...)
	return w
}

// dm is somebody's conversation with breachbot.
func (w *world) dm(who string) string {
	w.tb.Helper()
	all := w.as(who).DMs()
	if len(all) == 0 {
		w.tb.Fatalf("%s has no messages", who)
	}
	return all[0].Channel
}

// What the people of a group are sent, each of them.
var toDPOs = map[string]string{
	"the news of the report": "assessed, waiting for the DPO's decision",
	"the request":            "needs your decision",
	"the countdown":          " left",
}

func TestOneOfAGroupWhoCannotBeWrittenToKeepsNothingFromTheOthers(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(w *world){
		"they left the organisation": func(w *world) {
			w.ws.AddUser(sandbox.User{ID: "U30LEFT", Name: "left", Kind: sandbox.Deactivated})
		},
		"they cannot be seen": func(w *world) {
			w.ws.AddUser(sandbox.User{ID: "U30LEFT", Name: "left", Kind: sandbox.Hidden})
		},
		"they are a bot": func(w *world) {
			w.ws.AddUser(sandbox.User{ID: "U30LEFT", Name: "left", Kind: sandbox.Bot})
		},
		"they do not exist": func(*world) {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, dpos)
			spoil(w)
			w.ws.AddGroup("S0DPO", "dpos", "U30LEFT", sandbox.Dee)
			id := w.report()
			w.triage(id)
			w.assess(id)
			w.deliver()
			w.later(49 * time.Hour)
			for what, words := range toDPOs {
				if n := w.count(sandbox.Dee, words); n != 1 {
					t.Errorf("the other DPO got %s %d times: %q", what, n, w.said(sandbox.Dee))
				}
			}
			inc := w.incident(id)
			if inc.Unreached["U30LEFT"] == "" || len(inc.Owed) != 0 || len(inc.Stalls) != 0 || len(w.failing()) != 0 {
				t.Errorf("not reached: %v, owed: %v, stalled: %v, failing: %v", inc.Unreached, inc.Owed, inc.Stalls, w.failing())
			}
			if card := w.card(id); !strings.Contains(card, "could not be written to (Slack says "+inc.Unreached["U30LEFT"]+"). Please reach them another way.") {
				t.Errorf("the card does not name them:\n%s", card)
			}
			w.onceEach()
			w.verify()
		})
	}
}

// Slack fails for one person only, in every way, at every message to the group: the
// other has each at once, and the first has each once in the end.
func TestAFaultAtOneOfAGroupIsRepairedForThatPersonAlone(t *testing.T) {
	t.Parallel()
	for _, kind := range []sandbox.FaultKind{
		sandbox.FaultDropAfter, sandbox.FaultUndecodable, sandbox.FaultInternalAfter, sandbox.FaultRateLimit, sandbox.FaultStatus, sandbox.FaultDropBefore,
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			w := withDPOs(t, sandbox.Dan, sandbox.Dee)
			id := w.report()
			w.ws.Fault(sandbox.Fault{Method: "chat.postMessage", Channel: w.dm(sandbox.Dan), Next: -1, Kind: kind, RetryAfter: 7 * time.Second})
			w.triage(id)
			w.assess(id)
			w.deliver()
			if n := w.count(sandbox.Dee, toDPOs["the request"]); n != 1 {
				t.Errorf("the other DPO was asked %d times", n)
			}
			w.ws.ClearFaults()
			w.recover()
			w.later(49 * time.Hour)
			for what, words := range toDPOs {
				for _, who := range []string{sandbox.Dan, sandbox.Dee} {
					if n := w.count(who, words); n != 1 {
						t.Errorf("%s got %s %d times: %q", who, what, n, w.said(who))
					}
				}
			}
			if inc := w.incident(id); len(inc.Owed) != 0 || len(inc.Unreached) != 0 || len(inc.Stalls) != 0 {
				t.Errorf("owed: %v, not reached: %v, stalled: %v", inc.Owed, inc.Unreached, inc.Stalls)
			}
			// The one who was written to alone can answer, and both see the answer.
			w.decide(id, workflow.Regulator, workflow.DoNotNotify)
			w.deliver()
			for _, who := range []string{sandbox.Dan, sandbox.Dee} {
				shows := 0
				for _, m := range w.as(who).DMs() {
					if strings.Contains(w.as(who).Render(m), "Decided not to notify") {
						shows++
					}
				}
				if shows == 0 {
					t.Errorf("%s is not shown the decision in the request:\n%s", who, w.as(who).Transcript(w.dm(who)))
				}
			}
			w.onceEach()
			w.verify()
		})
	}
}

// Reminders that one person of a group could not be sent become one that says so,
// once the next of them is due.
func TestTheNextReminderTakesThePlaceOfOneThatOnePersonIsStillOwed(t *testing.T) {
	t.Parallel()
	w := withDPOs(t, sandbox.Dan, sandbox.Dee)
	id := w.report()
	w.triage(id)
	w.assess(id)
	w.deliver()
	w.ws.Fault(sandbox.Fault{Method: "chat.postMessage", Channel: w.dm(sandbox.Dan), Next: -1, Kind: sandbox.FaultStatus})
	for _, h := range []time.Duration{49, 61, 67} {
		w.ws.SetTime(friday.Add(h * time.Hour))
		w.deliver()
	}
	if n := w.count(sandbox.Dee, "left"); n < 2 {
		t.Fatalf("the other DPO was reminded %d times", n)
	}
	owed := 0
	for key := range w.incident(id).Owed {
		if key.Kind() == workflow.KindNudge {
			owed++
		}
	}
	if owed != 1 {
		t.Errorf("still owed: %v", w.incident(id).Owed)
	}
	w.ws.ClearFaults()
	w.recover()
	if n := w.count(sandbox.Dan, " left"); n != 1 {
		t.Errorf("the first DPO now has %q", w.said(sandbox.Dan))
	}
	w.onceEach()
	w.verify()
}

// Somebody who is no longer in the group is not told any more.
func TestWhoLeavesTheGroupBeforeTheyCouldBeWrittenToIsOwedNothing(t *testing.T) {
	t.Parallel()
	w := withDPOs(t, sandbox.Dan, sandbox.Dee)
	id := w.report()
	w.ws.Fault(sandbox.Fault{Method: "chat.postMessage", Channel: w.dm(sandbox.Dan), Next: -1, Kind: sandbox.FaultStatus})
	w.triage(id)
	w.assess(id)
	w.deliver()
	w.ws.AddGroup("S0DPO", "dpos", sandbox.Dee)
	w.ws.ClearFaults()
	w.later(6 * time.Minute)
	w.recover()
	if n := w.count(sandbox.Dan, toDPOs["the request"]); n != 0 {
		t.Errorf("asked %d times", n)
	}
	inc := w.incident(id)
	if len(inc.Owed) != 0 || len(inc.Unreached) != 0 {
		t.Errorf("owed: %v, not reached: %v", inc.Owed, inc.Unreached)
	}
	w.verify()
}

// severed is a courier whose process dies as soon as one person has what a group is
// sent.
type severed struct {
	*bot.Bot
	w   *world
	who string
	has int
}

func (s severed) Deliver(ctx context.Context, inc *workflow.Incident, c workflow.Claim) (workflow.Event, error) {
	if c.Attempt > 1 || c.Task.Kind != workflow.KindAsk || !c.Task.Target.Principal().IsGroup() {
		return s.Bot.Deliver(ctx, inc, c)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		_ = s.w.ws.WaitFor(ctx, func() bool { return len(s.w.as(s.who).DMs()) > s.has })
		cancel()
	}()
	return s.Bot.Deliver(ctx, inc, c)
}

func TestAKillBetweenTwoPeopleOfAGroup(t *testing.T) {
	t.Parallel()
	w := withDPOs(t, sandbox.Dan, sandbox.Dee)
	id := w.report()
	w.triage(id)
	w.deliver()
	w.ws.Fault(sandbox.Fault{Method: "chat.postMessage", Channel: w.dm(sandbox.Dee), Kind: sandbox.FaultDropBefore, Delay: time.Second})
	w.sched.Courier = severed{w.bot, w, sandbox.Dan, len(w.as(sandbox.Dan).DMs())}
	w.assess(id)
	w.deliver()
	if dan, dee := w.count(sandbox.Dan, toDPOs["the request"]), w.count(sandbox.Dee, toDPOs["the request"]); dan != 1 || dee != 0 {
		t.Fatalf("asked %d and %d times when it was killed", dan, dee)
	}
	w.recover()
	for _, who := range []string{sandbox.Dan, sandbox.Dee} {
		if n := w.count(who, toDPOs["the request"]); n != 1 {
			t.Errorf("%s was asked %d times", who, n)
		}
	}
	w.onceEach()
	w.verify()
}

// Nobody has a register's check value twice, and nobody misses it, for the sake of
// somebody who cannot be written to.
func TestTheDaysCheckValueReachesTheOthersOfAGroup(t *testing.T) {
	t.Parallel()
	w := withDPOs(t, "U30LEFT", sandbox.Dan, sandbox.Dee)
	w.report()
	w.ws.Fault(sandbox.Fault{Method: "chat.postMessage", Channel: w.dm(sandbox.Dan), Next: -1, Kind: sandbox.FaultDropAfter})
	w.tick(friday.Add(24 * time.Hour))
	if n := w.count(sandbox.Dee, "check value"); n != 1 {
		t.Errorf("the one who can be written to has %q", w.said(sandbox.Dee))
	}
	w.ws.ClearFaults()
	w.recover()
	for _, who := range []string{sandbox.Dan, sandbox.Dee} {
		if n := w.count(who, "check value"); n != 1 {
			t.Errorf("%s has it %d times: %q", who, n, w.said(who))
		}
	}
	w.onceEach()
}
