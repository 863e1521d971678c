package view

import (
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

// stepsLine is how far the eight steps have got, in one line.
func stepsLine(inc *workflow.Incident, rules workflow.Rules) string {
	var parts []string
	for _, p := range rules.Phases(inc) {
		if len(p.Items) == 0 {
			continue
		}
		short, _, _ := strings.Cut(p.Phase.Label(), " ")
		parts = append(parts, escape(short)+" "+progress(p))
	}
	return "*Steps:* " + strings.Join(parts, " · ")
}
