package bot_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"breachbot/bot/sandbox"
	"breachbot/store"
	"breachbot/workflow"
)

func TestARestartJustBeforeAReminder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.report()
	w.later(24*time.Hour - time.Minute)
	w.stop()
	w.start()
	w.deliver()
	if n := w.count("room", "hours left"); n != 0 {
		t.Fatalf("%d reminders too early", n)
	}
	w.later(time.Minute)
	if n := w.count("room", ", BR-2026-0001, 48 hours left"); n != 1 {
		t.Errorf("%d reminders", n)
	}
	// And one that was being carried out when the process was killed.
	w.ws.SetTime(friday.Add(48 * time.Hour))
	claims, err := w.store.Claim(t.Context(), "doomed", w.ws.Now(), time.Minute, workflow.LaneClock, 1)
	if err != nil || len(claims) != 1 {
		t.Fatal(claims, err)
	}
	inc := w.incident(first)
	if _, err := w.bot.Deliver(t.Context(), inc, claims[0]); err != nil {
		t.Fatal(err)
	}
	w.stop()
	w.start()
	w.later(61 * time.Second)
	for where, n := range map[string]int{"room": 2, sandbox.Dee: 1} {
		if got := w.count(where, " left"); got != n {
			t.Errorf("%s: %d reminders: %q", where, got, w.said(where))
		}
	}
	w.onceEach()
	w.verify()
}

func TestTwoReplicasSayEachReminderOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(s *setting) { s.sockets = 2 })
	other := *w
	other.start()
	if n := w.ws.Sockets().Count(); n != 4 {
		t.Fatalf("%d sockets", n)
	}
	both := func() {
		var all sync.WaitGroup
		for _, r := range []*world{w, &other} {
			r.bot.Settle()
			all.Go(func() {
				for range 2 {
					if _, err := r.sched.RunOnce(t.Context()); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
	}
	w.slash(sandbox.Nia, "")
	w.send(sandbox.Nia, letter())
	both()
	for range 7 {
		w.ws.Advance(12 * time.Hour)
		both()
	}
	w.onceEach()
	// Every milestone was said to every target once, and none twice.
	records, err := w.store.Load(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	said := map[workflow.Target]map[workflow.Countdown]int{}
	for _, r := range records {
		if n, ok := r.Event.(workflow.Nudged); ok {
			if said[n.Target] == nil {
				said[n.Target] = map[workflow.Countdown]int{}
			}
			said[n.Target][n.Milestone]++
			for _, m := range n.Missed {
				said[n.Target][m]++
			}
		}
	}
	for target, from := range map[workflow.Target]time.Duration{
		workflow.InChannel: 48, sandbox.Dee: 24, sandbox.Dan: 12, sandbox.Ivy: 12, sandbox.Cal: 12, sandbox.Sam: 3,
	} {
		for _, h := range []time.Duration{48, 24, 12, 6, 3, 1, 0, -12} {
			want := 1
			if h > from {
				want = 0
			}
			if got := said[target][workflow.Countdown(h*time.Hour)]; got != want {
				t.Errorf("%s: the reminder at %d hours was said %d times", target, h, got)
			}
		}
	}
	if len(said) != 6 {
		t.Errorf("reminded: %v", said)
	}
	w.verify()
}

func TestAwarenessMovedEarlierAndLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.report()
	set := func(aware time.Time) {
		inc := w.incident(id)
		w.do(id, sandbox.Dee, workflow.RoleDPO, workflow.CorrectTimes{Facts: inc.FactsVersion, Detected: inc.Times.Detected, Aware: aware,
			AwareReason: "Certain then.", Reason: "Awareness was decided.", OrderIsRight: true})
		w.deliver()
	}
	// 61 hours earlier: the reminders at 48, 24 and 12 hours left are past.
	set(w.ws.Now().Add(-61 * time.Hour))
	left := "11 hours left"
	for who, n := range map[string]int{"room": 1, sandbox.Dee: 1, sandbox.Dan: 1, sandbox.Ivy: 1, sandbox.Cal: 1, sandbox.Sam: 0, sandbox.Nia: 0, sandbox.Rob: 0} {
		if got := w.count(who, left); got != n || w.count(who, " left") != n {
			t.Errorf("%s heard %d: %q", who, got, w.said(who))
		}
	}
	if told := w.as(sandbox.Ivy).Transcript(w.room().ID); !strings.Contains(told, "Not sent at the time: the reminder") {
		t.Errorf("the message does not say that it comes late:\n%s", told)
	}
	// Later again: what lies ahead is said again, what is past is not repeated.
	set(w.ws.Now().Add(-20 * time.Hour)) // 52 hours left
	if got := w.count("room", " left"); got != 1 {
		t.Errorf("the room heard at once: %q", w.said("room"))
	}
	w.later(4 * time.Hour)
	if got := w.count("room", "48 hours left"); got != 1 {
		t.Errorf("the room heard: %q", w.said("room"))
	}
	if got := w.count(sandbox.Dee, " left"); got != 1 {
		t.Errorf("the DPO heard too early: %q", w.said(sandbox.Dee))
	}
	w.later(24 * time.Hour)
	for _, who := range []string{"room", sandbox.Dee} {
		if got := w.count(who, "24 hours left"); got != 1 {
			t.Errorf("%s heard: %q", who, w.said(who))
		}
	}
	if want := "Tue"; !strings.Contains(w.room().Topic, want) && !strings.Contains(w.room().Topic, "Sun") {
		t.Errorf("topic %q", w.room().Topic)
	}
	w.onceEach()
}

// tellingQueue tells how many tasks are claimed, once somebody listens.
type tellingQueue struct {
	store.Store
	claimed atomic.Pointer[chan int]
}

func (q *tellingQueue) listen() <-chan int {
	c := make(chan int, 100)
	q.claimed.Store(&c)
	return c
}

func (q *tellingQueue) Claim(ctx context.Context, token string, now time.Time, lease time.Duration, lane workflow.Lane, limit int) ([]workflow.Claim, error) {
	claims, err := q.Store.Claim(ctx, token, now, lease, lane, limit)
	if c := q.claimed.Load(); c != nil {
		select {
		case *c <- len(claims):
		default: // nobody listens any more
		}
	}
	return claims, err
}

func TestWhatIsOverBetweenClaimAndPostIsNotSaid(t *testing.T) {
	t.Parallel()
	queue := &tellingQueue{}
	w := newWorld(t, func(s *setting) {
		s.store = func(real store.Store) store.Store { queue.Store = real; return queue }
	})
	id := w.report()
	w.triage(id)
	w.ws.Advance(25 * time.Hour)
	claimed := queue.listen()
	// The pass has claimed the update of the card, the announcement and the
	// reminder; while Slack is slow with the first, the DPO dismisses it all.
	w.ws.Fault(sandbox.Fault{Method: "chat.update", Kind: sandbox.FaultDelay, Delay: 400 * time.Millisecond})
	done := make(chan error)
	go func() {
		_, err := w.sched.RunOnce(t.Context())
		done <- err
	}()
	for inHand := 0; inHand < 2; {
		inHand += <-claimed
	}
	w.do(id, sandbox.Dee, workflow.RoleDPO, workflow.Dismiss{Facts: w.incident(id).FactsVersion, Reason: "Empty envelope."})
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	w.deliver()
	if n := w.count("room", " left"); n != 0 {
		t.Errorf("a reminder of a dismissed incident: %q", w.said("room"))
	}
	if n := w.count(sandbox.Nia, "has been dealt with"); n != 1 {
		t.Errorf("the reporter heard the outcome %d times", n)
	}
	w.later(72 * time.Hour)
	if n := w.count("room", "left") + w.count(sandbox.Dee, "left"); n != 0 {
		t.Error("it is still counted down")
	}
	w.onceEach()
}
