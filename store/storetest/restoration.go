package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breachbot/store"
	"breachbot/workflow"
)

// A store that was restored from a copy knows it once. What it owed by then may have
// been said, so each such task counts as tried; references that were given in the
// meantime, or may have been, are left out; and the gap is in the journal, so that
// verifying tells it from an incident that somebody removed.
func testRestored(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	moved := func(want bool) {
		t.Helper()
		for range 2 {
			got, last, err := s.Moved(t.Context())
			if got != want || err != nil {
				t.Fatalf("moved %v, %v; want %v", got, err, want)
			}
			if now := workflow.Instant(s.clock()); last.IsZero() != now.Equal(workflow.Instant(start)) || last.After(now) {
				t.Errorf("the last event is said to be of %s", last)
			}
		}
	}
	moved(false)
	s.report()
	second := s.report()
	if err := s.Restored(t.Context(), workflow.Restoration{At: s.clock()}); err != nil {
		t.Fatal(err)
	}
	if all, err := s.Restorations(t.Context()); len(all) != 0 || err != nil {
		t.Errorf("it was not restored, and is said to have been: %v, %v", all, err)
	}

	if err := db.Exec("UPDATE settings SET value = 'elsewhere' WHERE name = 'home'"); err != nil {
		t.Fatal(err)
	}
	moved(true)
	s.pass(time.Minute)
	found := s.clock()
	missing := []workflow.Missing{{ID: "BR-2026-0004", Channel: "C4"}, {ID: "BR-2026-0003"}}
	r, err := workflow.NewRestoration(found, start, missing, 2026, func(series workflow.Series, year int) (int, error) {
		n, skipped, err := s.NextNumber(t.Context(), series, year)
		return n - skipped - 1, err
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // as by two replicas that start together
		if err := s.Restored(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	moved(false)
	want := []workflow.Restoration{{
		At: workflow.Instant(found), Last: start, Missing: []workflow.Missing{missing[1], missing[0]},
		Given: map[string]int{"BR-2026": 14, "DR-2026": 10},
	}}
	if all, err := s.Restorations(t.Context()); err != nil {
		t.Error(err)
	} else if diff := cmp.Diff(want, all); diff != "" {
		t.Errorf("restorations (-want +got)\n%s", diff)
	}

	for key, row := range s.states(second) {
		if tried := row.Attempts == 1; tried != !row.Task.Due.After(found) {
			t.Errorf("%s, due %s, was tried %d times", key, row.Task.Due, row.Attempts)
		}
	}
	told := false
	for _, c := range s.leftover() {
		if c.Incident != "" && c.Attempt != 2 {
			t.Errorf("%s of %s is attempt %d: it would not be looked for", c.Task.Key, c.Incident, c.Attempt)
		}
		if c.Incident == "" {
			told = c.Task.Key == "restored:1" && c.Task.Kind == workflow.KindRestored && c.Attempt == 1
		}
	}
	if !told {
		t.Error("nothing tells people")
	}

	for _, want := range []struct {
		id      workflow.IncidentID
		skipped int
	}{{"BR-2026-0015", 12}, {"BR-2026-0016", 0}} {
		id := s.report()
		inc, err := s.svc.Incident(t.Context(), id)
		if err != nil || id != want.id || inc.Entry().Skipped != want.skipped {
			t.Errorf("the next incident is %s after a gap of %d (%v), want %s after %d", id, inc.Entry().Skipped, err, want.id, want.skipped)
		}
	}
	if n, _, err := s.NextNumber(t.Context(), workflow.SeriesDrill, 2026); n != 11 || err != nil {
		t.Errorf("the next drill has number %d, %v", n, err)
	}
	s.verify()
	if _, _, err := s.Anchor(t.Context(), "2026-07-11", s.clock()); err != nil {
		t.Fatal(err)
	}
	s.verify()

	// No other gap can pass for that one.
	for _, table := range []string{"tasks", "notifications", "decisions", "commands", "events", "incidents", "anchors"} {
		column := map[string]string{"incidents": "id = 'BR-2026-0015'", "anchors": "true"}[table]
		if column == "" {
			column = "incident_id = 'BR-2026-0015'"
		}
		db.Tamper(t, "DELETE FROM "+table+" WHERE "+column)
	}
	db.Tamper(t, "DELETE FROM tasks WHERE key LIKE 'anchor:%' OR key LIKE 'digest:%'")
	v, err := store.Verify(t.Context(), s, s.svc.Rederive)
	if err != nil || v.Broken == nil || v.Broken.Incident != "BR-2026-0003" {
		t.Errorf("an incident was removed, and verifying says %v, %v", v.Broken, err)
	}
}
