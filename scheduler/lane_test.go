package scheduler_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"breachbot/workflow"
)

// hold is the courier's word that Slack's limits are used up for now.
type hold struct {
	after time.Duration
	begun bool
}

func (hold) Error() string          { return "held back" }
func (h hold) After() time.Duration { return h.after }
func (h hold) Begun() bool          { return h.begun }

// Being held back by our own limits is no failed attempt and no alarm, however often
// it happens: the task comes back when it was told to, as if for the first time.
func TestBeingHeldBackIsNoFailedAttempt(t *testing.T) {
	t.Parallel()
	at := &clock{now: monday}
	w := newWorld(t, at.Now)
	s := w.scheduler()
	id := w.report()
	full := true
	w.slack.fails(func(c workflow.Claim) error {
		if full && c.Task.Kind == workflow.KindChannel {
			return hold{after: 7 * time.Second}
		}
		return nil
	})
	for n := range 20 {
		if r := w.pass(s); r.Held != 1 || r.Failed != 0 {
			t.Fatalf("round %d: %+v", n, r)
		}
		at.advance(7*time.Second - time.Microsecond)
		if r := w.pass(s); r.Held != 0 {
			t.Fatalf("it came back before its time: %+v", r)
		}
		at.advance(time.Microsecond)
	}
	if failing, err := w.store.Failing(t.Context(), 1); err != nil || len(failing) > 0 {
		t.Errorf("failing: %v, %v", failing, err)
	}
	full = false
	w.pass(s)
	if inc := w.incident(id); !inc.Room.Ready() || len(inc.Stalls) > 0 {
		t.Errorf("room %+v, stalls %v", inc.Room, inc.Stalls)
	}
	if stalls := events[workflow.DeliveryStalled](w, id); len(stalls) > 0 {
		t.Errorf("people were alarmed: %v", stalls)
	}
	for _, c := range w.slack.called(kind(workflow.KindChannel)) {
		if c.Attempt != 1 {
			t.Errorf("it was looked for, though nothing was sent: attempt %d", c.Attempt)
		}
	}
	w.slack.onceEach(t)
}

// What was held back after something was sent may stand in Slack: from then on it is
// looked for, and still nobody is alarmed.
func TestWhatWasBegunIsLookedFor(t *testing.T) {
	t.Parallel()
	at := &clock{now: monday}
	w := newWorld(t, at.Now)
	s := w.scheduler()
	id := w.report()
	rounds := 0
	w.slack.fails(func(c workflow.Claim) error {
		if rounds++; c.Task.Kind == workflow.KindChannel && rounds <= 10 {
			return hold{after: time.Second, begun: rounds == 3}
		}
		return nil
	})
	for range 12 {
		w.pass(s)
		at.advance(time.Second)
	}
	var attempts []int
	for _, c := range w.slack.called(kind(workflow.KindChannel)) {
		attempts = append(attempts, c.Attempt)
	}
	if want := []int{1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2}; !slices.Equal(attempts, want) {
		t.Errorf("attempts %v, want %v", attempts, want)
	}
	if inc := w.incident(id); !inc.Room.Ready() || len(inc.Stalls) > 0 {
		t.Errorf("room %+v, stalls %v", inc.Room, inc.Stalls)
	}
}

// A failure stays a failure: what was tried before it was held back counts on.
func TestAFailureIsNotForgottenByBeingHeldBack(t *testing.T) {
	t.Parallel()
	at := &clock{now: monday}
	w := newWorld(t, at.Now)
	s := w.scheduler()
	id := w.report()
	fails := true
	w.slack.fails(func(c workflow.Claim) error {
		switch fails = !fails; {
		case c.Task.Kind != workflow.KindChannel:
			return nil
		case fails:
			return hold{after: time.Second}
		}
		return errSlackDown
	})
	for range 12 {
		w.pass(s)
		at.advance(20 * time.Minute)
	}
	if stalls := events[workflow.DeliveryStalled](w, id); len(stalls) != 1 || stalls[0].Attempts != 2 {
		t.Errorf("stalls %+v, want one after the second attempt, when it is late already", stalls)
	}
}

// The bulk of many incidents that hangs at Slack leaves workers to what is urgent.
func TestBulkThatHangsLeavesWorkersToWhatIsUrgent(t *testing.T) {
	t.Parallel()
	at := &clock{now: monday}
	w := newWorld(t, at.Now)
	s := w.scheduler()
	s.Workers = 4
	var ids []workflow.IncidentID
	for range 12 {
		ids = append(ids, w.report())
	}
	w.pass(s)
	at.advance(24 * time.Hour) // reminders of all of them fall due, and the card of each changes
	release := make(chan struct{})
	var mu sync.Mutex
	hanging, most := 0, 0
	w.slack.mu.Lock()
	w.slack.during = func(ctx context.Context, c workflow.Claim) {
		if c.Task.Kind.Lane() != workflow.LaneBulk {
			return
		}
		mu.Lock()
		hanging++
		most = max(most, hanging)
		mu.Unlock()
		select {
		case <-release:
		case <-ctx.Done():
		}
		mu.Lock()
		hanging--
		mu.Unlock()
	}
	w.slack.mu.Unlock()
	for _, id := range ids {
		// Something that is said on the card only.
		inc := w.incident(id)
		lead := workflow.Actor{User: "UIGLEAD", Roles: []workflow.Role{workflow.RoleIGLead}}
		if _, err := w.svc.Do(t.Context(), id, "", workflow.AssignRole{Role: workflow.RoleLead, User: "UIGLEAD"}, lead); err != nil {
			t.Fatal(inc.ID, err)
		}
	}
	done := make(chan error)
	go func() { _, err := s.RunOnce(context.Background()); done <- err }()
	reminded := func() bool {
		for _, id := range ids[2:] { // at most two of them hang with their own bulk
			if len(events[workflow.Nudged](w, id)) == 0 {
				return false
			}
		}
		return true
	}
	deadline := time.After(20 * time.Second)
	for !reminded() {
		select {
		case <-deadline:
			t.Fatalf("reminders wait behind bulk; %d of it at once", most)
		case <-time.After(5 * time.Millisecond):
		}
	}
	close(release)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if want := workflow.LaneBulk.Share(4); most > want {
		t.Errorf("bulk had %d workers, at most %d", most, want)
	}
	w.slack.onceEach(t)
}
