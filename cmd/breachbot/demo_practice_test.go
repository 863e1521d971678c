package main

import (
	"slices"
	"strings"
	"testing"

	"breachbot/store"
	"breachbot/workflow"
)

// demo -practice starts with a dozen incidents and more, of all kinds and ages, so
// that lists, trends and Home can be judged. The bot itself lived through them:
// the journal is as it left it, nothing is owed that could have been done, and
// nothing typed is in its log.
func TestDemoPracticeHasIncidentsOfAllKindsAndAges(t *testing.T) {
	t.Parallel()
	d, err := newPracticeDemo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	now, rules := d.workspace.Now(), d.app.service.Rules
	if late := now.Sub(storyStart); late < 0 || late.Hours() > 1 {
		t.Errorf("the demo's clock is at %s, want %s", now, storyStart)
	}
	entries, err := d.store.Entries(t.Context(), store.Filter{Drills: store.WithDrills})
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(practised) || len(entries) < 13 { // a dozen besides the drill
		t.Fatalf("%d incidents", len(entries))
	}
	var all []*workflow.Incident
	for _, e := range entries {
		inc, err := d.app.service.Incident(t.Context(), e.ID)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, inc)
		if strings.Contains(d.log.String(), e.Title) {
			t.Errorf("the log holds the title of %s", e.ID)
		}
		if _, opened := d.workspace.Channel(e.ID.ChannelName(1)); !opened {
			t.Errorf("%s never had a channel", e.ID)
		}
	}

	running := func(i *workflow.Incident) bool { return i.Clock().Running() && !i.Report.Drill }
	latest := func(i *workflow.Incident) *workflow.Decision { return i.Latest(workflow.Regulator) }
	for what, is := range map[string]func(*workflow.Incident) bool{
		"severity 1":      func(i *workflow.Incident) bool { return i.Severity == 1 },
		"severity 2":      func(i *workflow.Incident) bool { return i.Severity == 2 },
		"severity 3":      func(i *workflow.Incident) bool { return i.Severity == 3 },
		"severity 4":      func(i *workflow.Incident) bool { return i.Severity == 4 },
		"not yet triaged": func(i *workflow.Incident) bool { return i.Step() == workflow.StepReported && i.Facts.Unsure },
		"a near miss":     func(i *workflow.Incident) bool { return i.Facts.NearMiss },
		"a drill":         func(i *workflow.Incident) bool { return i.Report.Drill },
		"overdue":         func(i *workflow.Incident) bool { return running(i) && i.Clock().Late(now) },
		"waiting for the DPO": func(i *workflow.Incident) bool {
			return running(i) && i.Step() == workflow.StepAssessed && !i.Clock().Late(now)
		},
		"waiting for the deputy, as the DPO reported it": func(i *workflow.Incident) bool {
			return running(i) && slices.Equal(rules.Deciders(i), rules.Roster[workflow.RoleDeputy])
		},
		"waiting for more facts": func(i *workflow.Incident) bool { return latest(i) != nil && latest(i).Verdict == workflow.NeedMore },
		"decided, and not yet sent": func(i *workflow.Incident) bool {
			return i.Step() == workflow.StepDecided && latest(i).Verdict == workflow.Notify
		},
		"notified, more to follow": func(i *workflow.Incident) bool {
			n := i.Notice(workflow.Regulator)
			return n != nil && !n.Complete && i.Step() == workflow.StepNotified
		},
		"notified late, with reasons": func(i *workflow.Incident) bool {
			n := i.Sent(workflow.Regulator)
			return n != nil && n.Late && n.DelayReason != ""
		},
		"ours as a processor only": func(i *workflow.Incident) bool {
			return rules.Duty(i, workflow.Controllers).Stand == workflow.DutyOpen && i.Facts.Capacity == workflow.Processor
		},
		"resolved, its review overdue": func(i *workflow.Incident) bool {
			return i.Step() == workflow.StepResolved && i.ReviewDone() == nil && now.Sub(i.Resolved.At) > days(15)
		},
		"closed, told to the regulator": func(i *workflow.Incident) bool {
			return i.Step() == workflow.StepClosed && i.Sent(workflow.Regulator) != nil
		},
		"closed, with an action still to be done": func(i *workflow.Incident) bool {
			return i.Step() == workflow.StepClosed && len(i.Actions) > 0 && i.Actions[0].Due.Before(now)
		},
		"not a personal data breach":              func(i *workflow.Incident) bool { return i.Step() == workflow.StepDismissed },
		"a duplicate":                             func(i *workflow.Incident) bool { return i.Step() == workflow.StepDuplicate },
		"a colleague who was asked to contribute": func(i *workflow.Incident) bool { return len(i.Helps) > 0 },
		"reported today":                          func(i *workflow.Incident) bool { return now.Sub(i.Times.Reported) < hours(12) },
		"reported in the 30 days before the last": func(i *workflow.Incident) bool {
			ago := now.Sub(i.Times.Reported)
			return ago > days(30) && ago < days(60)
		},
		"reported before that, for the trend": func(i *workflow.Incident) bool { return now.Sub(i.Times.Reported) > days(60) },
	} {
		if !slices.ContainsFunc(all, is) {
			t.Errorf("no incident is %s", what)
		}
	}

	report, err := store.Verify(t.Context(), d.store, d.app.service.Rederive)
	if err != nil || report.Broken != nil {
		t.Errorf("verify: %v, %v", report.Broken, err)
	}
	if failing, err := d.store.Failing(t.Context(), 1); err != nil || len(failing) > 0 {
		t.Errorf("deliveries that failed: %v, %v", failing, err)
	}
	if _, unhurried := d.app.bot.Limiter.(unlimited); unhurried {
		t.Error("the bot of the page knows no rate limits")
	}

	address, err := d.open("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if body := fetch(t, address); strings.Contains(body, "Play the story") || !strings.Contains(body, "/breach") {
		t.Errorf("the page does not open as a demo with a past: %s", tail(body))
	}
}

// Neither the story in the terminal nor the past makes sense with the other.
func TestDemoPracticeHasNoStory(t *testing.T) {
	t.Parallel()
	if r := breachbot(t, nil, "demo", "-play", "-practice"); r.code != exitUnable || !strings.Contains(r.stderr, "leave out -practice") {
		t.Errorf("exit %d, stderr %q", r.code, r.stderr)
	}
}
