package bot_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"breachbot/bot/sandbox"
	"breachbot/workflow"
)

// failing are the kinds of tasks that keep failing, with their codes.
func (w *world) failing() map[workflow.TaskKind]string {
	w.tb.Helper()
	claims, err := w.store.Failing(w.tb.Context(), 1)
	if err != nil {
		w.tb.Fatal(err)
	}
	out := map[workflow.TaskKind]string{}
	for _, c := range claims {
		out[c.Task.Kind] = c.Code
	}
	return out
}

// The code of a call that got no answer of Slack's is short enough for a table
// and names the status.
func TestAStatusIsACode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ws.Fault(sandbox.Fault{Method: "conversations.create", Next: -1, Kind: sandbox.FaultStatus})
	w.report()
	if got := w.failing()[workflow.KindChannel]; got != "http_503" {
		t.Errorf("the queue shows %q", got)
	}
}

func TestWithoutAChannelTheIncidentGoesOnInDirectMessages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(s *setting) {
		s.sandbox = func(o *sandbox.Options) { o.Policy = sandbox.Policy{NoPrivateChannels: true} }
	})
	id := w.report()
	for _, c := range w.ws.Channels() {
		if c.CreatedByApp && !c.DM {
			t.Fatalf("a channel was made: %+v", c)
		}
	}
	if got := w.failing()[workflow.KindChannel]; got != "restricted_action" {
		t.Errorf("the queue shows %q", got)
	}
	if w.count(sandbox.Nia, "Your report was received") != 1 || w.count(sandbox.Dee, "nobody has it yet") != 1 {
		t.Errorf("the reporter got %q, the DPO %q", w.said(sandbox.Nia), w.said(sandbox.Dee))
	}
	if got := w.as(sandbox.Dee).Transcript(w.as(sandbox.Dee).DMs()[0].Channel); !strings.Contains(got, "Its channel could not be opened (Slack says restricted_action)") {
		t.Errorf("the DPO is not told why:\n%s", got)
	}
	if out := w.slash(sandbox.Ivy, "status "+string(id)); !strings.Contains(w.as(sandbox.Ivy).Render(*out.Message), "Not delivered yet: the incident's channel (Slack says restricted_action") {
		t.Errorf("the status does not show it:\n%s", w.as(sandbox.Ivy).Render(*out.Message))
	}
	// All the work is done there.
	w.press(sandbox.Ivy, "triage")
	w.send(sandbox.Ivy, answers{workflow.FieldSeverity: "3", workflow.FieldReason: "One letter."})
	w.deliver()
	if n := w.count(sandbox.Dee, "Incident BR-2026-0001 was updated"); n != 1 {
		t.Errorf("the DPO heard of the triage %d times", n)
	}
	w.assess(id)
	w.deliver()
	if n := w.count(sandbox.Dee, "needs your decision"); n != 1 {
		t.Errorf("the DPO was asked %d times", n)
	}
	w.later(25 * time.Hour)
	for _, who := range []string{sandbox.Ivy, sandbox.Dee} {
		if n := w.count(who, "hours left"); n != 1 {
			t.Errorf("%s was nudged %d times", who, n)
		}
	}

	// Somebody allows private channels: it moves there, and nothing is said twice.
	w.ws.SetPolicy(sandbox.Policy{})
	w.later(time.Hour)
	room := w.room()
	if want := []string{w.ws.BotUserID, sandbox.Nia, sandbox.Rob, sandbox.Ivy, sandbox.Cal, sandbox.Dee, sandbox.Dan}; len(room.Members) != len(want) {
		t.Errorf("in the room: %v", room.Members)
	}
	if len(w.failing()) != 0 || len(w.incident(id).Stalls) != 0 {
		t.Errorf("still failing: %v, %v", w.failing(), w.incident(id).Stalls)
	}
	heard := w.count(sandbox.Dee, "was updated")
	w.take(id)
	w.deliver()
	if n := w.count("room", "was updated"); n != 1 {
		t.Errorf("the room heard %d times", n)
	}
	if n := w.count(sandbox.Dee, "was updated"); n != heard {
		t.Errorf("the DPO heard of it in person too, now %d times", n)
	}
	w.onceEach()
	w.verify()
}

