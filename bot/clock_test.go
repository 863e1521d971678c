package bot_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"breachbot/bot/sandbox"
	"breachbot/workflow"
)

// The clock of our machine is wrong, and the answer to everything that Slack was asked
// to make or to post is lost: in the end people have what they would have had.
func TestAWrongClockMakesNothingTwice(t *testing.T) {
	t.Parallel()
	for _, ahead := range []time.Duration{5 * time.Minute, 3 * time.Hour, 30 * 24 * time.Hour, -5 * time.Minute, -30 * 24 * time.Hour} {
		t.Run(fmt.Sprint(ahead), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(s *setting) { s.ahead = ahead })
			for _, method := range []string{"conversations.create", "chat.postMessage"} {
				w.ws.Fault(sandbox.Fault{Method: method, Next: 9, Kind: sandbox.FaultDropAfter})
			}
			w.slash(sandbox.Nia, "")
			w.send(sandbox.Nia, letter())
			w.recover()
			w.take(first)
			w.recover()
			w.room() // one
			w.onceEach()
			for who, text := range map[string]string{sandbox.Nia: "Your report was received as", sandbox.Dee: "BR-2026-0001"} {
				if n := w.count(who, text); n != 1 {
					t.Errorf("%s has %d messages: %q", who, n, w.said(who))
				}
			}
			if off := w.bot.SlackAhead() + ahead; math.Abs(off.Seconds()) > 1 {
				t.Errorf("taken to be %v behind Slack", w.bot.SlackAhead())
			}
			if got := w.metric("breachbot_slack_ahead_seconds"); math.Abs(got+ahead.Seconds()) > 1 {
				t.Errorf("the metric says %v", got)
			}
		})
	}
}

// The clock is put right between the attempt whose answer was lost and the next one,
// which so no longer knows how wrong it was.
func TestAClockThatIsPutRightMakesNothingTwice(t *testing.T) {
	t.Parallel()
	for _, ahead := range []time.Duration{20 * time.Minute, 3 * time.Hour, -3 * time.Hour} {
		t.Run(fmt.Sprint(ahead), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(s *setting) { s.ahead = ahead })
			for _, method := range []string{"conversations.create", "chat.postMessage"} {
				w.ws.Fault(sandbox.Fault{Method: method, Next: 3, Kind: sandbox.FaultDropAfter})
			}
			w.slash(sandbox.Nia, "")
			w.send(sandbox.Nia, letter())
			w.deliver()
			w.ahead.Store(0)
			if ahead > 0 {
				w.ws.Advance(ahead) // what was due by the wrong clock is due again
			}
			w.recover()
			w.room() // one
			w.onceEach()
		})
	}
}

// What a database of an hour ago sent about an incident with the same reference is
// not taken for what was sent about this one.
func TestMessagesOfAnEarlierDatabaseAreNotOurs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.report()
	w.stop()
	w.ws.Advance(time.Hour)
	again := newStoreFor(w)
	w.ws.Fault(sandbox.Fault{Method: "chat.postMessage", Next: 9, Kind: sandbox.FaultDropBefore})
	again.slash(sandbox.Nia, "")
	again.send(sandbox.Nia, letter())
	again.recover()
	if n := again.count(sandbox.Nia, "Your report was received as"); n != 2 {
		t.Errorf("%d receipts of two reports: %q", n, again.said(sandbox.Nia))
	}
	if inc := again.incident(first); inc.Room.Name == string(first.ChannelName(1)) {
		t.Errorf("it works in the room of the earlier one: %+v", inc.Room)
	}
}

// A message whose answer was lost says what was so when it was sent. What has
// happened since is shown in it as soon as it is found.
func TestAMessageThatIsFoundIsBroughtUpToDate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ws.Fault(sandbox.Fault{Method: "chat.postMessage", Next: 9, Kind: sandbox.FaultDropAfter})
	w.slash(sandbox.Nia, "")
	w.send(sandbox.Nia, letter())
	w.deliver() // the room, but no answer to anything that was posted
	w.take(first)
	w.recover()
	for _, who := range []string{sandbox.Ivy, sandbox.Dee} {
		if _, id := w.button(who, "take"); id != "" {
			t.Errorf("%s is still asked to take it", who)
		}
	}
	w.onceEach()
	w.verify()
	if post := w.incident(first).Posts[workflow.TaskReceipt]; post.Shows == 0 {
		t.Errorf("the receipt: %+v", post)
	}
}

// A reminder that says which others were missed is posted and its answer lost; the
// next one comes due before it is found. The journal still tells what was missed.
func TestWhatAFoundReminderSaidWasMissedIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.report()
	room := w.room().ID
	w.ws.Fault(sandbox.Fault{Method: "chat.postMessage", Channel: room, Next: -1, Kind: sandbox.FaultStatus})
	w.later(47 * time.Hour) // past the reminder at 48 hours left
	w.ws.ClearFaults()
	w.ws.Fault(sandbox.Fault{Method: "chat.postMessage", Channel: room, Kind: sandbox.FaultDropAfter})
	w.later(time.Hour + time.Minute) // at 24 hours left it says that the one at 48 was missed
	w.ws.SetTime(friday.Add(60*time.Hour + time.Minute))
	w.recover()
	want := map[time.Duration]string{24 * time.Hour: "[48h0m0s]", 12 * time.Hour: "[]"}
	got := map[time.Duration]string{}
	records, err := w.store.Load(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		if n, ok := r.Event.(workflow.Nudged); ok && n.Target == workflow.InChannel {
			missed := []time.Duration{}
			for _, m := range n.Missed {
				missed = append(missed, time.Duration(m))
			}
			got[time.Duration(n.Milestone)] = fmt.Sprint(missed)
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the journal tells %v, want %v", got, want)
	}
	w.onceEach()
}
