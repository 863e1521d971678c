package view

import (
	"cmp"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// signposts say when a card or a checklist leads to a form or a reading. Where the
// reminder of a clock leads is in the row of the clock.
type signposts struct {
	needs []need         // what an incident can need next that is done here
	phase workflow.Phase // the step whose checklist leads here
	// within is the step that it belongs to if that step's checklist leads elsewhere.
	within workflow.Phase
}

// need is something an incident can need next.
type need struct {
	to   workflow.Recipient // empty for any
	line func(*workflow.Incident, workflow.Rules, workflow.Next) string
}

// regulatorMark is replaced by the name of the regulator.
const regulatorMark = "{regulator}"

func named(s string, rules workflow.Rules) string {
	return strings.ReplaceAll(s, regulatorMark, rules.Regulator)
}

// always says the same about every incident.
func always(s string) func(*workflow.Incident, workflow.Rules, workflow.Next) string {
	return func(_ *workflow.Incident, rules workflow.Rules, _ workflow.Next) string { return named(s, rules) }
}

func assessLine(inc *workflow.Incident, _ workflow.Rules, _ workflow.Next) string {
	if inc.Assessment() != nil {
		return "assess the risk again: the facts have changed."
	}
	return "assess the risk to the people affected."
}

func notifyLine(inc *workflow.Incident, rules workflow.Rules, _ workflow.Next) string {
	if inc.Notice(workflow.Regulator) != nil {
		return named("send the missing information to the "+regulatorMark+" and record it as sent.", rules)
	}
	return named("send the notification to the "+regulatorMark+" and record it as sent.", rules)
}

func answerLine(_ *workflow.Incident, _ workflow.Rules, next workflow.Next) string {
	if next.Recipient == workflow.Controllers {
		return "decide to tell the controller we work for. A processor tells it without undue delay, and need not assess the risk first."
	}
	return "answer who else must be told."
}

func dutyLine(_ *workflow.Incident, rules workflow.Rules, next workflow.Next) string {
	return "tell them as decided, and record it: " + rules.RecipientLabel(next.Recipient) + "."
}

// sign is a signpost to a form or a reading, with its buttons.
type sign struct {
	command workflow.CommandName
	opens   []opening
	part    bool // its buttons name the recipient
	signposts
}

// signs are the signs of every form and every reading.
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

// buttons are the buttons of a sign that are about a recipient. The first one is
// primary.
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

// needed is the sign that leads to the next thing. There is one for everything that
// can come next: a test compares the rows with what the rules can say.
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

// nextLine says what the incident needs next and who can do it. It is empty if there
// is nothing left to do.
func nextLine(inc *workflow.Incident, rules workflow.Rules) string {
	next := rules.Next(inc)
	_, n, ok := needed(next)
	if !ok {
		return ""
	}
	return "*Next:* " + escape(n.line(inc, rules, next)) + " " + holders(inc, rules, next)
}

// nextStep is nextLine where it stands already who has the incident: it adds only who
// decides, where that is the next thing.
func nextStep(inc *workflow.Incident, rules workflow.Rules) string {
	next := rules.Next(inc)
	_, n, ok := needed(next)
	if !ok {
		return ""
	}
	line := "*Next:* " + escape(n.line(inc, rules, next))
	if next.ForDeciders() {
		line += " " + decides(inc, rules)
	}
	return line
}

// nextButton is the buttons for the next thing.
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
	switch {
	case inc.Lead != "":
		return "The lead, " + user(inc.Lead) + ", does this. Any responder can too."
	case inc.Taken():
		return "Nobody leads it yet. Press *I have it*, or just do it."
	}
	return has(inc) + ". Press *I have it*, or just do it."
}

// decides says who decides.
func decides(inc *workflow.Incident, rules workflow.Rules) string {
	if other := standsIn(inc, rules); other != "" {
		return other
	}
	if who := rules.Deciders(inc); len(who) > 0 {
		return mentions(who, " or ") + " decides."
	}
	return cmp.Or(nobodyDecides(inc, rules), "The DPO decides.")
}

// deciding is the DPO's buttons for one of the two questions that the law asks.
func deciding(inc *workflow.Incident, to workflow.Recipient, rules workflow.Rules) []slack.BlockElement {
	return signTo(FormDecide).buttons(inc, to, rules)
}

func signTo(f Form) sign {
	r := rowOf(f)
	return sign{r.command, r.opens, r.part != nil, r.signposts}
}

// phaseButton is the button for work on a step. It is nil if the step has none or
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

// place is where a button is in the More menu of the card and what it is called
// there. The zero value means that it is not in the menu.
type place struct {
	at    int
	label string
}

// moreChoices are the further actions that the step allows. Who may do them is
// checked when somebody chooses one.
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
