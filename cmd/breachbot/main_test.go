package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"breachbot/workflow"
)

// ran is what a run of the program left.
type ran struct {
	code           int
	stdout, stderr string
}

func breachbot(t *testing.T, env map[string]string, args ...string) ran {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), args, env, &stdout, &stderr)
	return ran{code, stdout.String(), stderr.String()}
}

func TestHelpListsCommandsAndVariables(t *testing.T) {
	t.Parallel()
	for _, arg := range []string{"help", "-h", "--help"} {
		r := breachbot(t, nil, arg)
		if r.code != exitOK || r.stderr != "" {
			t.Errorf("%s: exit %d, stderr %q", arg, r.code, r.stderr)
		}
		for _, c := range commands() {
			if !strings.Contains(r.stdout, "\n  "+c.name+" ") {
				t.Errorf("%s does not list %s", arg, c.name)
			}
		}
		for _, v := range variables() {
			if !strings.Contains(r.stdout, v) {
				t.Errorf("%s does not list %s", arg, v)
			}
		}
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		args []string
		code int
		says string
	}{
		{"nothing asked", nil, exitUnable, "Usage: breachbot COMMAND"},
		{"unknown command", []string{"serv"}, exitUnable, `There is no command "serv".`},
		{"unknown option", []string{"version", "-x"}, exitUnable, "breachbot version -h"},
		{"extra argument", []string{"manifest", "x"}, exitUnable, `"x" was not expected`},
		{"help of a command", []string{"verify", "-h"}, exitOK, "Usage: breachbot verify [-anchors]\n\nRecomputes every hash"},
		{"options of a command", []string{"register", "export", "-h"}, exitOK, "-from DATE"},
		{"help of register", []string{"register", "-h"}, exitOK, "-from DATE"},
		{"register does what?", []string{"register"}, exitUnable, "say what to do: breachbot register export"},
		{"not a date", []string{"register", "export", "-from", "31/01/2026"}, exitUnable, `-from: "31/01/2026" is not a date such as 2026-01-31`},
		{"dates the wrong way round", []string{"register", "export", "-from", "2026-02-01", "-to", "2026-01-31"}, exitUnable, "-from 2026-02-01 is after -to 2026-01-31"},
		{"name too long for Slack", []string{"manifest", "-name", strings.Repeat("x", 36)}, exitUnable, "36 characters"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := breachbot(t, map[string]string{"BREACHBOT_DATA": t.TempDir()}, tt.args...)
			if r.code != tt.code || !strings.Contains(r.stderr, tt.says) || r.stdout != "" {
				t.Errorf("exit %d, stdout %q, stderr:\n%s\nwant exit %d and %q", r.code, r.stdout, r.stderr, tt.code, tt.says)
			}
		})
	}
}

func TestConfigurationFaultsAreSaidOnce(t *testing.T) {
	t.Parallel()
	r := breachbot(t, map[string]string{"BREACHBOT_NUDGES": "never", "BREACHBOT_DATAA": "x"}, "serve")
	if r.code != exitUnable || !strings.HasPrefix(r.stderr, "The configuration needs attention:\n  SLACK_BOT_TOKEN: ") || strings.Count(r.stderr, "\n") != 6 {
		t.Errorf("exit %d, stderr:\n%s", r.code, r.stderr)
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	if r := breachbot(t, nil, "version"); r.code != exitOK || !strings.HasPrefix(r.stdout, "breachbot ") {
		t.Errorf("exit %d, stdout %q", r.code, r.stdout)
	}
	got := describe(&debug.BuildInfo{
		GoVersion: "go1.26.0", Main: debug.Module{Version: "v1.2.3"},
		Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "true"}},
	})
	if !strings.HasPrefix(got, "breachbot v1.2.3, commit abc with changes, go1.26.0 ") {
		t.Errorf("got %q", got)
	}
	if got := describe(nil); !strings.HasPrefix(got, "breachbot (devel), unknown commit, go1") {
		t.Errorf("got %q", got)
	}
}

