package view_test

import (
	"strings"
	"testing"

	"breachbot/bot/view"
	"breachbot/workflow"
)

func TestADutySaysWhereItComesFromAndWhetherThatWasChecked(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report().room().triage(3)
	for nation, want := range map[workflow.Nation]struct {
		to    workflow.Recipient
		words string
	}{
		workflow.England:  {workflow.CQC, "checked 28 November 2026"},
		workflow.Scotland: {workflow.ScottishGovernment, "healthca.scot"},
		workflow.Wales:    {workflow.WelshGovernment, "*Not verified:* please check with the Welsh Government"},
	} {
		s.rules.Nation = nation
		v := s.openedAbout(view.ActDuty, string(want.to), dpo)
		if said := string(shown{modal: &v}.json(t)); !strings.Contains(said, want.words) {
			t.Errorf("%s, %s: nothing says %q:\n%s", nation, want.to, want.words, said)
		}
	}
}

func TestWhoeverDecidesAboutThePeopleIsRemindedOfComplaints(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report().room().triage(3).assess(3, 3, workflow.No)
	for _, act := range []view.Action{view.ActTell, view.ActDoNotTell} {
		v := s.opened(act, dpo)
		if said := string(shown{modal: &v}.json(t)); !strings.Contains(said, "within 30 days beginning when it is received") || !strings.Contains(said, "s. 164A") {
			t.Errorf("%s: no word of complaints:\n%s", act, said)
		}
	}
}
