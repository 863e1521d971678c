package view

import (
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// What one person alone is shown has no buttons that would answer them with a
// refusal. Messages for several people, such as those in the channel, keep theirs,
// and the press is refused with the reason.

// Permitted tells whether a button of an incident would do what it says for this
// person. part is what the button says in addition to the incident. Every press is
// checked again; this only keeps useless buttons away.
func Permitted(a Action, part string, by workflow.Actor, inc *workflow.Incident, rules workflow.Rules) bool {
	if r, _, ok := openedBy(a); ok {
		if r.alone {
			return true
		}
		_, m, _ := Opens(a, part)
		m.Incident = inc.ID
		may := rules.MayGive(r.command, inc, by) || r.also != "" && rules.MayGive(r.also, inc, by)
		return may && r.form.Shows(by, inc, m)
	}
	switch a {
	case ActLead:
		return rules.MayGive(workflow.CommandAssignRole, inc, by)
	case ActRegister:
		return by.MaySeeRegister()
	}
	if n := slices.IndexFunc(readings, func(r reading) bool { return r.act == a }); n >= 0 {
		return by.MayRead(inc) || readings[n].own != nil && by.MaySeeReport(inc)
	}
	return true
}

// permitted is what a person is shown of an incident, without the buttons that they
// may not use.
func permitted(blocks []slack.Block, by workflow.Actor, inc *workflow.Incident, rules workflow.Rules) []slack.Block {
	may := func(act, value string) bool {
		ref, part, _ := strings.Cut(value, " ")
		return workflow.IncidentID(ref) != inc.ID || Permitted(ActionOf(act), part, by, inc, rules)
	}
	var out []slack.Block
	for _, b := range blocks {
		switch b := b.(type) {
		case *slack.ActionBlock:
			row := *b
			row.Elements = &slack.BlockElements{}
			for _, e := range b.Elements.ElementSet {
				switch e := e.(type) {
				case *slack.ButtonBlockElement:
					if !may(e.ActionID, e.Value) {
						continue
					}
				case *slack.SelectBlockElement:
					menu := *e
					menu.Options = slices.DeleteFunc(slices.Clone(e.Options), func(o *slack.OptionBlockObject) bool {
						act, value, _ := strings.Cut(o.Value, " ")
						return e.ActionID == string(ActMore) && !may(act, value)
					})
					if len(menu.Options) > 0 {
						row.Elements.ElementSet = append(row.Elements.ElementSet, &menu)
					}
					continue
				}
				row.Elements.ElementSet = append(row.Elements.ElementSet, e)
			}
			if len(row.Elements.ElementSet) > 0 {
				out = append(out, &row)
			}
			continue
		case *slack.SectionBlock:
			if a := b.Accessory; a != nil && a.ButtonElement != nil && !may(a.ButtonElement.ActionID, a.ButtonElement.Value) {
				line := *b
				line.Accessory = nil
				out = append(out, &line)
				continue
			}
		}
		out = append(out, b)
	}
	return out
}

// For is a message about an incident for one person alone.
func (m Message) For(by workflow.Actor, inc *workflow.Incident, rules workflow.Rules) Message {
	m.Blocks = permitted(m.Blocks, by, inc, rules)
	return m
}
