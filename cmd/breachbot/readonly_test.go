package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"breachbot/store/storetest"
)

// A database that becomes read-only while the bot serves, as after a failover, is
// said at /readyz with cause and cure; when it takes changes again, the bot is ready
// by itself.
func TestReadyzSaysThatTheDatabaseIsReadOnly(t *testing.T) {
	t.Parallel()
	ws, server := practice(t)
	env := serveEnv(t, ws, server, t.TempDir())
	db := storetest.PrivatePostgres(t)
	env["DATABASE_URL"] = db.URL()
	readOnly := func(value string) {
		t.Helper()
		conn, err := pgx.Connect(t.Context(), db.URL())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(t.Context())
		for _, q := range []string{"SET default_transaction_read_only = off", "ALTER SYSTEM SET default_transaction_read_only = " + value, "SELECT pg_reload_conf()"} {
			if _, err := conn.Exec(t.Context(), q); err != nil {
				t.Fatal(err)
			}
		}
	}
	s := begin(t, env)
	s.isReady(t)
	readOnly("on")
	s.answersUntil(t, "it takes no changes: it is read-only, perhaps a standby", "put the address of the primary into DATABASE_URL")
	readOnly("off")
	s.isReady(t)
	if code := s.stop(); code != exitOK {
		t.Errorf("exit code %d\n%s", code, s.said)
	}
}

// What an auditor was given to read is enough for verify, and is not touched.
func TestVerifyACopyThatMayOnlyBeRead(t *testing.T) {
	folder := t.TempDir()
	env := map[string]string{"BREACHBOT_DATA": folder, "BREACHBOT_DPO": "U0DPO0001"}
	report(t, env, "2026-10-24T12:00:00Z")
	path := filepath.Join(folder, databaseFile)
	if err := os.Remove(path + ".lock"); err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]os.FileMode{path: 0o400, folder: 0o500} { // root may write all the same: see the store's own test
		if err := os.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = os.Chmod(folder, 0o700) })
	if r := breachbot(t, env, "verify"); r.code != exitOK || !strings.HasPrefix(r.stdout, "All as it should be: 1 incident, ") {
		t.Errorf("exit %d, stdout %q, stderr %q", r.code, r.stdout, r.stderr)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 1 {
		t.Errorf("beside the copy: %v, %v", left, err)
	}

	if err := os.Chmod(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 0); err == nil {
		if r := breachbot(t, env, "verify"); r.code != exitUnable || !strings.Contains(r.stderr, "it is an empty file") || !strings.Contains(r.stderr, "put the newest backup in its place") {
			t.Errorf("an empty file: exit %d, stderr %q", r.code, r.stderr)
		}
	}
}
