package view

import (
	"strings"
	"testing"
	"time"
)

// UTC is shown only where it differs: in a British winter a time is shown once.
func TestUTCIsShownOnlyWhereItDiffersFromLocalTime(t *testing.T) {
	t.Parallel()
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	winter, summer := time.Date(2026, 11, 20, 16, 35, 0, 0, time.UTC), time.Date(2026, 6, 20, 16, 35, 0, 0, time.UTC)
	const token = "<!date^"
	for name, c := range map[string]struct {
		got, want string
		once      bool
	}{
		"deadline in winter":       {deadline(winter, london), "", true},
		"deadline in summer":       {deadline(summer, london), " · 20 Jun 2026 16:35 UTC", false},
		"deadline without a zone":  {deadline(summer, nil), "", true},
		"a time in winter":         {exactly(winter, london), "", true},
		"a time in summer":         {exactly(summer, london), " · 20 Jun 2026 16:35 UTC", false},
		"local time in winter":     {local(winter, london), "Fri 20 Nov 2026 16:35 GMT", true},
		"local time in summer":     {local(summer, london), "Sat 20 Jun 2026 17:35 BST (16:35 UTC)", false},
		"local time far from here": {local(winter, time.FixedZone("IST", 19800)), "Fri 20 Nov 2026 22:05 IST (16:35 UTC)", false},
	} {
		shown := c.got
		if strings.HasPrefix(shown, token) {
			_, shown, _ = strings.Cut(shown, ">")
		}
		if shown != c.want || strings.Contains(shown, "UTC") == c.once {
			t.Errorf("%s: %q", name, c.got)
		}
	}
}
