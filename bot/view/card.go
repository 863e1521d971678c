package view

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// Card is the pinned message in the channel. It is updated in place, so it always
// shows the incident as it is now: what it is, how long there is, how far it has got
// and what to do next. What is not needed to act is folded away below.
func Card(inc *workflow.Incident, rules workflow.Rules, now time.Time) Message {
	id, step := string(inc.ID), inc.Step()
	blocks := []slack.Block{
		header("Incident " + id),
		section(brief(inc, rules) + " · " + held(inc)),
		section(countdown(inc, rules, now)),
	}
	stands := "*" + escape(standing(inc, rules)) + "*"
	if !step.Over() {
		stands += "\n" + stepsLine(inc, rules)
	}
	blocks = append(blocks, section(stands))
	if next := nextStep(inc, rules); next != "" {
		blocks = append(blocks, section(next))
	}
	if buttons := cardButtons(inc, rules); len(buttons) > 0 { // near the top, so that they show on a telephone
		blocks = append(blocks, actions("card", buttons...))
	}
	blocks = append(blocks, worries(inc, rules)...)
	blocks = append(blocks, awaited(inc)...)
	if !inc.Erased.IsZero() {
		blocks = append(blocks, section("What people wrote about it was erased on "+when(inc.Erased)+" under the retention policy. Times, grades and decisions are kept."))
	}
	for _, d := range cardDetail(inc, rules) {
		if len(d.blocks) > 0 {
			blocks = append(blocks, folded(d.title, d.blocks...)...)
		}
	}
	blocks = append(blocks, small("Please do not write names or other details of the people affected in this channel. Times are in your own time zone."))
	text := "Incident " + id + ": " + standing(inc, rules) + "."
	if !step.Over() {
		text += " " + stepsWords(inc, rules)
		if t, ok := leading(inc, rules); ok && t.Running() { // true whenever it is heard
			text += " Deadline: " + local(t.Deadline, rules.Zone) + "."
		}
	}
	return practice(inc, Message{Text: text, Blocks: blocks})
}

// held says who has an incident.
func held(inc *workflow.Incident) string {
	if !inc.Taken() {
		return has(inc) // and since when it waits
	}
	return heldBy(inc.Lead, inc.Step())
}

func heldBy(lead workflow.UserID, step workflow.Step) string {
	switch {
	case lead != "":
		return "Lead: " + user(lead)
	case step.Over():
		return "Nobody had the lead"
	case step != workflow.StepReported:
		return "No lead yet"
	}
	return nobodyYet
}

// detail is what stands under one title.
type detail struct {
	title  string
	blocks []slack.Block
}

// cardDetail is what the card holds beyond what is needed to act.
func cardDetail(inc *workflow.Incident, rules workflow.Rules) []detail {
	var clocks []slack.Block
	if lines := clockLines(inc, rules); len(lines) > 0 && !inc.Step().Over() {
		clocks = []slack.Block{section(strings.Join(bulletsRaw(lines), "\n"))}
	}
	report := []slack.Block{section("*Reported by:* " + user(inc.Reporter) + ", " + when(inc.Times.Reported) + ".\n*Risk to people:* " + escape(inc.Risk.Label()) + ".")}
	if inc.Clock().Running() && !inc.Clock().Provisional() {
		report = append(report, section("The 72 hours are counted from awareness, "+when(inc.Clock().Start)+"."))
	}
	for n, l := range inc.Links {
		if n == linksMost {
			report = append(report, section("and "+count(len(inc.Links)-n, "more link")+", in the timeline."))
			break
		}
		report = append(report, section(upperFirst(linkWords(l))))
	}
	return []detail{
		{"Advice, decisions and who else is told", append(decisionLines(inc, rules), dutyLines(inc, rules)...)},
		{"Other deadlines", clocks},
		{"The report", report},
	}
}

// linksMost is how many links the card shows. With it, a fold stays within the ten
// blocks that Slack allows in one (Slack: container block).
const linksMost = 6

