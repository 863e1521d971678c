package bot_test

import (
	"strings"
	"testing"
	"time"

	"breachbot/bot/sandbox"
	"breachbot/workflow"
)

// handlers are the people who handle an incident in the practice.
var handlers = []string{sandbox.Ivy, sandbox.Dee}

// A channel that holds only breachbot reaches nobody: whatever is said there for those
// who must act is said to each of them in person, and the card names them.
func TestWhenNobodyCanBeInvitedEverythingIsSaidInPerson(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"restricted_action", "no_permission", "missing_scope", "unknown_method", "method_deprecated", "not_allowed_token_type"} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.ws.Fault(sandbox.Fault{Method: "conversations.invite", Next: -1, Kind: sandbox.FaultError, Error: code})
			id := w.report()
			if members := w.room().Members; len(members) != 1 {
				t.Fatalf("in the room: %v", members)
			}
			w.do(id, sandbox.Dee, workflow.RoleDPO, workflow.CorrectTimes{Facts: w.incident(id).FactsVersion, Detected: friday.Add(-time.Hour), Reason: "The log says so."})
			w.deliver()
			w.later(24 * time.Hour)
			for _, who := range handlers {
				if n := w.count(who, " left"); n == 0 {
					t.Errorf("%s was not reminded: %q", who, w.said(who))
				}
			}
			w.triage(id)
			w.later(30 * time.Hour)
			out := w.slash(sandbox.Ivy, "status "+string(id))
			card := w.as(sandbox.Ivy).Render(*out.Message)
			for _, words := range []string{"not reached here, so told in person", "Not delivered yet: the invitation of @Dee Kowalska to the channel (Slack says " + code} {
				if !strings.Contains(card, words) {
					t.Errorf("the card does not say %q:\n%s", words, card)
				}
			}

			// Somebody allows it: they come in, and are told there from now on.
			w.ws.ClearFaults()
			w.later(time.Hour)
			if absent := w.service.Rules.Absent(w.incident(id)); len(absent) != 0 {
				t.Errorf("still told in person: %v", absent)
			}
			before := w.count(sandbox.Ivy, "was updated")
			w.take(id)
			w.deliver()
			if n := w.count(sandbox.Ivy, "was updated"); n != before {
				t.Errorf("told of it in person too")
			}
			w.onceEach()
			w.verify()
		})
	}
}

// Who leaves the channel is told in person from then on, of nothing that was said
// while they were there, until they come back.
func TestWhoLeavesTheChannelIsToldInPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.report()
	w.take(id)
	w.deliver()
	w.later(25 * time.Hour)
	if n := w.count(sandbox.Dee, " left"); n != 0 {
		t.Fatalf("reminded in person while in the channel: %q", w.said(sandbox.Dee))
	}
	before := len(w.said(sandbox.Dee))
	if err := w.as(sandbox.Dee).Leave(w.room().ID); err != nil {
		t.Fatal(err)
	}
	w.heard()
	w.deliver()
	if got := w.said(sandbox.Dee); len(got) != before {
		t.Errorf("told again what was said while they were there: %q", got[before:])
	}
	if card := w.card(id); !strings.Contains(card, "@Dee Kowalska: not reached here, so told in person") {
		t.Errorf("the card does not say so:\n%s", card)
	}
	w.do(id, sandbox.Ivy, workflow.RoleIGLead, workflow.AssignRole{Role: workflow.RoleLead, User: sandbox.Cal})
	w.deliver()
	if n := w.count(sandbox.Dee, "was updated"); n != 1 {
		t.Errorf("told of it %d times: %q", n, w.said(sandbox.Dee))
	}
	if err := w.as(sandbox.Ivy).Invite(w.room().ID, sandbox.Dee); err != nil {
		t.Fatal(err)
	}
	w.heard()
	w.do(id, sandbox.Ivy, workflow.RoleIGLead, workflow.AssignRole{Role: workflow.RoleLead, User: sandbox.Ivy})
	w.deliver()
	if n := w.count(sandbox.Dee, "was updated"); n != 1 {
		t.Errorf("told in person although they are back")
	}
	w.onceEach()
	w.verify()
}
