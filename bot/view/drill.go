package view

import (
	"strings"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// drillForm is the report form of a drill. What is typed into it is not kept as a
// draft, so it never gets in the way of a real report.
func drillForm(m Meta, blocks []slack.Block) slack.ModalViewRequest {
	first := []slack.Block{
		caution("*" + practiceWords + ".* Please make up a breach and report it as you would report a real one.\n*Has something really happened?* Close this form and type `/breach`."),
		section("A practice channel will open, and everybody who handles breaches will be called, as if it were real. It will not appear in the register."),
	}
	return modal(FormReport, "Practice report", "Start the drill", m, append(first, blocks...)...)
}

// Pace shows how fast each step of a drill was and who took part. It is evidence
// that people have practised the response.
func Pace(inc *workflow.Incident, rules workflow.Rules) slack.ModalViewRequest {
	v := notice("How fast was each step?", "*"+string(inc.ID)+"* · "+escape(inc.Step().Label())+". Reported "+when(inc.Times.Reported)+".")
	blocks := append(v.Blocks.BlockSet, section(strings.Join(paceLines(inc, rules), "\n")))
	var who []string
	for _, p := range inc.Parts() {
		var names []string
		for _, u := range p.Who {
			names = append(names, user(u))
		}
		who = append(who, upperFirst(p.Role.Short())+": "+strings.Join(names, ", "))
	}
	blocks = append(blocks, section("*Who took part*\n"+strings.Join(bulletsRaw(who), "\n")),
		small("As a table for your records: `breachbot register drills`."))
	v.Blocks.BlockSet = blocks
	return practiceModal(inc, v)
}

// paceLines hold only times, so they may be posted in the channel too.
func paceLines(inc *workflow.Incident, rules workflow.Rules) []string {
	lines := []string{"*How fast was each step?* Times from the report:"}
	for _, l := range rules.Pace(inc) {
		line := "• " + escape(l.Step) + ": "
		switch {
		case !l.Done():
			line += "not done"
		case l.Took <= 0:
			line += "at once"
		default:
			line += span(l.Took)
		}
		switch {
		case l.Target.IsZero():
			line += ". No target."
		case l.Over() > 0:
			line += ". *Target " + span(l.Target.Sub(inc.Times.Reported)) + ": missed by " + span(l.Over()) + ".*"
		case l.Done():
			line += ". Target " + span(l.Target.Sub(inc.Times.Reported)) + ": met."
		default:
			line += ". Target " + span(l.Target.Sub(inc.Times.Reported)) + "."
		}
		lines = append(lines, line)
	}
	return lines
}
