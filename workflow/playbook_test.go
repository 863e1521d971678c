package workflow_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	. "breachbot/workflow"
)

// There is a playbook for every kind of event, and only one.
func TestEveryKindOfEventHasAPlaybook(t *testing.T) {
	t.Parallel()
	for _, c := range Categories {
		n := 0
		for _, p := range Playbooks {
			for _, k := range p.Kinds {
				if k == c.Value {
					n++
				}
			}
		}
		if n != 1 {
			t.Errorf("%s stands in %d playbooks", c.Value, n)
		}
	}
	general := Playbooks[len(Playbooks)-1]
	for _, unknown := range []Category{"", "unknown", "other"} {
		if p := PlaybookFor(unknown); p.Label != general.Label {
			t.Errorf("%q has the playbook %q", unknown, p.Label)
		}
	}
	for kind, label := range map[Category]string{"ransomware": "Ransomware", "letter_wrong": "wrong person", "email_wrong": "wrong person", "device_lost": "Device lost",
		"viewed_without_need": "by staff", "supplier": "supplier", "unavailable": "out of reach"} {
		if p := PlaybookFor(kind); !strings.Contains(p.Label, label) {
			t.Errorf("%s has the playbook %q", kind, p.Label)
		}
	}
}

// Every step is short and says who says so: a source and the day it was read, or
// whom to ask. Everybody to think of has a duty of the same name.
func TestEveryPlaybookIsSourcedAndUsable(t *testing.T) {
	t.Parallel()
	for _, p := range Playbooks {
		if len(p.Steps) < 4 || len(p.Steps) > 8 || len(p.Think) == 0 || len(p.Asks) < 6 {
			t.Errorf("%s has %d steps, %d to think of and %d questions", p.Label, len(p.Steps), len(p.Think), len(p.Asks))
		}
		for _, s := range p.Steps {
			if s.Text == "" || len(s.Text) > 170 || !strings.HasSuffix(s.Text, ".") {
				t.Errorf("%s: a step of %d letters: %s", p.Label, len(s.Text), s.Text)
			}
			if _, err := time.Parse(time.DateOnly, s.Checked); s.Source == "" || err != nil && s.With == "" {
				t.Errorf("%s: it does not say who says so, or whom to ask: %s", p.Label, s.Text)
			}
		}
		if n := slices.Index(p.Asks, FieldApplies); n < 0 || n > 3 { // whether somebody is in danger comes before everything else
			t.Errorf("%s: whether somebody is in danger is question %d", p.Label, n+1)
		}
		for n, f := range p.Asks {
			if slices.Contains(p.Asks[:n], f) {
				t.Errorf("%s asks %s twice", p.Label, f)
			}
		}
		for _, nation := range Nations {
			r := testRules()
			r.Nation = nation.Value
			r.EssentialService = true
			names := r.ThinkOf(p)
			if len(names) == 0 {
				t.Errorf("%s in %s: nobody to think of", p.Label, nation.Value)
			}
			for _, name := range names {
				if label, _, _ := strings.Cut(name, ", if"); !slices.ContainsFunc(r.Duties(reported(t).inc), func(d DutyState) bool { return strings.HasPrefix(label, d.Label) }) {
					t.Errorf("%s in %s: %q is no duty", p.Label, nation.Value, name)
				}
			}
		}
	}
}

// In an attack, nobody is to use what may be in the attackers' hands, Slack
// included.
func TestAnAttackIsNotDiscussedWhereTheAttackersListen(t *testing.T) {
	t.Parallel()
	for _, kind := range []Category{"ransomware", "malware", "account_entered", "phishing", "brute_force", "other_cyber"} {
		first := PlaybookFor(kind).Steps[:3]
		if !slices.ContainsFunc(first, func(s Statement) bool {
			return strings.Contains(s.Text, "Do not use affected systems") && strings.Contains(s.Text, "Slack")
		}) {
			t.Errorf("%s: the first three steps do not say so", kind)
		}
	}
}

// Where care may be affected, triage asks whether it is, and the inspectorate of
// the nation is one to think of.
func TestLossOfServiceAsksAboutCare(t *testing.T) {
	t.Parallel()
	for _, kind := range []Category{"ransomware", "unavailable", "denial_of_service", "deleted", "supplier"} {
		p := PlaybookFor(kind)
		if n := slices.Index(p.Asks, FieldDisruption); n < 0 || n > 2 {
			t.Errorf("%s: how badly people were affected is question %d", kind, n+1)
		}
		if r := testRules(); !slices.Contains(r.ThinkOf(p), "Care Quality Commission (CQC), if care is affected") {
			t.Errorf("%s: %q", kind, r.ThinkOf(p))
		}
	}
}
