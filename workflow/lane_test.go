package workflow

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// A share is never nothing, and grows with the hurry.
func TestTheShareOfALane(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{1: "1 1 1", 2: "2 1 1", 3: "3 2 1", 4: "4 3 2", 8: "8 6 4", 20: "20 15 10", 32: "32 24 16"} {
		var got []string
		for _, l := range Lanes() {
			got = append(got, fmt.Sprint(l.Share(n)))
		}
		if all := strings.Join(got, " "); all != want {
			t.Errorf("of %d: %s, want %s", n, all, want)
		}
	}
}

// What the law counts down to, and what stands in for it by another way, is in the
// first lane, and what only brings something up to date in the last.
func TestWhichLaneIsWhose(t *testing.T) {
	t.Parallel()
	for _, row := range taskRows {
		clock := slices.Contains([]TaskKind{KindNudge, KindRemind, KindFollowUp, KindAsk, KindPerson, KindMail}, row.kind)
		if clock != (row.lane == LaneClock) {
			t.Errorf("%s is in lane %d", row.kind, row.lane)
		}
		if row.renewed && row.lane != LaneBulk {
			t.Errorf("%s brings something up to date, and is in lane %d", row.kind, row.lane)
		}
	}
	if got := TaskKind("of a newer version").Lane(); got != LaneBulk {
		t.Errorf("a kind that nobody here knows is in lane %d", got)
	}
}
