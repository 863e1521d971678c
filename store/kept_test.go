package store_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"breachbot/store"
	"breachbot/store/postgres"
	"breachbot/store/sqlite"
	"breachbot/store/storetest"
	"breachbot/workflow"
)

// A store that was written once is kept in testdata/kept, one folder for each
// version of the program whose stores must still be read. It has three files of
// JSON lines:
//
//   - journal.jsonl.gz: the events, anchors and commands, column by column. It is
//     never written again.
//   - rows.jsonl.gz: the rows that follow from them.
//   - standings.jsonl.gz: for every event the tasks and the register entry after it.
//
// Where what follows from a journal changes on purpose, -update writes the other
// two again. To keep the store of another version, have its folder written by
// go test ./store -run TestKeptStores -write NAME.
var (
	update = flag.Bool("update", false, "write again what follows from the kept journals")
	write  = flag.String("write", "", "live through a new store and keep it under this name")
)

const kept = "testdata/kept"

// The tables of each file, in the order in which they can be filled.
var (
	journalTables = []string{"events", "anchors", "commands"}
	derivedTables = []string{"incidents", "decisions", "notifications", "tasks"}
)

// keptRules are the rules that a kept store is planned with, by name: those of
// the organisation that wrote it, and others that plan the same incidents
// another way. Everything planning depends on is said here, so that a new
// default changes nothing.
func keptRules() map[string]workflow.Rules {
	const day = 24 * time.Hour
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err)
	}
	house := workflow.Rules{
		Organisation: "Abbey Care", Regulator: "ICO", Zone: zone, Grid: workflow.DefaultGrid(), Nation: workflow.England,
		Nudges:       []time.Duration{48 * time.Hour, 24 * time.Hour, 12 * time.Hour, 6 * time.Hour, 3 * time.Hour, time.Hour},
		OverdueEvery: 12 * time.Hour, FollowUpEvery: 7 * day,
		Targets: map[workflow.Severity]workflow.SeverityTarget{
			1: {Triage: 15 * time.Minute, Contain: time.Hour, Started: true},
			2: {Triage: 2 * time.Hour, Contain: 4 * time.Hour},
			3: {SameDay: true, Contain: day},
			4: {},
		},
		TakenWithin: map[workflow.Severity]workflow.Wait{
			1: {For: 5 * time.Minute}, 2: {For: 15 * time.Minute}, 3: {For: time.Hour}, 4: {Morning: true},
		},
		WorkdayEnds: 17 * time.Hour, Holidays: []string{"2026-08-31"},
		DeputyAfter: 4 * time.Hour, ControllerWithin: day, CustomersWithin: 2 * day, BoardWithin: 14 * day, InviteReporter: true,
		BoardAtOnce: []workflow.Severity{1, 2, 3, 4}, BoardDigest: true,
		Roster: map[workflow.Role][]workflow.Principal{
			workflow.RoleIGLead: {"U0IVO"}, workflow.RoleResponder: {"S0DESK"}, workflow.RoleDPO: {"U0DPO"}, workflow.RoleDeputy: {"U0DEP"},
			workflow.RoleCaldicott: {"U0CAL"}, workflow.RoleSIRO: {"U0SIRO"}, workflow.RoleBoard: {"S0BOARD"},
		},
	}
	small := house
	small.Roster = map[workflow.Role][]workflow.Principal{workflow.RoleDPO: {"U0DPO"}, workflow.RoleSIRO: {"U0IVO", "U0DPO"}}
	small.InviteReporter, small.Nation, small.ControllerWithin, small.CustomersWithin, small.BoardWithin = false, workflow.Scotland, 0, 0, 0
	small.Nudges, small.OverdueEvery, small.FollowUpEvery = []time.Duration{36 * time.Hour}, day, 3*day
	small.Quiet = workflow.QuietHours{From: 22 * time.Hour, To: 7 * time.Hour}
	empty := house
	empty.Roster = nil
	return map[string]workflow.Rules{"house": house, "small": small, "empty": empty}
}

