package store_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	_ "modernc.org/sqlite"

	"breachbot/store"
	"breachbot/store/postgres"
	"breachbot/store/sqlite"
	"breachbot/store/storetest"
)

func TestMain(m *testing.M) {
	storetest.Main(m, func(ctx context.Context, address string) (store.Store, error) { return sqlite.Open(ctx, address) })
}

// column is a column of a table as an engine has it.
type column struct{ Table, Name, Type, Null string }

// TestSchemas holds the two engines to the same tables and columns, and to the
// same columns that may be empty; and the tables of the register to their
// description.
func TestSchemas(t *testing.T) {
	small, large := sqliteColumns(t), postgresColumns(t)
	smallTypes := map[store.Kind]string{
		store.Text: "TEXT", store.Number: "INTEGER", store.Truth: "INTEGER", store.Instant: "INTEGER", store.Document: "TEXT",
	}
	largeTypes := map[store.Kind]string{
		store.Text: "text", store.Number: "integer", store.Truth: "boolean", store.Instant: "timestamp with time zone", store.Document: "jsonb",
	}
	described(t, "SQLite", store.Incidents, small, smallTypes)
	described(t, "SQLite", store.Decisions, small, smallTypes)
	described(t, "SQLite", store.Notifications, small, smallTypes)
	described(t, "PostgreSQL", store.Incidents, large, largeTypes)
	described(t, "PostgreSQL", store.Decisions, large, largeTypes)
	described(t, "PostgreSQL", store.Notifications, large, largeTypes)

	for _, columns := range [][]column{small, large} {
		for n := range columns {
			columns[n].Type = "" // each its own
		}
	}
	if diff := cmp.Diff(small, large); diff != "" {
		t.Errorf("(-sqlite +postgres)\n%s", diff)
	}
	if len(small) < 80 {
		t.Errorf("only %d columns were compared", len(small))
	}
}

// described wants a table to have the columns described, in their order.
func described[T any](t *testing.T, engine string, p store.Projection[T], found []column, types map[store.Kind]string) {
	t.Helper()
	want := []column{{p.Table, p.Owner, types[store.Text], "NO"}}
	for _, c := range p.Columns() {
		null := "NO"
		if c.Optional {
			null = "YES"
		}
		want = append(want, column{p.Table, c.Name, types[c.Kind], null})
	}
	found = slices.DeleteFunc(slices.Clone(found), func(c column) bool { return c.Table != p.Table })
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("%s of %s (-described +in the table)\n%s", p.Table, engine, diff)
	}
}

func sqliteColumns(t *testing.T) (columns []column) {
	t.Helper()
	e := newSQLite(t)
	e.open(t).Close() // makes the tables
	rows, err := e.db(t).Query(`
		SELECT m.name,
		       c.name,
		       c.type,
		       iif(c."notnull" OR c.pk, 'NO', 'YES')
		FROM sqlite_master AS m,
		     pragma_table_info(m.name) AS c
		WHERE m.type = 'table'
		  AND m.name NOT LIKE 'sqlite_%'
		  AND m.name NOT LIKE 'goose_%'
		ORDER BY m.name, c.cid`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var c column
		if err := rows.Scan(&c.Table, &c.Name, &c.Type, &c.Null); err != nil {
			t.Fatal(err)
		}
		columns = append(columns, c)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return columns
}

func postgresColumns(t *testing.T) []column {
	t.Helper()
	url := storetest.Postgres(t)
	if err := postgres.Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	rows, err := conn.Query(t.Context(), `
		SELECT table_name,
		       column_name,
		       data_type,
		       is_nullable
		FROM information_schema.columns
		WHERE table_schema = 'public'
		  AND table_name NOT LIKE 'goose_%'
		ORDER BY table_name COLLATE "C", ordinal_position`)
	if err != nil {
		t.Fatal(err)
	}
	columns, err := pgx.CollectRows(rows, pgx.RowToStructByPos[column])
	if err != nil {
		t.Fatal(err)
	}
	return columns
}
