package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"breachbot/store"
	"breachbot/workflow"
)

// protected are the tables whose rows verifying vouches for.
var protected = []string{"events", "anchors", "commands", "incidents", "decisions", "notifications", "tasks"}

// unproven are the columns that tell how delivering goes; no evidence hangs on
// them.
var unproven = map[string][]string{
	"tasks": {"id", "attempts", "code", "token", "stored_at"},
}

// crime is a store with some incidents and anchors that an intruder changes.
type crime struct {
	*scene
	db     Database
	undo   []string            // what puts back what was changed last
	victim workflow.IncidentID // with every kind of row
	other  workflow.IncidentID
	last   workflow.IncidentID
}

func newCrime(t *testing.T, db Database) *crime {
	s := newScene(t, db.Open(t))
	c := &crime{scene: s, db: db}
	c.victim = s.breach()
	c.anchor("2026-07-20")
	c.other = s.report()
	s.decided(c.other, workflow.Notify)
	c.anchor("2026-07-21")
	c.last = s.erased()
	c.anchor("2026-07-22")
	for _, table := range protected {
		db.Tamper(t, "CREATE TABLE saved_"+table+" AS SELECT * FROM "+table)
	}
	s.verify()
	return c
}

func (c *crime) anchor(day string) {
	c.t.Helper()
	if _, _, err := c.Anchor(c.t.Context(), day, c.clock()); err != nil {
		c.t.Fatal(err)
	}
}

// found runs the queries on the store as the program left it, and verifies.
func (c *crime) found(queries ...string) *store.Fault {
	c.t.Helper()
	c.db.Tamper(c.t, strings.Join(append(c.undo, queries...), "; "))
	c.undo = nil
	for _, table := range protected {
		// A query that changes a table names it, and most change one.
		if slices.ContainsFunc(queries, func(q string) bool { return strings.Contains(q, table) }) {
			c.undo = append(c.undo, "DELETE FROM "+table, "INSERT INTO "+table+" SELECT * FROM saved_"+table)
		}
	}
	r, err := store.Verify(c.t.Context(), c, c.svc.Rederive)
	if err != nil {
		c.t.Fatalf("%s: %v", queries, err)
	}
	return r.Broken
}

// restored wants the store to be whole once everything is put back.
func (c *crime) restored() {
	c.t.Helper()
	c.db.Tamper(c.t, strings.Join(c.undo, "; "))
	c.undo = nil
	c.verify()
}

func testTamperColumns(t *testing.T, db Database) {
	c := newCrime(t, db)
	one := map[string]string{
		"events":        fmt.Sprintf("incident_id = '%s' AND seq = 3", c.victim),
		"anchors":       "seq = 3",
		"commands":      fmt.Sprintf("incident_id = '%s' AND first_seq = 2", c.victim),
		"incidents":     fmt.Sprintf("id = '%s'", c.victim),
		"decisions":     fmt.Sprintf("incident_id = '%s' AND recipient = 'regulator'", c.victim),
		"notifications": fmt.Sprintf("incident_id = '%s' AND withdrawn", c.victim),
		"tasks":         fmt.Sprintf("incident_id = '%s' AND key = 'alert:U0DPO'", c.other),
	}
	columns := db.Columns(t)
	described := map[string][]store.Column{
		"incidents": store.Incidents.Columns(), "decisions": store.Decisions.Columns(), "notifications": store.Notifications.Columns(),
	}
	for _, table := range protected {
		incident := c.victim
		switch table {
		case "anchors":
			incident = ""
		case "tasks":
			incident = c.other
		}
		for _, column := range columns[table] {
			if slices.Contains(unproven[table], column.Name) {
				continue
			}
			query := fmt.Sprintf("UPDATE %s SET %s = %s WHERE %s", table, column.Name, column.Changed, one[table])
			f := c.found(query)
			switch {
			case f == nil:
				t.Errorf("not found: %s", query)
			case f.Table != table || f.Incident != incident:
				t.Errorf("%s: found in %s", query, f)
			case f.What == "":
				t.Errorf("%s: no words: %+v", query, f)
			case slices.ContainsFunc(described[table], func(d store.Column) bool { return d.Name == column.Name }) && !names(f, column.Name):
				t.Errorf("%s: another column is named: %s", query, f)
			}
		}
	}
	c.restored()
}

