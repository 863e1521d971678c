package sqlite

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A database of the first schema keeps every line of the register when the table
// is made again, with its indexes and rules.
func TestTheRegisterSurvivesBeingMadeAnew(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "breachbot.db")
	db, err := sql.Open("sqlite", dsn(path, "immediate"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	p, err := provider(db)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(ctx, 1); err != nil {
		t.Fatal(err)
	}
	const line = `
		INSERT INTO incidents (
			id, year, number, version, step, open, title, near_miss, severity, risk, category, reporter, lead, channel,
			detected_at, reported_at, aware_at, deadline_at, basis, clock, stopped_at, late, delay_reasons,
			resolved_at, closed_at, dismissed_at, erased_at, entry
		) VALUES (?, 2026, ?, 3, 'triaged', 1, 'Llŷr', 0, 2, 'high', 'other', 'U1', 'U2', 'C1', 4, 5, 6, 7, 'b', 'c', 8, 1, 'd', 9, 10, 11, NULL, '{"id":"x"}')`
	for n, id := range []string{"BR-2026-0001", "BR-2026-0002"} {
		if _, err := db.ExecContext(ctx, line, id, n+1); err != nil {
			t.Fatal(err)
		}
	}
	before := dump(t, db, "SELECT *, 'BR' FROM incidents ORDER BY id")
	if len(before) != 2 {
		t.Fatal(before)
	}
	if err := migrate(ctx, db); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, dump(t, db, "SELECT * FROM incidents ORDER BY id")); diff != "" {
		t.Errorf("(-before +after)\n%s", diff)
	}
	want := [][]any{{"incidents_channel"}, {"incidents_open"}, {"incidents_order"}}
	if diff := cmp.Diff(want, dump(t, db, "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'incidents' AND sql IS NOT NULL ORDER BY name")); diff != "" {
		t.Errorf("indexes (-want +got)\n%s", diff)
	}
	if left := dump(t, db, "SELECT name FROM sqlite_master WHERE name LIKE '%new%'"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	const copied = "INSERT INTO incidents SELECT 'x', year, number, version, step, open, title, near_miss, severity, risk, category, reporter, lead, channel, " +
		"detected_at, reported_at, aware_at, deadline_at, basis, clock, stopped_at, late, delay_reasons, resolved_at, closed_at, dismissed_at, erased_at, entry, "
	if _, err := db.ExecContext(ctx, copied+"'DR' FROM incidents WHERE number = 1"); err != nil {
		t.Errorf("a drill of the same number: %v", err)
	}
	if _, err := db.ExecContext(ctx, copied+"'BR' FROM incidents WHERE number = 2"); err == nil {
		t.Error("two incidents of the same number were taken")
	}
}

func dump(t *testing.T, db *sql.DB, query string) [][]any {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	out, err := all(rows, nil, func(r *sql.Rows) ([]any, error) {
		values, targets := make([]any, len(columns)), make([]any, len(columns))
		for n := range values {
			targets[n] = &values[n]
		}
		return values, r.Scan(targets...)
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
