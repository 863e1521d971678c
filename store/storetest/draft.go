package storetest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breachbot/workflow"
)

const kind = "report"

// typed wants a person's draft to hold what was entered; empty means none.
func (s *scene) typed(person workflow.UserID, kind, want string) {
	s.t.Helper()
	d, err := s.Draft(s.t.Context(), person, kind, start.Add(-time.Hour))
	switch {
	case want == "" && !errors.Is(err, workflow.ErrNotFound):
		s.t.Errorf("%s has a draft: %+v, %v", person, d, err)
	case want != "" && (err != nil || d.Entered != want):
		s.t.Errorf("%s has the draft %+v, %v; want %q", person, d, err, want)
	}
}

func (s *scene) types(person workflow.UserID, kind string, at time.Time, form workflow.CommandKey, entered string) {
	s.t.Helper()
	d := workflow.Draft{Person: person, Kind: kind, At: at, Form: form, Entered: entered}
	if err := s.SaveDraft(s.t.Context(), d); err != nil {
		s.t.Fatal(err)
	}
}

func testDrafts(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	s.report()
	before := s.snapshot()

	s.typed("U0ANA", kind, "")
	odd := `{"what":"Zoë \"O'Neill\" \u0000 \ud83d\ude00 ŵ 日本 \\ %s ?1 $1"}`
	s.types("U0ANA", kind, start, "view/V1", odd)
	want := workflow.Draft{Person: "U0ANA", Kind: kind, At: start, Form: "view/V1", Entered: odd}
	if got, err := s.Draft(t.Context(), "U0ANA", kind, start); err != nil {
		t.Error(err)
	} else if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-saved +kept)\n%s", diff)
	}
	if _, err := s.Draft(t.Context(), "U0ANA", kind, start.Add(time.Microsecond)); !errors.Is(err, workflow.ErrNotFound) {
		t.Errorf("one that is too old is given: %v", err)
	}
	s.typed("U0IVO", kind, "") // somebody else's is nobody's
	s.typed("U0ANA", "note", "")

	// The newest change stands, in whatever order they come in.
	s.types("U0ANA", kind, start.Add(2*time.Second), "view/V1", "second")
	s.types("U0ANA", kind, start.Add(time.Second), "view/V1", "first")
	s.typed("U0ANA", kind, "second")
	s.types("U0IVO", kind, start, "view/V2", "another's")
	s.types("U0ANA", "note", start, "view/V3", "another kind")
	s.typed("U0ANA", kind, "second")

	// What is thrown away does not come back with a change that was made before.
	if err := s.DropDraft(t.Context(), "U0ANA", kind, start.Add(4*time.Second)); err != nil {
		t.Fatal(err)
	}
	s.typed("U0ANA", kind, "")
	s.types("U0ANA", kind, start.Add(3*time.Second), "view/V1", "late")
	s.typed("U0ANA", kind, "")
	s.typed("U0IVO", kind, "another's")
	s.typed("U0ANA", "note", "another kind")
	s.types("U0ANA", kind, start.Add(5*time.Second), "view/V1", "anew")
	s.typed("U0ANA", kind, "anew")
	if err := s.DropDraft(t.Context(), "U0NOBODY", kind, start); err != nil {
		t.Errorf("what is not there: %v", err)
	}
	// A change that is newer than the throwing away goes too; the next one counts.
	if err := s.DropDraft(t.Context(), "U0ANA", kind, start); err != nil {
		t.Fatal(err)
	}
	s.typed("U0ANA", kind, "")
	s.types("U0ANA", kind, start.Add(5*time.Second), "view/V1", "late")
	s.typed("U0ANA", kind, "")
	s.types("U0ANA", kind, start.Add(6*time.Second), "view/V1", "anew")

	// They are no part of the record.
	if diff := cmp.Diff(before, s.snapshot()); diff != "" {
		t.Errorf("the record (-before +after)\n%s", diff)
	}
	s.verify()

	// After their time they are gone from the database too.
	if err := s.DropDrafts(t.Context(), start.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	s.typed("U0IVO", kind, "")
	s.typed("U0ANA", "note", "")
	s.typed("U0ANA", kind, "anew")
	if err := s.DropDrafts(t.Context(), start.Add(7*time.Second)); err != nil {
		t.Fatal(err)
	}
	s.typed("U0ANA", kind, "")
	s.types("U0ANA", kind, start, "view/V1", "first again") // nothing is left that it would not be newer than
	s.typed("U0ANA", kind, "first again")
}

// A form that was sent leaves no draft, whether what was typed comes in before
// or after the report.
func testDraftSent(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	s.types("U0ANA", kind, start, "view/V1", "half")
	if _, err := s.svc.Report(t.Context(), "view/V1", report(1), ana); err != nil {
		t.Fatal(err)
	}
	s.typed("U0ANA", kind, "")
	s.types("U0ANA", kind, start.Add(time.Second), "view/V1", "the last letter")
	s.typed("U0ANA", kind, "")
	if err := s.DropDrafts(t.Context(), start.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	s.types("U0ANA", kind, start.Add(-time.Second), "view/V2", "the next report")
	s.typed("U0ANA", kind, "the next report")

	// Both at once, many times over.
	var all sync.WaitGroup
	for n := range 20 {
		person, form := workflow.UserID(fmt.Sprintf("U0P%d", n)), workflow.CommandKey(fmt.Sprintf("view/P%d", n))
		all.Go(func() {
			if _, err := s.svc.Report(t.Context(), form, report(n), workflow.Actor{User: person}); err != nil {
				t.Error(err)
			}
		})
		all.Go(func() {
			d := workflow.Draft{Person: person, Kind: kind, At: start, Form: form, Entered: strings.Repeat("x", 3000)}
			if err := s.SaveDraft(t.Context(), d); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for n := range 20 {
		s.typed(workflow.UserID(fmt.Sprintf("U0P%d", n)), kind, "")
	}
	s.verify()
}
