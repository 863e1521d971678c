package view

import (
	"fmt"
	"time"

	"breachbot/workflow"
)

// addressee is who a message was for.
func addressee(t workflow.Target) string {
	if t == workflow.InChannel {
		return "the channel"
	}
	return mention(t.Principal())
}

// sentTo says whom a message reached, and whom it did not.
func sentTo(a workflow.Act) string {
	line := "sent to " + addressee(a.Target) + "."
	if a.Code != "" {
		line = "not sent: nobody can write to the channel any more (Slack says " + escape(a.Code) + ")."
	}
	if _, only := a.Refused[workflow.UserID(a.Target)]; only {
		line = "not sent."
	}
	for _, u := range sorted(a.Owed) {
		line += " Not yet to " + user(workflow.UserID(u)) + " (" + whyOwed(a.Owed[workflow.UserID(u)]) + "); breachbot went on trying."
	}
	for _, u := range sorted(a.Refused) {
		line += " " + notWritten(workflow.UserID(u), a.Refused[workflow.UserID(u)])
	}
	return line
}

// notWritten says why somebody was not written to.
func notWritten(u workflow.UserID, code string) string {
	switch code {
	case workflow.LeftGroup:
		return user(u) + " was no longer in the group."
	case workflow.NotMember:
		return user(u) + " is not a full member of the workspace, so nothing was sent to them."
	}
	return user(u) + " could not be written to (Slack says " + escape(code) + ")."
}

func toldMessage(_ scene, a workflow.Act) (string, []pair) {
	return upperFirst(sentWords(a.Task)) + ", " + sentTo(a), nil
}

// toldReminder records a reminder of any clock. The regulator's clock needs no name.
func toldReminder(s scene, a workflow.Act) (string, []pair) {
	about := ""
	if a.Clock != "" {
		about = escape(a.Clock.Label(s.rules.Regulator)) + ", "
	}
	left := Left(time.Duration(a.Milestone))
	if a.Milestone == 0 {
		left = "the deadline"
	}
	line := "Reminder: " + about + left + ", " + sentTo(a)
	if len(a.Missed) > 0 {
		line += " Not sent at the time: the reminder " + missedWords(a.Missed) + "."
	}
	if a.Late {
		line += " Slack's answer was lost; that it got through was found out later."
	}
	return line, nil
}

func toldFollowUp(_ scene, a workflow.Act) (string, []pair) {
	return "Reminder that more information is due, " + sentTo(a), nil
}

func toldStalled(_ scene, a workflow.Act) (string, []pair) {
	then := "breachbot kept trying."
	if a.GivenUp {
		then = "breachbot kept trying and told the privacy team."
	}
	return fmt.Sprintf("Could not be delivered: %s (%s; %s). %s", waitingWords(a.Task), refusedBy(a.Code), count(a.Attempts, "attempt"), then), nil
}

// toldMailed says what went by e-mail, to whom, and to whom it cannot go.
func toldMailed(_ scene, a workflow.Act) (string, []pair) {
	what := waitingWords(a.Task.Says().Key())
	if a.Task.Says().Kind == workflow.KindNudge || a.Task.Says().Kind == workflow.KindRemind {
		what += ", " + Left(time.Duration(a.Milestone))
	}
	line := "Slack did not take it, and no e-mail could be sent: " + what + "."
	if len(a.Mailed) > 0 {
		line = "Sent by e-mail to " + mentions(a.Mailed, ", ") + ", as Slack did not take it: " + what + "."
	}
	return line + unmailed(a.Unmailed), nil
}

// unmailed names those to whom no e-mail can go, and why.
func unmailed(who map[workflow.Principal]string) string {
	line := ""
	for _, p := range sorted(who) {
		line += " None to " + mention(workflow.Principal(p)) + " (" + refusedBy(who[workflow.Principal(p)]) + ")."
	}
	return line
}

// toldGone says which message nobody can bring up to date any more.
func toldGone(_ scene, a workflow.Act) (string, []pair) {
	what := sentWords(a.Task)
	if a.Task.Kind() == workflow.KindCard {
		what = "card"
	}
	return upperFirst(what) + ": the message is gone or can no longer be changed (Slack says " + escape(a.Code) + ").", nil
}

func toldRecovered(_ scene, a workflow.Act) (string, []pair) {
	return "Delivered after all: " + waitingWords(a.Task) + ".", nil
}

func toldDropped(_ scene, a workflow.Act) (string, []pair) {
	line := "No longer needed: " + waitingWords(a.Task) + "."
	if a.Code != "" {
		line += " An earlier attempt may have got through: breachbot could not look (Slack says " + escape(a.Code) + ")."
	}
	return line, nil
}

// whyOwed says why somebody has not been written to yet.
func whyOwed(code string) string {
	if code == workflow.HeldBack {
		return "Slack takes only so many messages a minute"
	}
	return "Slack says " + escape(code)
}
