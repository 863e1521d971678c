package scheduler_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"breachbot/scheduler"
	"breachbot/workflow"
)

// draftless is a queue that cannot throw drafts away.
type draftless struct {
	scheduler.Queue
	asked int
	err   error
}

func (d *draftless) DropDrafts(ctx context.Context, before time.Time) error {
	d.asked++
	if d.err != nil {
		return d.err
	}
	return d.Queue.DropDrafts(ctx, before)
}

func TestWhatWasTypedIsGoneAfterADay(t *testing.T) {
	c := &clock{now: monday}
	w := newWorld(t, c.Now)
	s := w.scheduler()
	q := &draftless{Queue: w.store}
	s.Queue = q
	tick := func() {
		t.Helper()
		if _, err := s.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	there := func(want bool) {
		t.Helper()
		if _, err := w.store.Draft(t.Context(), "UANA", "report", monday.AddDate(-1, 0, 0)); (err == nil) != want {
			t.Errorf("at %v: %v, want it there: %v", c.Now(), err, want)
		}
	}
	d := workflow.Draft{Person: "UANA", Kind: "report", At: monday, Form: "view/V1", Entered: `{"what":"` + typed + `"}`}
	if err := w.store.SaveDraft(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	tick()
	tick() // not again so soon
	if q.asked != 1 {
		t.Errorf("asked %d times", q.asked)
	}
	there(true)
	c.advance(24 * time.Hour)
	tick()
	there(true) // its last second
	c.advance(time.Minute)
	tick()
	there(true) // nobody is shown it; the next look takes it
	c.advance(10 * time.Minute)
	q.err = errors.New("disk full")
	if _, err := s.Tick(t.Context()); err == nil {
		t.Error("a tick that could not throw drafts away is told as done")
	}
	q.err = nil
	tick() // at once, not after the usual time
	there(false)
}
