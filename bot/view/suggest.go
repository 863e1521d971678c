package view

import (
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// The lists of a suggestion are cut to a length that people read, and say so.
const (
	suggestMost    = 5     // sentences of a list
	suggestLetters = 1_200 // of a list, so that the form still fits the answer to a submission
)

const notKnownAndMatters = "Not known yet, and it matters"

// suggestion is what the rules suggest from the facts. It comes first in the form in
// which a person confirms it or chooses something else.
func suggestion(s workflow.Suggestion, regulator string) []slack.Block {
	blocks := []slack.Block{section("*Suggested from the facts so far: " + escape(s.Kept().String()) + ".*\n" +
		escape(headline(s.Recommendation, regulator)) + "\n" +
		"Fixed rules work this out. It is filled in below: please confirm it, or choose something else and say why. The DPO decides either way.")}
	var why []string
	for _, g := range s.Decisive() {
		why = append(why, g.Why)
	}
	lines := some("Why", why)
	lines = append(lines, some(notKnownAndMatters, s.Missing)...)
	blocks = append(blocks, section(strings.Join(lines, "\n")), restsOn(s.Decisive()))
	lines = some("What would change it", s.WouldChange)
	lines = append(lines, some("Please bear in mind", s.Notes)...)
	if len(lines) > 0 {
		blocks = append(blocks, section(strings.Join(lines, "\n")))
	}
	return blocks
}

// restsOn names the sources of the reasons, each once, in small text.
func restsOn(rules []workflow.GuideRule) slack.Block {
	var from []string
	for _, g := range rules {
		if !slices.Contains(from, g.Source) && len(from) < suggestMost {
			from = append(from, g.Source)
		}
	}
	return small("*Rests on:* " + escape(strings.Join(from, "; ")) + ". UK sources come first; European guidance is not binding here.")
}

// some is a list under its heading, cut if it is long. It is empty if the list is.
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

// suggested says what the rules suggested at the time and why, and whether the
// person saw it differently. It holds nothing that people typed.
func suggested(a *workflow.Assessment) []slack.Block {
	if a.Suggested == nil { // assessed before there were suggestions
		return nil
	}
	heading := "What the facts say"
	var lines []string
	if line := differs(a); line != "" { // first, so that nobody takes what follows for the advice
		heading, lines = "Why the rules suggested that", append(lines, line)
	}
	lines = append(lines, some(heading, a.Suggested.Reasons())...)
	if len(lines) == 0 {
		return nil
	}
	return []slack.Block{section(strings.Join(lines, "\n"))}
}

// differs says in what a person saw it differently from the rules. It is empty if they
// agreed.
func differs(a *workflow.Assessment) string {
	if !a.Differs() {
		return ""
	}
	var rules, person []string
	chosen := workflow.Suggested{Cell: a.Grading.Cell, HighRisk: a.Grading.HighRisk}.Parts()
	for n, part := range a.Suggested.Parts() {
		if part != chosen[n] {
			rules, person = append(rules, part), append(person, chosen[n])
		}
	}
	return "*The rules suggested* " + escape(strings.Join(rules, ", ")) + ". " + user(a.By) + " sees it differently: " + escape(strings.Join(person, ", ")) + "."
}

// suggestedWhy is suggested with the person's own words, for a modal.
func suggestedWhy(a *workflow.Assessment) []slack.Block {
	blocks := suggested(a)
	if a.Why != "" {
		blocks = append(blocks, section("*Why this differs from the suggestion*"))
		blocks = append(blocks, words(a.Why)...)
	}
	return blocks
}

// neutral are the answered facts of the guided assessment.
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
	answer("Can people be identified from it?", f.Identifiable)
	answer("Encrypted, and the key safe?", f.Unintelligible)
	answer("Do we still have the data?", f.CopyHeld)
	add("How hard were people hit?", f.Disruption.Label(), f.Disruption != "")
	add("Who got it, or could?", f.ExposedTo.Label(), f.ExposedTo != "")
	answer("Did it reach somebody outside?", f.Exfiltrated)
	answer("Returned or deleted before use?", f.Recovered)
	answer("Was it read or used?", f.Read)
	add("How do we know that it came back?", f.Assurance.Label(), f.Assurance != "")
	answer("Connected with the people affected?", f.Connected)
	answer("Lawfully public already?", f.LawfullyPublic)
	answer("Did somebody act on wrong data?", f.WrongDataUsed)
	answer("Bad intent?", f.Malicious)
	answer("Has anybody suffered harm?", f.HarmReported)
	answer("Is anyone in danger?", f.InDanger)
	answer("Must customers act now?", f.CustomersMustAct)
	answer("Patient safety incident?", f.PatientSafety)
	answer("Is Slack itself unsafe?", f.SlackUnsafe)
	answer("Only people who have died?", f.Deceased)
	return out
}

// alarms are the facts that people must see at once.
func alarms(inc *workflow.Incident) []string {
	f := inc.Facts
	var lines []string
	for _, a := range []struct {
		is   bool
		says string
	}{
		{f.InDanger == workflow.Yes, "Somebody may be in danger. That comes before everything else."},
		{f.SlackUnsafe == workflow.Yes, "Slack itself may not be safe to use. Please agree by telephone where to continue, and write nothing here that an outsider must not read."},
		{f.CustomersMustAct == workflow.Yes, "Customers must do something themselves. They need to know now."},
		{f.PatientSafety == workflow.Yes, "It is linked to a patient safety incident. Please record it there too."},
		{f.Unsure && inc.Assessment() == nil, "The person who reported it is not sure whether this is a breach, and asks the DPO for advice."},
	} {
		if a.is && !inc.Step().Over() {
			lines = append(lines, a.says)
		}
	}
	return lines
}