// standing is the step the incident is at, with the decision if there is one.
func standing(inc *workflow.Incident, rules workflow.Rules) string {
	if d := inc.Standing(workflow.Regulator); inc.Step() == workflow.StepDecided && d != nil {
		return "Decided: " + verdictWords(*d, rules.Regulator)
	}
	return inc.Step().Label()
}

func kind(f workflow.Facts) string { return escape(kindText(f)) }

// kindText is the kind of an event as text.
func kindText(f workflow.Facts) string {
	if f.NearMiss {
		return f.Category.Label() + " (near miss)"
	}
	return f.Category.Label()
}

func people(f workflow.Facts) string {
	if len(f.Subjects) == 0 {
		return f.Count.String()
	}
	return f.Count.String() + " (" + escape(list(f.Subjects)) + ")"
}

// advised is the recommendation in one line. To a processor it is what it can pass
// on, not what it has to do.
func advised(inc *workflow.Incident, rules workflow.Rules) string {
	line := headline(inc.Assessment().Recommendation, rules.Regulator)
	if inc.OnlyProcessor() && inc.Assessment().Recommendation.Scope == "" { // assessed before that was known
		return "For the controller, who decides: " + lowerFirst(line)
	}
	return line
}

// decisionLines says what was advised, decided and sent.
func decisionLines(inc *workflow.Incident, rules workflow.Rules) []slack.Block {
	a := inc.Assessment()
	if a == nil {
		return nil
	}
	lines := []string{"*Assessment* by " + user(a.By) + ", " + when(a.At) + ". " + escape(advised(inc, rules))}
	for _, to := range []workflow.Recipient{workflow.Regulator, workflow.DataSubjects} {
		if l := decisionLine(inc, to, rules); l != "" {
			lines = append(lines, l)
		}
	}
	return []slack.Block{section(strings.Join(lines, "\n"))}
}

