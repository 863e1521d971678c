package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breachbot/store"
	"breachbot/workflow"
)

// references are those of the lines that a filter chooses.
func (s *scene) references(f store.Filter) []workflow.IncidentID {
	s.t.Helper()
	entries, err := s.Entries(s.t.Context(), f)
	if err != nil {
		s.t.Fatal(err)
	}
	var ids []workflow.IncidentID
	for _, e := range entries {
		ids = append(ids, e.ID)
	}
	return ids
}

// titled opens an incident with words of our choice.
func (s *scene) titled(title, what string) workflow.IncidentID {
	s.t.Helper()
	s.pass(time.Minute)
	c := report(0)
	c.Report.Title, c.Report.What = title, what
	r, err := s.svc.Report(s.t.Context(), s.key(), c, ana)
	if err != nil {
		s.t.Fatal(err)
	}
	return r.Incident.ID
}

func testFinding(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	welsh := s.titled("Wrong letter to Llŷr", "The ŵyr opened it.")
	odd := s.titled("100% of under_scores", `A back\slash and an 'apostrophe'.`)
	plain := s.titled("Wrong e-mail", "To the letter.")
	s.deliver(plain, workflow.ChannelOpened{Channel: "C0PLAIN", Name: "br-2026-0003"})
	action := s.do(odd, ivo, workflow.AddAction{What: "Check the name.", Owner: "U0OWNER", Due: start.Add(240 * time.Hour)}).Version
	done := s.do(welsh, ivo, workflow.AddAction{What: "Check the name.", Owner: "U0OWNER", Due: start.Add(240 * time.Hour)}).Version
	s.do(welsh, ivo, workflow.FinishAction{Action: done})
	for _, test := range []struct {
		filter store.Filter
		want   []workflow.IncidentID
	}{
		{store.Filter{Words: "wrong letter"}, []workflow.IncidentID{welsh, plain}},
		{store.Filter{Words: "LETTER  Wrong", Newest: true}, []workflow.IncidentID{plain, welsh}},
		{store.Filter{Words: "wrong letter", Newest: true, Limit: 1}, []workflow.IncidentID{plain}},
		{store.Filter{Words: "LLŶR Ŵyr"}, []workflow.IncidentID{welsh}},
		{store.Filter{Words: "100%"}, []workflow.IncidentID{odd}},
		{store.Filter{Words: "under_scores"}, []workflow.IncidentID{odd}},
		{store.Filter{Words: `back\slash 'APOSTROPHE'`}, []workflow.IncidentID{odd}},
		{store.Filter{Words: "%"}, []workflow.IncidentID{odd}},
		{store.Filter{Words: "wr_ng"}, nil},
		{store.Filter{Words: "br 2026 2"}, []workflow.IncidentID{odd}},
		{store.Filter{Words: "2026-0003"}, []workflow.IncidentID{plain}},
		{store.Filter{Words: "letter", Person: "U0IVO"}, nil},
		{store.Filter{Words: " "}, []workflow.IncidentID{welsh, odd, plain}},
		{store.Filter{Channel: "C0PLAIN"}, []workflow.IncidentID{plain}},
		{store.Filter{Channel: "C0PLAIN", Words: "llŷr"}, nil},
		{store.Filter{Channel: "C0PLA"}, nil},
		{store.Filter{Newest: true, Limit: 2}, []workflow.IncidentID{plain, odd}},
		{store.Filter{Owing: "U0OWNER"}, []workflow.IncidentID{odd}},
		{store.Filter{Owing: "U0OWNER", Channel: "C0PLAIN"}, nil},
		{store.Filter{Owing: "U0ANA"}, nil},
	} {
		if diff := cmp.Diff(test.want, s.references(test.filter)); diff != "" {
			t.Errorf("%+v (-want +got)\n%s", test.filter, diff)
		}
	}
	s.do(odd, ivo, workflow.FinishAction{Action: action})
	if got := s.references(store.Filter{Owing: "U0OWNER"}); got != nil {
		t.Errorf("nothing is owed any more, and %v are given", got)
	}

	// A register longer than what is looked through at a time, with lines of the
	// same instant: each is found once, in either order and by pages of any size.
	for n := 4; n <= 430; n++ {
		s.numbered(n, start.Add(time.Duration(n/3)*time.Hour))
	}
	for _, f := range []store.Filter{{Words: "letter address"}, {Newest: true}, {Words: "letter address", Newest: true}} {
		all := s.references(f)
		if len(all) < 427 {
			t.Fatalf("%+v: %d lines", f, len(all))
		}
		for _, size := range []int{1, 150, 1000} {
			var paged []workflow.IncidentID
			page := f
			page.Limit = size
			for size > 1 || len(paged) < 20 {
				entries, err := s.Entries(t.Context(), page)
				if err != nil {
					t.Fatal(err)
				}
				if len(entries) == 0 {
					break
				}
				for _, e := range entries {
					paged = append(paged, e.ID)
				}
				page.After = store.CursorAt(entries[len(entries)-1])
			}
			if diff := cmp.Diff(all[:min(len(all), len(paged))], paged); diff != "" || size > 1 && len(paged) != len(all) {
				t.Errorf("%+v by %d: %d of %d (-want +got)\n%s", f, size, len(paged), len(all), diff)
			}
		}
	}
}

