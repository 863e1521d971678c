package view

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

func sorted[K ~string, V any](m map[K]V) []string {
	var keys []string
	for k := range maps.Keys(m) {
		keys = append(keys, string(k))
	}
	slices.Sort(keys)
	return keys
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// Receipt tells the reporter in person the reference and what happens next.
func Receipt(inc *workflow.Incident) Message {
	id := string(inc.ID)
	where := "The people who handle breaches have been told. They will come to you with questions."
	if member(inc, workflow.Principal(inc.Reporter)) {
		where = "It is worked on in " + channel(inc.Room.Channel) + ". Please answer questions there."
	}
	return practice(inc, Message{
		Text: "Your report was received as " + id,
		Blocks: []slack.Block{
			section("*Your report was received.* Its reference is *" + id + "*.\n" + where),
			section("*What happens next:* somebody looks at how serious it is and contains what can be contained; the data protection officer (DPO) decides who must be told. You will hear how it ended."),
			section("*Please* keep what you have and delete nothing. If something new comes up, add a note, without names or details of the people concerned."),
			actions("receipt", button(ActNote, "Add a note", id), button(ActDetails, "Show my report", id)),
		},
	})
}

// where tells a person in which channel an incident is worked on, if they are in
// it; for others Slack would show a link to nowhere.
func where(inc *workflow.Incident, to workflow.Target) []slack.Block {
	switch {
	case member(inc, to.Principal()):
		return []slack.Block{section("It is worked on in " + channel(inc.Room.Channel) + ".")}
	case inc.Room.Ready():
		return []slack.Block{section("It is worked on in a private channel. You are not in it, and can see the report here.")}
	case inc.Room.Refused != "":
		return []slack.Block{section("Its channel could not be opened (Slack says " + escape(inc.Room.Refused) + "). It is handled in direct messages until it can.")}
	}
	return nil
}

// member tells whether a person or group is in the incident's channel. Who could
// not be invited is not.
func member(inc *workflow.Incident, p workflow.Principal) bool {
	return inc.Room.Ready() && inc.Invited[p] && inc.Left[workflow.UserID(p)] == ""
}

// Alert tells a role-holder in person that there is a report, or, when they are
// told only later, how far it has come.
func Alert(inc *workflow.Incident, to workflow.Target, rules workflow.Rules) Message {
	id := string(inc.ID)
	text := "New data breach report " + id
	if inc.Facts.NearMiss {
		text = "New near miss report " + id
	}
	if inc.Step() != workflow.StepReported {
		text = "Data breach " + id + " needs your attention"
	}
	blocks := []slack.Block{
		section("*" + text + "*\n" + escape(standing(inc, rules)) + ".\n" + clockLine(inc)),
	}
	blocks = append(blocks, table(
		pair{"Risk to people", escape(inc.Risk.Label())},
		pair{"Kind of event", kind(inc.Facts)},
		pair{"People concerned", people(inc.Facts)},
		pair{"Still going on?", inc.Facts.Ongoing.Label()},
	)...)
	if lines := alarms(inc); len(lines) > 0 {
		blocks = append(blocks, section("*Please note*\n"+strings.Join(bulletsRaw(lines), "\n")))
	}
	if inc.Clock().Running() {
		limit := "Weekends and bank holidays count."
		if inc.Assessment() == nil { // later the grid advises, and a person decides
			limit = inc.Risk.Advice(rules.Regulator) + " " + limit
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
	} else {
		how := "It is worked on by those who handle breaches."
		if !inc.Drill() {
			how += " The register shows how it goes on."
			buttons = append(buttons, button(ActRegister, "Open the register", id))
		}
		blocks = append(blocks, section(how))
	}
	if len(buttons) > 0 {
		blocks = append(blocks, actions("alert", buttons...))
	}
	return practice(inc, Message{Text: text, Blocks: blocks})
}

// seesReport tells whether somebody may open the report. The board, who are told
// of each one, see the register alone.
func seesReport(inc *workflow.Incident, to workflow.Target, rules workflow.Rules) bool {
	by := workflow.Actor{User: workflow.UserID(to)}
	for role, who := range rules.Roster {
		if slices.Contains(who, to.Principal()) {
			by.Roles = append(by.Roles, role)
		}
	}
	return by.MaySeeReport(inc) || !by.Holds(nil, workflow.RoleBoard)
}

// Outcome tells the reporter how it ended, without the reasons.
func Outcome(inc *workflow.Incident) Message {
	id := string(inc.ID)
	how := "has been closed"
	switch {
	case inc.Duplicate != "":
		how = "is a second report of a breach that is known as " + string(inc.Duplicate) + ", and is handled there"
	case inc.Dismissed != nil:
		how = "was found not to be a personal data breach"
	}
	return practice(inc, Message{
		Text: "Your report " + id + " has been dealt with",
		Blocks: []slack.Block{section("*Your report " + id + "* " + how + ". It stays in the record.\n" +
			"Thank you for reporting it: every report, also of a near miss, helps to prevent the next one.")},
	})
}

// Say tells the channel what has just happened. Reasons and other typed words
// stay behind a button. While there is no channel, and so no card, it is told in
// person and carries what comes next too.
func Say(inc *workflow.Incident, about int, rules workflow.Rules) Message {
	id := string(inc.ID)
	lines := []string{said(inc, about, rules)}
	buttons := []slack.BlockElement{button(ActTimeline, "Show the timeline", id)}
	if about == inc.RiskVersion && rules.Outdated(inc) != nil {
		lines = append(lines, "*The facts have changed*, so the risk is to be assessed again before anybody decides.")
		if inc.Room.Ready() {
			buttons = append([]slack.BlockElement{primary(button(ActAssess, "Assess the risk", id))}, buttons...)
		}
	}
	if !inc.Room.Ready() {
		lines[0] = "*Incident " + id + "* · " + lines[0]
		if next := nextLine(inc, rules); next != "" {
			lines = append(lines, next)
		}
		buttons = append(nextButton(inc, rules), buttons...)
	}
	if inc.Drill() && inc.Closed != nil && inc.Closed.Seq == about {
		lines = append(lines, paceLines(inc, rules)...)
		buttons = append(buttons, button(ActPace, "How fast was each step", id))
	}
	return practice(inc, Message{
		Text:   "Incident " + id + " was updated",
		Blocks: []slack.Block{section(strings.Join(lines, "\n")), actions("say", buttons...)},
	})
}

func said(inc *workflow.Incident, about int, rules workflow.Rules) string {
	for _, a := range inc.Alarms {
		if a.Seq == about {
			return exposedWords(inc, a)
		}
	}
	kind := ""
	for _, l := range inc.Loud {
		if l.Seq == about {
			kind = l.Kind
		}
	}
	switch kind {
	case "times_corrected":
		for _, c := range inc.Corrections {
			if c.Seq != about {
				continue
			}
			line := "*The times were corrected* by " + user(c.By) + ". "
			if c.After.Equal(c.Before) {
				return line + "The deadline stays as it was."
			}
			return line + "Before, the deadline was " + utc(c.Before) + ".\n" + clockLine(inc)
		}
	case "triaged":
		for _, g := range inc.Triages {
			if g.Seq == about {
				return fmt.Sprintf("*Triaged* by %s: severity %s, risk to people %s.", user(g.By), escape(g.Severity.Label()), lowerFirst(g.Risk.Name()))
			}
		}
	case "assessed":
		for _, a := range inc.Assessments {
			if a.Seq == about {
				return "*Risk assessed* by " + user(a.By) + ". " + escape(headline(a.Recommendation, rules.Regulator))
			}
		}
	case "decided":
		switch all := inc.Together(about); len(all) {
		case 0: // said with the first of them
		case 1:
			return decidedWords(all[0], inc, rules)
		default:
			var names []string
			for _, d := range all {
				names = append(names, escape(rules.RecipientLabel(d.Recipient)))
			}
			return "*Need not be told:* " + strings.Join(names, ", ") + ". Decided by " + user(all[0].By) + " (" + escape(all[0].Role.Short()) + "); the reason is in the register."
		}
	case "notified":
		for _, n := range inc.Notifications {
			if n.Seq == about {
				return sentWords(n, inc, rules)
			}
		}
	case "role_assigned":
		line := "*Lead:* " + user(inc.Lead) + "."
		if len(inc.Responders) > 0 {
			var who []string
			for _, u := range inc.Responders {
				who = append(who, user(u))
			}
			line += " *Also responding:* " + strings.Join(who, ", ") + "."
		}
		return line
	case "resolved":
		return "*Resolved.* The review comes next; it is due within 14 days."
	case "closed":
		if inc.Drill() {
			return "*Closed.* The drill is over. Its record is kept apart from the register."
		}
		return "*Closed.* The record stays in the register."
	case "dismissed":
		return "*Not a personal data breach.* The report stays in the register with the reason, and the clock has stopped."
	case "containment_recorded":
		for _, c := range inc.Containments {
			if c.Seq == about {
				if c.State == workflow.Contained {
					return "*Contained*, since " + when(c.Since) + ". Recorded by " + user(c.By) + "."
				}
				return "*Containing is under way.* Recorded by " + user(c.By) + ": " + count(len(c.Steps), "act") + " done."
			}
		}
	case "investigated":
		for _, v := range inc.Investigations {
			if v.Seq == about {
				return "*Investigation:* " + lowerFirst(escape(v.Findings.Certainty.Label())) + ". Recorded by " + user(v.By) + "; it is in the timeline."
			}
		}
	case "recovery_recorded":
		for _, r := range inc.Recoveries {
			if r.Seq == about {
				return fmt.Sprintf("*Recovery:* %d of %d checks passed. Recorded by %s.", len(r.Checks), len(workflow.RecoveryChecks), user(r.By))
			}
		}
	case "reviewed":
		return "*The review is complete.* " + escape(actionLine(inc))
	case "action_added":
		if a := inc.Action(about); a != nil {
			return "*An action was set* for " + user(a.Owner) + ", due " + when(a.Due) + "."
		}
	case "action_finished":
		for _, a := range inc.Actions {
			if a.DoneSeq == about {
				return "*An action is done*, said by " + user(a.DoneBy) + ". " + escape(actionLine(inc))
			}
		}
	case "linked":
		for _, l := range inc.Links {
			if l.Seq == about {
				return "*Linked:* " + linkWords(l)
			}
		}
	case "deputy_called":
		return "*The DPO is away.* The deputy has been asked to stand in."
	case "reopened":
		line := "*Reopened.* " + clockLine(inc)
		if inc.Standing(workflow.Regulator) != nil && inc.Notice(workflow.Regulator) == nil {
			line += "\nWhat was decided stands. Please record what is new with *Triage*, *Contain* or *Investigate*; a decision that rests on older facts is then open again."
		}
		return line
	}
	return "The incident was updated."
}

func decidedWords(d workflow.Decision, inc *workflow.Incident, rules workflow.Rules) string {
	who := user(d.By) + " (" + escape(d.Role.Short()) + ")"
	switch {
	case !d.Recipient.Core():
		return "*" + escape(rules.RecipientLabel(d.Recipient)) + ":* " + escape(verdictWords(d, rules.Regulator)) + ", decided by " + who + "."
	case d.Verdict == workflow.NeedMore:
		return "*More facts are needed for the decision.* " + who + " asks; the question is in the timeline. Please answer with *Add a note*, or assess again. The clock keeps running."
	case d.Recipient == workflow.Regulator && d.Verdict == workflow.Notify:
		until := "The clock runs on until"
		if back := inc.Withdrawal(workflow.Regulator); back != nil && back.Seq < d.Seq {
			until = "Nothing is in force until" // the clock stopped with what was withdrawn
		}
		return "*Decided: notify the " + escape(rules.Regulator) + ".* By " + who + ". " + until + " it is recorded as *sent*: press *Record as sent* on the card."
	case d.Recipient == workflow.Regulator:
		return "*Decided: do not notify the " + escape(rules.Regulator) + ".* By " + who + ". The reasons are in the register."
	case d.Verdict == workflow.Notify:
		return "*Decided: tell the people concerned.* By " + who + ". Record it once they have been told."
	}
	return "*Decided: do not tell the people concerned.* By " + who + ". The reasons are in the register."
}

func sentWords(n workflow.Notification, inc *workflow.Incident, rules workflow.Rules) string {
	what := "Sent to the " + rules.Regulator
	switch {
	case n.Recipient == workflow.DataSubjects:
		what = "The people concerned were told"
	case !n.Recipient.Core():
		what = rules.RecipientLabel(n.Recipient) + " told"
	case n.FollowUp:
		what = "More information sent to the " + rules.Regulator
	}
	if n.Withdrawn {
		what = rules.RecipientLabel(n.Recipient) + ": the notice was withdrawn"
	}
	line := "*" + escape(what) + "*, " + when(n.SentAt) + " (" + utc(n.SentAt) + "), recorded by " + user(n.By) + "."
	switch {
	case n.Withdrawn && n.Recipient.Core():
		line += " Whether to notify is open again; please decide anew."
	case n.Withdrawn: // nothing more is to follow
	case n.Recipient == workflow.Regulator:
		if n.Late {
			line += " It was after the deadline; the reasons are recorded."
		} else if !n.FollowUp {
			line += " It was in time. The 72-hour clock has stopped."
		}
		if !n.Complete {
			line += " More information is to follow, by " + when(n.SentAt.Add(rules.FollowUpEvery)) + "."
		}
	case !n.Complete:
		line += " More is to follow."
	}
	return line
}

// Nudge counts down to the deadline. missed are earlier milestones that could
// not be said in time.
func Nudge(inc *workflow.Incident, t workflow.Task, milestone workflow.Countdown, missed []workflow.Countdown, rules workflow.Rules, now time.Time) Message {
	id := string(inc.ID)
	c := inc.Clock()
	left := Left(c.Left(now))
	text := "Incident " + id + ": " + left
	lines := []string{"*Incident " + id + ": " + left + "* to notify the " + escape(rules.Regulator) + ".", clockLine(inc)}
	if c.Left(now) < 0 {
		lines = append(lines, "A late notification is still owed, with the *reasons for the delay* (Art. 33(1)). Please notify now and record it as sent, or record the decision not to notify.")
	}
	if len(missed) > 0 {
		lines = append(lines, "Not sent at the time: the reminder "+missedWords(missed)+".")
	}
	if next := nextLine(inc, rules); next != "" {
		lines = append(lines, next)
	}
	var buttons []slack.BlockElement
	buttons = append(buttons, nextButton(inc, rules)...)
	if inc.Lead == "" {
		buttons = append(buttons, button(ActLead, "Take the lead", id))
	}
	buttons = append(buttons, button(ActDetails, "Show the report", id))
	blocks := []slack.Block{section(strings.Join(lines, "\n")), actions("nudge", buttons...)}
	if t.Target != workflow.InChannel {
		blocks = append(blocks, where(inc, t.Target)...)
	}
	return practice(inc, Message{Text: text, Blocks: blocks})
}

// missedWords names the reminders that one nudge stands for besides its own.
func missedWords(missed []workflow.Countdown) string {
	const most = 8
	var before, after []string
	at, more := "", ""
	for n, m := range missed {
		if n == most {
			more = "later ones"
			break
		}
		switch d := time.Duration(m); {
		case d > 0:
			before = append(before, span(d))
		case d == 0:
			at = "at the deadline"
		default:
			after = append(after, span(-d))
		}
	}
	var parts []string
	if len(before) > 0 {
		parts = append(parts, enumerate(before)+" before the deadline")
	}
	if at != "" {
		parts = append(parts, at)
	}
	if len(after) > 0 {
		parts = append(parts, enumerate(after)+" after it")
	}
	if more != "" {
		parts = append(parts, more)
	}
	return strings.Join(parts, "; ")
}

// enumerate lists spans of time, their common unit once: "48, 24 and 12 hours".
func enumerate(spans []string) string {
	last := spans[len(spans)-1]
	if len(spans) == 1 {
		return last
	}
	rest := spans[:len(spans)-1]
	for n, s := range rest {
		rest[n] = strings.TrimSuffix(s, " hours")
	}
	return strings.Join(rest, ", ") + " and " + last
}

// FollowUp reminds that information is to follow to the regulator.
func FollowUp(inc *workflow.Incident, rules workflow.Rules) Message {
	id := string(inc.ID)
	return practice(inc, Message{
		Text: "Incident " + id + ": more information is due to the " + rules.Regulator,
		Blocks: []slack.Block{
			section("*Incident " + id + ": more information is due to the " + escape(rules.Regulator) + ".* The last notice was recorded as incomplete. Send what is known now and record it; mark it complete when nothing more is to follow."),
			actions("follow_up", primary(button(ActRecord, "Record as sent", id)), button(ActDetails, "Show the report", id)),
		},
	})
}

// Anchor shows the DPO the day's commitment to the register.
func Anchor(a workflow.Anchor) Message {
	return Message{
		Text: "The register's check value for " + a.Day,
		Blocks: []slack.Block{section("*Register check value for " + escape(a.Day) + "*\n`" + escape(a.Hash) + "`\n" +
			count(a.Incidents, "incident") + ", " + count(a.Events, "event") + ", up to " + utc(a.At) + ".\n" +
			"There is nothing to do. Kept here, it shows later that nothing was removed: `breachbot verify` prints the same values.")},
	}
}

// linkWords says how two reports belong together.
func linkWords(l workflow.Link) string {
	other := "*" + string(l.Other) + "*"
	switch {
	case l.Duplicate && l.Back:
		return other + " is a second report of this breach. Its work goes on here."
	case l.Duplicate:
		return "this is a second report of " + other + ". The work and the clock go on there."
	}
	return "this belongs together with " + other + "."
}