func decisionLine(inc *workflow.Incident, to workflow.Recipient, rules workflow.Rules) string {
	regulator := rules.Regulator
	name := regulator
	if to == workflow.DataSubjects {
		name = "People affected"
	}
	line := "*" + escape(name) + ":* "
	d := inc.Latest(to)
	switch standing := inc.Standing(to); {
	case standing == nil && inc.OnlyProcessor():
		line += "the controller's question: we are only the processor."
		if d != nil {
			line += " Decided before, " + when(d.At) + ": " + escape(verdictWords(*d, regulator)) + "."
		}
		if inc.Sent(to) == nil {
			return line
		}
	case d == nil:
		return line + "not decided yet."
	case d.Verdict == workflow.NeedMore:
		line += "more facts requested by " + user(d.By) + ", " + when(d.At) + ". Not decided yet."
	case standing == nil:
		since := "the facts or the risk have changed since"
		if back := inc.Withdrawal(to); back != nil && back.Seq > d.Seq {
			since = "the notice was withdrawn"
		}
		again := "Please decide again."
		if rules.Outdated(inc) != nil {
			again = "It is decided again after the risk has been assessed again."
		}
		line += "decided " + when(d.At) + " (" + escape(verdictWords(*d, regulator)) + "), but " + since + ". " + again
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

// dutyLines are the other recipients: those still to be decided and those told.
func dutyLines(inc *workflow.Incident, rules workflow.Rules) []slack.Block {
	var owed, open, told []string
	for _, d := range rules.Duties(inc) {
		switch {
		case d.Owed() && inc.Step().Over(): // it is over, so nobody asks any more
		case d.Recipient.Core() || d.Stand == workflow.DutyNotAsked || d.Stand == workflow.DutyNotNeeded:
		case d.Stand == workflow.DutyOpen:
			open = append(open, d.Label)
		case d.Stand == workflow.DutyApproved:
			owed = append(owed, d.Label)
		case d.Stand == workflow.DutyFollowUp:
			told = append(told, d.Label+" (more will follow)")
		case d.Stand == workflow.DutySent:
			told = append(told, d.Label)
		case d.Stand == workflow.DutyWithdrawn:
			told = append(told, d.Label+" (withdrawn)")
		}
	}
	var lines []string
	for _, l := range []struct {
		says string
		who  []string
	}{{"Still to be told", owed}, {"Not decided yet whether to tell", open}, {"Also told", told}} {
		if len(l.who) > 0 {
			lines = append(lines, "*"+l.says+":* "+escape(strings.Join(l.who, ", "))+".")
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return []slack.Block{section(strings.Join(lines, "\n"))}
}

// worriesMost keeps the list of worries well within one block.
const worriesMost = 12

// worries are the things that somebody should look at.
func worries(inc *workflow.Incident, rules workflow.Rules) []slack.Block {
	lines := alarms(inc)
	if nobody := nobodyDecides(inc, rules); nobody != "" {
		lines = append(lines, nobody)
	}
	if odd := inc.Times.Disordered(); odd != "" {
		lines = append(lines, "The order of the times is unusual: "+lowerFirst(escape(odd))+" Please check.")
	}
	for _, a := range inc.Exposed() {
		lines = append(lines, "*"+upperFirst(exposed(a))+"* Please act on this.")
	}
	for _, u := range sorted(inc.Left) {
		lines = append(lines, user(workflow.UserID(u))+" could not be invited (Slack says "+escape(inc.Left[workflow.UserID(u)])+"). Please reach them another way.")
	}
	if out := rules.Absent(inc); len(out) > 0 && !inc.Step().Over() {
		lines = append(lines, mentions(out, ", ")+": not reached here, so told in person what is said in this channel.")
	}
	for _, u := range inc.Unwritten() {
		lines = append(lines, notWritten(u, inc.Unreached[u])+instead(inc, u))
	}
	if len(inc.Stalls) > 0 {
		for _, key := range sorted(inc.Stalls) {
			lines = append(lines, stalled(inc, workflow.TaskKey(key), rules))
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

// stalled says what Slack does not take, and what went by e-mail instead.
func stalled(inc *workflow.Incident, key workflow.TaskKey, rules workflow.Rules) string {
	s, mail := inc.Stalls[key], inc.MailsOf(key)
	why := " (" + refusedBy(s.Code) + "; " + count(s.Attempts, "attempt") + ")."
	by := ""
	if key.Kind() != workflow.KindMail && len(mail.To) > 0 {
		by = "Sent by e-mail to " + mentions(mail.To, ", ")
	}
	switch {
	case by != "" && len(mail.Owed) == 0 && len(mail.Never) == 0:
		return by + ": " + undelivered(inc, key) + ". breachbot is still trying in Slack" + why
	case by != "":
		by = " " + by + "."
	}
	line := "Not delivered yet: " + undelivered(inc, key) + why + by
	if key.Kind() != workflow.KindMail {
		line += unmailed(mail.Never)
	}
	if rules.Unmailable(key) {
		of, _ := key.Subject()
		line += " No e-mail address is set for " + mention(of.To.Principal()) + ": please reach them another way."
	}
	return line + " breachbot is still trying."
}

func bulletsRaw(lines []string) []string {
	var out []string
	for _, l := range lines {
		out = append(out, "• "+l)
	}
	return out
}

func cardButtons(inc *workflow.Incident, rules workflow.Rules) []slack.BlockElement {
	id := string(inc.ID)
	buttons := nextButton(inc, rules)
	if inc.Lead == "" && !inc.Step().Over() {
		buttons = append(buttons, button(ActLead, "I have it", id))
	}
	buttons = append(buttons, button(ActDetails, "Show the report", id), button(ActNote, "Add a note", id))
	if more := moreChoices(inc); len(more) > 0 {
		e := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plain("More"), string(ActMore), more...)
		buttons = append(buttons, e)
	}
	return buttons
}

// instead says how somebody whom Slack cannot write to hears of the incident.
func instead(inc *workflow.Incident, u workflow.UserID) string {
	for _, mail := range inc.Mails {
		if slices.Contains(mail.To, workflow.Principal(u)) {
			return " Alerts, requests and reminders of the law's clocks go to them by e-mail. Please tell them the rest another way."
		}
	}
	return " Please reach them another way."
}
