package sandbox

import (
	"strings"
	"sync"
	"testing"
	"time"
)

// A reader sees what its person may see, under the names of that moment, and
// goes on doing so whatever happens in the workspace.
func TestAReaderIsACopy(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	tw.AddUser(User{ID: "U0KIM", Name: "kim", RealName: "Kim Lee"})
	tw.AddGroup("S0DPO", "dpo-team", anaID)
	ana, ben := tw.As(anaID), tw.As(benID)
	open := get(ben.CreateChannel("open", false))
	secret := get(ben.CreateChannel("secret", true))
	shared := get(ben.CreateChannel("shared", false))
	check(t, ben.Invite(shared, guestID))
	check(t, ben.Invite(shared, anaID))
	text := "<@" + benID + "> in <#" + open + "> and <#" + secret + "|secret> and <#" + shared + ">, <!subteam^S0DPO>, <!date^1794837900^{date_pretty}|x>"
	reader, guest := ana.Reader(), tw.As(guestID).Reader()
	const before = "@Ben Okoro in #open and #private-channel and #shared, @dpo-team, 16 November 2026"
	if got := reader.Text(text); got != before {
		t.Errorf("she reads %q", got)
	}
	if name, visible := guest.Channel(open); visible || name != "" {
		t.Errorf("a guest sees the channel %q", name)
	}
	people := func(r *Reader) int { return len(r.Offers("b", Block{"type": "users_select", "action_id": "a"}, nil)) }
	n := people(reader)

	var reading sync.WaitGroup // all the while, as a page does
	reading.Go(func() {
		for range 200 {
			if got := reader.Text(text); got != before {
				t.Errorf("meanwhile she reads %q", got)
				return
			}
			people(reader)
		}
	})
	check(t, ben.RenameChannel(open, "renamed"))
	check(t, ben.Invite(secret, anaID))
	tw.AddUser(User{ID: benID, Name: "ben", RealName: "Ben Again"})
	tw.AddUser(User{ID: "U0LEE", Name: "lee", RealName: "Lee Moss"})
	tw.AddGroup("S0DPO", "data-protection")
	check(t, tw.As(guestID).Leave(shared))
	tw.Advance(4 * 24 * time.Hour)
	reading.Wait()
	if got := reader.Text(text); got != before {
		t.Errorf("later she reads %q", got)
	}
	if got := people(reader); got != n {
		t.Errorf("of %d people she is offered %d", n, got)
	}
	now := ana.Reader()
	if got, want := now.Text(text), "@Ben Again in #renamed and #secret and #shared, @data-protection, today"; got != want {
		t.Errorf("afresh she reads %q, want %q", got, want)
	}
	if got := people(now); got != n+1 {
		t.Errorf("afresh she is offered %d people", got)
	}
}

// In a select a person is offered what they can see and no more.
func TestOffers(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	tw.AddUser(User{ID: "U0HID", RealName: "Hidden One", Kind: Hidden})
	ana, ben := tw.As(anaID), tw.As(benID)
	get(ben.CreateChannel("open", false))
	get(ben.CreateChannel("secret", true))
	get(ana.CreateChannel("own", true))
	check(t, ana.OpenHome()) // a conversation with the app, which is not offered
	offered := func(kind string) (names []string) {
		for _, o := range ana.Reader().Offers("b", Block{"type": kind, "action_id": "a", "options": []any{choiceOf(1)}}, nil) {
			names = append(names, str(asObj(o["text"])["text"]))
		}
		return names
	}
	for kind, want := range map[string]string{
		"static_select":         "Option 1",
		"checkboxes":            "Option 1",
		"external_select":       "", // the app has offered nothing
		"users_select":          "breachbot, Slackbot, Ana Ng, Ben Okoro, Gil Guest",
		"multi_users_select":    "breachbot, Slackbot, Ana Ng, Ben Okoro, Gil Guest",
		"conversations_select":  "#general, #open, #own",
		"multi_channels_select": "#general, #open",
	} {
		if got := strings.Join(offered(kind), ", "); got != want {
			t.Errorf("%s offers %q, want %q", kind, got, want)
		}
	}
}
