package view

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// StepList shows the eight steps as checklists: what is done and what is still open
// at this severity.
func StepList(inc *workflow.Incident, rules workflow.Rules) slack.ModalViewRequest {
	v := notice(string(inc.ID), "*The eight steps.* They overlap: contain before you look for the cause. How much is asked depends on the severity, now "+escape(inc.Severity.Label())+".")
	blocks := append(v.Blocks.BlockSet, actions("", button(ActFirstHour, firstHourTitle, string(inc.ID))))
	for n, p := range rules.Phases(inc) {
		var open, done []string
		for _, item := range p.Items {
			if item.Done {
				done = append(done, item.Label)
			} else {
				open = append(open, item.Label)
			}
		}
		lines := []string{"*" + strconv.Itoa(n+1) + ". " + escape(p.Phase.Label()) + "* · " + progress(p)}
		if len(open) > 0 {
			lines = append(lines, "Open: "+escape(ended(open)))
		}
		if len(done) > 0 {
			lines = append(lines, "Done: "+escape(ended(done)))
		}
		text := strings.Join(lines, "\n")
		if b := phaseButton(inc, p.Phase, rules); b != nil && len(open) > 0 {
			blocks = append(blocks, withButton(text, b))
		} else {
			blocks = append(blocks, section(text))
		}
	}
	v.Blocks.BlockSet = fit(blocks)
	return practiceModal(inc, v)
}

// ended lists items as a sentence. It adds no full stop after a question mark.
func ended(items []string) string {
	s := strings.Join(items, "; ")
	if strings.HasSuffix(s, "?") {
		return s
	}
	return s + "."
}

func progress(p workflow.PhaseState) string {
	switch {
	case len(p.Items) == 0:
		return "nothing is needed at this severity"
	case p.Complete():
		return "done"
	}
	return strconv.Itoa(p.Done) + " of " + strconv.Itoa(len(p.Items))
}

// The marks of the steps. Each is a different shape, so they are told apart without
// colour. The words are for where a mark would be read out as its shape.
var (
	stepDone   = stepMark{"✓", "Done"}
	stepNow    = stepMark{"▶", "Now"}
	stepPartly = stepMark{"◐", "Partly done"}
	stepOpen   = stepMark{"○", "To do"}
)

// stepMark is a mark and what it says.
type stepMark struct{ sign, word string }

// markedStep is a step with its mark.
type markedStep struct {
	name string
	stepMark
}

// stepsMarked are the steps with their marks. Steps in which nothing is asked at this
// severity are left out. Only a step that the work has passed is partly done: of
// those to come, something is often known from the report.
func stepsMarked(inc *workflow.Incident, rules workflow.Rules) []markedStep {
	s, _, _ := needed(rules.Next(inc))
	now := cmp.Or(s.phase, s.within)
	var out []markedStep
	passed := true
	for _, p := range rules.Phases(inc) {
		passed = passed && p.Phase != now
		if len(p.Items) == 0 {
			continue
		}
		name, _, _ := strings.Cut(p.Phase.Label(), " ")
		mark := stepOpen
		switch {
		case p.Phase == now && !inc.Step().Over():
			mark = stepNow
		case p.Complete():
			mark = stepDone
		case p.Done > 0 && passed:
			mark = stepPartly
		}
		out = append(out, markedStep{name, mark})
	}
	return out
}

// stepsLine is how far the eight steps have got, as a line of marks.
func stepsLine(inc *workflow.Incident, rules workflow.Rules) string {
	var parts []string
	for _, s := range stepsMarked(inc, rules) {
		name := escape(s.name)
		if s.stepMark == stepNow {
			name = "*" + name + "*"
		}
		parts = append(parts, s.sign+" "+name)
	}
	return strings.Join(parts, " · ")
}

// stepsWords is stepsLine in words, for people who hear it.
func stepsWords(inc *workflow.Incident, rules workflow.Rules) string {
	var said []string
	for _, m := range []stepMark{stepDone, stepPartly, stepNow, stepOpen} {
		var names []string
		for _, s := range stepsMarked(inc, rules) {
			if s.stepMark == m {
				names = append(names, s.name)
			}
		}
		if len(names) > 0 {
			said = append(said, m.word+": "+strings.Join(names, ", ")+".")
		}
	}
	return strings.Join(said, " ")
}
