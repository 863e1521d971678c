package main

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"breachbot/store"
	"breachbot/store/sqlite"
	"breachbot/workflow"
)

func settingsStore(t *testing.T) store.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "breachbot.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func rulesOf(t *testing.T, pairs ...string) workflow.Rules {
	t.Helper()
	c, err := loadConfig(t.Context(), enough(pairs...), needAll)
	if err != nil {
		t.Fatal(err)
	}
	return c.Rules
}

// start does with the settings what a start of the bot does.
func start(t *testing.T, s store.Store, r workflow.Rules, at time.Time) {
	t.Helper()
	err := noteChange(t.Context(), s, r, at)
	words, perr := planOf(r)
	if err == nil {
		err = perr
	}
	if err == nil {
		err = s.SetSetting(t.Context(), planned, words)
	}
	if err != nil {
		t.Fatal(err)
	}
}

var monday = time.Date(2026, 9, 7, 8, 0, 0, 0, time.UTC)

func TestRulesAreStoredWhole(t *testing.T) {
	t.Parallel()
	s := settingsStore(t)
	want := rulesOf(t, "BREACHBOT_NATION=northern_ireland", "BREACHBOT_PROCEDURE=1.1; Medical Director; 2027-02-01",
		"BREACHBOT_DPO_CONTACT=01792 496 0123", "BREACHBOT_TARGETS=1=30m/start 2h,3=none/none", "BREACHBOT_CUSTOMERS_WITHIN=48h")
	start(t, s, want, monday)
	got, err := plannedRules(t.Context(), s, workflow.Rules{})
	if err != nil {
		t.Fatal(err)
	}
	zone := cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })
	if diff := cmp.Diff(want, got, zone); diff != "" {
		t.Errorf("rules (-as configured +as stored):\n%s", diff)
	}
	again, _ := planOf(got)
	if words, _ := planOf(want); words != again {
		t.Errorf("the same rules are written in two ways:\n%s\n%s", words, again)
	}
}

func TestEachSettingOfTheRulesIsInTheChangeRegister(t *testing.T) {
	t.Parallel()
	was := rulesOf(t)
	for _, row := range ruleSettings {
		text, _ := another(row)
		got := alterations(was, rulesOf(t, row.name+"="+text))
		if len(got) != 1 || got[0].Name != row.name || got[0].Before == got[0].After {
			t.Errorf("%s=%s: %+v", row.name, text, got)
		}
	}
	if got := alterations(was, rulesOf(t, "BREACHBOT_NATION=scotland")); len(got) != 2 || got[1].Name != "Bank holidays" {
		t.Errorf("another calendar: %+v", got)
	}
}

