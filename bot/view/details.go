package view

import (
	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Details shows what was reported and what followed, including what people typed.
// It is a modal, so only the person who asked sees it and Slack does not keep it.
func Details(inc *workflow.Incident, rules workflow.Rules) slack.ModalViewRequest {
	v := notice(string(inc.ID), "*"+escape(inc.Step().Label())+"*\n"+leadingClock(inc, rules))
	blocks := append(v.Blocks.BlockSet, versioned(inc)...)
	blocks = append(blocks, header("In one line"))
	blocks = append(blocks, words(inc.Title())...)
	blocks = append(blocks, told("What happened, and how it was found", inc.Report.What)...)
	blocks = append(blocks, told("What has been done already", inc.Report.Actions)...)
	blocks = append(blocks, source(inc.Report.Source)...)
	blocks = append(blocks, attachedFiles(inc, "")...)
	t, f := inc.Times, inc.Facts
	blocks = append(blocks, table(
		pair{"Noticed", when(t.Detected)},
		pair{"Reported", when(t.Reported) + " by " + user(inc.Reporter)},
		pair{"Happened", occurred(t.Occurred)},
		pair{"Organisation aware", aware(t)},
		pair{"Risk to people", escape(inc.Risk.Label())},
		pair{"Severity", escape(inc.Severity.Label())},
		pair{"Kind of event", kind(f)},
		pair{"What became of the data", escape(list(f.Aspects))},
		pair{"Kinds of data", escape(list(f.Data))},
		pair{"People affected", people(f)},
		pair{"Still going on?", f.Ongoing.Label()},
		pair{"Do they know?", f.SubjectsAware.Label()},
		pair{"Does another organisation know?", f.OthersAware.Label()},
		pair{"Personal data?", f.PersonalData.Label()},
		pair{"Our role for this data", escape(f.Capacity.Label())},
		pair{"Near miss?", yesNo(f.NearMiss)},
	)...)
	if !t.ProcessorTold.IsZero() {
		blocks = append(blocks, table(pair{"Our processor told us", when(t.ProcessorTold)})...)
	}
	blocks = append(blocks, table(neutral(f)...)...)
	if t.Aware.Reason != "" {
		blocks = append(blocks, told("Why aware at that time", t.Aware.Reason)...)
	}
	blocks = append(blocks, decisionLines(inc, rules)...)
	if a := inc.Assessment(); a != nil {
		blocks = append(blocks, because(a.Recommendation)...)
		blocks = append(blocks, suggestedWhy(a)...)
		blocks = append(blocks, told("Evidence", a.Grading.Evidence)...)
		blocks = append(blocks, told("Likely consequences", a.Consequences)...)
	}
	v.Blocks.BlockSet = fit(blocks)
	return practiceModal(inc, v)
}

// told is a heading with what somebody typed. It is empty if they typed nothing.
func told(heading, text string) []slack.Block {
	if text == "" {
		return nil
	}
	return append([]slack.Block{header(heading)}, words(text)...)
}

func occurred(o workflow.Occurrence) string {
	switch {
	case !o.Known():
		return "not known yet"
	case o.To.IsZero():
		return when(o.From)
	case o.From.IsZero():
		return "until " + when(o.To)
	}
	return when(o.From) + " to " + when(o.To)
}

func aware(t workflow.Times) string {
	if t.Aware.At.IsZero() {
		return "not set yet"
	}
	return when(t.Aware.At) + ", set by " + user(t.Aware.By)
}

// fit keeps a modal within Slack's limit of blocks, and says so if it had to cut.
func fit(blocks []slack.Block) []slack.Block {
	if len(blocks) <= maxModalBlocks {
		return blocks
	}
	return append(blocks[:maxModalBlocks-1:maxModalBlocks-1], section("There is too much to show here. The register export has all of it."))
}