// TestKeptStores loads every kept store into both engines as it was written,
// and wants it verified, folded, planned and carried on as ever.
func TestKeptStores(t *testing.T) {
	if *write != "" {
		keep(t, filepath.Join(kept, *write))
	}
	folders, err := os.ReadDir(kept)
	if err != nil || len(folders) == 0 {
		t.Fatalf("no store is kept: %v", err)
	}
	for _, f := range folders {
		t.Run(f.Name(), func(t *testing.T) {
			folder := filepath.Join(kept, f.Name())
			if *update {
				deriveAnew(t, folder)
			}
			for name, create := range map[string]func(*testing.T) engine{
				"SQLite":     func(t *testing.T) engine { return newSQLite(t) },
				"PostgreSQL": func(t *testing.T) engine { return newPostgres(t) },
			} {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					testKept(t, folder, create(t))
				})
			}
		})
	}
}

func testKept(t *testing.T, folder string, e engine) {
	e.fill(t, keptRows(t, folder))
	s := e.open(t)
	svc := &workflow.Service{Rules: keptRules()["house"], Journal: s}
	verify(t, s, svc)

	stored := everything(t, s)
	standings := map[workflow.IncidentID][]standing{}
	for _, s := range readLines[standing](t, folder, "standings") {
		standings[s.Incident] = append(standings[s.Incident], s)
	}
	for _, r := range stored[1:] {
		records, err := s.Load(t.Context(), r.Incident)
		if err != nil {
			t.Fatal(err)
		}
		readBack(t, r.Events, records)
		compareStandings(t, r.Incident, standings[r.Incident], standingsOf(t, records))
	}

	if n, err := store.Rebuild(t.Context(), s, svc.Rederive); n != len(standings) || err != nil {
		t.Errorf("rebuilt %d of %d, %v", n, len(standings), err)
	}
	if rebuilt := everything(t, s); !reflect.DeepEqual(stored, rebuilt) {
		t.Errorf("(-as it was written +rebuilt)\n%s", cmp.Diff(stored, rebuilt))
	}

	svc.Now = func() time.Time { return begin.AddDate(1, 0, 0) }
	for _, r := range stored[1:] {
		key := workflow.CommandKey("later-" + r.Incident)
		if _, err := svc.Do(t.Context(), r.Incident, key, workflow.AddNote{Text: "A year later."}, dpo); err != nil {
			t.Errorf("%s cannot be carried on: %v", r.Incident, err)
		}
	}
	verify(t, s, svc)
}

// readBack wants every event to hold all that was stored of it.
func readBack(t *testing.T, rows []store.EventRow, records []workflow.Record) {
	t.Helper()
	for n, r := range records {
		if r.Event == nil {
			continue
		}
		payload, err := workflow.Encode(r.Event)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(rows[n].Payload, payload) {
			t.Errorf("%s event %d, %s (-stored +read)\n%s", r.Incident, r.Seq, r.Event.Kind(), cmp.Diff(string(rows[n].Payload), string(payload)))
		}
	}
}

func verify(t *testing.T, s store.Store, svc *workflow.Service) {
	t.Helper()
	report, err := store.Verify(t.Context(), s, svc.Rederive)
	if err != nil {
		t.Fatal(err)
	}
	if report.Broken != nil {
		t.Errorf("verify: %s", report.Broken)
	}
	if report.Incidents == 0 || report.Events == 0 || report.Anchors == 0 {
		t.Errorf("verify looked at %+v", report)
	}
}

