package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"breachbot/store"
	"breachbot/store/sqlite"
	"breachbot/store/storetest"
	"breachbot/workflow"
)

// testTime is an instant of no meaning.
var testTime = time.Date(2026, 7, 10, 9, 0, 0, 0, time.UTC)

func TestMain(m *testing.M) {
	storetest.Main(m, func(ctx context.Context, address string) (store.Store, error) { return sqlite.Open(ctx, address) })
}

func TestStore(t *testing.T) { storetest.Run(t, create) }

func open(t testing.TB, path string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// raw opens a database as any program might.
func raw(path string) (*sql.DB, error) {
	return sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)&_pragma=synchronous(OFF)&_txlock=immediate")
}

func exec(path string, queries ...string) error {
	db, err := raw(path)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, q := range queries {
		if _, err := db.Exec(q); err != nil {
			return fmt.Errorf("%s: %w", q, err)
		}
	}
	return nil
}

func create(t testing.TB) storetest.Database {
	path := filepath.Join(t.TempDir(), "register.db")
	return storetest.Database{
		Address: path,
		Open:    func(t testing.TB) store.Store { return open(t, path) },
		Reopen: func() error {
			s, err := sqlite.Open(t.Context(), path)
			if err == nil {
				s.Close()
			}
			return err
		},
		Exec:    func(query string) error { return exec(path, query) },
		Tamper:  func(t testing.TB, query string) { tamper(t, path, query) },
		Columns: func(t testing.TB) map[string][]storetest.Column { return columns(t, path) },
	}
}

// tamper takes the triggers away, as an intruder would, and puts them back.
func tamper(t testing.TB, path, query string) {
	t.Helper()
	db, err := raw(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	run := func(q string) {
		t.Helper()
		if _, err := db.Exec(q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	run("PRAGMA foreign_keys = OFF")
	run("PRAGMA ignore_check_constraints = ON")
	triggers := map[string]string{}
	// Only those of tables that the query may change: it names each it does.
	rows, err := db.Query("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND instr(?, tbl_name) > 0", query)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			t.Fatal(err)
		}
		triggers[name] = text
	}
	if err := rows.Close(); err != nil {
		t.Fatal(err)
	}
	run("BEGIN IMMEDIATE")
	for name := range triggers {
		run("DROP TRIGGER " + name)
	}
	run(query)
	for _, text := range triggers {
		run(text)
	}
	run("COMMIT")
}

func columns(t testing.TB, path string) map[string][]storetest.Column {
	t.Helper()
	db, err := raw(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`
		SELECT m.name,
		       c.name,
		       c.type
		FROM sqlite_master AS m,
		     pragma_table_info(m.name) AS c
		WHERE m.type = 'table'
		  AND m.name NOT LIKE 'sqlite_%'
		ORDER BY m.name, c.cid`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	tables := map[string][]storetest.Column{}
	for rows.Next() {
		var table, name, kind string
		if err := rows.Scan(&table, &name, &kind); err != nil {
			t.Fatal(err)
		}
		changed := ""
		switch {
		case name == "state":
			changed = "'dropped'"
		case kind == "BLOB":
			changed = "CAST(substr(" + name + ", 1, length(" + name + ") - 1) || char(1 + (hex(substr(" + name + ", -1)) = '01')) AS BLOB)"
		case name == "payload" || name == "entry":
			changed = "replace(" + name + ", '\"', ' \"')"
		case kind == "INTEGER" && strings.HasSuffix(name, "at"):
			changed = "coalesce(" + name + ", 0) + 1"
		case kind == "INTEGER":
			changed = name + " + 1000"
		default:
			changed = name + " || 'x'"
		}
		tables[table] = append(tables[table], storetest.Column{Name: name, Changed: changed})
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return tables
}

func TestSecondProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "folder", "register ?#%41.db")
	s := open(t, path)
	if _, err := sqlite.Open(t.Context(), path); !errors.Is(err, sqlite.ErrInUse) {
		t.Errorf("open twice: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, path)
	for _, name := range []string{path, path + ".lock", path + "-wal"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Error(err)
		} else if mode := info.Mode().Perm(); mode != 0o600 {
			t.Errorf("%s may be read by others: %v", name, mode)
		}
	}
}

func TestReplaceIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "register.db")
	s := open(t, path)
	if _, _, err := s.Anchor(t.Context(), "2026-07-10", testTime); err != nil {
		t.Fatal(err)
	}
	err := exec(path, "INSERT OR REPLACE INTO anchors SELECT seq, day, at + 1, upto, incidents, events, heads, hash FROM anchors")
	if err == nil || !strings.Contains(err.Error(), "append-only") {
		t.Errorf("replacing an anchor: %v", err)
	}
}

func TestLockedByAnotherProgram(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "register.db")
	s := open(t, path)
	db, err := raw(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if err := s.SetSetting(t.Context(), "a", "b"); !errors.Is(err, workflow.ErrUnavailable) {
		t.Errorf("while another program writes: %v", err)
	}
}

func TestNoDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "register.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("this is no database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Open(t.Context(), path); err == nil {
		t.Error("opened a text")
	}
}

// TestErasedIsGone looks for the words in the files themselves.
func TestErasedIsGone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "register.db")
	s := open(t, path)
	svc := &workflow.Service{Rules: workflow.DefaultRules(), Journal: s, Now: func() time.Time { return testTime }}
	nurse, dpo := workflow.Actor{User: "U0ANA"}, workflow.Actor{User: "U0DPO", Roles: []workflow.Role{workflow.RoleDPO}}
	const word = "Llanfairpwllgwyngyll"
	r, err := svc.Report(t.Context(), "report", workflow.SubmitReport{Report: workflow.Report{
		Title: word, What: strings.Repeat(word+" ", 120), Detected: testTime, Risk: workflow.RiskLow,
	}}, nurse)
	if err != nil {
		t.Fatal(err)
	}
	if !stored(t, path, word) {
		t.Fatal("the words are not in the files even before")
	}
	for n, c := range []workflow.Command{workflow.Dismiss{Facts: 1, Reason: word}, workflow.Erase{Reason: "Retention period over."}} {
		if _, err := svc.Do(t.Context(), r.Incident.ID, workflow.CommandKey(fmt.Sprint(n)), c, dpo); err != nil {
			t.Fatal(err)
		}
	}
	if stored(t, path, word) {
		t.Error("the words are still in the files")
	}
}

func stored(t *testing.T, path, word string) bool {
	t.Helper()
	for _, name := range []string{path, path + "-wal"} {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), word) {
			return true
		}
	}
	return false
}
