package store_test

import (
	"context"
	"database/sql"
	"path/filepath"
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

// TestSchemas holds the two engines to the same tables and columns, and to the
// same columns that may be empty.
func TestSchemas(t *testing.T) {
	type column struct{ Table, Name, Null string }
	path := filepath.Join(t.TempDir(), "register.db")
	s, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`
		SELECT m.name,
		       c.name,
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
	var small, large []column
	for rows.Next() {
		var c column
		if err := rows.Scan(&c.Table, &c.Name, &c.Null); err != nil {
			t.Fatal(err)
		}
		small = append(small, c)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}

	url := storetest.Postgres(t)
	if err := postgres.Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	found, err := conn.Query(t.Context(), `
		SELECT table_name,
		       column_name,
		       is_nullable
		FROM information_schema.columns
		WHERE table_schema = 'public'
		  AND table_name NOT LIKE 'goose_%'
		ORDER BY table_name COLLATE "C", ordinal_position`)
	if err != nil {
		t.Fatal(err)
	}
	if large, err = pgx.CollectRows(found, pgx.RowToStructByPos[column]); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(small, large); diff != "" {
		t.Errorf("(-sqlite +postgres)\n%s", diff)
	}
	if len(small) < 80 {
		t.Errorf("only %d columns were compared", len(small))
	}
}
