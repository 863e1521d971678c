package bot

import (
	"strconv"
	"testing"
	"time"
)

// The same click is known for a day at least, and what is remembered stays within
// its limit however fast clicks come.
func TestSeenRemembersForADayWithinItsLimit(t *testing.T) {
	t.Parallel()
	s, now := newSeen(), time.Date(2026, 11, 20, 16, 40, 0, 0, time.UTC)
	if s.before(now, "click", "") || !s.before(now.Add(remember-time.Second), "click") {
		t.Error("a click is not known within the day")
	}
	if s.before(now, "") {
		t.Error("an empty id is known")
	}
	for n := range 3 * maxSeen { // all within one moment
		s.before(now, strconv.Itoa(n))
		if most := len(s.older) + len(s.newer); most > maxSeen+1 {
			t.Fatalf("%d ids are remembered", most)
		}
	}
	if last := strconv.Itoa(3*maxSeen - 1); !s.before(now, last) {
		t.Error("the newest is not known")
	}
	later := now.Add(3 * remember)
	for n := range 2 {
		s.before(later.Add(time.Duration(n)*2*remember), "another")
	}
	if s.before(later, "click") {
		t.Error("a click is known for ever")
	}
}
