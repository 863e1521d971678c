package view

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// ActHome refreshes the Home tab.
const ActHome Action = "home"

// How much of each part Home shows. Slack: at most 100 blocks in a Home tab.
const (
	homeWaits   = 20
	homeOthers  = 20
	homeActions = 10
)

// Home is what one person sees in the app's Home tab. Slack keeps it until it is
// published again, so it holds nothing that anybody typed.
type Home struct {
	Rules     workflow.Rules
	Now       time.Time
	By        workflow.Actor
	Incidents []*workflow.Incident // open ones, and those with an action that By owns; only what By may see is shown
	Beyond    bool                 // there are more open incidents than Incidents holds
	Register  *RegisterCount       // nil for people who may not see it
	Since     time.Time            // when the settings last changed; zero if that is not known
}

// RegisterCount is the register in figures.
type RegisterCount struct {
	Open, All int
	More      bool // there are more than were counted
	Trend     string
}

// View builds the tab.
func (h Home) View() slack.HomeTabViewRequest {
	h.Incidents = slices.SortedStableFunc(slices.Values(h.Incidents), workflow.ByUrgency)
	blocks := []slack.Block{
		actions("home", primary(button(ActReport, "Report a data breach", "home")), button(ActHelp, "Help", "home"), button(ActHome, "Refresh", "home")),
	}
	waiting, others := h.incidents()
	blocks = append(blocks, header("Waiting for me"))
	blocks = append(blocks, firstOf(waiting, homeWaits, "Nothing is waiting for you.")...)
	if owned := h.owned(); len(owned) > 0 {
		blocks = append(blocks, header("My actions"))
		blocks = append(blocks, firstOf(owned, homeActions, "")...)
	}
	if len(others) > 0 {
		blocks = append(blocks, header("Other open incidents"))
		blocks = append(blocks, firstOf(others, homeOthers, "")...)
	}
	if h.Beyond {
		blocks = append(blocks, small("There are more open incidents than Home covers. It covers the most urgent. `/breach list` shows more."))
	}
	blocks = append(blocks, h.register()...)
	return homeTab(append(blocks, divider(), small(strings.Join(h.standing(), "\n")))...)
}

// HomeRefused is the tab of somebody who may not use breachbot, or who cannot use it
// just now.
func HomeRefused(why string) slack.HomeTabViewRequest {
	return homeTab(slack.NewSectionBlock(plain(workflow.Cut(why, maxSection)), nil, nil), actions("home", button(ActHome, "Refresh", "home")))
}

func homeTab(blocks ...slack.Block) slack.HomeTabViewRequest {
	return slack.HomeTabViewRequest{Type: slack.VTHomeTab, CallbackID: string(ActHome), Blocks: slack.Blocks{BlockSet: blocks}}
}

// firstOf shows the first few lines and says how many more there are.
func firstOf(lines []slack.Block, most int, none string) []slack.Block {
	if len(lines) == 0 {
		return []slack.Block{section(none)}
	}
	out := slices.Clone(lines[:min(len(lines), most)])
	if more := len(lines) - most; more > 0 {
		out = append(out, small(fmt.Sprintf("and %d more: use `/breach list`.", more)))
	}
	return out
}

// homeName is an incident in a few words, none of which anybody typed.
func homeName(inc *workflow.Incident) string {
	return homeReference(inc.ID) + " · *" + escape(grade(inc)) + "* · " + kindAlone(inc.Facts)
}

func homeReference(id workflow.IncidentID) string {
	if id.Drill() {
		return "*Drill* · *" + string(id) + "*"
	}
	return "*" + string(id) + "*"
}

// ofIncident says which incident a button is about, for people who use a screen
// reader. The button is not a primary one, because Home has only one of those.
func ofIncident(b *slack.ButtonBlockElement, inc *workflow.Incident) *slack.ButtonBlockElement {
	b.Style = ""
	return readAs(b, string(inc.ID))
}