func TestAMethodThatSlackRefusesIsSeenAndTheRestGoesOn(t *testing.T) {
	t.Parallel()
	for method, c := range map[string]struct {
		code string
		kind workflow.TaskKind
		says string
	}{
		"conversations.setTopic": {"missing_scope", workflow.KindTopic, "Not delivered yet: the channel's topic (Slack says missing_scope; 1 attempt)"},
		"pins.add":               {"unknown_method", workflow.KindPin, "Not delivered yet: the pin on the card (Slack says unknown_method; 1 attempt)"},
		"conversations.invite":   {"restricted_action", workflow.KindInvite, "Not delivered yet: the invitation of @Ivy Osei to the channel (Slack says restricted_action; 1 attempt)"},
	} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			fine := newWorld(t)
			fine.report()
			fine.later(time.Hour) // until the fault is gone; meanwhile triage falls due
			want := fine.picture()

			w := newWorld(t)
			w.ws.Fault(sandbox.Fault{Method: method, Next: -1, Kind: sandbox.FaultError, Error: c.code})
			id := w.report()
			if got := w.failing()[c.kind]; got != c.code {
				t.Errorf("the queue shows %v", w.failing())
			}
			if w.count(sandbox.Nia, "Your report was received") != 1 || w.count(sandbox.Dan, "nobody has it yet") != 1 {
				t.Error("others did not hear of it")
			}
			out := w.slash(sandbox.Ivy, "status "+string(id))
			if got := w.as(sandbox.Ivy).Render(*out.Message); !strings.Contains(got, c.says) {
				t.Errorf("the card does not show it:\n%s", got)
			}
			w.ws.ClearFaults()
			w.later(time.Hour)
			w.deliver()
			if len(w.failing()) != 0 || len(w.incident(id).Stalls) != 0 {
				t.Errorf("still failing: %v, %v", w.failing(), w.incident(id).Stalls)
			}
			// The privacy team was told, once each. Otherwise everybody has what they
			// would have had.
			got := w.picture()
			for _, who := range []string{sandbox.Ivy, sandbox.Dee} {
				told := 0
				got[who] = slices.DeleteFunc(got[who], func(said string) bool {
					given := strings.HasPrefix(said, "Could not be delivered, please help")
					if given {
						told++
					}
					return given
				})
				if told != 1 {
					t.Errorf("%s was told %d times of what was given up", who, told)
				}
			}
			same(t, want, got)
			w.onceEach()
		})
	}
}

func TestOneWhoCannotBeInvitedOrWrittenToKeepsNobodyElseOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(s *setting) {
		s.rules = func(r *workflow.Rules) {
			r.Roster[workflow.RoleCaldicott] = []workflow.Principal{"S0CAL"}
		}
	})
	w.ws.AddUser(sandbox.User{ID: "U20HID", Name: "hid", Kind: sandbox.Hidden})
	w.ws.AddUser(sandbox.User{ID: "U21BOT", Name: "robot", Kind: sandbox.Bot})
	w.ws.AddGroup("S0CAL", "guardians", "U20HID", sandbox.Gus, "U21BOT", w.ws.BotUserID, sandbox.Nia, sandbox.Cal)
	w.report()
	room := w.room()
	if !contains(room.Members, sandbox.Cal) {
		t.Errorf("in the room: %v", room.Members)
	}
	if got := w.count(sandbox.Cal, "nobody has it yet"); got != 1 {
		t.Errorf("the guardian was told %d times", got)
	}
	if n := w.failing(); len(n) != 0 {
		t.Errorf("failing: %v", n)
	}
	left := w.incident(first).Left
	if left["U20HID"] == "" || left[sandbox.Cal] != "" {
		t.Errorf("left out: %v", left)
	}
	if got := w.as(sandbox.Ivy).Transcript(room.ID); !strings.Contains(got, "could not be invited") {
		t.Errorf("the card does not say so:\n%s", got)
	}
}

func TestNamesThatAreTaken(t *testing.T) {
	t.Parallel()
	t.Run("by a channel that cannot be seen", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.ws.ReserveName("br-2026-0001")
		w.report()
		room := w.room()
		if room.Name != "br-2026-0001-2" {
			t.Errorf("the room is called %s", room.Name)
		}
		w.onceEach()
	})
	t.Run("by an old channel of our own", func(t *testing.T) {
		t.Parallel()
		// From an earlier life of the database: with people in it who have no
		// part in this.
		w := newWorld(t)
		w.report()
		old := w.room()
		if err := w.as(sandbox.Ivy).Invite(old.ID, sandbox.Sam); err != nil {
			t.Fatal(err)
		}
		w.stop()
		again := newStoreFor(w)
		again.ws.Advance(30 * 24 * time.Hour)
		before := len(w.ws.As(sandbox.Sam).Messages(old.ID))
		again.report()
		inc := again.incident(first)
		if string(inc.Room.Channel) == old.ID || inc.Room.Name != "br-2026-0001-2" {
			t.Errorf("the room is %+v", inc.Room)
		}
		if got := len(w.ws.As(sandbox.Sam).Messages(old.ID)); got != before {
			t.Error("the old channel heard of it")
		}
	})
	t.Run("all of them", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.ws.ReserveName("br-2026-0001")
		for n := 2; n <= 9; n++ {
			w.ws.ReserveName(fmt.Sprintf("br-2026-0001-%d", n))
		}
		w.report()
		if got := w.failing()[workflow.KindChannel]; got != "name_taken" {
			t.Errorf("the queue shows %q", got)
		}
		if w.count(sandbox.Nia, "Your report was received") != 1 {
			t.Error("the reporter heard nothing")
		}
	})
}
