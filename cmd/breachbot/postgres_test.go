package main

import (
	"os"
	"strings"
	"testing"

	"breachbot/store/storetest"
)

// atEnd ends what the tests started besides the servers.
var atEnd []func()

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	code := m.Run()
	for _, end := range atEnd {
		end()
	}
	storetest.Stop()
	os.Exit(code)
}

// TestStoreCommandsOnPostgres walks a server's store through what differs from
// the embedded one: commands that read leave its schema alone, and work while a
// bot has it open.
func TestStoreCommandsOnPostgres(t *testing.T) {
	t.Parallel()
	env := map[string]string{"DATABASE_URL": storetest.Postgres(t), "BREACHBOT_DPO": "U0DPO0001", "BREACHBOT_DATA": t.TempDir()}
	for _, command := range [][]string{{"verify"}, {"register", "export"}} {
		if r := breachbot(t, env, command...); r.code != exitUnable || !strings.Contains(r.stderr, `run "breachbot migrate"`) || r.stdout != "" {
			t.Errorf("%v before the schema: exit %d, stdout %q, stderr %q", command, r.code, r.stdout, r.stderr)
		}
	}
	for range 2 {
		r := breachbot(t, env, "migrate")
		if r.code != exitOK || !strings.HasPrefix(r.stdout, "Postgres at ") || strings.Contains(r.stdout, "@") {
			t.Errorf("migrate: exit %d, stdout %q, stderr %q", r.code, r.stdout, r.stderr)
		}
	}
	if r := breachbot(t, env, "register", "export"); r.code != exitOK || r.stderr != "No incidents recorded yet.\n" || strings.Count(r.stdout, "\n") != 1 {
		t.Errorf("empty register: exit %d, stdout %q, stderr %q", r.code, r.stdout, r.stderr)
	}

	report(t, env, "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z")

	if r := breachbot(t, env, "verify"); r.code != exitOK || !strings.HasPrefix(r.stdout, "All as it should be: 2 incidents, 2 events, ") {
		t.Errorf("verify: exit %d, stdout %q, stderr %q", r.code, r.stdout, r.stderr)
	}
	if r := breachbot(t, env, "register", "export"); r.code != exitOK || len(parseCSV(t, r.stdout)) != 3 || r.stderr != "" {
		t.Errorf("register: exit %d, stdout %q, stderr %q", r.code, r.stdout, r.stderr)
	}
	if left, err := os.ReadDir(env["BREACHBOT_DATA"]); err != nil || len(left) > 0 {
		t.Errorf("an embedded store was made beside Postgres: %v %v", left, err)
	}
}
