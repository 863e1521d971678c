package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breachbot/store"
	"breachbot/workflow"
)

// rowsOf is everything stored of one incident.
func (s *scene) rowsOf(id workflow.IncidentID) (rows store.Rows) {
	s.t.Helper()
	err := s.Rows(s.t.Context(), func(r store.Rows) error {
		if r.Incident == id {
			rows = r
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return rows
}

func testLine(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	id := s.breach()
	i, err := s.svc.Incident(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	rows := s.rowsOf(id)
	line, err := store.Incidents.Row(i.Entry())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(line, rows.Line); diff != "" {
		t.Errorf("line (-incident +stored)\n%s", diff)
	}
	if diff := cmp.Diff(rowsFrom(t, store.Decisions, i.Decisions), rows.Decisions); diff != "" {
		t.Errorf("decisions (-incident +stored)\n%s", diff)
	}
	if diff := cmp.Diff(rowsFrom(t, store.Notifications, i.Notifications), rows.Notifications); diff != "" {
		t.Errorf("notifications (-incident +stored)\n%s", diff)
	}
	for column, want := range map[string]any{"step": "closed", "open": false, "late": true, "year": int64(2026), "number": int64(1)} {
		if got := store.Incidents.Get(rows.Line, column); got != want {
			t.Errorf("%s is %v, want %v", column, got, want)
		}
	}
	if store.Incidents.Get(rows.Line, "delay_reasons") == "" {
		t.Error("the line has no reason for the delay")
	}
}

func rowsFrom[T any](t *testing.T, p store.Projection[T], all []T) (rows []store.Row) {
	t.Helper()
	for _, v := range all {
		row, err := p.Row(v)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return rows
}

// numbered opens an incident under a number of our choice, with nothing owed, so
// that many are soon there. No store with such a one can be verified.
func (s *scene) numbered(number int, at time.Time) workflow.Entry {
	s.t.Helper()
	id := workflow.NewIncidentID(workflow.SeriesReal, 2026, number)
	r := workflow.Record{
		Incident: id, Seq: 1, At: at, Actor: ana.User, Key: workflow.CommandKey(id),
		Event: workflow.Reported{Report: report(number).Report},
	}
	c := s.svc.Rederive([]workflow.Record{r})
	c.Base, c.Key, c.At, c.Records, c.Tasks = 0, r.Key, at, []workflow.Record{r}, nil
	if err := s.Append(s.t.Context(), c); err != nil {
		s.t.Fatal(err)
	}
	return c.Entry
}

func testPaging(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	// Several of the same instant, whose order as text is not that of their numbers.
	later := []workflow.Entry{s.numbered(10001, start.Add(time.Hour))}
	same := []workflow.Entry{s.numbered(10000, start), s.numbered(9999, start), s.numbered(2, start)}
	first := s.numbered(10002, start.Add(-time.Microsecond))
	want := []workflow.Entry{first, same[2], same[1], same[0], later[0]}

	all, err := s.Entries(t.Context(), store.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Errorf("order (-want +got)\n%s", diff)
	}
	for size := 1; size <= len(want)+1; size++ {
		var paged []workflow.Entry
		f := store.Filter{Limit: size}
		for {
			page, err := s.Entries(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			paged = append(paged, page...)
			f.After = store.CursorAt(page[len(page)-1])
		}
		if diff := cmp.Diff(want, paged); diff != "" {
			t.Errorf("pages of %d (-want +got)\n%s", size, diff)
		}
	}
	if n, _, err := s.NextNumber(t.Context(), workflow.SeriesReal, 2026); n != 10003 || err != nil {
		t.Errorf("next number %d, %v", n, err)
	}
	if n, _, err := s.NextNumber(t.Context(), workflow.SeriesReal, 2027); n != 1 || err != nil {
		t.Errorf("next number of another year %d, %v", n, err)
	}
	// Nothing is verified here: the references have gaps on purpose.
}

func testFilters(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	closed, open := s.breach(), s.report()
	led := s.report()
	s.do(led, ivo, workflow.AssignRole{Role: workflow.RoleResponder, User: "U0EVE'\""})
	for _, test := range []struct {
		filter store.Filter
		want   []workflow.IncidentID
	}{
		{store.Filter{}, []workflow.IncidentID{closed, open, led}},
		{store.Filter{Open: true}, []workflow.IncidentID{open, led}},
		{store.Filter{Person: "U0ANA"}, []workflow.IncidentID{closed, open, led}},
		{store.Filter{Person: "U0IVO"}, []workflow.IncidentID{closed}},
		{store.Filter{Person: "U0IVO", Open: true}, nil},
		{store.Filter{Person: "U0EVE'\""}, []workflow.IncidentID{led}},
		{store.Filter{Person: "U0"}, nil},
		{store.Filter{Open: true, Limit: 1}, []workflow.IncidentID{open}},
	} {
		entries, err := s.Entries(t.Context(), test.filter)
		if err != nil {
			t.Fatal(err)
		}
		var got []workflow.IncidentID
		for _, e := range entries {
			got = append(got, e.ID)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%+v (-want +got)\n%s", test.filter, diff)
		}
	}
}

// snapshot is everything stored, without what tells how delivering goes.
func (s *scene) snapshot() (all []store.Rows) {
	s.t.Helper()
	err := s.Rows(s.t.Context(), func(r store.Rows) error {
		all = append(all, r)
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

func testRebuild(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	s.breach()
	s.erased()
	s.decided(s.report(), workflow.Notify)
	s.report()
	before := s.snapshot()
	n, err := store.Rebuild(t.Context(), s, s.svc.Rederive)
	if n != 4 || err != nil {
		t.Fatalf("rebuilt %d, %v", n, err)
	}
	if diff := cmp.Diff(before, s.snapshot()); diff != "" {
		t.Errorf("(-stored +rebuilt)\n%s", diff)
	}
	s.verify()
}

func testRebuildRepairs(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	id := s.report()
	s.decided(id, workflow.Notify)
	open := s.report()
	before := s.snapshot()
	for _, table := range []string{"incidents", "commands", "decisions", "notifications", "tasks"} {
		db.Tamper(t, "DELETE FROM "+table)
	}
	if n, err := store.Rebuild(t.Context(), s, s.svc.Rederive); n != 2 || err != nil {
		t.Fatalf("rebuilt %d, %v", n, err)
	}
	after := s.snapshot()
	if len(before) != len(after) {
		t.Fatalf("%d incidents before, %d after", len(before), len(after))
	}
	for n := range before {
		before[n].Tasks, after[n].Tasks = owed(before[n].Tasks), owed(after[n].Tasks)
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("(-stored +rebuilt)\n%s", diff)
	}
	s.verify()

	// A line that no event tells of goes; it must not stay in the register.
	db.Tamper(t, "UPDATE incidents SET id = 'BR-2026-0777', number = 777 WHERE id = '"+string(open)+"'")
	if n, err := store.Rebuild(t.Context(), s, s.svc.Rederive); n != 3 || err != nil {
		t.Fatalf("rebuilt %d, %v", n, err)
	}
	s.verify()
}

// owed are the tasks of the events alone: those pending, as planned.
func owed(rows []store.TaskRow) []store.TaskRow {
	var list []store.TaskRow
	for _, r := range rows {
		if r.State == store.Pending {
			list = append(list, store.TaskRow{Task: r.Task})
		}
	}
	return list
}

func testRederive(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	id := s.report()
	records, err := s.Load(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	old := s.svc.Rederive(records)
	s.do(id, ana, workflow.AddNote{Text: "More."})
	if err := s.Rederive(t.Context(), old); !errors.Is(err, workflow.ErrConflict) {
		t.Errorf("of an old version: %v", err)
	}
	s.verify()

	// The organisation names a SIRO: the tasks of open incidents follow.
	s.svc.Rules.Roster[workflow.RoleSIRO] = []workflow.Principal{"U0SIRO"}
	records, err = s.Load(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	c := s.svc.Rederive(records)
	c.At = start.Add(time.Hour)
	before := len(s.rowsOf(id).Tasks)
	if err := s.Rederive(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	tasks := s.rowsOf(id).Tasks
	if len(tasks) <= before {
		t.Errorf("%d tasks before, %d after", before, len(tasks))
	}
	for _, task := range tasks[before:] {
		if task.Stored != c.At {
			t.Errorf("%s stored %v, want %v", task.Task.Key, task.Stored, c.At)
		}
	}
	s.verify()

	none := workflow.Commit{Incident: "BR-2026-0999", Base: 3}
	if err := s.Rederive(t.Context(), none); !errors.Is(err, workflow.ErrConflict) {
		t.Errorf("of no incident: %v", err)
	}
	if err := s.Rederive(t.Context(), workflow.Commit{Incident: none.Incident}); err != nil {
		t.Errorf("of no events: %v", err)
	}
	s.verify()
}
