package main

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"breachbot/bot/sandbox"
	"breachbot/workflow"
)

// atWork runs the bot under env, without its sockets, until nothing is due.
func atWork(t *testing.T, env map[string]string, do ...func(*app)) {
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
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	a := newApp(c, s, nil, time.Now, prometheus.NewRegistry(), log)
	if err := a.bot.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := a.replan(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, f := range do {
		f(a)
	}
	if _, err := a.scheduler.RunOnce(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// The channel, its members, the card, the pin and the topic are compared with the
// record; -repair puts right what the bot can, through the journal, and says what is
// left to people.
func TestReconcileNamesWhatDiffersAndPutsItRight(t *testing.T) {
	t.Parallel()
	ws, server := practice(t)
	env := serveEnv(t, ws, server, t.TempDir())
	atWork(t, env, func(a *app) {
		report := workflow.SubmitReport{Report: workflow.Report{Title: "Bag on a bus", What: "A bag with a ward list.", Detected: time.Now().Add(-time.Hour), Risk: workflow.RiskMedium}}
		if _, err := a.service.Report(t.Context(), "view", report, workflow.Actor{User: sandbox.Nia}); err != nil {
			t.Fatal(err)
		}
	})
	var room sandbox.Channel
	for _, c := range ws.Channels() {
		if c.CreatedByApp && !c.DM {
			room = c
		}
	}
	run := func(code int, args []string, says ...string) {
		t.Helper()
		r := breachbot(t, env, append([]string{"reconcile"}, args...)...)
		if r.code != code {
			t.Errorf("%v: exit %d, want %d\n%s%s", args, r.code, code, r.stdout, r.stderr)
		}
		for _, words := range says {
			if !strings.Contains(r.stdout, words) {
				t.Errorf("%v: it does not say %q:\n%s", args, words, r.stdout)
			}
		}
	}
	run(exitOK, nil, "BR-2026-0001  channel   ok", "members   ok", "card      ok", "pin       ok", "topic     ok", "tasks     ok", "All as it should be")

	// Somebody tidies up: the pin and the topic go, one person leaves, another is let in
	// while the bot is down.
	dee := ws.As(sandbox.Dee)
	card := room.Pins[0]
	for what, err := range map[string]error{
		"the pin": dee.Pin(room.ID, card), "topic": dee.SetTopic(room.ID, "Party on Friday"),
		"invite": dee.Invite(room.ID, sandbox.Sam), "leave": ws.As(sandbox.Nia).Leave(room.ID),
	} {
		if err != nil {
			t.Fatal(what, err)
		}
	}
	differs := []string{
		"topic     differs   it does not say where the clock stands (-repair sets it)",
		"members   differs   " + sandbox.Sam + " is in the channel, and not on record; " + sandbox.Nia + " is on record, and not in the channel (-repair records",
		"pin       differs   the card is not pinned (-repair pins it)",
		"3 differences left; -repair can put right 3 of them",
	}
	run(exitFailed, nil, differs...)
	run(exitFailed, nil, differs...) // it changed nothing
	run(exitOK, []string{"-repair"}, "topic     repaired", "members   repaired", "pin       repaired")
	run(exitOK, nil, "All as it should be")

	// The card is deleted: that is recorded, and the bot posts another and pins it.
	ws.Retain(0)
	run(exitFailed, nil, "card      differs   it is gone (-repair records that; the bot posts another and pins it)")
	run(exitOK, []string{"-repair"}, "card      repaired")
	run(exitFailed, nil, "card      differs   it has not been posted yet")

	// Some things only people can do.
	if err := dee.Archive(room.ID); err != nil {
		t.Fatal(err)
	}
	run(exitFailed, []string{"-repair"}, "channel   differs   it is archived. Open it again in Slack")
	if r := breachbot(t, env, "verify"); r.code != exitOK {
		t.Errorf("verify: exit %d\n%s%s", r.code, r.stdout, r.stderr)
	}
}

func TestReconcileSaysWhatStillWaits(t *testing.T) {
	t.Parallel()
	ws, server := practice(t)
	env := serveEnv(t, ws, server, t.TempDir())
	ws.Fault(sandbox.Fault{Method: "conversations.invite", Next: -1, Kind: sandbox.FaultError, Error: "missing_scope"})
	atWork(t, env, func(a *app) {
		report := workflow.SubmitReport{Report: workflow.Report{Title: "Bag on a bus", What: "A bag with a ward list.", Detected: time.Now().Add(-time.Hour), Risk: workflow.RiskMedium}}
		if _, err := a.service.Report(t.Context(), "view", report, workflow.Actor{User: sandbox.Nia}); err != nil {
			t.Fatal(err)
		}
	})
	r := breachbot(t, env, "reconcile")
	if r.code != exitFailed || !strings.Contains(r.stdout, "tasks     differs   still to be delivered: invite, due ") || !strings.Contains(r.stdout, "Slack says missing_scope after 1 attempt") {
		t.Errorf("exit %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	env["BREACHBOT_NUDGES"] = "5h"
	if r := breachbot(t, env, "reconcile"); r.code != exitUnable || !strings.Contains(r.stderr, "not the settings") {
		t.Errorf("under other settings: exit %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	if r := breachbot(t, map[string]string{"BREACHBOT_DATA": t.TempDir()}, "reconcile"); r.code != exitUnable {
		t.Errorf("without settings: exit %d", r.code)
	}
}
