package view

import (
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Help says what the command can do and gives the time limit. It is short: the rest
// is behind a button.
func Help(rules workflow.Rules) Message {
	return Message{
		Text: "How to report and follow a data breach",
		Blocks: []slack.Block{
			section("*Reporting a data breach*\n" +
				"`/breach` opens the report form. Report at once, even if you are not sure and even if it was a near miss. It takes about a minute.\n" +
				"`/breach list` shows the incidents you are part of, the most urgent first.\n" +
				"`/breach status BR-2026-0014` shows where one stands.\n" +
				"`/breach help` shows this. The rest is under *More*."),
			section("*What counts:* personal data that was lost, destroyed, changed, seen or given to somebody by mistake or against the law: on paper, by post, by email, in speech or in a system. These count too: a hardware failure, a phishing email that was answered, a suspicion, a near miss, an outage, a weakness found in a system, a fault at a supplier, and data that was not de-identified as it should have been."),
			section("*The time limit is strict:* if people may be harmed, the regulator (" + escape(rules.Regulator) + ") must be told within 72 hours of the organisation becoming aware, including weekends and bank holidays. The data protection officer decides whether to tell them. You only need to report."),
			actions("help", primary(button(ActReport, "Report a data breach", "help")), button(ActHelp, "More", "help"),
				button(ActList, "My incidents", "help"), button(ActFind, "Find", "help")),
		},
	}
}

// triggers are what makes a personal data breach, in everyday words (Data Breach
// Notification Procedure v1.1).
var triggers = []string{
	"*Loss:* a notebook, a device or a file cannot be found, or was stolen.",
	"*Destruction that the records policy does not allow:* shredded or deleted too early, burnt, flooded.",
	"*Disclosure without permission:* sent, told, shown or published to somebody who should not have it.",
	"*Corruption:* a file or a record can no longer be read or relied on.",
	"*Access without permission:* somebody looked at it without a reason to, inside or outside the organisation.",
	"*Alteration without permission:* a record was changed, or filed under the wrong person.",
}

// MoreHelp is the full help: what to report, how, how fast and who to ask.
// Sources: the national guidance for health and care staff on reporting, the Data
// Breach Notification Procedure v1.1, the risk table of a care-compliance breach
// module and a clinical software supplier's incident response plan; own words.
func MoreHelp(rules workflow.Rules, by workflow.Actor, now time.Time) slack.ModalViewRequest {
	regulator := escape(rules.Regulator)
	blocks := []slack.Block{
		header("What to report"),
		section("Any of these, whether by mistake or on purpose:\n" + strings.Join(bulletsRaw(triggers), "\n")),
		section("*Personal data* is anything about a living person who can be identified from it, directly or together with other information: a name, a number, a place, a picture, a diagnosis. " +
			"Paper counts. So do IP addresses and cookies. Data about somebody's health is specially protected."),
		section("*Not a breach:* destroying records when and how the retention policy says. If you are not sure that it was allowed, report it."),
		section("*Please report near misses too:* records left in a corridor and found in time, a letter stopped in the post room. They show where the next breach could happen."),
		section("*You do not have to be sure.* Report it anyway and say that you are not sure, or ask the data protection officer. It may turn out not to be a breach. Nobody is blamed for reporting."),
		header("How to report"),
		section("Say what happened and what has been done already. *No names, numbers, addresses or other details* of the people affected. For example:\n" +
			"\"A discharge letter of one patient went to a previous address. It shows the name, date of birth and diagnosis. The new occupant rang us today. We asked them not to read it and will fetch it this afternoon.\""),
		section("Keep what you have, such as the envelope or the email, and delete nothing. If you can stop it from spreading, do that first."),
		header("How fast"),
		section("*At once.* If people may be harmed, the " + regulator + " must be told within 72 hours of the organisation becoming aware. These hours run at night, at weekends and on bank holidays. Waiting until you are certain, or until Monday, uses them up."),
		header("How bad could it be?"),
	}
	var lines []string
	for _, o := range workflow.RiskLevels {
		lines = append(lines, "*"+escape(o.Label)+".* "+escape(o.Value.Advice(rules.Regulator)))
	}
	blocks = append(blocks,
		section("Your first guess at the risk to people:\n"+strings.Join(bulletsRaw(lines), "\n")+"\nThis is advice. The data protection officer decides."),
		header("How fast must we act?"))
	lines = nil
	for _, s := range workflow.Severities {
		lines = append(lines, "*"+escape(s.Label)+":* "+escape(s.Means)+". "+escape(s.Target))
	}
	blocks = append(blocks, section("The people who handle it grade the severity, and change it as facts come in:\n"+strings.Join(bulletsRaw(lines), "\n")))
	blocks = append(blocks, header("Who to ask"), section(strings.Join(append([]string{dpoWords(rules)}, procedureLines(rules, now)...), "\n")), header("All commands"), section(commandWords(by)))
	buttons := []slack.BlockElement{
		primary(button(ActReport, "Report a data breach", "more")), button(ActList, "My incidents", "more"), button(ActFind, "Find", "more"),
	}
	if by.MaySeeRegister() {
		buttons = append(buttons, button(ActRegister, "Register", "more"))
	}
	if by.MayDrill() {
		buttons = append(buttons, button(ActDrill, "Start a drill", "more"))
	}
	v := notice("Help", "")
	v.Blocks.BlockSet = append(blocks, actions("more_help", buttons...))
	return v
}

func dpoWords(rules workflow.Rules) string {
	who := "The data protection officer (DPO)"
	if all := mentionDeciders(rules); all != "" {
		who = "The data protection officer (DPO) or deputy" + all
	}
	if rules.DPOContact == "" {
		return who + ". If Slack does not work, ring your information governance lead."
	}
	return who + ". Outside Slack, including at weekends: " + escape(rules.DPOContact)
}

// commandWords lists the commands that this person may use.
func commandWords(by workflow.Actor) string {
	lines := []string{
		"`/breach` or `/breach report`: report a breach or a near miss",
		"`/breach list`: the open incidents you are part of, the most urgent first",
		"`/breach status [reference]`: where one stands",
		"`/breach find words`: look for one",
		"`/breach clocks [reference]`, and likewise `duties` (who must be told), `actions` and `timeline`: tables to sort and filter",
		"`/breach note [reference]`: add a note",
		"`/breach times [reference]`: correct the times",
		"`/breach assign [reference]`: hand over the lead, or add a responder",
		"`/breach close [reference]`, `/breach reopen [reference]`",
	}
	if by.MaySeeRegister() {
		lines = append(lines, "`/breach register`: the register")
	}
	if by.MayDrill() {
		lines = append(lines, "`/breach drill`: a practice incident, marked as such everywhere")
	}
	return strings.Join(bulletsRaw(lines), "\n") + "\nIn an incident's channel you can leave out the reference."
}
