package storetest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breachbot/store"
	"breachbot/workflow"
)

// recorder keeps what was appended to compare it with what is loaded.
type recorder struct {
	workflow.Journal
	records map[workflow.IncidentID][]workflow.Record
}

func (r *recorder) Append(ctx context.Context, c workflow.Commit) error {
	err := r.Journal.Append(ctx, c)
	if err == nil {
		r.records[c.Incident] = append(r.records[c.Incident], c.Records...)
	}
	return err
}

func testRoundTrip(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	rec := &recorder{s.Store, map[workflow.IncidentID][]workflow.Record{}}
	s.svc.Journal = rec
	s.breach()
	s.erased()
	var seen []string
	for id, want := range rec.records {
		got, err := s.Load(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		erased := store.ErasedAt(want)
		for n := range want {
			seen = append(seen, want[n].Event.Kind())
			if want[n].Seq < erased {
				want[n].Event = nil
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-appended +loaded)\n%s", id, diff)
		}
	}
	slices.Sort(seen)
	// A kind that is new belongs into a scene.
	if diff := cmp.Diff(workflow.Kinds(), slices.Compact(seen)); diff != "" {
		t.Errorf("kinds of event (-all +tried)\n%s", diff)
	}
	s.verify()
}

func testZones(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	s.now = time.Date(2026, 10, 25, 1, 30, 0, 7_999, time.FixedZone("somewhere", -5*3600-1800))
	c := report(1)
	c.Report.Detected = s.now.Add(-time.Hour)
	r, err := s.svc.Report(t.Context(), "zoned", c, ana)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.svc.Incident(t.Context(), r.Incident.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r.Incident, got); diff != "" {
		t.Errorf("(-reported +loaded)\n%s", diff)
	}
	if want := workflow.Instant(s.now); got.Times.Reported != want {
		t.Errorf("reported %v, want %v", got.Times.Reported, want)
	}
	entries, err := s.Entries(t.Context(), store.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]workflow.Entry{r.Incident.Entry()}, entries); diff != "" {
		t.Errorf("(-reported +in the register)\n%s", diff)
	}
	claims, err := Claims(t.Context(), s, "w", s.now.Add(time.Hour), time.Minute, 1)
	if err != nil || len(claims) != 1 {
		t.Fatalf("claims %v, %v", claims, err)
	}
	for _, at := range []time.Time{claims[0].Task.Due, claims[0].Stored, claims[0].Until} {
		if at != workflow.Instant(at) {
			t.Errorf("%v is not in UTC", at)
		}
	}
	s.verify()
}

func testNotFound(t *testing.T, db Database) {
	s := db.Open(t)
	if _, err := s.Load(t.Context(), "BR-2026-0001"); !errors.Is(err, workflow.ErrNotFound) {
		t.Errorf("load: %v", err)
	}
	if _, err := s.Committed(t.Context(), "never"); !errors.Is(err, workflow.ErrNotFound) {
		t.Errorf("committed: %v", err)
	}
	if n, _, err := s.NextNumber(t.Context(), workflow.SeriesReal, 2026); n != 1 || err != nil {
		t.Errorf("next number %d, %v", n, err)
	}
	if entries, err := s.Entries(t.Context(), store.Filter{}); len(entries) != 0 || err != nil {
		t.Errorf("entries %v, %v", entries, err)
	}
	if anchors, err := s.Anchors(t.Context()); len(anchors) != 0 || err != nil {
		t.Errorf("anchors %v, %v", anchors, err)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("ping: %v", err)
	}
	newScene(t, s).verify()
}

