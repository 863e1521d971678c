package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"breachbot/store"
	"breachbot/store/sqlite"
	"breachbot/store/storetest"
	"breachbot/workflow"
)

// files are the names of everything in a folder, hidden files too.
func files(t *testing.T, folder string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// While people report, a backup is a state of the store: it verifies, has everything
// that was acknowledged before it began, and nobody but its owner may read it.
func TestBackupWhileTheBotWrites(t *testing.T) {
	t.Parallel()
	for name, env := range map[string]map[string]string{
		"SQLite":   {"BREACHBOT_DATA": t.TempDir(), "BREACHBOT_DPO": "U0DPO0001"},
		"Postgres": {"DATABASE_URL": storetest.Postgres(t), "BREACHBOT_DPO": "U0DPO0001"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report(t, env, "2026-10-24T12:00:00Z")
			c, err := loadConfig(t.Context(), env, needStore)
			if err != nil {
				t.Fatal(err)
			}
			s, err := openStore(t.Context(), c, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = s.Close() }()
			var acknowledged atomic.Int64
			acknowledged.Store(1)
			ctx, end := context.WithCancel(t.Context())
			wrote := make(chan error, 1)
			go func() { wrote <- writeReports(ctx, s, c.Rules, &acknowledged) }()

			folder := t.TempDir()
			for n := range 3 {
				path := filepath.Join(folder, fmt.Sprint("copy", n))
				before := acknowledged.Load()
				r := breachbot(t, env, "backup", path)
				var incidents, events int64
				_, words, _ := strings.Cut(r.stdout, "All as it should be: ")
				if _, err := fmt.Sscanf(words, "%d incidents, %d events", &incidents, &events); r.code != exitOK || (err != nil && before > 1) || incidents < before && before > 1 {
					t.Errorf("exit %d with %d reports acknowledged: %s%s", r.code, before, r.stdout, r.stderr)
				}
				if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
					t.Errorf("others may read it: %v, %v", info.Mode(), err)
				}
			}
			end()
			if err := <-wrote; err != nil {
				t.Error(err)
			}
			if got := files(t, folder); len(got) != 3 {
				t.Errorf("in the folder: %v", got)
			}
		})
	}
}

// writeReports reports until ctx ends, and counts what was acknowledged.
func writeReports(ctx context.Context, s store.Store, rules workflow.Rules, acknowledged *atomic.Int64) error {
	now := time.Date(2026, 10, 24, 13, 0, 0, 0, time.UTC)
	service := workflow.Service{Rules: rules, Journal: s, Now: func() time.Time { return now }}
	for n := 0; ctx.Err() == nil; n++ {
		submit := workflow.SubmitReport{Report: workflow.Report{Title: "Bag left on a bus", What: "It was left.", Detected: now.Add(-time.Hour), Risk: workflow.RiskLow}}
		if _, err := service.Report(ctx, workflow.CommandKey(fmt.Sprint("view-", n)), submit, workflow.Actor{User: "U0REPORTER"}); err != nil && ctx.Err() == nil {
			return err
		} else if err == nil {
			acknowledged.Add(1)
		}
	}
	return nil
}

// A backup never replaces a file, and one that fails leaves nothing behind, half or
// whole.
func TestABackupIsThereWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	env := map[string]string{"BREACHBOT_DATA": t.TempDir(), "BREACHBOT_DPO": "U0DPO0001"}
	folder := t.TempDir()
	if r := breachbot(t, env, "backup", folder); r.code != exitUnable || !strings.Contains(r.stderr, "there is no "+filepath.Join(env["BREACHBOT_DATA"], databaseFile)+" yet") {
		t.Errorf("of no store: exit %d, %s", r.code, r.stderr)
	}
	report(t, env, "2026-10-24T12:00:00Z")
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if code := run(stopped, []string{"backup", folder}, env, &output{}, &output{}); code != exitUnable {
		t.Errorf("stopped at once: exit %d", code)
	}
	if r := breachbot(t, env, "backup"); r.code != exitUnable || !strings.Contains(r.stderr, "say where to: breachbot backup FILE|FOLDER") {
		t.Errorf("to nowhere: exit %d, %s", r.code, r.stderr)
	}
	if r := breachbot(t, env, "backup", filepath.Join(folder, "none", "copy.db")); r.code != exitUnable || !strings.Contains(r.stderr, "there is no folder "+filepath.Join(folder, "none")) {
		t.Errorf("into no folder: exit %d, %s", r.code, r.stderr)
	}
	if got := files(t, folder); len(got) > 0 {
		t.Fatalf("failures left %v", got)
	}

	path := filepath.Join(folder, "copy.db")
	if r := breachbot(t, env, "backup", path); r.code != exitOK {
		t.Fatalf("exit %d, %s", r.code, r.stderr)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	report(t, env, "2026-10-25T12:00:00Z")
	if r := breachbot(t, env, "backup", path); r.code != exitUnable || !strings.Contains(r.stderr, path+" is there already: a backup never replaces a file") {
		t.Errorf("exit %d, %s", r.code, r.stderr)
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("the earlier copy was changed: %v", err)
	}
	if got := files(t, folder); len(got) != 1 {
		t.Errorf("in the folder: %v", got)
	}
}

