package sqlite_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"breachbot/store/sqlite"
)

// A file that is not a database of ours is refused by everything that opens one, and
// stays as it is: to begin an empty register in its place would hide that one is
// missing.
func TestWhatIsNotOursIsRefusedAndLeftAlone(t *testing.T) {
	for name, tt := range map[string]struct {
		make func(path string) error
		file string // what is there, beside the name of the database
		want error
	}{
		"no bytes": {func(path string) error { return os.WriteFile(path, nil, 0o600) }, "", sqlite.ErrEmpty},
		"a text": {func(path string) error {
			return os.WriteFile(path, []byte(strings.Repeat("this is no database ", 100)), 0o600)
		}, "", sqlite.ErrForeign},
		"a log alone":              {func(path string) error { return os.WriteFile(path+"-wal", []byte("frames"), 0o600) }, "-wal", sqlite.ErrOnlyLog},
		"another program's tables": {func(path string) error { return exec(path, "CREATE TABLE cookies (host TEXT)") }, "", sqlite.ErrForeign},
		"another program's tables, migrated alike": {func(path string) error {
			return exec(path, "CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY, version_id INTEGER, is_applied INTEGER, tstamp TIMESTAMP)", "INSERT INTO goose_db_version (version_id, is_applied) VALUES (1, 1)")
		}, "", sqlite.ErrForeign},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "breachbot.db")
			if err := tt.make(path); err != nil {
				t.Fatal(err)
			}
			before, err := os.ReadFile(path + tt.file)
			if err != nil {
				t.Fatal(err)
			}
			_, err = sqlite.Open(t.Context(), path)
			_, reading := sqlite.OpenReader(t.Context(), path)
			_, _, looking := sqlite.Schema(t.Context(), path)
			for _, err := range []error{err, reading, looking} {
				if !errors.Is(err, tt.want) {
					t.Errorf("got %v, want %v", err, tt.want)
				}
			}
			if after, err := os.ReadFile(path + tt.file); err != nil || !bytes.Equal(before, after) {
				t.Errorf("it was changed: %d bytes, then %d, %v", len(before), len(after), err)
			}
			if _, err := os.Stat(path + ".new"); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("another was begun beside it: %v", err)
			}
		})
	}
}

// A start that was cut off while it made the database is made good by the next.
func TestADatabaseThatWasNotMadeWholeIsMadeAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "breachbot.db")
	for _, ending := range []string{".new", ".new-wal", ".new-shm"} {
		if err := os.WriteFile(path+ending, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := open(t, path).Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if left, err := filepath.Glob(path + ".new*"); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