// incidents are the open incidents that this person may know of, each in one section,
// the most urgent first: those that wait for them, and the others.
func (h Home) incidents() (waiting, others []slack.Block) {
	for _, inc := range h.Incidents {
		if inc.Step().Over() || !h.By.MaySeeReport(inc) && !h.By.MaySeeRegister() {
			continue
		}
		next := h.Rules.Next(inc)
		waits := h.waits(inc, next)
		line := slack.NewSectionBlock(mark(workflow.Cut(h.glance(inc), maxSection)), nil, nil)
		line.BlockID = "home_" + string(inc.ID)
		if b := h.button(inc, next, waits); b != nil {
			line.Accessory = slack.NewAccessory(ofIncident(b, inc))
		}
		if waits {
			waiting = append(waiting, line)
		} else {
			others = append(others, line)
		}
	}
	return waiting, others
}

// waits tells whether the next thing an incident needs waits for this person: a
// decision that they may take, or a step of an incident that they lead, that they
// triaged, or that nobody has. Steps of other incidents wait for those who lead them.
func (h Home) waits(inc *workflow.Incident, next workflow.Next) bool {
	if next.Command == "" || !h.By.MayRead(inc) || !h.Rules.MayGive(next.Command, inc, h.By) {
		return false
	}
	if next.ForDeciders() {
		return h.Rules.MayGive(workflow.CommandDecide, inc, h.By)
	}
	triaged := slices.ContainsFunc(inc.Triages, func(t workflow.Grade) bool { return t.By == h.By.User })
	return inc.Lead == "" || inc.Lead == h.By.User || triaged
}

// glance is an incident as it is seen at a glance: what it is, how long there is, who
// has it, and what comes next for those who may read it. Others see the step.
func (h Home) glance(inc *workflow.Incident) string {
	lines := []string{homeName(inc)}
	stands := held(inc)
	if t, ok := leading(inc, h.Rules); ok && t.Running() {
		stands = barLine(t, "", h.Now) + " · " + stands
	}
	lines = append(lines, stands)
	if !h.By.MayRead(inc) {
		own := ""
		if inc.Reporter == h.By.User {
			own = " You reported it."
		}
		return strings.Join(append(lines, escape(standing(inc, h.Rules))+"."+own), "\n")
	}
	next := nextStep(inc, h.Rules)
	if inc.Inside(h.By.User) {
		next = strings.TrimSpace(next + " " + channel(inc.Room.Channel))
	}
	if next != "" {
		lines = append(lines, next)
	}
	return strings.Join(append(lines, h.sooner(inc)...), "\n")
}

// sooner is the clock that ends before the one that leads, if there is one. The clocks
// of actions are with their owners.
func (h Home) sooner(inc *workflow.Incident) []string {
	leads, ok := leading(inc, h.Rules)
	for _, t := range workflow.Running(h.Rules.Clocks(inc)) {
		if t.Owner != "" || t.Name == leads.Name || ok && leads.Running() && !t.Deadline.Before(leads.Deadline) {
			continue
		}
		due := "due "
		if t.Overdue(h.Now) {
			due = "*overdue*, it was due "
		}
		return []string{escape(t.Name.Label(h.Rules.Regulator)) + ": " + due + when(t.Deadline) + "."}
	}
	return nil
}

// button is the one thing to press: taking an incident that nobody has, otherwise the
// next thing, otherwise what this person may read of it. It is nil if that is nothing.
func (h Home) button(inc *workflow.Incident, next workflow.Next, waits bool) *slack.ButtonBlockElement {
	id := string(inc.ID)
	switch {
	case waits && inc.Lead == "" && !next.ForDeciders() && h.Rules.MayGive(workflow.CommandAssignRole, inc, h.By):
		return button(ActLead, "I have it", id)
	case waits:
		return nextButton(inc, h.Rules)[0].(*slack.ButtonBlockElement)
	case h.By.MayRead(inc):
		return button(ActDetails, "Show the report", id)
	case h.By.MaySeeReport(inc):
		return button(ActDetails, "Show my report", id)
	}
	return nil
}

