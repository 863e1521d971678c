package view

import (
	"strings"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// The lists of a suggestion are cut to what is read in a form, and say so.
const (
	suggestMost    = 5     // sentences of a list
	suggestLetters = 1_200 // of a list, so that the form can also answer a submission
)

// suggestion is what the rules make of the facts, on top of the form in which a
// person confirms it or chooses otherwise.
func suggestion(s workflow.Suggestion, regulator string) []slack.Block {
	blocks := []slack.Block{section("*Suggested from the facts so far: " + escape(s.Kept().String()) + ".*\n" +
		escape(headline(s.Recommendation, regulator)) + "\n" +
		"Fixed rules work this out. It is filled in below: please confirm it, or choose otherwise and say why. The DPO decides either way.")}
	var why []string
	for _, g := range s.Decisive() {
		why = append(why, g.Why)
	}
	lines := some("Why", why)
	lines = append(lines, some("Not known yet, and it matters", s.Missing)...)
	blocks = append(blocks, section(strings.Join(lines, "\n")))
	lines = some("What would change it", s.WouldChange)
	lines = append(lines, some("Please bear in mind", s.Notes)...)
	if len(lines) > 0 {
		blocks = append(blocks, section(strings.Join(lines, "\n")))
	}
	return blocks
}

// some is a list under its heading, cut sensibly; nothing for an empty one.
func some(heading string, items []string) []string {
	if len(items) == 0 {
		return nil
	}
	lines := []string{"*" + heading + "*"}
	letters := 0
	for n, line := range bullets(items) {
		if letters += len(line); n == suggestMost || n > 0 && letters > suggestLetters {
			return append(lines, "• and "+count(len(items)-n, "more point")+" like these")
		}
		lines = append(lines, line)
	}
	return lines
}

// differs says that a person saw it differently from the rules; nothing when
// they did not. Their words are shown in modals only.
func differs(a *workflow.Assessment) string {
	if !a.Differs() {
		return ""
	}
	return "*The rules suggested* " + escape(a.Suggested.String()) + ". " + user(a.By) + " sees it differently: " +
		escape(workflow.Suggested{Cell: a.Grading.Cell, HighRisk: a.Grading.HighRisk}.String()) + "."
}

// differsWhy is differs with the reason, for a modal.
func differsWhy(a *workflow.Assessment) []slack.Block {
	line := differs(a)
	if line == "" {
		return nil
	}
	blocks := []slack.Block{section(line)}
	if a.Why != "" {
		blocks = append(blocks, section("*Why*"))
		blocks = append(blocks, words(a.Why)...)
	}
	return blocks
}

// neutral are the facts the guided assessment asks for, those that were answered.
func neutral(f workflow.Facts) []pair {
	var out []pair
	add := func(name, label string, answered bool) {
		if answered {
			out = append(out, pair{name, escape(label)})
		}
	}
	answer := func(name string, a workflow.Answer) { add(name, a.Label(), a != "") }
	answer("Special category data?", f.SpecialCategory)
	answer("Vulnerable people?", f.Vulnerable)
	answer("Can the people be told from it?", f.Identifiable)
	answer("Encrypted, and the key safe?", f.Unintelligible)
	answer("Do we still have the data?", f.CopyHeld)
	add("How hard were people hit?", f.Disruption.Label(), f.Disruption != "")
	add("Who got it, or could?", f.ExposedTo.Label(), f.ExposedTo != "")
	answer("Did it reach somebody outside?", f.Exfiltrated)
	answer("Returned or deleted before use?", f.Recovered)
	answer("Bad intent?", f.Malicious)
	answer("Has anybody suffered?", f.HarmReported)
	answer("Is anyone in danger?", f.InDanger)
	answer("Must customers act now?", f.CustomersMustAct)
	answer("Patient safety incident?", f.PatientSafety)
	answer("Is Slack itself unsafe?", f.SlackUnsafe)
	answer("Only people who have died?", f.Deceased)
	return out
}

// alarms are the facts that somebody must see at once.
func alarms(inc *workflow.Incident) []string {
	f := inc.Facts
	var lines []string
	for _, a := range []struct {
		is   bool
		says string
	}{
		{f.InDanger == workflow.Yes, "Somebody may be in danger. That comes before everything else."},
		{f.SlackUnsafe == workflow.Yes, "Slack itself may not be safe to use. Please agree by telephone where to go on, and write nothing here that an outsider must not read."},
		{f.CustomersMustAct == workflow.Yes, "Customers must do something themselves. They need to know now."},
		{f.PatientSafety == workflow.Yes, "It is linked to a patient safety incident. Please record it there too."},
		{f.Unsure && inc.Assessment() == nil, "Whoever reported it is not sure whether this is a breach, and asks the DPO for advice."},
	} {
		if a.is && !inc.Step().Over() {
			lines = append(lines, a.says)
		}
	}
	return lines
}
