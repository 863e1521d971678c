package view

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breachbot/workflow"
)

// inSummer is an incident on a day on which the organisation's time is not UTC.
func inSummer() (*workflow.Incident, workflow.Rules, time.Time) {
	at := time.Date(2026, time.July, 6, 8, 0, 0, 0, time.UTC)
	rules := workflow.DefaultRules()
	rules.Organisation = "Brynteg Practice"
	inc := &workflow.Incident{}
	inc.Apply(workflow.Record{Incident: "BR-2026-0014", Seq: 1, At: at, Actor: "U0NURSE", Event: workflow.Reported{Report: workflow.Report{
		Title: "SECRET", What: "SECRET", Detected: at, Risk: workflow.RiskHigh, Facts: workflow.Facts{Category: workflow.Categories[0].Value},
	}}})
	return inc, rules, at
}

// Every kind of message that may go by e-mail has words for it, and no other has.
func TestEveryKindThatMayGoByMailHasALetter(t *testing.T) {
	t.Parallel()
	var have, want []workflow.TaskKind
	for _, w := range letterRows {
		have = append(have, w.kind)
	}
	for _, k := range workflow.TaskKinds() {
		if k.ByMail() {
			want = append(want, k)
		}
	}
	slices.Sort(have)
	slices.Sort(want)
	if diff := cmp.Diff(want, have); diff != "" {
		t.Error(diff)
	}
}

func TestALetterSaysWhatHappenedWhatToDoAndWhenTheClockEnds(t *testing.T) {
	t.Parallel()
	inc, rules, at := inSummer()
	l, ok := Mail(inc, workflow.Task{Key: "ask:1:U0DPO", Kind: workflow.KindAsk, Target: "U0DPO", About: 1}, rules, at.Add(10*time.Hour))
	if !ok || l.Subject != "BR-2026-0014: please decide" {
		t.Fatalf("subject %q", l.Subject)
	}
	for _, words := range []string{
		"Incident BR-2026-0014\nHigh: ", "whether to notify the ICO, and whether to tell the people affected",
		"Notify the ICO: by Thursday 9 July 2026 09:00 BST (Europe/London), which is Thursday 9 July 2026 08:00 UTC\n62 hours left when this was sent. The time is provisional",
		"breachbot register pack BR-2026-0014", "because Slack had not taken the message for you after 5 minutes", "Brynteg Practice, breachbot",
	} {
		if !strings.Contains(l.Text, words) {
			t.Errorf("it lacks %q:\n%s", words, l.Text)
		}
	}
	if strings.Contains(l.Text, "SECRET") || strings.Contains(l.Text, "U0NURSE") || strings.Contains(l.Text, "%!") {
		t.Errorf("it holds what was typed or who:\n%s", l.Text)
	}
	late, _ := Mail(inc, workflow.Task{Key: "nudge:1:0:U0DPO", Kind: workflow.KindNudge, Target: "U0DPO"}, rules, at.Add(75*time.Hour))
	if !strings.Contains(late.Text, "3 hours over the deadline when this was sent") {
		t.Errorf("after the deadline:\n%s", late.Text)
	}
}

// A letter about a drill says so first, in the subject too.
func TestALetterAboutADrillSaysSo(t *testing.T) {
	t.Parallel()
	inc, rules, at := inSummer()
	inc.ID, inc.Report.Drill = "DR-2026-0001", true
	l, _ := Mail(inc, workflow.Task{Key: "alert:U0DPO", Kind: workflow.KindAlert, Target: "U0DPO"}, rules, at)
	if !inc.Drill() || !strings.HasPrefix(l.Subject, practiceWords) || !strings.HasPrefix(l.Text, practiceWords) {
		t.Errorf("%v: %s\n%s", inc.Drill(), l.Subject, l.Text)
	}
}

// Whatever is given up has something to do about it.
func TestWhatIsGivenUpSaysWhatToDo(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"user_disabled", "missing_scope", "is_archived", "token_revoked", workflow.NoAddress, "mail_recipient", "mail_timeout", "nobody_knows"} {
		inc := &workflow.Incident{ID: "BR-2026-0014", GivenUp: []workflow.GivenUp{{Seq: 4, Task: "ask:9:U0DPO", Code: code}, {Seq: 5, Task: "alert:U0GONE", Who: "U0GONE", Code: code}}}
		all := givenUp(inc, mention)
		if want := "the request for a decision, for <@U0DPO> (" + refusedBy(code) + ")"; len(all) != 1 || len(all[0].what) != 2 || all[0].what[0] != want ||
			!strings.HasPrefix(all[0].what[1], "a message to <@U0GONE>") || !strings.HasSuffix(all[0].then, ".") {
			t.Errorf("%s: %q", code, all)
		}
	}
}