func everything(t *testing.T, s store.Store) (all []store.Rows) {
	t.Helper()
	err := s.Rows(t.Context(), func(r store.Rows) error {
		all = append(all, r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// standing is how an incident stands after one of its events.
type standing struct {
	Incident workflow.IncidentID          `json:"incident"`
	Seq      int                          `json:"seq"`
	Event    string                       `json:"event"`
	Entry    json.RawMessage              `json:"entry"`
	Tasks    map[string][]json.RawMessage `json:"tasks"`           // by the name of the rules, as planned
	State    json.RawMessage              `json:"state,omitempty"` // the whole incident, after the last event
}

// standingsOf folds an incident event by event. Of one that was erased only
// what follows the erasing can be folded.
func standingsOf(t *testing.T, records []workflow.Record) (all []standing) {
	t.Helper()
	inc := &workflow.Incident{ID: records[0].Incident}
	for _, r := range records {
		inc.Apply(r)
		if r.Event == nil {
			continue
		}
		s := standing{Incident: r.Incident, Seq: r.Seq, Event: r.Event.Kind(), Entry: marshal(t, inc.Entry()), Tasks: map[string][]json.RawMessage{}}
		for name, rules := range keptRules() {
			for _, task := range rules.Plan(inc) {
				s.Tasks[name] = append(s.Tasks[name], marshal(t, []any{
					task.Key, task.Kind, task.Due, task.Target, task.About, time.Duration(task.Milestone).String(), task.Deadline,
				}))
			}
		}
		all = append(all, s)
	}
	if len(all) == 0 {
		t.Fatalf("%s has no event that can be read", records[0].Incident)
	}
	all[len(all)-1].State = marshal(t, inc)
	return all
}

// A store must be planned again when the program plans otherwise, and nobody has
// to remember to say so: the kept incidents show it.
func TestThePlanIsKnownByWhatItPlans(t *testing.T) {
	t.Parallel()
	folders, err := os.ReadDir(kept)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.New()
	for _, k := range workflow.TaskKinds() {
		fmt.Fprintf(sum, "%s %d\n", k, k.Lane())
	}
	for _, f := range folders {
		e := newSQLite(t)
		e.fill(t, keptRows(t, filepath.Join(kept, f.Name())))
		s := e.open(t)
		for _, r := range everything(t, s)[1:] {
			records, err := s.Load(t.Context(), r.Incident)
			if err != nil {
				t.Fatal(err)
			}
			for _, at := range standingsOf(t, records) {
				fmt.Fprintf(sum, "%s %d %s\n", at.Incident, at.Seq, marshal(t, at.Tasks)) // maps are written in order
			}
		}
	}
	for _, records := range alsoPlanned() {
		for _, at := range standingsOf(t, records) {
			fmt.Fprintf(sum, "%s %d %s\n", at.Incident, at.Seq, marshal(t, at.Tasks))
		}
	}
	if got := hex.EncodeToString(sum.Sum(nil)[:8]); got != workflow.PlanFingerprint {
		t.Errorf("Plan plans otherwise than it did. If that is meant, set workflow.PlanFingerprint to %q: every store is then planned again at its next start", got)
	}
}

// alsoPlanned are incidents of a kind that no kept store holds: we are only the
// processor, and then turn out to be the controller; our processor told us.
func alsoPlanned() [][]workflow.Record {
	at := time.Date(2026, 11, 20, 16, 45, 0, 0, time.UTC)
	journal := func(id workflow.IncidentID, events ...workflow.Event) (records []workflow.Record) {
		for n, e := range events {
			records = append(records, workflow.Record{Incident: id, Seq: n + 1, At: at.Add(time.Duration(n) * time.Minute), Actor: "U0ANA", Event: e})
		}
		return records
	}
	reported := workflow.Reported{Report: workflow.Report{Title: "A letter", What: "It went astray.", Detected: at.Add(-time.Hour), Risk: workflow.RiskHigh}}
	as := func(c workflow.Capacity) workflow.Event {
		return workflow.Triaged{Severity: 3, Risk: workflow.RiskHigh, Reason: "Theirs.", Facts: workflow.Facts{Capacity: c, InDanger: workflow.Yes}}
	}
	return [][]workflow.Record{
		journal("BR-2026-0901", reported, as(workflow.Processor),
			workflow.Assessed{Assessment: workflow.Assessment{Grading: workflow.Grading{Cell: workflow.Cell{Likelihood: 3, Effect: 3}}}}, as(workflow.Both)),
		journal("BR-2026-0902", reported, workflow.TimesCorrected{Detected: at.Add(-time.Hour), ProcessorTold: at.Add(-3 * time.Hour)}),
	}
}

// compareStandings names the first event of an incident after which it no
// longer stands as it did.
func compareStandings(t *testing.T, id workflow.IncidentID, want, got []standing) {
	t.Helper()
	if len(want) != len(got) || len(want) == 0 {
		t.Errorf("%s stood in %d ways, now in %d", id, len(want), len(got))
		return
	}
	for n := range want {
		if reflect.DeepEqual(want[n], got[n]) {
			continue
		}
		t.Errorf("%s after event %d, %s (-kept +now)\n%s", id, want[n].Seq, want[n].Event, cmp.Diff(words(want[n]), words(got[n])))
		return
	}
}

// words are the lines of a standing.
func words(s standing) []string {
	lines := []string{string(s.Incident), fmt.Sprint(s.Seq), s.Event}
	for _, part := range []struct {
		name string
		text json.RawMessage
	}{{"entry", s.Entry}, {"state", s.State}} {
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(part.text, &fields); err != nil && part.text != nil {
			lines = append(lines, part.name+": "+err.Error())
		}
		for _, field := range slices.Sorted(maps.Keys(fields)) {
			lines = append(lines, part.name+", "+field+": "+string(fields[field]))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Tasks)) {
		for _, task := range s.Tasks[name] {
			lines = append(lines, "task, "+name+" rules: "+string(task))
		}
	}
	return lines
}

// keptRows are all rows of a kept store.
func keptRows(t *testing.T, folder string) []row {
	t.Helper()
	return slices.Concat(readLines[row](t, folder, "journal"), readLines[row](t, folder, "rows"))
}

// deriveAnew writes again what follows from a kept journal.
func deriveAnew(t *testing.T, folder string) {
	t.Helper()
	e := newSQLite(t)
	e.fill(t, keptRows(t, folder))
	s := e.open(t)
	svc := &workflow.Service{Rules: keptRules()["house"], Journal: s}
	if _, err := store.Rebuild(t.Context(), s, svc.Rederive); err != nil {
		t.Fatal(err)
	}
	writeDerived(t, folder, e, s)
}

func writeDerived(t *testing.T, folder string, e sqliteEngine, s store.Store) {
	t.Helper()
	writeLines(t, folder, "rows", e.dump(t, derivedTables...))
	var all []standing
	for _, r := range everything(t, s)[1:] {
		records, err := store.Records(r.Events)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, standingsOf(t, records)...)
	}
	writeLines(t, folder, "standings", all)
}

// row is a row of a table by columns, each as SQLite holds it: instants in
// microseconds, true as 1, bytes in hexadecimal.
type row struct {
	Table string         `json:"table"`
	Row   map[string]any `json:"row"`
}

// engine is an empty database that can be filled behind the store's back.
type engine interface {
	fill(t *testing.T, rows []row)
	open(t *testing.T) store.Store
}

type sqliteEngine struct{ path string }

func newSQLite(t *testing.T) sqliteEngine {
	return sqliteEngine{filepath.Join(t.TempDir(), "register.db")}
}

func (e sqliteEngine) open(t *testing.T) store.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), e.path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func (e sqliteEngine) db(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+e.path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func (e sqliteEngine) fill(t *testing.T, rows []row) {
	t.Helper()
	e.open(t).Close() // makes the tables
	insert(t, e.db(t), rows, func(int) string { return "?" }, "SELECT name, type FROM pragma_table_info(?)", func(kind string, v any) any {
		if text, ok := v.(string); ok && kind == "BLOB" {
			return unhex(t, text)
		}
		return v
	})
}

// dump reads whole tables, row by row as they were stored.
func (e sqliteEngine) dump(t *testing.T, tables ...string) (all []row) {
	t.Helper()
	db := e.db(t)
	for _, table := range tables {
		rows, err := db.Query("SELECT * FROM " + table + " ORDER BY 1, 2")
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			values, dest := make([]any, len(columns)), make([]any, len(columns))
			for n := range values {
				dest[n] = &values[n]
			}
			if err := rows.Scan(dest...); err != nil {
				t.Fatal(err)
			}
			r := row{Table: table, Row: map[string]any{}}
			for n, v := range values {
				if b, ok := v.([]byte); ok {
					v = hex.EncodeToString(b)
				}
				r.Row[columns[n]] = v
			}
			all = append(all, r)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

type postgresEngine struct{ url string }

func newPostgres(t *testing.T) postgresEngine { return postgresEngine{storetest.Postgres(t)} }

func (e postgresEngine) open(t *testing.T) store.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), e.url, postgres.Options{Migrate: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func (e postgresEngine) fill(t *testing.T, rows []row) {
	t.Helper()
	if err := postgres.Migrate(t.Context(), e.url); err != nil {
		t.Fatal(err)
	}
	config, err := pgx.ParseConfig(e.url)
	if err != nil {
		t.Fatal(err)
	}
	db := stdlib.OpenDB(*config)
	defer db.Close()
	insert(t, db, rows, func(n int) string { return fmt.Sprintf("$%d", n) },
		"SELECT column_name, data_type FROM information_schema.columns WHERE table_name = $1", func(kind string, v any) any {
			switch v := v.(type) {
			case string:
				if kind == "bytea" {
					return unhex(t, v)
				}
			case int64:
				switch {
				case kind == "boolean":
					return v != 0
				case strings.HasPrefix(kind, "timestamp"):
					return time.UnixMicro(v)
				}
			}
			return v
		})
	for table, column := range map[string]string{"events": "pos", "tasks": "id"} {
		_, err := db.Exec(fmt.Sprintf("SELECT setval(pg_get_serial_sequence('%[1]s', '%[2]s'), max(%[2]s)) FROM %[1]s", table, column))
		if err != nil {
			t.Fatal(err)
		}
	}
}

// insert fills tables, each value in the form that the type of its column has.
func insert(t *testing.T, db *sql.DB, rows []row, place func(int) string, types string, form func(kind string, v any) any) {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	for len(rows) > 0 {
		table := rows[0].Table
		kinds := columnKinds(t, tx, types, table)
		names := slices.Sorted(maps.Keys(rows[0].Row))
		places := make([]string, len(names))
		for n := range places {
			places[n] = place(n + 1)
		}
		query := fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", table, strings.Join(names, ", "), strings.Join(places, ", "))
		fill, err := tx.PrepareContext(t.Context(), query)
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		for ; len(rows) > 0 && rows[0].Table == table; rows = rows[1:] {
			values := make([]any, len(names))
			for n, name := range names {
				v := rows[0].Row[name]
				if number, ok := v.(json.Number); ok {
					if v, err = number.Int64(); err != nil {
						t.Fatal(err)
					}
				}
				values[n] = form(kinds[name], v)
			}
			if _, err := fill.ExecContext(t.Context(), values...); err != nil {
				t.Fatalf("%s: %v", query, err)
			}
		}
		fill.Close()
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// columnKinds are the types of a table's columns by name.
func columnKinds(t *testing.T, tx *sql.Tx, query, table string) map[string]string {
	t.Helper()
	rows, err := tx.QueryContext(t.Context(), query, table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	kinds := map[string]string{}
	for rows.Next() {
		var name, kind string
		if err := rows.Scan(&name, &kind); err != nil {
			t.Fatal(err)
		}
		kinds[name] = kind
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return kinds
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func marshal(t *testing.T, v any) json.RawMessage {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return bytes.TrimSpace(b.Bytes())
}

func readLines[T any](t *testing.T, folder, name string) (lines []T) {
	t.Helper()
	f, err := os.Open(filepath.Join(folder, name+".jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(z)
	d.UseNumber()
	for {
		var line T
		switch err := d.Decode(&line); {
		case err == io.EOF:
			return lines
		case err != nil:
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
}

func writeLines[T any](t *testing.T, folder, name string, lines []T) {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		fmt.Fprintf(z, "%s\n", marshal(t, line))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".jsonl.gz"), b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