// owned are the corrective actions that this person owns, also of incidents that have
// ended.
func (h Home) owned() []slack.Block {
	var out []slack.Block
	for _, inc := range h.Incidents {
		for n, a := range inc.OpenActions() {
			if a.Owner != h.By.User {
				continue
			}
			t, _ := h.Rules.Clock(inc, workflow.ActionClock(a.Seq))
			line := slack.NewSectionBlock(mark(fmt.Sprintf("%s · You own corrective action %d. %s", homeReference(inc.ID), n+1, clockStands(t, h.Rules.Zone, h.Now))), nil,
				slack.NewAccessory(readAs(button(ActFinish, "It is done", value(inc.ID, fmt.Sprint(a.Seq))), fmt.Sprintf("%s, action %d", inc.ID, n+1))))
			line.BlockID = fmt.Sprintf("home_%s_%d", inc.ID, a.Seq)
			out = append(out, line)
		}
	}
	return out
}

func (h Home) register() []slack.Block {
	r := h.Register
	if r == nil {
		return nil
	}
	say := "*No incidents recorded yet.*"
	switch all := count(r.All, "incident"); {
	case r.More:
		say = fmt.Sprintf("More than %s, %d of the newest still open.", all, r.Open)
	case r.All > 0:
		say = fmt.Sprintf("%s, %d of them open.", upperFirst(all), r.Open)
	}
	if r.All > 0 {
		say += "\n" + escape(r.Trend)
	}
	line := slack.NewSectionBlock(mark(say), nil, slack.NewAccessory(button(ActRegister, "Open the register", "home")))
	line.BlockID = "home_register"
	return []slack.Block{header("The register"), line}
}

// standing says which procedure and settings apply, and how to reach the DPO.
func (h Home) standing() []string {
	lines := append(procedureLines(h.Rules, h.Now), reach(h.Rules)...)
	if !h.Since.IsZero() {
		lines = append(lines, "Settings last changed "+when(h.Since)+". The people who run breachbot can list the changes with `breachbot settings`.")
	}
	return append(lines, "Updated "+exactly(h.Now, h.Rules.Zone)+". Press *Refresh* to update Home. Weekends and bank holidays count towards the 72 hours.")
}

// procedureLines say which procedure applies, if the settings name one.
func procedureLines(rules workflow.Rules, now time.Time) []string {
	p := rules.Procedure
	if !p.Known() {
		return nil
	}
	const day = "2 January 2006"
	line := "Procedure " + escape(p.Version) + ", owner " + escape(p.Owner) + ", to be reviewed by " + p.Review.Format(day) + "."
	if p.ReviewPassed(now, Desk{Rules: rules}.zone()) {
		line += " *That date has passed:* please ask the owner whether the procedure still applies."
	}
	return []string{line}
}

// reach says how to reach the DPO outside Slack, if the settings say so.
func reach(rules workflow.Rules) []string {
	if rules.DPOContact == "" {
		return nil
	}
	return []string{"How to reach the DPO outside Slack: " + escape(rules.DPOContact)}
}

// HelpAt is the help, with how to reach the DPO and which procedure applies.
func HelpAt(rules workflow.Rules, now time.Time) Message {
	m := Help(rules)
	if lines := append(reach(rules), procedureLines(rules, now)...); len(lines) > 0 {
		m.Blocks = append(m.Blocks, small(strings.Join(lines, "\n")))
	}
	return m
}

// routeLines say how to notify the regulator in the organisation's nation.
func routeLines(rules workflow.Rules) []slack.Block {
	var lines []string
	var law []workflow.StatementKey
	for _, l := range rules.Route() {
		lines, law = append(lines, l.Text), append(law, l.Law...)
	}
	return []slack.Block{section("*How to tell the " + escape(rules.Regulator) + "*\n" + strings.Join(bullets(lines), "\n")), sources(rules, law...)}
}
