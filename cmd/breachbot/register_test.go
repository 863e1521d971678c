package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// The extract for the public, the drills and the pack, from an embedded store.
func TestRegisterGivesEachReaderTheirOwn(t *testing.T) {
	t.Parallel()
	env := map[string]string{"BREACHBOT_DATA": filepath.Join(t.TempDir(), "data"), "BREACHBOT_DPO": "U0DPO0001"}
	if r := breachbot(t, env, "migrate"); r.code != exitOK {
		t.Fatal(r.stderr)
	}
	r := breachbot(t, env, "register", "export", "-published")
	if rows := parseCSV(t, r.stdout); r.code != exitOK || len(rows) != 2 || rows[1][0] != "No incidents recorded yet." {
		t.Errorf("empty: exit %d, %q, %q", r.code, r.stdout, r.stderr)
	}
	r = breachbot(t, env, "register", "drills")
	if rows := parseCSV(t, r.stdout); r.code != exitOK || len(rows) != 1 || r.stderr != "No drills recorded yet.\n" {
		t.Errorf("no drills: exit %d, %q, %q", r.code, r.stdout, r.stderr)
	}
	report(t, env, "2026-10-24T22:59:59Z")
	r = breachbot(t, env, "register", "export", "-published")
	if rows := parseCSV(t, r.stdout); r.code != exitOK || len(rows) != 2 || rows[1][0] != "BR-2026-0001" || len(rows[1]) != 7 || rows[1][3] != "Not known yet" {
		t.Errorf("one: exit %d, %q, %q", r.code, r.stdout, r.stderr)
	}
	r = breachbot(t, env, "register", "pack", "br 2026 1")
	for _, want := range []string{"BR-2026-0001", "1. Date of the breach\nNot known yet", "8. Steps taken to mitigate", "redact them"} {
		if r.code != exitOK || !strings.Contains(r.stdout, want) {
			t.Errorf("the pack lacks %q: exit %d, %q, %q", want, r.code, r.stdout, r.stderr)
		}
	}
	// Whoever reads it elsewhere need not have the settings of the bot.
	env["BREACHBOT_ORG"], env["BREACHBOT_REGULATOR"] = "Riverside Care Group", "JOIC"
	report(t, env)
	bare := map[string]string{"BREACHBOT_DATA": env["BREACHBOT_DATA"]}
	if r := breachbot(t, bare, "register", "pack", "BR-2026-0001"); !strings.Contains(r.stdout, "Riverside Care Group, reference BR-2026-0001") {
		t.Errorf("the pack of nobody's: exit %d, %q, %q", r.code, r.stdout, r.stderr)
	}
	if r := breachbot(t, bare, "register", "export", "-published"); !strings.Contains(r.stdout, "JOIC notified") {
		t.Errorf("the regulator goes by another name: exit %d, %q, %q", r.code, r.stdout, r.stderr)
	}
	for _, tt := range []struct {
		args, says string
		code       int
	}{
		{"pack", "say which incident", exitUnable},
		{"pack nonsense", "That is not a reference", exitUnable},
		{"pack BR-2026-0099", "there is no incident BR-2026-0099", exitFailed},
		{"drills now", `"now" was not expected`, exitUnable},
	} {
		r := breachbot(t, env, append([]string{"register"}, strings.Fields(tt.args)...)...)
		if r.code != tt.code || !strings.Contains(r.stderr, tt.says) || r.stdout != "" {
			t.Errorf("register %s: exit %d, %q, %q", tt.args, r.code, r.stdout, r.stderr)
		}
	}
}
