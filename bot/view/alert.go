package view

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Alert tells a role-holder in a direct message that there is a report. If they are
// told later, it says how far the incident has got.
func Alert(inc *workflow.Incident, to workflow.Target, rules workflow.Rules, now time.Time) Message {
	return reaching(inc, to, rules, news(inc, rules), "nobody has it yet", now)
}

// Held is what becomes of an alert already sent once somebody has the incident: who
// has it, and nothing that will soon be otherwise. If nobody has it any more, it is an
// alert again.
func Held(inc *workflow.Incident, to workflow.Target, rules workflow.Rules, now time.Time) Message {
	if !inc.Taken() {
		return Alert(inc, to, rules, now)
	}
	blocks := []slack.Block{section("*" + about(inc) + "*\n" + cmp.Or(has(inc), escape(standing(inc, rules))) + ".")}
	var buttons []slack.BlockElement
	switch {
	case seesReport(inc, to, rules):
		blocks = append(blocks, where(inc, to)...)
		buttons = append(buttons, button(ActDetails, "Show the report", string(inc.ID)))
	case !inc.Drill():
		buttons = append(buttons, button(ActRegister, "Open the register", string(inc.ID)))
	}
	if len(buttons) > 0 {
		blocks = append(blocks, actions("alert", buttons...))
	}
	return practice(inc, Message{Text: news(inc, rules), Blocks: blocks})
}

// Untaken tells somebody in a direct message that nobody has it, and for how long.
func Untaken(inc *workflow.Incident, to workflow.Target, rules workflow.Rules, now time.Time) Message {
	if inc.Taken() {
		return Alert(inc, to, rules, now)
	}
	waited := now.Sub(inc.UntakenSince()).Truncate(time.Minute)
	state := "nobody has it after " + span(waited)
	return reaching(inc, to, rules, about(inc)+", "+state, state, now)
}

// reaching is the message that reaches somebody about a report, with its push text:
// the same facts and the same clock as on the card, then the buttons. state is how long
// nobody has had it.
func reaching(inc *workflow.Incident, to workflow.Target, rules workflow.Rules, text, state string, now time.Time) Message {
	id := string(inc.ID)
	title, who := "Incident "+id, has(inc)
	if !inc.Taken() && !inc.Step().Over() {
		title, who = title+": "+state, "reported "+when(inc.Times.Reported)
	}
	facts := brief(inc, rules)
	if who != "" {
		facts += " · " + who
	}
	blocks := []slack.Block{header(title), section(facts), section(countdown(inc, rules, now))}
	if inc.Step() != workflow.StepReported {
		blocks = append(blocks, section("*"+escape(standing(inc, rules))+"*"))
	}
	sees := seesReport(inc, to, rules)
	var buttons []slack.BlockElement
	switch {
	case sees:
		if !inc.Taken() && rules.MayGive(workflow.CommandAssignRole, inc, holder(to, rules)) {
			buttons = append(buttons, primary(button(ActLead, "I have it", id)))
		}
		if inc.Step() == workflow.StepReported {
			buttons = append(buttons, button(ActTriage, "Triage", id))
		}
		buttons = append(buttons, button(ActDetails, "Show the report", id))
	case !inc.Drill():
		buttons = append(buttons, button(ActRegister, "Open the register", id))
	}
	if len(buttons) > 0 {
		blocks = append(blocks, actions("alert", buttons...))
	}
	if lines := alarms(inc); len(lines) > 0 {
		blocks = append(blocks, section("*Please note*\n"+strings.Join(bulletsRaw(lines), "\n")))
	}
	if inc.Clock().Running() {
		limit := "Weekends and bank holidays count."
		if inc.Assessment() == nil && inc.Risk != "" { // later the grid advises, and a person decides
			limit = strings.TrimSpace("*Risk to people:* " + escape(inc.Risk.Label()) + ". " + escape(inc.Risk.Advice(rules.Regulator)) + " " + limit)
		}
		blocks = append(blocks, section(limit))
	}
	if sees {
		blocks = append(blocks, where(inc, to)...)
	} else {
		how := "The people who handle breaches are working on it."
		if !inc.Taken() {
			how = "The people who handle breaches have been told."
		}
		if !inc.Drill() {
			how += " You can follow it in the register."
		}
		blocks = append(blocks, section(how))
	}
	return practice(inc, Message{Text: text, Blocks: blocks}).For(holder(to, rules), inc, rules)
}

// news is the push text of a report: how bad, what kind, which, and whether somebody
// has it. Grades and kinds are ours; nothing that anybody typed is in it.
func news(inc *workflow.Incident, rules workflow.Rules) string {
	stands := "nobody has it yet"
	switch {
	case inc.Step() != workflow.StepReported:
		stands = lowerFirst(standing(inc, rules))
	case inc.Lead != "":
		stands = "somebody has it"
	}
	return about(inc) + ", " + stands
}

// about is how bad it is, what kind, and which.
func about(inc *workflow.Incident) string {
	grade := inc.Risk.Name()
	if inc.Severity.Valid() {
		_, grade, _ = strings.Cut(inc.Severity.Label(), " ")
	}
	if inc.Facts.NearMiss {
		grade = "Near miss"
	}
	what := "kind not known yet"
	if inc.Facts.Category != "" {
		what = lowerFirst(inc.Facts.Category.Label())
	}
	return grade + ": " + what + ", " + string(inc.ID)
}

// nobodyYet is the state of an incident that nobody has.
const nobodyYet = "*Nobody has it yet*"

// has says who has an incident, in a line: nobody yet, since when, or who. It is
// empty for one that is over.
func has(inc *workflow.Incident) string {
	switch {
	case inc.Step().Over():
	case !inc.Taken():
		return nobodyYet + ", reported " + when(inc.Times.Reported)
	case inc.Lead != "":
		return user(inc.Lead) + " has it"
	case len(inc.Triages) > 0:
		return user(inc.Triages[0].By) + " has triaged it"
	case inc.Assessment() != nil:
		return user(inc.Assessments[0].By) + " has assessed it"
	}
	return ""
}

// HasIt tells somebody who wants the lead that somebody else has it already.
func HasIt(inc *workflow.Incident) slack.ModalViewRequest {
	return practiceModal(inc, notice("Somebody has it", user(inc.Lead)+" has it already. Nothing was changed. You can help all the same: any responder may do the next step.\n\n"+
		"To lead it in their place, choose *Hand over the lead* under *More*."))
}

// seesReport tells whether somebody may open the report. The board is told about
// every report but sees only the register.
func seesReport(inc *workflow.Incident, to workflow.Target, rules workflow.Rules) bool {
	by := holder(to, rules)
	return by.MaySeeReport(inc) || !by.Holds(nil, workflow.RoleBoard)
}

// holder is the person or group a message is for, with the roles that they hold.
func holder(to workflow.Target, rules workflow.Rules) workflow.Actor {
	by := workflow.Actor{User: workflow.UserID(to)}
	for role, who := range rules.Roster {
		if slices.Contains(who, to.Principal()) {
			by.Roles = append(by.Roles, role)
		}
	}
	return by
}