// commit makes a commit of one note on an incident as it stands.
func (s *scene) commit(id workflow.IncidentID, key workflow.CommandKey) workflow.Commit {
	s.t.Helper()
	records, err := s.Load(context.Background(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	base := len(records)
	note := workflow.Record{Incident: id, Seq: base + 1, At: workflow.Instant(s.now), Actor: ana.User, Key: key, Event: workflow.Noted{Text: "Seen."}}
	c := s.svc.Rederive(append(records, note))
	c.Base, c.Key, c.At, c.Records = base, key, note.At, []workflow.Record{note}
	return c
}

func testConflict(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	id := s.report()
	first, second := s.commit(id, "a"), s.commit(id, "b")
	if err := s.Append(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if err := s.Append(t.Context(), second); !errors.Is(err, workflow.ErrConflict) {
		t.Errorf("on an old version: %v", err)
	}
	ahead := s.commit(id, "c")
	ahead.Base++
	ahead.Records[0].Seq++
	if err := s.Append(t.Context(), ahead); !errors.Is(err, workflow.ErrConflict) {
		t.Errorf("on a version to come: %v", err)
	}
	opening := s.commit(id, "d")
	opening.Base, opening.Records[0].Seq = 0, 1
	if err := s.Append(t.Context(), opening); !errors.Is(err, workflow.ErrConflict) {
		t.Errorf("opening it again: %v", err)
	}
	for _, key := range []workflow.CommandKey{"b", "c", "d"} {
		if _, err := s.Committed(t.Context(), key); !errors.Is(err, workflow.ErrNotFound) {
			t.Errorf("%s left a trace: %v", key, err)
		}
	}
	s.verify()
}

func testRepeated(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	first, other := s.report(), s.report()
	c := s.commit(first, "once")
	if err := s.Append(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if err := s.Append(t.Context(), c); !errors.Is(err, workflow.ErrRepeated) {
		t.Errorf("the same again: %v", err)
	}
	if err := s.Append(t.Context(), s.commit(other, "once")); !errors.Is(err, workflow.ErrRepeated) {
		t.Errorf("the key on another incident: %v", err)
	}
	if id, err := s.Committed(t.Context(), "once"); id != first || err != nil {
		t.Errorf("committed to %q, %v", id, err)
	}
	if records, err := s.Load(t.Context(), other); len(records) != 1 || err != nil {
		t.Errorf("the other has %d events, %v", len(records), err)
	}
	// Without a key nothing is remembered, and nothing refused.
	for range 2 {
		if err := s.Append(t.Context(), s.commit(other, "")); err != nil {
			t.Error(err)
		}
	}
	s.verify()
}

// together runs f n times at once.
func together(n int, f func(n int)) {
	var wg sync.WaitGroup
	gate := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-gate
			f(i)
		})
	}
	close(gate)
	wg.Wait()
}

func testReportsAtOnce(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	ids := make([]workflow.IncidentID, 20)
	together(len(ids), func(n int) {
		r, err := s.svc.Report(t.Context(), s.key(), report(n), ana)
		if err != nil {
			t.Error(err)
			return
		}
		ids[n] = r.Incident.ID
	})
	slices.Sort(ids)
	for n, id := range ids {
		if want := workflow.NewIncidentID(workflow.SeriesReal, 2026, n+1); id != want {
			t.Errorf("reference %d is %s", n+1, id)
		}
	}
	s.verify()
}

func testNotesAtOnce(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	id := s.report()
	together(20, func(n int) {
		// Each is sent twice, as an impatient hand does.
		key := s.key()
		for range 2 {
			if _, err := s.svc.Do(t.Context(), id, key, workflow.AddNote{Text: "Seen."}, ana); err != nil {
				t.Error(err)
			}
		}
	})
	i, err := s.svc.Incident(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if len(i.Notes) != 20 || i.Version != 21 {
		t.Errorf("%d notes at version %d", len(i.Notes), i.Version)
	}
	s.verify()
}

func testAppendOnly(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	id := s.breach()
	erased := s.erased()
	if _, _, err := s.Anchor(t.Context(), "2026-07-10", s.now); err != nil {
		t.Fatal(err)
	}
	queries := []string{
		"UPDATE events SET payload = NULL, salt = NULL", // also of events that nothing erased
		"UPDATE events SET payload = NULL, salt = NULL WHERE incident_id = '" + string(id) + "' AND seq = 1",
		"UPDATE events SET payload = NULL, salt = NULL, actor = 'U0EVE' WHERE incident_id = '" + string(erased) + "' AND seq = 1",
		"UPDATE events SET payload = '{}' WHERE incident_id = '" + string(erased) + "' AND seq = 1",
		"DELETE FROM events",
		"DELETE FROM anchors",
	}
	for _, table := range []string{"events", "anchors"} {
		for _, c := range db.Columns(t)[table] {
			queries = append(queries, "UPDATE "+table+" SET "+c.Name+" = "+c.Changed)
		}
	}
	for _, q := range queries {
		if err := db.Exec(q); err == nil {
			t.Errorf("allowed: %s", q)
		} else if !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", q, err)
		}
	}
	s.verify()
}

func testErase(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	kept := s.breach()
	id := s.erased()
	s.do(id, dpo, workflow.AddNote{Text: "Asked for by the auditor."})
	var rows store.Rows
	err := s.Rows(t.Context(), func(r store.Rows) error {
		if r.Incident == id {
			rows = r
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	erased := len(rows.Events) - 1
	for _, e := range rows.Events {
		if gone := e.Payload == nil && e.Salt == nil; gone != (e.Seq < erased) {
			t.Errorf("event %d, %s: erased is %v", e.Seq, e.Kind, gone)
		}
	}
	if len(rows.Decisions) != 2 {
		t.Fatalf("%d decisions are left", len(rows.Decisions))
	}
	for _, d := range rows.Decisions {
		for column, want := range map[string]any{"reason": "", "advice": "", "decided_by": "U0DPO", "verdict": "do_not_notify"} {
			if got := store.Decisions.Get(d, column); got != want {
				t.Errorf("%s of decision %v is %q, want %q", column, store.Decisions.Get(d, "seq"), got, want)
			}
		}
	}
	for _, word := range []string{"Letter", "Distress", "Likely harm", "Health data"} {
		for n, column := range store.Incidents.Columns() {
			if said, ok := rows.Line[n].(string); ok && strings.Contains(said, word) {
				t.Errorf("the register still says %q in %s", word, column.Name)
			}
		}
	}
	if i, err := s.svc.Incident(t.Context(), kept); err != nil || i.Report.What == "" {
		t.Errorf("the other incident: %v", err)
	}
	s.verify()
	if n, err := store.Rebuild(t.Context(), s, s.svc.Rederive); n != 2 || err != nil {
		t.Errorf("rebuild: %d, %v", n, err)
	}
	s.verify()
}

func testSettings(t *testing.T, db Database) {
	s := db.Open(t)
	if got, err := s.Setting(t.Context(), "rules"); got != "" || err != nil {
		t.Errorf("never set: %q, %v", got, err)
	}
	for _, want := range []string{"first", "second", ""} {
		if err := s.SetSetting(t.Context(), "rules", want); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Setting(t.Context(), "rules"); got != want || err != nil {
			t.Errorf("setting %q, %v; want %q", got, err, want)
		}
	}
}