// TestStoreCommands walks an embedded store through its life.
func TestStoreCommands(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	env := map[string]string{"BREACHBOT_DATA": dir, "BREACHBOT_DPO": "U0DPO0001"}
	out := filepath.Join(t.TempDir(), "register.csv")

	for _, command := range [][]string{{"verify"}, {"register", "export"}} {
		r := breachbot(t, env, command...)
		if r.code != exitUnable || !strings.Contains(r.stderr, "there is no "+filepath.Join(dir, databaseFile)+" yet") || r.stdout != "" {
			t.Errorf("%v of no store: exit %d, stdout %q, stderr %q", command, r.code, r.stdout, r.stderr)
		}
	}
	for range 2 { // the second time there is nothing to do
		if r := breachbot(t, env, "migrate"); r.code != exitOK || r.stdout != "SQLite in "+dir+" has the schema of this version.\n" {
			t.Errorf("migrate: exit %d, stdout %q, stderr %q", r.code, r.stdout, r.stderr)
		}
	}
	r := breachbot(t, env, "register", "export")
	if rows := parseCSV(t, r.stdout); r.code != exitOK || len(rows) != 1 || r.stderr != "No incidents recorded yet.\n" {
		t.Errorf("empty register: exit %d, %d rows, stderr %q", r.code, len(rows), r.stderr)
	}
	if r := breachbot(t, env, "verify"); r.code != exitOK || r.stdout != "All as it should be: 0 incidents, 0 events, 0 anchors.\n" {
		t.Errorf("verify of an empty store: exit %d, stdout %q, stderr %q", r.code, r.stdout, r.stderr)
	}

	report(t, env, "2026-10-24T22:59:59.999999Z", "2026-10-24T23:00:00Z", "2026-10-25T23:59:59Z", "2026-10-26T00:00:00Z")

	if r := breachbot(t, env, "verify"); r.code != exitOK || !strings.HasPrefix(r.stdout, "All as it should be: 4 incidents, 4 events, ") {
		t.Errorf("verify: exit %d, stdout %q, stderr %q", r.code, r.stdout, r.stderr)
	}
	for _, tt := range []struct {
		args string
		want string
	}{
		{"", "BR-2026-0001 BR-2026-0002 BR-2026-0003 BR-2026-0004"},
		// Summer time ends on the 25th: in London that day has 25 hours.
		{"-from 2026-10-25 -to 2026-10-25", "BR-2026-0002 BR-2026-0003"},
		{"-from 2026-10-26", "BR-2026-0004"},
		{"--to 2026-10-24", "BR-2026-0001"},
		{"-from 2027-01-01", ""},
	} {
		r := breachbot(t, env, append([]string{"register", "export"}, strings.Fields(tt.args)...)...)
		var got []string
		for _, row := range parseCSV(t, r.stdout)[1:] {
			got = append(got, row[0])
		}
		if r.code != exitOK || strings.Join(got, " ") != tt.want {
			t.Errorf("register export %s: exit %d, %v, stderr %q; want %s", tt.args, r.code, got, r.stderr, tt.want)
		}
		if empty := strings.Contains(r.stderr, "No incidents reported in that time. The register holds 4 incidents in all."); empty != (tt.want == "") {
			t.Errorf("register export %s says %q", tt.args, r.stderr)
		}
	}

	if err := os.WriteFile(out, []byte("an older export"), 0o644); err != nil {
		t.Fatal(err)
	}
	if r := breachbot(t, env, "register", "export", "-out", out); r.code != exitOK || r.stdout != "" || r.stderr != "4 incidents written to "+out+".\n" {
		t.Errorf("export to a file: exit %d, stdout %q, stderr %q", r.code, r.stdout, r.stderr)
	}
	written, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(parseCSV(t, string(written))); n != 5 {
		t.Errorf("the file has %d rows, want a header and 4", n)
	}
	if info, err := os.Stat(out); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file may be read by others: %v %v", info.Mode(), err)
	}
}

