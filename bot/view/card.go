package view

import (
	"cmp"
	"strings"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Card is the pinned message of the channel: always true, updated in place.
func Card(inc *workflow.Incident, rules workflow.Rules) Message {
	step := inc.Step()
	blocks := []slack.Block{
		header("Incident " + string(inc.ID)),
		section("*" + escape(standing(inc, rules)) + "*\n" + clockLine(inc)),
	}
	if next := nextLine(inc, rules); next != "" {
		blocks = append(blocks, section(next))
	}
	if buttons := cardButtons(inc, rules); len(buttons) > 0 { // up here, so that they are in sight on a telephone
		blocks = append(blocks, actions("card", buttons...))
	}
	blocks = append(blocks, table(
		pair{"Kind of event", kind(inc.Facts)},
		pair{"People concerned", people(inc.Facts)},
		pair{"Severity", escape(inc.Severity.Label())},
		pair{"Risk to people", inc.Risk.Name()},
		pair{"Lead", user(inc.Lead)},
		pair{"Reported by", user(inc.Reporter) + ", " + when(inc.Times.Reported)},
	)...)
	blocks = append(blocks, decisionLines(inc, rules)...)
	blocks = append(blocks, dutyLines(inc, rules)...)
	if !step.Over() {
		blocks = append(blocks, section(stepsLine(inc, rules)))
		if lines := clockLines(inc, rules); len(lines) > 0 {
			blocks = append(blocks, section("*Other clocks*\n"+strings.Join(bulletsRaw(lines), "\n")))
		}
	}
	for _, l := range inc.Links {
		blocks = append(blocks, section(upperFirst(linkWords(l))))
		if len(blocks) > cardMost {
			break // the timeline has them all
		}
	}
	blocks = append(blocks, awaited(inc)...)
	blocks = append(blocks, worries(inc)...)
	if !inc.Erased.IsZero() {
		blocks = append(blocks, section("What people wrote about it was erased on "+when(inc.Erased)+" under the retention policy. Times, grades and decisions stay."))
	}
	blocks = append(blocks, small("Please write no names or other details of the people concerned in this channel. Times are in your own time zone."))
	return practice(inc, Message{Text: "Incident " + string(inc.ID) + ": " + step.Label(), Blocks: blocks})
}

// standing is where the incident stands, with the decision when there is one.
func standing(inc *workflow.Incident, rules workflow.Rules) string {
	if d := inc.Standing(workflow.Regulator); inc.Step() == workflow.StepDecided && d != nil {
		return "Decided: " + verdictWords(*d, rules.Regulator)
	}
	return inc.Step().Label()
}

func kind(f workflow.Facts) string {
	if f.NearMiss {
		return escape(f.Category.Label()) + " (near miss)"
	}
	return escape(f.Category.Label())
}

func people(f workflow.Facts) string {
	if len(f.Subjects) == 0 {
		return f.Count.String()
	}
	return f.Count.String() + " (" + escape(list(f.Subjects)) + ")"
}

// decisionLines says what was advised, decided and sent.
func decisionLines(inc *workflow.Incident, rules workflow.Rules) []slack.Block {
	a := inc.Assessment()
	if a == nil {
		return nil
	}
	lines := []string{"*Assessment* by " + user(a.By) + ", " + when(a.At) + ". " + escape(headline(a.Recommendation, rules.Regulator))}
	for _, to := range []workflow.Recipient{workflow.Regulator, workflow.DataSubjects} {
		if l := decisionLine(inc, to, rules.Regulator); l != "" {
			lines = append(lines, l)
		}
	}
	return []slack.Block{section(strings.Join(lines, "\n"))}
}

func decisionLine(inc *workflow.Incident, to workflow.Recipient, regulator string) string {
	name := regulator
	if to == workflow.DataSubjects {
		name = "People concerned"
	}
	line := "*" + escape(name) + ":* "
	d := inc.Latest(to)
	switch standing := inc.Standing(to); {
	case d == nil:
		return line + "not decided yet."
	case d.Verdict == workflow.NeedMore:
		line += "more facts asked for by " + user(d.By) + ", " + when(d.At) + ". Not decided yet."
	case standing == nil:
		since := "the facts or the risk have changed since"
		if back := inc.Withdrawal(to); back != nil && back.Seq > d.Seq {
			since = "the notice was withdrawn"
		}
		line += "decided " + when(d.At) + " (" + escape(verdictWords(*d, regulator)) + "), but " + since + ". Please decide again."
	default:
		line += escape(verdictWords(*d, regulator)) + ", decided by " + user(d.By) + " as " + escape(d.Role.Short()) + ", " + when(d.At) + "."
	}
	done := "sent"
	if to == workflow.DataSubjects {
		done = "told"
	}
	if n := cmp.Or(inc.Notice(to), inc.Sent(to)); n != nil {
		line += " " + upperFirst(done) + " " + when(n.SentAt) + "."
		if back := inc.Withdrawal(to); back != nil {
			line += " *Withdrawn " + when(back.SentAt) + ".*"
		}
	}
	if d.Verdict == workflow.Notify && inc.Standing(to) != nil && inc.Notice(to) == nil {
		line += " *Not recorded as " + done + " yet.*"
	}
	return line
}

// cardMost keeps the card well within Slack's 50 blocks.
const cardMost = 30

// dutyLines are the other recipients that wait for an answer, or have one.
func dutyLines(inc *workflow.Incident, rules workflow.Rules) []slack.Block {
	var open, told []string
	for _, d := range rules.Duties(inc) {
		switch {
		case d.Owed() && inc.Step().Over(): // nobody asks any more
		case d.Recipient.Core() || d.Stand == workflow.DutyNotAsked || d.Stand == workflow.DutyNotNeeded:
		case d.Stand == workflow.DutyOpen:
			open = append(open, d.Label)
		case d.Stand == workflow.DutyApproved:
			open = append(open, d.Label+" (to be told)")
		case d.Stand == workflow.DutyFollowUp:
			open = append(open, d.Label+" (more is to follow)")
		case d.Stand == workflow.DutySent:
			told = append(told, d.Label)
		case d.Stand == workflow.DutyWithdrawn:
			told = append(told, d.Label+" (withdrawn)")
		}
	}
	var lines []string
	if len(open) > 0 {
		lines = append(lines, "*Who else must be told:* "+escape(strings.Join(open, ", "))+".")
	}
	if len(told) > 0 {
		lines = append(lines, "*Also told:* "+escape(strings.Join(told, ", "))+".")
	}
	if len(lines) == 0 {
		return nil
	}
	return []slack.Block{section(strings.Join(lines, "\n"))}
}

// worriesMost keeps the list of them well within one block.
const worriesMost = 12

// worries are what somebody should look at.
func worries(inc *workflow.Incident) []slack.Block {
	lines := alarms(inc)
	if odd := inc.Times.Disordered(); odd != "" {
		lines = append(lines, "The order of the times is unusual: "+lowerFirst(escape(odd))+" Please check.")
	}
	for _, a := range inc.Exposed() {
		lines = append(lines, "*"+upperFirst(exposed(a))+"* Please see to it.")
	}
	for _, u := range sorted(inc.Left) {
		lines = append(lines, user(workflow.UserID(u))+" could not be invited (Slack says "+escape(inc.Left[workflow.UserID(u)])+"). Please reach them another way.")
	}
	if len(inc.Stalls) > 0 {
		for _, key := range sorted(inc.Stalls) {
			s := inc.Stalls[workflow.TaskKey(key)]
			lines = append(lines, "Not delivered yet: "+undelivered(inc, workflow.TaskKey(key))+" (Slack says "+escape(s.Code)+"; "+count(s.Attempts, "attempt")+"). It is still being tried.")
		}
	}
	if len(lines) == 0 {
		return nil
	}
	if more := len(lines) - worriesMost; more > 0 {
		lines = append(lines[:worriesMost], "and "+count(more, "more problem")+" like these.")
	}
	return []slack.Block{section("*Please note*\n" + strings.Join(bulletsRaw(lines), "\n"))}
}

func bulletsRaw(lines []string) []string {
	var out []string
	for _, l := range lines {
		out = append(out, "• "+l)
	}
	return out
}

// nextLine says what the incident needs next and who can do it.
func nextLine(inc *workflow.Incident, rules workflow.Rules) string {
	next := rules.Next(inc)
	var what string
	switch next.Command {
	case "":
		return ""
	case "Triage":
		what = "triage it: how fast must we act?"
	case "Assess":
		what = "assess the risk to the people concerned."
		if inc.Assessment() != nil {
			what = "assess the risk again: the facts have changed."
		}
	case "Decide":
		what = "decide about notifying the " + rules.Regulator + "."
		if next.Recipient == workflow.DataSubjects {
			what = "decide about telling the people concerned."
		}
	case "RecordNotification":
		what = "send the notification to the " + rules.Regulator + " and record it as sent."
		if next.Recipient == workflow.DataSubjects {
			what = "tell the people concerned and record it as told."
		} else if inc.Notice(workflow.Regulator) != nil {
			what = "send the missing information to the " + rules.Regulator + " and record it as sent."
		}
	case "Contain":
		what = "contain it, and keep the evidence."
	case "Investigate":
		what = "find the cause: the best guess counts too."
	case "Recover":
		what = "recover safely: five checks before full service."
	case "AnswerDuty":
		what = "answer who else must be told."
	case "RecordDuty":
		what = "tell those it was decided to tell, and record it: " + rules.RecipientLabel(next.Recipient) + "."
	case "Resolve":
		what = "resolve it, when everything is contained and put right."
	case "Review":
		what = "review it: what went well, what slowed us, what changes."
	case "Close":
		what = "close it."
	}
	return "*Next:* " + escape(what) + " " + holders(inc, rules, next)
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

// nextButton is the button for the next thing.
func nextButton(inc *workflow.Incident, rules workflow.Rules) []slack.BlockElement {
	next, id := rules.Next(inc), string(inc.ID)
	switch next.Command {
	case "Triage":
		return []slack.BlockElement{primary(button(ActTriage, "Triage", id))}
	case "Assess":
		return []slack.BlockElement{primary(button(ActAssess, "Assess the risk", id))}
	case "Decide":
		if next.Recipient == workflow.DataSubjects {
			return peopleButtons(id)
		}
		return regulatorButtons(id, rules.Regulator)
	case "RecordNotification":
		if next.Recipient == workflow.DataSubjects {
			return []slack.BlockElement{primary(button(ActRecordTold, "Record as told", id))}
		}
		return []slack.BlockElement{primary(button(ActRecord, "Record as sent", id))}
	case "Contain":
		return []slack.BlockElement{primary(button(ActContain, "Contain", id))}
	case "Investigate":
		return []slack.BlockElement{primary(button(ActInvestigate, "Investigate", id))}
	case "Recover":
		return []slack.BlockElement{primary(button(ActRecover, "Recover", id))}
	case "AnswerDuty":
		return []slack.BlockElement{primary(button(ActDutyList, "Who must be told?", id))}
	case "RecordDuty":
		return []slack.BlockElement{primary(button(ActDutySent, "Record as told", value(inc.ID, string(next.Recipient))))}
	case "Review":
		return []slack.BlockElement{primary(button(ActReview, "Review", id))}
	case "Resolve":
		return []slack.BlockElement{primary(button(ActResolve, "Resolve", id))}
	case "Close":
		return []slack.BlockElement{primary(button(ActClose, "Close", id))}
	}
	return nil
}

func regulatorButtons(id, regulator string) []slack.BlockElement {
	return []slack.BlockElement{
		primary(button(ActApprove, "Approve "+regulator+" notification", id)),
		button(ActRefuse, "Do not notify", id),
		button(ActAskMore, "Ask for more", id),
	}
}

func peopleButtons(id string) []slack.BlockElement {
	return []slack.BlockElement{
		primary(button(ActTell, "Tell the people concerned", id)),
		button(ActDoNotTell, "Do not tell them", id),
	}
}

func cardButtons(inc *workflow.Incident, rules workflow.Rules) []slack.BlockElement {
	id := string(inc.ID)
	buttons := nextButton(inc, rules)
	if inc.Lead == "" && !inc.Step().Over() {
		buttons = append(buttons, button(ActLead, "Take the lead", id))
	}
	buttons = append(buttons, button(ActDetails, "Show the report", id), button(ActNote, "Add a note", id))
	if more := moreChoices(inc); len(more) > 0 {
		e := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plain("More"), string(ActMore), more...)
		buttons = append(buttons, e)
	}
	return buttons
}

// moreChoices are the further actions the step allows; who may do them is
// checked when they are chosen.
func moreChoices(inc *workflow.Incident) []*slack.OptionBlockObject {
	all := []struct {
		act     Action
		command workflow.CommandName
		label   string
	}{
		{ActTriage, "Triage", "Triage"},
		{ActContain, "Contain", "Contain"},
		{ActInvestigate, "Investigate", "Investigate"},
		{ActAssess, "Assess", "Assess the risk"},
		{ActRecover, "Recover", "Recover safely"},
		{ActDutyList, "AddNote", "Who must be told?"},
		{ActSteps, "AddNote", "Steps and checklists"},
		{ActClocks, "AddNote", "All clocks"},
		{ActActions, "AddNote", "Actions"},
		{ActTimes, "CorrectTimes", "Correct the times, or set awareness"},
		{ActApprove, "Decide", "Decide: notify the regulator"},
		{ActRefuse, "Decide", "Decide: do not notify the regulator"},
		{ActTell, "Decide", "Decide: tell the people concerned"},
		{ActDoNotTell, "Decide", "Decide: do not tell the people concerned"},
		{ActRecord, "RecordNotification", "Record a notice to the regulator as sent"},
		{ActRecordTold, "RecordNotification", "Record that the people concerned were told"},
		{ActRole, "AssignRole", "Hand over the lead, or add a responder"},
		{ActTimeline, "AddNote", "Show the timeline"},
		{ActDeputy, "CallDeputy", "The DPO is away: ask the deputy"},
		{ActLink, "LinkTo", "Link to another one, or mark as a duplicate"},
		{ActAskHelp, "AskHelp", "Ask somebody to contribute"},
		{ActPack, "AddNote", "Advice pack for the DPO"},
		{ActPace, "AddNote", "How fast was each step"},
		{ActDismiss, "Dismiss", "Not a personal data breach"},
		{ActResolve, "Resolve", "Resolve"},
		{ActReview, "Review", "Review"},
		{ActClose, "Close", "Close"},
		{ActReopen, "Reopen", "Reopen"},
	}
	var out []*slack.OptionBlockObject
	for _, a := range all {
		if a.command != "AddNote" && !inc.Erased.IsZero() || a.act == ActPace && !inc.Drill() {
			continue
		}
		if workflow.Allowed(a.command, inc.Step()) {
			out = append(out, option(string(a.act)+" "+string(inc.ID), a.label, ""))
		}
	}
	return out
}
