package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
)

// kept opens a pool of one connection, with how many statements it keeps.
func kept(t *testing.T) (db *sql.DB, count func() int) {
	t.Helper()
	db, err := pool(dsn(filepath.Join(t.TempDir(), "kept.db"), "immediate"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	db.SetMaxOpenConns(1)
	return db, func() (n int) {
		t.Helper()
		c, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if err := c.Raw(func(conn any) error { n = len(conn.(*keeper).kept); return nil }); err != nil {
			t.Fatal(err)
		}
		return n
	}
}

func must(t *testing.T, db interface {
	ExecContext(context.Context, string, ...any) (sql.Result, error)
}, query string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

func TestAStatementIsPreparedOnceAndBoundAnew(t *testing.T) {
	db, count := kept(t)
	must(t, db, "CREATE TABLE words (word TEXT UNIQUE)")
	before := count()
	for _, word := range []string{"one", "two", "three"} {
		must(t, db, "INSERT INTO words VALUES (?)", word)
	}
	if got := count() - before; got != 1 {
		t.Errorf("of one statement %d are kept", got)
	}
	var all string
	if err := db.QueryRow("SELECT group_concat(word) FROM words").Scan(&all); err != nil || all != "one,two,three" {
		t.Errorf("stored is %q, %v", all, err)
	}
	// One that failed does not spoil the next.
	if _, err := db.Exec("INSERT INTO words VALUES (?)", "one"); err == nil {
		t.Error("a word is stored twice")
	}
	must(t, db, "INSERT INTO words VALUES (?)", "four")
}

// Somebody who reads rows and asks the same of each does not disturb themselves.
func TestAStatementInUseIsNotGivenToAnother(t *testing.T) {
	db, count := kept(t)
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	const numbers = "SELECT value FROM json_each(?) ORDER BY value"
	read := func(list string, each func(n int)) {
		t.Helper()
		rows, err := tx.Query(numbers, list)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var n int
			if err := rows.Scan(&n); err != nil {
				t.Fatal(err)
			}
			each(n)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	read("[1,2,3]", func(outer int) {
		read(fmt.Sprintf("[%d,%d]", 10*outer, 10*outer+1), func(inner int) { got = append(got, fmt.Sprint(outer, inner)) })
	})
	if fmt.Sprint(got) != "[1 10 1 11 2 20 2 21 3 30 3 31]" {
		t.Errorf("read: %v", got)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if n := count(); n != 1 {
		t.Errorf("%d are kept of one", n)
	}
}

// A statement that was prepared before the schema changed sees the new one.
func TestAKeptStatementSeesANewSchema(t *testing.T) {
	db, _ := kept(t)
	columns := func() int {
		t.Helper()
		rows, err := db.Query("SELECT * FROM things")
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		names, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		return len(names)
	}
	must(t, db, "CREATE TABLE things (a)")
	if n := columns(); n != 1 {
		t.Errorf("%d columns", n)
	}
	must(t, db, "ALTER TABLE things ADD COLUMN b")
	if n := columns(); n != 2 {
		t.Errorf("%d columns after one more", n)
	}
	must(t, db, "DROP TABLE things")
	if rows, err := db.Query("SELECT * FROM things"); err == nil {
		rows.Close()
		t.Error("a table that is gone is read")
	}
}

func TestTheStatementsThatAreKeptAreBounded(t *testing.T) {
	db, count := kept(t)
	for n := range 3 * mostKept {
		must(t, db, fmt.Sprintf("SELECT %d", n))
	}
	if n := count(); n == 0 || n > mostKept {
		t.Errorf("%d are kept", n)
	}
}
