package view

import (
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// StepList shows the eight steps as checklists: what the record holds already
// and what is still open at this severity.
func StepList(inc *workflow.Incident, rules workflow.Rules) slack.ModalViewRequest {
	v := notice(string(inc.ID), "*The eight steps.* They overlap: contain before you look for the cause. How much is asked follows the severity, now "+escape(inc.Severity.Label())+".")
	blocks := v.Blocks.BlockSet
	for n, p := range rules.Phases(inc) {
		var open, done []string
		for _, item := range p.Items {
			if item.Done {
				done = append(done, item.Label)
			} else {
				open = append(open, item.Label)
			}
		}
		lines := []string{"*" + strconv.Itoa(n+1) + ". " + escape(p.Phase.Label()) + "* · " + progress(p)}
		if len(open) > 0 {
			lines = append(lines, "Open: "+escape(ended(open)))
		}
		if len(done) > 0 {
			lines = append(lines, "Done: "+escape(ended(done)))
		}
		text := strings.Join(lines, "\n")
		if b := phaseButton(inc, p.Phase, rules); b != nil && len(open) > 0 {
			blocks = append(blocks, withButton(text, b))
		} else {
			blocks = append(blocks, section(text))
		}
	}
	v.Blocks.BlockSet = fit(blocks)
	return practiceModal(inc, v)
}

// ended lists items as a sentence; a question ends it by itself.
func ended(items []string) string {
	s := strings.Join(items, "; ")
	if strings.HasSuffix(s, "?") {
		return s
	}
	return s + "."
}

func progress(p workflow.PhaseState) string {
	switch {
	case len(p.Items) == 0:
		return "nothing is asked at this severity"
	case p.Complete():
		return "done"
	}
	return strconv.Itoa(p.Done) + " of " + strconv.Itoa(len(p.Items))
}

// stepsLine is how far the eight steps have come, in a line.
func stepsLine(inc *workflow.Incident, rules workflow.Rules) string {
	var parts []string
	for _, p := range rules.Phases(inc) {
		if len(p.Items) == 0 {
			continue
		}
		short, _, _ := strings.Cut(p.Phase.Label(), " ")
		parts = append(parts, escape(short)+" "+progress(p))
	}
	return "*Steps:* " + strings.Join(parts, " · ")
}

// A page of clocks; each takes one block.
const clocksPage = 20

// historyMost is how many changes of a deadline are listed: the first, and the
// newest.
const historyMost = 8

// ClockList shows every clock: where it starts, when it ends, how it stands,
// and how its deadline came to be what it is. Of long lists it shows a page at a
// time: the law's and the steps' first, then those of the actions.
func ClockList(inc *workflow.Incident, page int, rules workflow.Rules, now time.Time) slack.ModalViewRequest {
	all := rules.Clocks(inc)
	shown, page, last := pageOf(all, page, clocksPage)
	v := notice(string(inc.ID), "*Every clock of this incident.*"+pageWords(page, last))
	blocks := v.Blocks.BlockSet
	changed := false
	for _, c := range shown {
		lines := []string{"*" + escape(c.Name.Label(rules.Regulator)) + "*", "From " + escape(c.From) + ", " + when(c.Start) + "."}
		if c.Owner != "" {
			lines[0] += " of " + user(c.Owner)
		}
		lines = append(lines, clockWords(c, now))
		if len(c.History) > 1 {
			changed = true
			lines = append(lines, historyLines(c.History)...)
		}
		blocks = append(blocks, section(strings.Join(lines, "\n")))
	}
	if changed {
		blocks = append(blocks, small("Why a deadline changed stands in the timeline."))
	}
	if turn := turns(ActClocks, inc.ID, page, last); len(turn) > 0 {
		blocks = append(blocks, actions("clocks", turn...))
	}
	v.Blocks.BlockSet = fit(blocks)
	return practiceModal(inc, v)
}

// historyLines say what a deadline was, first and last changes of long histories.
func historyLines(all []workflow.DeadlineChange) []string {
	var lines []string
	for n, h := range all {
		if left := len(all) - historyMost; left > 0 && n >= 1 && n <= left {
			if n == 1 {
				lines = append(lines, "• and "+count(left, "more change"))
			}
			continue
		}
		line := "• At first "
		if n > 0 {
			line = "• Then "
		}
		if h.After.IsZero() {
			line += "no deadline"
		} else {
			line += utc(h.After)
		}
		if !h.Before.IsZero() {
			line += " instead of " + utc(h.Before)
		}
		lines = append(lines, line+", by "+user(h.By)+" "+when(h.At))
	}
	return lines
}

// clockWords says how a clock stands.
func clockWords(c workflow.Timing, now time.Time) string {
	late := ""
	if c.Missed && c.Running() {
		late = " An earlier deadline was missed."
	}
	switch {
	case c.Overdue(now):
		return "*Overdue:* it was due " + deadline(c.Deadline) + "."
	case c.Running():
		return "Due " + deadline(c.Deadline) + "." + late
	case c.State == workflow.ClockNoCase:
		return "Stopped " + when(c.Stopped) + ": the incident has ended."
	case c.State == workflow.ClockElsewhere:
		return "Stopped " + when(c.Stopped) + ": it goes on in the other report."
	case c.State == workflow.ClockNotNeeded || c.State == workflow.ClockNotDue:
		return "Stopped " + when(c.Stopped) + ": decided that it need not be."
	case c.Late(now):
		return "Done " + when(c.Stopped) + ", after the deadline of " + utc(c.Deadline) + "."
	}
	return "Done " + when(c.Stopped) + ", in time."
}

// clocksMost is how many other clocks the card shows.
const clocksMost = 4

// clockLines are the other clocks that run, the soonest first, and the targets
// that were missed: a miss is shown, not hidden.
func clockLines(inc *workflow.Incident, rules workflow.Rules) []string {
	var lines []string
	clocks := rules.Clocks(inc)
	var late []string
	for _, c := range clocks {
		if (c.Name == workflow.ClockTriage || c.Name == workflow.ClockContain) && !c.Running() && c.Late(c.Stopped) && c.State == workflow.ClockMet {
			late = append(late, lowerFirst(c.Name.Label(rules.Regulator)))
		}
	}
	if len(late) > 0 {
		lines = append(lines, "After its target: "+escape(strings.Join(late, ", "))+".")
	}
	for _, c := range workflow.Running(clocks) {
		if c.Name == workflow.ClockRegulator {
			continue
		}
		if len(lines) >= clocksMost {
			lines = append(lines, "and more: see *All clocks*.")
			break
		}
		line := escape(c.Name.Label(rules.Regulator)) + ": due " + when(c.Deadline)
		if c.Owner != "" {
			line += ", " + user(c.Owner)
		}
		if c.Missed {
			line += " (an earlier deadline was missed)"
		}
		lines = append(lines, line+".")
	}
	return lines
}

// Remind says where a clock other than the regulator's stands.
func Remind(inc *workflow.Incident, t workflow.Task, milestone workflow.Countdown, missed []workflow.Countdown, rules workflow.Rules, now time.Time) Message {
	id := string(inc.ID)
	name := t.ClockOf()
	c, ok := rules.Clock(inc, name)
	if !ok {
		c.Deadline = t.Deadline
	}
	left := Left(t.Deadline.Sub(now))
	if d := t.Deadline.Sub(now); d >= 0 && d < time.Minute {
		left = "due now"
	}
	label := name.Label(rules.Regulator)
	text := "Incident " + id + ": " + lowerFirst(label) + ", " + left
	lines := []string{"*Incident " + id + " · " + escape(label) + ": " + left + "*, due " + deadline(t.Deadline) + "."}
	if len(missed) > 0 {
		lines = append(lines, "Not sent at the time: the reminder "+missedWords(missed)+".")
	}
	buttons := clockButtons(inc, name, rules)
	if n := name.Action(); n > 0 {
		buttons = append(buttons, primary(button(ActFinish, "Show it, and say when it is done", value(inc.ID, strconv.Itoa(n)))))
	} else {
		buttons = append(buttons, button(ActSteps, "Steps and checklists", id))
	}
	return practice(inc, Message{Text: text, Blocks: []slack.Block{section(strings.Join(lines, "\n")), actions("remind", buttons...)}})
}