// drill opens a practice incident.
func (s *scene) drill() workflow.IncidentID {
	s.t.Helper()
	c := report(0)
	c.Report.Drill = true
	r, err := s.svc.Report(s.t.Context(), s.key(), c, ivo)
	if err != nil {
		s.t.Fatal(err)
	}
	return r.Incident.ID
}

func testDrills(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	first := s.report()
	drill, another := s.drill(), s.drill() // of the same instant as the first
	second := s.report()
	for n, want := range []workflow.IncidentID{"BR-2026-0001", "DR-2026-0001", "DR-2026-0002", "BR-2026-0002"} {
		if got := []workflow.IncidentID{first, drill, another, second}[n]; got != want {
			t.Errorf("%s instead of %s", got, want)
		}
	}
	for series, want := range map[workflow.Series]int{workflow.SeriesReal: 3, workflow.SeriesDrill: 3} {
		if n, _, err := s.NextNumber(t.Context(), series, 2026); n != want || err != nil {
			t.Errorf("%s: next number %d, %v", series, n, err)
		}
	}
	for _, test := range []struct {
		filter store.Filter
		want   []workflow.IncidentID
	}{
		{store.Filter{}, []workflow.IncidentID{first, second}},
		{store.Filter{Drills: store.WithDrills}, []workflow.IncidentID{first, drill, another, second}},
		{store.Filter{Drills: store.WithDrills, Newest: true}, []workflow.IncidentID{second, another, drill, first}},
		{store.Filter{Drills: store.OnlyDrills}, []workflow.IncidentID{drill, another}},
		{store.Filter{Drills: store.OnlyDrills, Person: "U0IVO", Open: true, Limit: 1}, []workflow.IncidentID{drill}},
		{store.Filter{Person: "U0ANA"}, []workflow.IncidentID{first, second}},
		{store.Filter{Words: "letter"}, []workflow.IncidentID{first, second}},
	} {
		if diff := cmp.Diff(test.want, s.references(test.filter)); diff != "" {
			t.Errorf("%+v (-want +got)\n%s", test.filter, diff)
		}
	}
	// Each is on its own page, though two are of the same instant and number.
	var paged []workflow.IncidentID
	f := store.Filter{Drills: store.WithDrills, Limit: 1}
	for range 5 {
		entries, err := s.Entries(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			paged, f.After = append(paged, e.ID), store.CursorAt(e)
		}
	}
	if diff := cmp.Diff([]workflow.IncidentID{first, drill, another, second}, paged); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}

	// What erasing leaves of a drill is still a drill.
	i := s.decided(another, workflow.DoNotNotify)
	s.do(another, dpo, workflow.Dismiss{Facts: i.FactsVersion, Reason: "Practice."})
	if i = s.do(another, dpo, workflow.Erase{Reason: "Over."}); !i.Drill() {
		t.Error("it was made real")
	}
	if a, _, err := s.Anchor(t.Context(), "2026-07-12", s.clock()); err != nil || a.Incidents != 4 {
		t.Errorf("the anchor covers %d incidents (%v)", a.Incidents, err)
	}
	if n, err := store.Rebuild(t.Context(), s, s.svc.Rederive); n != 4 || err != nil {
		t.Fatalf("rebuilt %d, %v", n, err)
	}
	s.verify()

	// A gap in either series shows, also without an anchor.
	for _, id := range []workflow.IncidentID{drill, first} {
		for _, table := range []string{"decisions", "notifications", "commands", "tasks", "events"} {
			db.Tamper(t, fmt.Sprintf("DELETE FROM %s WHERE incident_id = '%s'", table, id))
		}
		db.Tamper(t, fmt.Sprintf("DELETE FROM incidents WHERE id = '%s'; DELETE FROM anchors; DELETE FROM tasks WHERE incident_id = ''", id))
		r, err := store.Verify(t.Context(), s, s.svc.Rederive)
		if err != nil || r.Broken == nil || r.Broken.Incident != id {
			t.Errorf("without %s: found %v, %v", id, r.Broken, err)
		}
	}
}

// A real incident that went by a drill's reference would be out of the register.
func testHiddenAsDrill(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	const id workflow.IncidentID = "DR-2026-0001"
	r := workflow.Record{Incident: id, Seq: 1, At: start, Actor: ana.User, Key: "view-1", Event: workflow.Reported{Report: report(1).Report}}
	c := s.svc.Rederive([]workflow.Record{r})
	c.Base, c.Key, c.At, c.Records = 0, r.Key, start, []workflow.Record{r}
	if err := s.Append(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	v, err := store.Verify(t.Context(), s, s.svc.Rederive)
	if err != nil || v.Broken == nil || v.Broken.Table != "incidents" || v.Broken.Incident != id {
		t.Errorf("found %v, %v", v.Broken, err)
	}
}
