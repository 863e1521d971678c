package view

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// newsWords is what people read about one sort of news: the push text, in front of or
// behind the reference, and what to do about it. Grades, kinds and times are ours;
// nothing that anybody typed is in either.
type newsWords struct {
	news workflow.News
	push func(s scene, t workflow.Task) string
	then func(s scene, t workflow.Task) string
}

// newsRows is the one table of what people read about news.
var newsRows = []newsWords{
	{workflow.NewsGrave,
		func(s scene, _ workflow.Task) string {
			return "Now " + lowerFirst(severityName(s.inc.Pace())) + ": " + whatHappened(s.inc) + ", " + string(s.inc.ID)
		},
		func(s scene, _ workflow.Task) string {
			line := "The severity was raised."
			if !s.inc.Severity.Valid() {
				line = "The report was amended, and the first guess at the risk is higher now."
			}
			if who := has(s.inc); who != "" {
				line += " " + who + "."
			}
			return line
		}},
	{workflow.NewsNote,
		func(s scene, _ workflow.Task) string {
			return "New note while you decide: " + whatHappened(s.inc) + ", " + string(s.inc.ID)
		},
		func(scene, workflow.Task) string {
			return "Something was written down that you have not seen. It is in the timeline."
		}},
	{workflow.NewsFell,
		func(s scene, _ workflow.Task) string {
			return "A decision no longer holds: " + whatHappened(s.inc) + ", " + string(s.inc.ID)
		},
		func(s scene, _ workflow.Task) string {
			then := "Whoever decides has been asked again."
			switch {
			case s.inc.OnlyProcessor():
				then = "We only process this data for somebody else, so they decide."
			case s.rules.Outdated(s.inc) != nil:
				then = "The risk must be assessed again first. Whoever decides is asked after that."
			}
			return "What it rests on has changed since. Please send nothing on the strength of it. " + then
		}},
	{workflow.NewsAgain,
		func(s scene, _ workflow.Task) string {
			return "Facts changed, please assess again: " + whatHappened(s.inc) + ", " + string(s.inc.ID)
		},
		func(s scene, _ workflow.Task) string {
			if now := s.rules.Outdated(s.inc); now != nil {
				return outdatedWords(now)
			}
			return "The facts have changed since this was assessed."
		}},
	{workflow.NewsDeadline,
		func(s scene, _ workflow.Task) string {
			return "Deadline moved to " + local(s.inc.Clock().Deadline, s.rules.Zone) + ": " + whatHappened(s.inc) + ", " + string(s.inc.ID)
		},
		func(s scene, t workflow.Task) string {
			line, _, _ := strings.Cut(said(s, t.About), "\n") // the clock follows
			return cmp.Or(line, "The times were corrected.")
		}},
	{workflow.NewsApproved,
		func(s scene, t workflow.Task) string {
			what := map[workflow.Recipient]string{workflow.Regulator: "notify the " + s.rules.Regulator, workflow.DataSubjects: "tell the people affected"}
			var all []string
			for _, to := range approvedWith(s.inc, t.About) {
				all = append(all, what[to])
			}
			return "Decided: " + cmp.Or(strings.Join(all, " and "), "somebody must be told") + ", " + string(s.inc.ID)
		},
		func(s scene, t workflow.Task) string {
			then := "Please tell them, and record it once it is done."
			if slices.Contains(approvedWith(s.inc, t.About), workflow.Regulator) {
				then = "Please send it, and record it as sent."
				if s.inc.Clock().Running() {
					then += " Until then the clock keeps running."
				}
			}
			return then
		}},
	{workflow.NewsQuestion,
		func(s scene, _ workflow.Task) string {
			return "More facts are needed to decide: " + whatHappened(s.inc) + ", " + string(s.inc.ID)
		},
		func(scene, workflow.Task) string {
			return "The question is in the timeline. Please answer it with *Add a note*, or assess again. The clock keeps running."
		}},
	{workflow.NewsUnreached,
		func(s scene, _ workflow.Task) string {
			return "Incident " + string(s.inc.ID) + " needs a decision"
		},
		func(s scene, _ workflow.Task) string {
			return "The request could not be sent in person. " + decides(s.inc, s.rules) + " If you know how to reach them, please do."
		}},
	{workflow.NewsGivenUp,
		func(s scene, _ workflow.Task) string {
			return "Could not be delivered, please help: " + whatHappened(s.inc) + ", " + string(s.inc.ID)
		},
		func(s scene, _ workflow.Task) string {
			var lines []string
			for _, u := range givenUp(s.inc, mention) {
				lines = append(lines, append(bulletsRaw(u.what), u.then)...)
			}
			if len(lines) == 0 {
				return "It has come about since."
			}
			return strings.Join(lines, "\n") + "\nbreachbot keeps trying."
		}},
}

// Tell is a piece of news to those who must act on it. It says only that the incident
// was updated if this version does not know the news.
func Tell(inc *workflow.Incident, t workflow.Task, rules workflow.Rules, now time.Time) Message {
	id, s := string(inc.ID), scene{inc, rules}
	text, then := "Incident "+id+" was updated", ""
	for _, w := range newsRows {
		if w.news == t.NewsOf() {
			text, then = w.push(s, t), w.then(s, t)
		}
	}
	lines := []string{"*" + escape(text) + "*"}
	if then != "" {
		lines = append(lines, then)
	}
	lines = append(lines, countdown(inc, rules, now))
	var buttons []slack.BlockElement
	switch t.NewsOf() {
	case workflow.NewsGivenUp: // nothing in the incident puts it right
	case workflow.NewsApproved: // the card has the button for as long as it is still to be sent
	case workflow.NewsQuestion:
		buttons = []slack.BlockElement{button(ActNote, "Add a note", id)}
	default:
		if t.Target == workflow.InChannel || !rules.Next(inc).ForDeciders() || slices.Contains(rules.Deciders(inc), t.Target.Principal()) {
			buttons = nextButton(inc, rules)
		}
	}
	buttons = append(buttons, button(ActDetails, "Show the report", id), button(ActTimeline, "Show the timeline", id))
	m := Message{Text: text, Blocks: []slack.Block{section(strings.Join(lines, "\n"))}}
	if t.Target == workflow.InChannel {
		m.Calls = rules.Deciders(inc)
	} else {
		m.Blocks = append(m.Blocks, where(inc, t.Target)...)
	}
	m.Blocks = append(m.Blocks, actions("news", buttons...))
	return practice(inc, m)
}

// severityName is a severity without its number.
func severityName(v workflow.Severity) string {
	_, name, _ := strings.Cut(v.Label(), " ")
	return name
}

// whatHappened is the kind of event, inside a sentence.
func whatHappened(inc *workflow.Incident) string {
	if inc.Facts.Category == "" {
		return "kind not known yet"
	}
	return lowerFirst(inc.Facts.Category.Label())
}

// approvedWith are whom to tell by a decision and those taken with it, as far as that
// has not been done.
func approvedWith(inc *workflow.Incident, seq int) []workflow.Recipient {
	var to []workflow.Recipient
	n := slices.IndexFunc(inc.Decisions, func(d workflow.Decision) bool { return d.Seq == seq })
	for _, d := range inc.Decisions[max(n, 0):] {
		if n >= 0 && d.Recipient.Core() && d.Verdict == workflow.Notify && inc.Notice(d.Recipient) == nil && d.At.Equal(inc.Decisions[n].At) && d.By == inc.Decisions[n].By {
			to = append(to, d.Recipient)
		}
	}
	return to
}