func TestExportLeavesNothingHalf(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	out := filepath.Join(dir, "folder")
	if err := os.Mkdir(out, 0o755); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"BREACHBOT_DATA": filepath.Join(dir, "data")}
	breachbot(t, env, "migrate")
	if r := breachbot(t, env, "register", "export", "-out", out); r.code != exitFailed {
		t.Errorf("writing over a folder: exit %d, stderr %q", r.code, r.stderr)
	}
	left, err := filepath.Glob(filepath.Join(dir, ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestASecondBotIsRefused(t *testing.T) {
	t.Parallel()
	c := Config{Data: t.TempDir()}
	s, err := openStore(t.Context(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	r := breachbot(t, map[string]string{"BREACHBOT_DATA": c.Data}, "migrate")
	if r.code != exitUnable || !strings.Contains(r.stderr, "another breachbot uses it") {
		t.Errorf("exit %d, stdout %q, stderr %q", r.code, r.stdout, r.stderr)
	}
}

// An auditor asks while the bot is at work.
func TestReadingDoesNotNeedTheBotStopped(t *testing.T) {
	t.Parallel()
	env := map[string]string{"BREACHBOT_DATA": t.TempDir(), "BREACHBOT_DPO": "U0DPO0001"}
	report(t, env, "2026-10-24T12:00:00Z")
	s, err := openStore(t.Context(), Config{Data: env["BREACHBOT_DATA"]}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for _, args := range [][]string{{"register", "export"}, {"verify"}} {
		if r := breachbot(t, env, args...); r.code != exitOK || r.stdout == "" {
			t.Errorf("%v: exit %d, stdout %q, stderr %q", args, r.code, r.stdout, r.stderr)
		}
	}
}

// Tasks follow from the rules they were planned with, which are in the store:
// whoever verifies elsewhere, with other settings, gets the same answer.
func TestVerifyNeedsNoSettings(t *testing.T) {
	t.Parallel()
	env := map[string]string{"BREACHBOT_DATA": t.TempDir(), "BREACHBOT_DPO": "U0DPO0001"}
	report(t, env, "2026-10-24T12:00:00Z")
	r := breachbot(t, map[string]string{"BREACHBOT_DATA": env["BREACHBOT_DATA"]}, "verify")
	if r.code != exitOK || !strings.HasPrefix(r.stdout, "All as it should be: 1 incident, 1 event") {
		t.Errorf("exit %d, stdout %q, stderr %q", r.code, r.stdout, r.stderr)
	}
}

func TestVerifyNamesTheBrokenRow(t *testing.T) {
	t.Parallel()
	env := map[string]string{"BREACHBOT_DATA": t.TempDir(), "BREACHBOT_DPO": "U0DPO0001"}
	report(t, env, "2026-10-24T12:00:00Z")
	s, err := openStore(t.Context(), Config{Data: env["BREACHBOT_DATA"]}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	// Somebody edits the rules that the tasks were planned with.
	other := workflow.DefaultRules()
	words, err := planOf(other)
	if err == nil {
		err = s.SetSetting(t.Context(), planned, words)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	r := breachbot(t, env, "verify")
	if r.code != exitFailed || !strings.HasPrefix(r.stdout, "First broken row: tasks, BR-2026-0001, ") || !strings.Contains(r.stderr, "not as breachbot left it") {
		t.Errorf("exit %d, stdout %q, stderr %q", r.code, r.stdout, r.stderr)
	}
}

func TestPostgresOutOfReachIsNotReplacedBySQLite(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var stdout, stderr bytes.Buffer
	env := map[string]string{"BREACHBOT_DATA": dir, "DATABASE_URL": "postgres://bot:topsecret@127.0.0.1:1/breaches?connect_timeout=2"}
	code := run(ctx, []string{"migrate"}, env, &stdout, &stderr)
	if code != exitUnable || !strings.HasPrefix(stderr.String(), "breachbot migrate: DATABASE_URL: ") {
		t.Errorf("exit %d, stdout %q, stderr %q", code, stdout.String(), stderr.String())
	}
	if strings.Contains(stdout.String()+stderr.String(), "topsecret") {
		t.Errorf("the password is printed: %s", stderr.String())
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the embedded store was made: %v", err)
	}
}

// report stores one report at each instant, as the bot under env would.
func report(t *testing.T, env map[string]string, instants ...string) {
	t.Helper()
	c, _, err := readConfig(t.Context(), env)
	if err != nil {
		t.Fatal(err)
	}
	s, err := openStore(t.Context(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	words, err := planOf(c.Rules)
	if err == nil {
		err = s.SetSetting(t.Context(), planned, words)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range instants {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		service := workflow.Service{Rules: c.Rules, Journal: s, Now: func() time.Time { return now }}
		submit := workflow.SubmitReport{Report: workflow.Report{
			Title: "Bag left on a bus", What: "A bag with a ward list was left on a bus.", Detected: now.Add(-time.Hour), Risk: workflow.RiskLow,
		}}
		if _, err := service.Report(t.Context(), workflow.CommandKey("view "+at), submit, workflow.Actor{User: "U0REPORTER"}); err != nil {
			t.Fatal(err)
		}
	}
}

func parseCSV(t *testing.T, s string) [][]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(s)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) == 0 {
		t.Fatal("not even a header")
	}
	return rows
}
