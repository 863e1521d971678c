package view

import (
	"fmt"
	"strings"
	"time"

	"breachbot/workflow"
)

// Letter is an e-mail: plain text in our own words. Nothing that anybody typed is in
// it and no name, for it leaves Slack and the people whom Slack lets see an incident.
type Letter struct{ Subject, Text string }

// letterWords is what an e-mail in the place of one kind of message says.
type letterWords struct {
	kind workflow.TaskKind
	// asks is what the reader is to do, in the subject.
	asks string
	// happened is what the message would have said, in a paragraph.
	happened func(s scene, t workflow.Task) string
	// then is what the reader does about it if Slack does not work.
	then string
}

// letterRows is the one table of e-mails. It has every kind of message that may go
// by e-mail.
var letterRows []letterWords

func init() { // not at the declaration: what was given up looks at the tasks, which look here
	letterRows = []letterWords{
		{workflow.KindAlert, "a report needs somebody",
			func(s scene, _ workflow.Task) string {
				return "There is a report of a personal data breach. " + letterHolder(s.inc)
			},
			"call the person who reported it or whoever works there, and contain it. Write down what is done and when, and record it in Slack afterwards."},
		{workflow.KindAsk, "please decide",
			func(s scene, _ workflow.Task) string {
				return "A decision is needed: whether to notify the " + s.rules.Regulator + ", and whether to tell the people affected. It waits for you, or for whoever stands in for you."
			},
			"ask whoever runs breachbot for the facts (breachbot register pack %s), decide, and write down the decision, the time and your reasons. Record it in Slack afterwards."},
		{workflow.KindNudge, "the clock is running",
			func(s scene, _ workflow.Task) string {
				return "This is a reminder of the 72 hours to notify the " + s.rules.Regulator + ". They stop when the notice is recorded as sent, or the decision not to notify is recorded."
			},
			"do not wait for it: notify the regulator by telephone or their own form, write down when and by whom, and record it in Slack afterwards."},
		{workflow.KindRemind, "a clock of the law is running",
			func(s scene, t workflow.Task) string {
				return "This is a reminder: " + lowerFirst(t.ClockOf().Label(s.rules.Regulator)) + "."
			},
			"do not wait for it: tell them by telephone or e-mail, write down when and by whom, and record it in Slack afterwards."},
		{workflow.KindNews, "breachbot could not deliver something",
			func(s scene, _ workflow.Task) string {
				lines := "breachbot could not deliver this, and somebody must do it another way:"
				for _, u := range givenUp(s.inc, asID) {
					lines += "\n- " + strings.Join(u.what, "\n- ") + "\n  " + u.then
				}
				return lines
			},
			"reach the people concerned by telephone. breachbot keeps trying, and shows on the incident's card what came about."},
	}
}

// letterHolder says whether somebody has an incident, without naming them.
func letterHolder(inc *workflow.Incident) string {
	switch {
	case inc.Step().Over():
		return "It has ended."
	case inc.Taken():
		return "Somebody has it already."
	}
	return "Nobody has it yet."
}

// Mail is the e-mail in the place of a message that Slack did not take; t is the task
// as whoever writes the message sees it. False of messages that do not go by e-mail.
func Mail(inc *workflow.Incident, t workflow.Task, rules workflow.Rules, now time.Time) (Letter, bool) {
	id, s := string(inc.ID), scene{inc, rules}
	for _, w := range letterRows {
		if w.kind != t.Kind {
			continue
		}
		var b strings.Builder
		subject := id + ": " + w.asks
		if inc.Drill() {
			subject = practiceWords + ". " + subject
			b.WriteString(practiceWords + ". Send nothing to the real regulator or to anybody outside.\n\n")
		}
		fmt.Fprintf(&b, "Incident %s\n%s\n\n%s\n", id, letterGrade(inc), w.happened(s, t))
		if line := letterClock(s, t, now); line != "" {
			b.WriteString("\n" + line + "\n")
		}
		then := w.then
		if strings.Contains(then, "%s") {
			then = fmt.Sprintf(then, id)
		}
		fmt.Fprintf(&b, "\nWhat to do\n- Open Slack and look at the messages of breachbot, or type /breach status %s.\n- If Slack does not work: %s\n", id, then)
		fmt.Fprintf(&b, "\nYou get this e-mail because Slack had not taken the message for you after %s. Once it does, the message is there too, with its buttons. Answers to this e-mail reach nobody.\n\n%s, breachbot\n",
			span(rules.MailAfter), rules.Organisation)
		return Letter{subject, b.String()}, true
	}
	return Letter{}, false
}

// letterGrade is how bad it is and what kind.
func letterGrade(inc *workflow.Incident) string {
	grade, _, _ := strings.Cut(about(inc), ", "+string(inc.ID))
	return grade
}

// letterClock is when the clock ends that a message is about: its own, or the one that
// leads. An e-mail cannot show a time in the reader's own zone, so it names two.
func letterClock(s scene, t workflow.Task, now time.Time) string {
	label, end := "", time.Time{}
	if t.Kind == workflow.KindRemind {
		label, end = t.ClockOf().Label(s.rules.Regulator), t.Deadline
	} else if c, ok := leading(s.inc, s.rules); ok && c.Running() {
		label, end = c.Name.Label(s.rules.Regulator), c.Deadline
	}
	if end.IsZero() {
		return ""
	}
	line := label + ": by " + inBothZones(end, s.rules.Zone) + "\n" + Left(end.Sub(now)) + " when this was sent."
	if c := s.inc.Clock(); t.Kind != workflow.KindRemind && c.Ours() && c.Provisional() {
		line += " The time is provisional until the data protection officer sets when we became aware."
	}
	return line
}

// inBothZones is a time in the organisation's zone and in UTC, each with its day.
func inBothZones(t time.Time, zone *time.Location) string {
	const layout = "Monday 2 January 2006 15:04 MST"
	return t.In(zone).Format(layout) + " (" + zone.String() + "), which is " + t.UTC().Format(layout)
}

// asID names somebody where Slack does not make a name of an id.
func asID(p workflow.Principal) string { return "the Slack id " + string(p) }
