package view

import (
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Alert tells a role-holder in a direct message that there is a report. If they are
// told later, it says how far the incident has got.
func Alert(inc *workflow.Incident, to workflow.Target, rules workflow.Rules) Message {
	id, text := string(inc.ID), news(inc, rules)
	blocks := []slack.Block{
		section("*" + text + "*\n" + escape(standing(inc, rules)) + ".\n" + leadingClock(inc, rules)),
	}
	blocks = append(blocks, table(
		pair{"Risk to people", escape(inc.Risk.Label())},
		pair{"Kind of event", kind(inc.Facts)},
		pair{"People affected", people(inc.Facts)},
		pair{"Still going on?", inc.Facts.Ongoing.Label()},
	)...)
	if lines := alarms(inc); len(lines) > 0 {
		blocks = append(blocks, section("*Please note*\n"+strings.Join(bulletsRaw(lines), "\n")))
	}
	if inc.Clock().Running() {
		limit := "Weekends and bank holidays count."
		if inc.Assessment() == nil { // later the grid advises, and a person decides
			limit = strings.TrimSpace(inc.Risk.Advice(rules.Regulator) + " " + limit)
		}
		blocks = append(blocks, section(escape(limit)))
	}
	var buttons []slack.BlockElement
	if seesReport(inc, to, rules) {
		blocks = append(blocks, where(inc, to)...)
		buttons = append(buttons, button(ActDetails, "Show the report", id))
		if inc.Step() == workflow.StepReported {
			buttons = append(buttons, button(ActTriage, "Triage", id))
		}
		if inc.Lead == "" && inc.Step() == workflow.StepReported && rules.MayGive(workflow.CommandAssignRole, inc, holder(to, rules)) {
			buttons = append([]slack.BlockElement{primary(button(ActLead, "I have it", id))}, buttons...)
		}
	} else {
		how := "The people who handle breaches are working on it."
		if !inc.Drill() {
			how += " You can follow it in the register."
			buttons = append(buttons, button(ActRegister, "Open the register", id))
		}
		blocks = append(blocks, section(how))
	}
	if len(buttons) > 0 {
		blocks = append(blocks, actions("alert", buttons...))
	}
	return practice(inc, Message{Text: text, Blocks: blocks}).For(holder(to, rules), inc, rules)
}

// news is the push text of a report: how bad, what kind, which, and whether somebody
// has it. Grades and kinds are ours; nothing that anybody typed is in it.
func news(inc *workflow.Incident, rules workflow.Rules) string {
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
	stands := "nobody has it yet"
	switch {
	case inc.Step() != workflow.StepReported:
		stands = lowerFirst(standing(inc, rules))
	case inc.Lead != "":
		stands = "somebody has it"
	}
	return grade + ": " + what + ", " + string(inc.ID) + ", " + stands
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