// A store that somebody changed is copied too, because the copy is evidence, and the
// backup says so.
func TestABackupOfAChangedStoreSaysSo(t *testing.T) {
	t.Parallel()
	env := map[string]string{"BREACHBOT_DATA": t.TempDir(), "BREACHBOT_DPO": "U0DPO0001"}
	report(t, env, "2026-10-24T12:00:00Z")
	s, err := sqlite.Open(t.Context(), filepath.Join(env["BREACHBOT_DATA"], databaseFile))
	if err != nil {
		t.Fatal(err)
	}
	words, err := planOf(workflow.DefaultRules())
	if err == nil {
		err = s.SetSetting(t.Context(), planned, words)
	}
	if err == nil {
		err = s.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "copy.db")
	r := breachbot(t, env, "backup", path)
	if r.code != exitFailed || !strings.Contains(r.stdout, "Copied to "+path+". First broken row: tasks, BR-2026-0001, ") || !strings.Contains(r.stderr, "keep this copy and the ones before it, and tell the DPO") {
		t.Errorf("exit %d, %s%s", r.code, r.stdout, r.stderr)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

// Without pg_dump, or with one that is too old for the server, the backup says what to
// install, and no copy is made.
func TestABackupSaysWhichProgramIsMissing(t *testing.T) {
	env := map[string]string{"DATABASE_URL": storetest.Postgres(t), "BREACHBOT_DPO": "U0DPO0001"}
	report(t, env, "2026-10-24T12:00:00Z")
	where := whereTools
	t.Cleanup(func() { whereTools = where })
	programs, folder := t.TempDir(), t.TempDir()
	whereTools = nil
	t.Setenv("PATH", programs)
	if r := breachbot(t, env, "backup", folder); r.code != exitUnable || !strings.Contains(r.stderr, "pg_dump is not on this machine: install PostgreSQL's client programs") {
		t.Errorf("exit %d, %s%s", r.code, r.stdout, r.stderr)
	}
	for _, name := range []string{"pg_dump", "pg_restore"} {
		if err := os.WriteFile(filepath.Join(programs, name), []byte("#!/bin/sh\necho '"+name+" (PostgreSQL) 9.6.24'\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if r := breachbot(t, env, "backup", folder); r.code != exitUnable || !strings.Contains(r.stderr, "pg_dump here is version 9 and the server is version ") || !strings.Contains(r.stderr, "which it cannot read: install the client programs of version ") {
		t.Errorf("exit %d, %s%s", r.code, r.stdout, r.stderr)
	}
	if got := files(t, folder); len(got) > 0 {
		t.Errorf("in the folder: %v", got)
	}
}

// What pg_dump is started with can be seen in the list of processes: there is no
// password in it, and nothing that only pgx knows, which pg_dump would refuse.
func TestTheAddressForPgDump(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ given, address, secret string }{
		{"postgres://bot:top%20secret@db:5432/x?sslmode=require&pool_max_conns=4&default_query_exec_mode=exec&search_path=y", "postgres://bot@db:5432/x?sslmode=require", "PGPASSWORD=top secret"},
		{"postgres:///x?host=/run/postgresql&user=bot&password=topsecret&application_name=the+bot", "postgres:///x?application_name=the%20bot&host=%2Frun%2Fpostgresql&user=bot", "PGPASSWORD=topsecret"},
		{"postgres://db/x", "postgres://db/x", ""},
	} {
		address, secrets, err := forLibpq(NewSecret(tt.given))
		if err != nil || address != tt.address || strings.Join(secrets, " ") != tt.secret {
			t.Errorf("%s: %s %v, %v", tt.given, address, secrets, err)
		}
	}
}
