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
	var last sandbox.Message
	values := func() (n int) {
		for _, m := range w.as(sandbox.Dee).DMs() {
			if strings.Contains(m.Text, "check value") {
				n, last = n+1, m
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
	if n := values(); n != 1 || !strings.Contains(w.as(sandbox.Dee).Render(last), anchors[1].Hash) {
		t.Errorf("%d messages; the last: %s", n, w.as(sandbox.Dee).Render(last))
	}
	w.verify()
}
