package view

import (
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// signposts say when a card or a checklist leads to a form or a reading. Where a
// clock's reminder leads is in the clock's own row.
type signposts struct {
	needs []need         // what an incident can need next that is done there
	phase workflow.Phase // the step whose checklist leads to it
}

// need is something an incident can need next.
type need struct {
	to   workflow.Recipient // empty for any
	line func(*workflow.Incident, workflow.Rules, workflow.Next) string
}

// regulatorMark stands for the regulator's name in our own words.
const regulatorMark = "{regulator}"

func named(s string, rules workflow.Rules) string {
	return strings.ReplaceAll(s, regulatorMark, rules.Regulator)
}

// always says the same of any incident.
func always(s string) func(*workflow.Incident, workflow.Rules, workflow.Next) string {
	return func(_ *workflow.Incident, rules workflow.Rules, _ workflow.Next) string { return named(s, rules) }
}

func assessLine(inc *workflow.Incident, _ workflow.Rules, _ workflow.Next) string {
	if inc.Assessment() != nil {
		return "assess the risk again: the facts have changed."
	}
	return "assess the risk to the people concerned."
}

func notifyLine(inc *workflow.Incident, rules workflow.Rules, _ workflow.Next) string {
	if inc.Notice(workflow.Regulator) != nil {
		return named("send the missing information to the "+regulatorMark+" and record it as sent.", rules)
	}
	return named("send the notification to the "+regulatorMark+" and record it as sent.", rules)
}

func dutyLine(_ *workflow.Incident, rules workflow.Rules, next workflow.Next) string {
	return "tell those it was decided to tell, and record it: " + rules.RecipientLabel(next.Recipient) + "."
}

// sign is one signpost to a form or a reading with the buttons that stand at it.
type sign struct {
	command workflow.CommandName
	opens   []opening
	part    bool // its buttons name the recipient
	signposts
}

// signs are those of every form and every reading.
func signs() []sign {
	var all []sign
	for _, r := range forms {
		all = append(all, sign{r.command, r.opens, r.part != nil, r.signposts})
	}
	for _, r := range readings {
		all = append(all, sign{r.command, []opening{r.opening}, false, r.signposts})
	}
	return all
}

// buttons are those of a sign that are about a recipient, the first one primary.
func (s sign) buttons(inc *workflow.Incident, to workflow.Recipient, rules workflow.Rules) []slack.BlockElement {
	about := string(inc.ID)
	if s.part {
		about = value(inc.ID, string(to))
	}
	var out []slack.BlockElement
	for _, o := range s.opens {
		if o.button == "" || o.presets.Recipient != "" && o.presets.Recipient != to {
			continue
		}
		b := button(o.act, named(o.button, rules), about)
		if len(out) == 0 {
			primary(b)
		}
		out = append(out, b)
	}
	return out
}

// needed is the sign that leads to the next thing. There is one for everything
// that can be next: a test holds the rows against what the rules can say.
func needed(next workflow.Next) (sign, need, bool) {
	for _, s := range signs() {
		for _, n := range s.needs {
			if s.command == next.Command && (n.to == "" || n.to == next.Recipient) {
				return s, n, true
			}
		}
	}
	return sign{}, need{}, false
}

// nextLine says what the incident needs next and who can do it; nothing when
// there is nothing left to do.
func nextLine(inc *workflow.Incident, rules workflow.Rules) string {
	next := rules.Next(inc)
	_, n, ok := needed(next)
	if !ok {
		return ""
	}
	return "*Next:* " + escape(n.line(inc, rules, next)) + " " + holders(inc, rules, next)
}

// nextButton are the buttons for the next thing.
func nextButton(inc *workflow.Incident, rules workflow.Rules) []slack.BlockElement {
	next := rules.Next(inc)
	s, _, ok := needed(next)
	if !ok {
		return nil
	}
	return s.buttons(inc, next.Recipient, rules)
}

// holders says who can do the next thing.
func holders(inc *workflow.Incident, rules workflow.Rules, next workflow.Next) string {
	if next.ForDeciders() {
		return decides(inc, rules)
	}
	if inc.Lead != "" {
		return "The lead, " + user(inc.Lead) + ", sees to it; any responder can."
	}
	return "Nobody has the lead yet. Press *Take the lead*, or just do it."
}

// decides says whose decision it is.
func decides(inc *workflow.Incident, rules workflow.Rules) string {
	if other := standsIn(inc, rules); other != "" {
		return other
	}
	if who := rules.Deciders(inc); len(who) > 0 {
		return "It is for " + mentions(who, " or ") + "."
	}
	return "It is for the DPO."
}

// deciding are the buttons of the DPO for one of the law's two questions.
func deciding(inc *workflow.Incident, to workflow.Recipient, rules workflow.Rules) []slack.BlockElement {
	return signTo(FormDecide).buttons(inc, to, rules)
}

func signTo(f Form) sign {
	r := rowOf(f)
	return sign{r.command, r.opens, r.part != nil, r.signposts}
}

// phaseButton is the button that works on a step, nil when nothing does there or
// the incident is past it.
func phaseButton(inc *workflow.Incident, p workflow.Phase, rules workflow.Rules) *slack.ButtonBlockElement {
	for _, s := range signs() {
		if s.phase == p && workflow.Allowed(s.command, inc.Step()) {
			b := s.buttons(inc, "", rules)[0].(*slack.ButtonBlockElement)
			b.Style = ""
			return b
		}
	}
	return nil
}

// place is where a button stands in the More menu of the card, and what it is
// called there; the zero value for nowhere.
type place struct {
	at    int
	label string
}

// moreChoices are the further actions the step allows; who may do them is
// checked when they are chosen.
func moreChoices(inc *workflow.Incident) []*slack.OptionBlockObject {
	var all []opening
	for _, r := range forms {
		if inc.Erased.IsZero() && workflow.Allowed(r.command, inc.Step()) {
			all = append(all, r.opens...)
		}
	}
	for _, r := range readings {
		if !r.drills || inc.Drill() {
			all = append(all, r.opening)
		}
	}
	slices.SortFunc(all, func(a, b opening) int { return a.menu.at - b.menu.at })
	var out []*slack.OptionBlockObject
	for _, o := range all {
		if o.menu.label != "" {
			out = append(out, option(string(o.act)+" "+string(inc.ID), o.menu.label, ""))
		}
	}
	return out
}