func TestAChangeOfSettingsIsRememberedOnce(t *testing.T) {
	t.Parallel()
	s := settingsStore(t)
	start(t, s, rulesOf(t), monday)
	start(t, s, rulesOf(t), monday.Add(time.Hour))
	changed := rulesOf(t, "BREACHBOT_DEPUTY_AFTER=2h", "BREACHBOT_SIRO=U0000003")
	for range 2 { // as after a crash before the open incidents were planned anew
		if err := noteChange(t.Context(), s, changed, monday.Add(24*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	start(t, s, changed, monday.Add(25*time.Hour))

	got, err := settingsChanges(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	for n := range got {
		got[n].Rules = ""
	}
	if diff := cmp.Diff([]settingsChange{
		{At: monday},
		{At: monday.Add(24 * time.Hour), Altered: []alteration{{"BREACHBOT_SIRO", "", "U0000003"}, {"BREACHBOT_DEPUTY_AFTER", "4h", "2h"}}},
	}, got); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if since, err := settingsSince(t.Context(), s); err != nil || !since.Equal(monday.Add(24*time.Hour)) {
		t.Errorf("since %v, %v", since, err)
	}
}

func TestTheChangeRegisterIsBounded(t *testing.T) {
	t.Parallel()
	s := settingsStore(t)
	for n := range changesMost + 3 {
		start(t, s, rulesOf(t, fmt.Sprintf("BREACHBOT_OVERDUE_EVERY=%dh", n+1)), monday.Add(time.Duration(n)*time.Hour))
	}
	got, err := settingsChanges(t.Context(), s)
	if err != nil || len(got) != changesMost || !got[0].At.Equal(monday.Add(3*time.Hour)) || got[changesMost-1].Altered[0].After != "53h" {
		t.Errorf("%d changes, error %v", len(got), err)
	}
}

// A report on the Sunday evening before St Andrew's Day: another nation, another
// working day, for what is under way too. In Scotland triage waits for a third
// of the 72 hours, and not for Tuesday.
func TestChangedSettingsCountForOpenIncidents(t *testing.T) {
	t.Parallel()
	env := enough("BREACHBOT_DATA=" + t.TempDir())
	report(t, env, "2026-11-29T19:00:00Z")
	for _, nation := range []struct{ name, triage string }{{"england", "2026-11-30T17:00:00Z"}, {"scotland", "2026-11-30T18:00:00Z"}} {
		env["BREACHBOT_NATION"] = nation.name
		c, err := loadConfig(t.Context(), env, needAll)
		if err != nil {
			t.Fatal(err)
		}
		log := slog.New(slog.DiscardHandler)
		s, err := openStore(t.Context(), c, log)
		if err != nil {
			t.Fatal(err)
		}
		now := func() time.Time { return time.Date(2026, 11, 29, 20, 0, 0, 0, time.UTC) }
		a := newApp(c, s, nil, now, prometheus.NewRegistry(), log)
		opened := workflow.Deliver{Outcome: workflow.ChannelOpened{Channel: "C1", Name: "br-2026-0001"}}
		if _, err := a.service.Do(t.Context(), "BR-2026-0001", "room", opened, workflow.SystemActor()); err != nil {
			t.Fatal(err)
		}
		lead := workflow.AssignRole{Role: workflow.RoleLead, User: "U0LEAD001"}
		if _, err := a.service.Do(t.Context(), "BR-2026-0001", "lead", lead, workflow.Actor{User: "U0LEAD001", Roles: []workflow.Role{workflow.RoleResponder}}); err != nil {
			t.Fatal(err)
		}
		if err := a.replan(t.Context()); err != nil {
			t.Fatal(err)
		}
		due := time.Time{}
		err = s.Rows(t.Context(), func(r store.Rows) error {
			for _, task := range r.Tasks {
				if task.State == store.Pending && strings.HasPrefix(string(task.Task.Key), "remind:triage:") {
					due = task.Task.Due
				}
			}
			return nil
		})
		if err != nil || due.Format(time.RFC3339) != nation.triage {
			t.Errorf("%s: triage is due %v (%v), want %s", nation.name, due, err, nation.triage)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if r := breachbot(t, map[string]string{"BREACHBOT_DATA": env["BREACHBOT_DATA"]}, "verify"); r.code != exitOK {
			t.Errorf("%s: verify: exit %d, %s", nation.name, r.code, r.stdout)
		}
	}
	r := breachbot(t, map[string]string{"BREACHBOT_DATA": env["BREACHBOT_DATA"]}, "settings")
	for _, want := range []string{"BREACHBOT_NATION=scotland\n", "BREACHBOT_NATION: england -> scotland\n", "2026-11-29 20:00 GMT\n", "BREACHBOT_PROCEDURE is not set"} {
		if r.code != exitOK || !strings.Contains(r.stdout, want) {
			t.Errorf("exit %d, no %q in\n%s%s", r.code, want, r.stdout, r.stderr)
		}
	}
	if strings.Contains(r.stdout, "topsecret") {
		t.Error("a secret is shown")
	}
}

func TestSettingsSayWhenTheReviewOfTheProcedureIsOverdue(t *testing.T) {
	t.Parallel()
	r := rulesOf(t, "BREACHBOT_PROCEDURE=1.1; Medical Director; 2026-08-01")
	var b strings.Builder
	if err := writeSettings(&b, r, nil, monday); err != nil || !strings.Contains(b.String(), "The procedure was due for review by 2026-08-01.\n") {
		t.Errorf("%v\n%s", err, b.String())
	}
}
