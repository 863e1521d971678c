package view

import (
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Help says what the command can do, and reminds of the limits. It is short; all
// the rest is behind a button.
func Help(rules workflow.Rules) Message {
	return Message{
		Text: "How to report and follow a data breach",
		Blocks: []slack.Block{
			section("*Reporting a data breach*\n" +
				"`/breach` opens the report form. Report at once, also when you are not sure, and also a near miss. It takes about a minute.\n" +
				"`/breach list` shows the incidents you take part in.\n" +
				"`/breach status BR-2026-0014` shows where one stands.\n" +
				"`/breach help` shows this; the rest is under *More*."),
			section("*What counts:* personal data lost, destroyed, changed, seen or given to somebody by mistake or against the law; on paper, by post, by e-mail, in speech or in a system. A hardware failure or a phishing e-mail that was answered counts too, and so do a suspicion, a near miss, an outage, a weakness found in a system, a fault at a supplier, and data that was not de-identified as it should be."),
			section("*The limit is strict:* when people may be harmed, the regulator (" + escape(rules.Regulator) + ") must be told within 72 hours of the organisation becoming aware, weekends and bank holidays included. The data protection officer decides whether to; you only need to report."),
			actions("help", primary(button(ActReport, "Report a data breach", "help")), button(ActHelp, "More", "help"),
				button(ActList, "My incidents", "help"), button(ActFind, "Find", "help")),
		},
	}
}

// triggers are what makes a personal data breach, in the words of everyday work
// (Data Breach Notification Procedure v1.1).
var triggers = []string{
	"*Loss:* a notebook, a device or a file cannot be found, or was stolen.",
	"*Destruction that the records policy does not allow:* shredded or deleted too early, burnt, flooded.",
	"*Disclosure without permission:* sent, told, shown or published to somebody who should not have it.",
	"*Corruption:* a file or a record can no longer be read or relied on.",
	"*Access without permission:* somebody looked who had no reason to, inside or outside.",
	"*Alteration without permission:* a record was changed, or filed under the wrong person.",
}

// MoreHelp is the whole help: what to report, how, how fast, and to whom.
// Sources: the national guidance for health and care staff on reporting, the Data
// Breach Notification Procedure v1.1, the risk table of a care-compliance breach
// module and a clinical software supplier's incident response plan; own words.
func MoreHelp(rules workflow.Rules, by workflow.Actor, now time.Time) slack.ModalViewRequest {
	regulator := escape(rules.Regulator)
	blocks := []slack.Block{
		header("What to report"),
		section("Any of these, whether by mistake or on purpose:\n" + strings.Join(bulletsRaw(triggers), "\n")),
		section("*Personal data* is anything that says something about a living person who can be told from it, directly or together with other things: a name, a number, a place, a picture, a diagnosis. " +
			"Paper counts. So do IP addresses and cookies. Data about somebody's health is specially protected."),
		section("*No breach:* destroying records when the retention policy says so, in the way it says. If you are not sure that it was allowed, report it."),
		section("*Near misses are welcome:* records left in a corridor and found in time, a letter stopped in the post room. They show where the next breach would happen."),
		section("*Unsure is enough.* Report it all the same, and say that you are not sure; or ask the data protection officer. Whoever looks at it can still find that it was none. Nobody is blamed for reporting."),
		header("How to report"),
		section("Say what happened and what was done already. *No names, numbers, addresses or other details* of the people concerned. For example:\n" +
			"\"A discharge letter of one patient went to a previous address. It holds name, date of birth and diagnosis. The new occupant rang us today. We asked them not to read it and will fetch it this afternoon.\""),
		section("Keep what you have, such as the envelope or the e-mail, and delete nothing. If you can stop it from spreading, do that first."),
		header("How fast"),
		section("*At once.* When people may be harmed, the " + regulator + " must be told within 72 hours of the organisation becoming aware. These hours run at night, at weekends and on bank holidays. Waiting for certainty or for Monday uses them up."),
		header("How bad could it be?"),
	}
	var lines []string
	for _, o := range workflow.RiskLevels {
		lines = append(lines, "*"+escape(o.Label)+".* "+escape(o.Value.Advice(rules.Regulator)))
	}
	blocks = append(blocks,
		section("Your first guess at the risk to people:\n"+strings.Join(bulletsRaw(lines), "\n")+"\nThat is advice; the data protection officer decides."),
		header("How fast must we act?"))
	lines = nil
	for _, s := range workflow.Severities {
		lines = append(lines, "*"+escape(s.Label)+":* "+escape(s.Means)+". "+escape(s.Target))
	}
	blocks = append(blocks, section("Those who handle it grade the severity, and change it as facts come in:\n"+strings.Join(bulletsRaw(lines), "\n")))
	blocks = append(blocks, header("Whom to ask"), section(strings.Join(append([]string{dpoWords(rules)}, procedureLines(rules, now)...), "\n")), header("All commands"), section(commandWords(by)))
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
	return who + ". Outside Slack, also at weekends: " + escape(rules.DPOContact)
}

// commandWords lists the commands that the person may use.
func commandWords(by workflow.Actor) string {
	lines := []string{
		"`/breach` or `/breach report`: report a breach or a near miss",
		"`/breach list`: the open incidents you take part in",
		"`/breach status [reference]`: where one stands",
		"`/breach find words`: look for one",
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
	return strings.Join(bulletsRaw(lines), "\n") + "\nIn an incident's channel the reference can be left out."
}
