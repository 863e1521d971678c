package sqlite

import (
	"path/filepath"
	"strings"
	"testing"
)

// A commit must cost the same whether ten incidents are open or a hundred
// thousand: it may look only at the tasks of its own.
func TestACommitLooksOnlyAtItsOwnTasks(t *testing.T) {
	if plan := planOf(t, settleTasks, "card", "BR-2026-0001", "[]", "person"); len(plan) == 0 || !strings.Contains(plan[0], "incident_id=?") {
		t.Errorf("SQLite would do this: %q", plan)
	}
}

// Every pass asks what is in doubt, however many tasks are over.
func TestWhatIsInDoubtIsFoundInItsIndex(t *testing.T) {
	if plan := planOf(t, anyDoubtful, 1); !strings.Contains(strings.Join(plan, "; "), "tasks_tried") {
		t.Errorf("SQLite would do this: %q", plan)
	}
}

// planOf is how SQLite would carry out a query.
func planOf(t *testing.T, query string, args ...any) (plan []string) {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "breachbot.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	rows, err := s.write.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, detail)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return plan
}
