package bot_test

import (
	"strings"
	"testing"
	"time"

	"breachbot/bot/sandbox"
)

// The DPO gets the register's check value in the morning, once, and not before
// there is anything to check.
func TestTheDPOGetsTheCheckValue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tick := func() {
		t.Helper()
		if _, err := w.sched.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	values := func() (n int) {
		for _, m := range w.as(sandbox.Dee).DMs() {
			if strings.Contains(m.Text, "check value") {
				n++
			}
		}
		return n
	}
	tick()
	if n := values(); n != 0 {
		t.Errorf("an empty register: %d messages", n)
	}
	w.report()
	w.ws.SetTime(friday.AddDate(0, 0, 1).Add(-7*time.Hour - 45*time.Minute)) // nine on Saturday
	tick()
	tick()
	anchors, err := w.store.Anchors(t.Context())
	if err != nil || len(anchors) != 2 {
		t.Fatal(anchors, err)
	}
	dms := w.as(sandbox.Dee).DMs()
	if n := values(); n != 1 || !strings.Contains(w.as(sandbox.Dee).Render(dms[len(dms)-1]), anchors[1].Hash) {
		t.Errorf("%d messages; the last: %s", n, w.as(sandbox.Dee).Render(dms[len(dms)-1]))
	}
	w.verify()
}
