package main

import (
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"breachbot/store"
	"breachbot/workflow"
)

// started is a bot under env on its store at an instant, without Slack.
func started(t *testing.T, env map[string]string, at time.Time) *app {
	t.Helper()
	c, err := loadConfig(t.Context(), env, needAll)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	s, err := openStore(t.Context(), c, log)
	if err != nil {
		t.Fatal(err)
	}
	return newApp(c, s, nil, func() time.Time { return at }, prometheus.NewRegistry(), log)
}

func (a *app) give(t *testing.T, key workflow.CommandKey, c workflow.Command, by workflow.Actor) {
	t.Helper()
	if _, err := a.service.Do(t.Context(), "BR-2026-0001", key, c, by); err != nil {
		t.Fatal(err)
	}
}

// pending are the tasks that are still to be done.
func pending(t *testing.T, s store.Store) (tasks []workflow.Task) {
	t.Helper()
	err := s.Rows(t.Context(), func(r store.Rows) error {
		for _, row := range r.Tasks {
			if row.State == store.Pending {
				tasks = append(tasks, row.Task)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return tasks
}

// An earlier version knew nothing of the board's clock. The start of this one
// makes up for it; until then verify does not call the store broken.
func TestAStartOfAnotherVersionPlansAnew(t *testing.T) {
	t.Parallel()
	env := enough("BREACHBOT_DATA=" + t.TempDir())
	verifying := map[string]string{"BREACHBOT_DATA": env["BREACHBOT_DATA"]}
	report(t, env, "2026-11-27T18:00:00Z")
	saturday := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	a := started(t, env, saturday)
	now := a.service.Rules
	a.service.Rules.BoardWithin = 0
	a.give(t, "room", workflow.Deliver{Outcome: workflow.ChannelOpened{Channel: "C1", Name: "br-2026-0001"}}, workflow.SystemActor())
	words, err := json.Marshal(plan{Plan: "before the board had a clock", Zone: now.Zone.String(), Rules: now})
	if err == nil {
		err = a.store.SetSetting(t.Context(), planned, string(words))
	}
	if err == nil {
		err = a.store.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	if r := breachbot(t, verifying, "verify"); r.code != exitUnable || !strings.Contains(r.stderr, "another version of breachbot") {
		t.Errorf("before the start: exit %d, %q, %q", r.code, r.stdout, r.stderr)
	}

	a = started(t, env, saturday)
	if err := a.replan(t.Context()); err != nil {
		t.Fatal(err)
	}
	found := false
	for _, task := range pending(t, a.store) {
		found = found || strings.HasPrefix(string(task.Key), "remind:board_report:")
	}
	if !found {
		t.Error("the board's clock is not reminded of")
	}
	if changes, err := settingsChanges(t.Context(), a.store); err != nil || len(changes) > 0 {
		t.Errorf("settings changed, says the register of changes: %v, %v", changes, err)
	}
	if err := a.store.Close(); err != nil {
		t.Fatal(err)
	}
	if r := breachbot(t, verifying, "verify"); r.code != exitOK {
		t.Errorf("after the start: exit %d, %q, %q", r.code, r.stdout, r.stderr)
	}
}

// Somebody else becomes DPO. What has ended is not told to them again, what was
// still to be said to the one before is dropped, and verify agrees.
func TestAnotherDPOAndWhatHasEnded(t *testing.T) {
	t.Parallel()
	env := enough("BREACHBOT_DATA="+t.TempDir(), "BREACHBOT_DPO=U0DPO0001")
	report(t, env, "2026-11-27T18:00:00Z")
	saturday := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	a := started(t, env, saturday)
	dpo := workflow.Actor{User: "U0DPO0001", Roles: []workflow.Role{workflow.RoleDPO}}
	a.give(t, "refused", workflow.Deliver{Outcome: workflow.ChannelRefused{Code: "restricted_action"}}, workflow.SystemActor())
	a.give(t, "alert", workflow.Deliver{Outcome: workflow.MessagePosted{
		Task: "alert:U0DPO0001", Shows: 2, Target: "U0DPO0001", Places: []workflow.Place{{Channel: "D1", TS: "1"}},
	}}, workflow.SystemActor())
	a.give(t, "dismissed", workflow.Dismiss{Facts: 1, Reason: "It was an empty bag."}, dpo)
	told := func(who workflow.Target) (n int) {
		for _, task := range pending(t, a.store) {
			if task.Kind == workflow.KindSay && task.Target == who {
				n++
			}
		}
		return n
	}
	if told("U0DPO0001") != 1 {
		t.Errorf("the end is said %d times to the DPO who was told of the report", told("U0DPO0001"))
	}
	if err := a.store.Close(); err != nil {
		t.Fatal(err)
	}

	env["BREACHBOT_DPO"] = "U0DPO0002"
	a = started(t, env, saturday)
	if err := a.replan(t.Context()); err != nil {
		t.Fatal(err)
	}
	if told("U0DPO0001") != 0 || told("U0DPO0002") != 0 {
		t.Errorf("%d messages to the DPO before, %d to the new one", told("U0DPO0001"), told("U0DPO0002"))
	}
	if err := a.store.Close(); err != nil {
		t.Fatal(err)
	}
	if r := breachbot(t, map[string]string{"BREACHBOT_DATA": env["BREACHBOT_DATA"]}, "verify"); r.code != exitOK {
		t.Errorf("exit %d, %q, %q", r.code, r.stdout, r.stderr)
	}
}