// names tells whether a fault says which column was changed, where that can be
// said: a seq changed is a row gone, and not every value can be read.
func names(f *store.Fault, column string) bool {
	return strings.Contains(f.What, column) || column == "seq" || strings.Contains(f.What, "cannot be read")
}

func testTamperRows(t *testing.T, db Database) {
	c := newCrime(t, db)
	in := func(id workflow.IncidentID) string { return fmt.Sprintf(" WHERE incident_id = '%s'", id) }
	at := func(id workflow.IncidentID, seq int) string {
		return fmt.Sprintf(" WHERE incident_id = '%s' AND seq = %d", id, seq)
	}
	tail := len(c.rowsOf(c.other).Events)
	remove := func(id workflow.IncidentID) []string {
		var queries []string
		for _, table := range []string{"events", "commands", "decisions", "notifications", "tasks"} {
			queries = append(queries, "DELETE FROM "+table+in(id))
		}
		return append(queries, fmt.Sprintf("DELETE FROM incidents WHERE id = '%s'", id))
	}
	swap := func(id workflow.IncidentID, column string, a, b int) string {
		return fmt.Sprintf("UPDATE events SET %[1]s = (SELECT o.%[1]s FROM saved_events AS o WHERE o.incident_id = events.incident_id AND o.seq = %[2]d - events.seq)"+
			" WHERE incident_id = '%[3]s' AND seq IN (%[4]d, %[5]d)", column, a+b, id, a, b)
	}
	nudge := fmt.Sprintf(" WHERE incident_id = '%s' AND key LIKE 'nudge:%%'", c.other)
	for _, test := range []struct {
		name     string
		queries  []string
		table    string
		incident workflow.IncidentID
		row      string
	}{
		{"an event removed", []string{"DELETE FROM events" + at(c.victim, 2)}, "events", c.victim, "seq 2"},
		{"the first event removed", []string{"DELETE FROM events" + at(c.victim, 1)}, "events", c.victim, "seq 1"},
		{"the last event removed", []string{"DELETE FROM events" + at(c.other, tail)}, "commands", c.other, ""},
		{"all events removed", []string{"DELETE FROM events" + in(c.other)}, "events", c.other, ""},
		{"an event twice", []string{
			"INSERT INTO events SELECT pos + 5000, incident_id, 1000, at, actor, kind, command_key, payload, salt, payload_hash, prev_hash, hash FROM events" + at(c.victim, 2),
			"DELETE FROM events" + at(c.victim, 3),
			"UPDATE events SET seq = 3 WHERE seq = 1000",
		}, "events", c.victim, "seq 3"},
		{"contents swapped", []string{swap(c.victim, "payload", 3, 4), swap(c.victim, "salt", 3, 4)}, "events", c.victim, "seq 3"},
		{"events reordered", []string{
			"UPDATE events SET seq = 1000" + at(c.victim, 3),
			"UPDATE events SET seq = 3" + at(c.victim, 4),
			"UPDATE events SET seq = 4" + at(c.victim, 1000),
		}, "events", c.victim, "seq 3"},
		{"content gone", []string{"UPDATE events SET payload = NULL, salt = NULL" + at(c.victim, 2)}, "events", c.victim, "seq 2"},
		{"salt gone", []string{"UPDATE events SET salt = NULL" + at(c.victim, 2)}, "events", c.victim, "seq 2"},
		{"erased content put back", []string{"UPDATE events SET salt = payload_hash, payload = '{}'" + at(c.last, 1)}, "events", c.last, "seq 1"},
		{"an erasing made up", []string{"UPDATE events SET kind = 'erased'" + at(c.victim, 5)}, "events", c.victim, "seq 1"},

		{"an incident removed", remove(c.other), "anchors", "", "day 2026-07-21"},
		{"the last incident removed", remove(c.last), "anchors", "", "day 2026-07-22"},
		{"an incident removed with every anchor", append(remove(c.other), "DELETE FROM anchors", "DELETE FROM tasks WHERE incident_id = ''"), "incidents", c.other, ""},
		{"an anchor removed", []string{"DELETE FROM anchors WHERE seq = 2"}, "anchors", "", "day 2026-07-22"},
		{"an anchor removed, the rest moved up", []string{
			"DELETE FROM anchors WHERE seq = 2", "UPDATE anchors SET seq = 2 WHERE seq = 3",
		}, "anchors", "", "day 2026-07-22"},
		{"the last anchor removed", []string{"DELETE FROM anchors WHERE seq = 3"}, "tasks", "", "key anchor:2026-07-22"},
		{"an anchor never shown", []string{"DELETE FROM tasks WHERE key = 'anchor:2026-07-21'"}, "tasks", "", "key anchor:2026-07-21"},
		{"an anchor dropped", []string{"UPDATE tasks SET state = 'dropped' WHERE key = 'anchor:2026-07-21'"}, "tasks", "", "key anchor:2026-07-21"},

		{"a command removed", []string{"DELETE FROM commands WHERE key = 'view-1'"}, "commands", c.victim, "key view-1"},
		{"a command made up", []string{
			"INSERT INTO commands SELECT 'view-0', incident_id, first_seq, last_seq, at FROM commands WHERE key = 'view-1'",
		}, "commands", c.victim, "key view-0"},
		{"a line removed", []string{fmt.Sprintf("DELETE FROM incidents WHERE id = '%s'", c.victim)}, "incidents", c.victim, ""},
		{"decisions removed", []string{"DELETE FROM decisions" + in(c.other)}, "decisions", c.other, fmt.Sprintf("seq %d", tail-1)},
		{"notifications removed", []string{"DELETE FROM notifications" + in(c.victim)}, "notifications", c.victim, fmt.Sprintf("seq %d", store.Notifications.Get(c.rowsOf(c.victim).Notifications[0], "seq"))},

		{"a nudge removed", []string{"DELETE FROM tasks" + nudge}, "tasks", c.other, ""},
		{"a nudge dropped", []string{"UPDATE tasks SET state = 'dropped'" + nudge}, "tasks", c.other, ""},
		{"a nudge marked as done", []string{"UPDATE tasks SET state = 'done'" + nudge}, "tasks", c.other, ""},
		{"a task made up", []string{
			"UPDATE tasks SET state = 'pending' WHERE state = 'dropped' AND incident_id = '" + string(c.last) + "'",
		}, "tasks", c.last, ""},
		{"an incident made up", []string{
			"INSERT INTO commands SELECT 'made-up', 'BR-2026-0500', first_seq, last_seq, at FROM commands WHERE key = 'view-1'",
		}, "events", "BR-2026-0500", ""},
	} {
		f := c.found(test.queries...)
		switch {
		case f == nil:
			t.Errorf("%s: not found", test.name)
		case f.Table != test.table || f.Incident != test.incident || test.row != "" && f.Row != test.row:
			t.Errorf("%s: found %s", test.name, f)
		default:
			t.Logf("%s: %s", test.name, f)
		}
	}
	c.restored()

	t.Run("a rewritten journal", func(t *testing.T) {
		for _, q := range remove(c.last) {
			c.db.Tamper(t, q)
		}
		s := newScene(t, c.Store)
		s.now, s.n = start.Add(24*time.Hour), 5000
		if id := s.report(); id != c.last {
			t.Fatalf("the new one is %s", id)
		}
		r, err := store.Verify(t.Context(), s, s.svc.Rederive)
		if err != nil {
			t.Fatal(err)
		}
		if r.Broken == nil || r.Broken.Table != "anchors" {
			t.Errorf("found %v", r.Broken)
		}
	})
}
