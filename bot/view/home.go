package view

import (
	"cmp"
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
	homeWaits  = 10
	homeMine   = 10
	homeClocks = 15
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
	blocks = append(blocks, header("Waiting for me"))
	blocks = append(blocks, firstOf(h.waiting(), homeWaits, "Nothing is waiting for you.")...)
	blocks = append(blocks, header("My incidents"))
	blocks = append(blocks, firstOf(h.mine(), homeMine, "You are not part of any open incident.")...)
	blocks = append(blocks, header("Clocks by urgency"))
	blocks = append(blocks, firstOf(h.clocks(), homeClocks, "No clock is running in any incident you can see.")...)
	if h.Beyond {
		blocks = append(blocks, small("There are more open incidents than Home covers. It covers the newest. `/breach list` shows more."))
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

// firstOf shows the first few parts and says how many more there are.
func firstOf(parts [][]slack.Block, most int, none string) []slack.Block {
	if len(parts) == 0 {
		return []slack.Block{section(none)}
	}
	var out []slack.Block
	for _, p := range parts[:min(len(parts), most)] {
		out = append(out, p...)
	}
	if more := len(parts) - most; more > 0 {
		out = append(out, small(fmt.Sprintf("and %d more: use `/breach list`.", more)))
	}
	return out
}

// homeName is an incident in a few words, none of which anybody typed.
func homeName(inc *workflow.Incident) string {
	name := "*" + string(inc.ID) + "* · " + kind(inc.Facts)
	if inc.Severity.Valid() && !inc.Facts.NearMiss {
		name = "*" + string(inc.ID) + "* · " + escape(inc.Severity.Label()) + " · " + kind(inc.Facts)
	}
	if inc.ID.Drill() {
		name = "*Drill* · " + name
	}
	return name
}

// ofIncident says which incident a button is about, for people who use a screen
// reader. The button is not a primary one, because Home has only one of those.
func ofIncident(b *slack.ButtonBlockElement, inc *workflow.Incident) *slack.ButtonBlockElement {
	b.Style = ""
	return readAs(b, string(inc.ID))
}

// waiting is what this person can do next: decisions they may take, steps of
// incidents that they lead or that nobody leads, and actions that they own. Steps of
// other incidents wait for those who lead them.
func (h Home) waiting() [][]slack.Block {
	var decisions, steps, owned [][]slack.Block
	for _, inc := range h.Incidents {
		next := h.Rules.Next(inc)
		if h.waits(inc, next) {
			line := section(homeName(inc) + "\n" + nextLine(inc, h.Rules))
			do := nextButton(inc, h.Rules)
			if inc.Lead == "" {
				do = append(do, button(ActLead, "I have it", string(inc.ID)))
			}
			for _, b := range do {
				ofIncident(b.(*slack.ButtonBlockElement), inc)
			}
			buttons := actions("home_"+string(inc.ID), do...)
			if next.ForDeciders() {
				decisions = append(decisions, []slack.Block{line, buttons})
			} else {
				steps = append(steps, []slack.Block{line, buttons})
			}
		}
		for n, a := range inc.OpenActions() {
			if a.Owner != h.By.User {
				continue
			}
			t, _ := h.Rules.Clock(inc, workflow.ActionClock(a.Seq))
			line := slack.NewSectionBlock(mark(homeName(inc)+"\nYou own a corrective action. "+clockStands(t, h.Rules.Zone, h.Now)), nil,
				slack.NewAccessory(readAs(button(ActFinish, "It is done", value(inc.ID, fmt.Sprint(a.Seq))), fmt.Sprintf("%s, action %d", inc.ID, n+1))))
			line.BlockID = fmt.Sprintf("home_%s_%d", inc.ID, a.Seq)
			owned = append(owned, []slack.Block{line})
		}
	}
	return slices.Concat(decisions, steps, owned)
}

func (h Home) waits(inc *workflow.Incident, next workflow.Next) bool {
	if next.Command == "" || !h.By.MayRead(inc) || !h.Rules.MayGive(next.Command, inc, h.By) {
		return false
	}
	if next.ForDeciders() {
		return h.Rules.MayGive(workflow.CommandDecide, inc, h.By)
	}
	return inc.Lead == "" || inc.Lead == h.By.User
}

// mine are the incidents that this person is part of.
func (h Home) mine() [][]slack.Block {
	var out [][]slack.Block
	for _, inc := range h.Incidents {
		var as []string
		for _, r := range []workflow.Role{workflow.RoleReporter, workflow.RoleLead, workflow.RoleResponder} {
			if slices.Contains(workflow.Actor{User: h.By.User}.RolesIn(inc), r) {
				as = append(as, r.Name())
			}
		}
		if len(as) == 0 || inc.Step().Over() {
			continue
		}
		where := ""
		if inc.Room.Ready() && inc.Invited[workflow.Principal(h.By.User)] {
			where = " · " + channel(inc.Room.Channel)
		}
		label := "Show my report"
		if h.By.MayRead(inc) {
			label = "Show the report"
		}
		line := slack.NewSectionBlock(mark(homeName(inc)+where+"\n"+escape(inc.Step().Label())+". You are its "+strings.Join(as, " and ")+"; reported "+when(inc.Times.Reported)+"."), nil,
			slack.NewAccessory(ofIncident(button(ActDetails, label, string(inc.ID)), inc)))
		line.BlockID = "mine_" + string(inc.ID)
		out = append(out, []slack.Block{line})
	}
	return out
}

// clocks are the running clocks of the incidents that this person may see, soonest
// first. If they only reported the incident, or see it only in the register, that is
// just the regulator's clock or, while we are only the processor, the controller's. The clocks of their own actions are always shown.
func (h Home) clocks() [][]slack.Block {
	type running struct {
		inc *workflow.Incident
		t   workflow.Timing
	}
	var all []running
	for _, inc := range h.Incidents {
		whole, some := h.By.MayRead(inc), h.By.MaySeeReport(inc) || h.By.MaySeeRegister()
		leads := workflow.ClockRegulator
		if !inc.Clock().Ours() {
			leads = workflow.ClockController
		}
		for _, t := range h.Rules.Clocks(inc) {
			if t.Running() && (whole || some && t.Name == leads || t.Owner != "" && t.Owner == h.By.User) {
				all = append(all, running{inc, t})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b running) int {
		return cmp.Or(a.t.Deadline.Compare(b.t.Deadline), cmp.Compare(a.inc.ID, b.inc.ID))
	})
	var out [][]slack.Block
	for _, r := range all {
		name := "*" + escape(r.t.Name.Label(h.Rules.Regulator)) + "*"
		if r.t.Owner != "" {
			name += " of " + user(r.t.Owner)
		}
		out = append(out, []slack.Block{section(name + " · " + homeName(r.inc) + "\n" + clockStands(r.t, h.Rules.Zone, h.Now))})
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
	return append(lines, "As of "+exactly(h.Now, h.Rules.Zone)+". Press *Refresh* to bring Home up to date. Weekends and bank holidays count towards the 72 hours.")
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
