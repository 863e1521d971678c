package view

import (
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// A page of clocks; each takes one block.
const clocksPage = 20

// historyMost is how many changes of a deadline are listed: the first and the
// newest ones.
const historyMost = 8

// ClockList shows every clock: where it starts, when it ends, whether it runs and
// how its deadline changed. It shows a page at a time: first the clocks of the law
// and of the steps, then those of the actions.
func ClockList(inc *workflow.Incident, page int, rules workflow.Rules, now time.Time) slack.ModalViewRequest {
	all := rules.Clocks(inc)
	shown, page, last := pageOf(all, page, clocksPage)
	v := notice(string(inc.ID), "*Every clock of this incident.*"+pageWords(page, last))
	blocks := v.Blocks.BlockSet
	changed := false
	for _, c := range shown {
		lines := []string{"*" + escape(c.Name.Label(rules.Regulator)) + "*"}
		if c.State != workflow.ClockTheirs {
			lines = append(lines, "From "+escape(c.From)+", "+when(c.Start)+".")
		}
		if c.Owner != "" {
			lines[0] += " of " + user(c.Owner)
		}
		lines = append(lines, clockStands(c, rules.Zone, now))
		if len(c.History) > 1 && c.State != workflow.ClockTheirs {
			changed = true
			lines = append(lines, historyLines(c.History, rules.Zone)...)
		}
		blocks = append(blocks, section(strings.Join(lines, "\n")))
	}
	if changed {
		blocks = append(blocks, small("The timeline says why a deadline changed."))
	}
	if turn := turns(ActClocks, inc.ID, page, last); len(turn) > 0 {
		blocks = append(blocks, actions("clocks", turn...))
	}
	v.Blocks.BlockSet = fit(blocks)
	return practiceModal(inc, v)
}

// historyLines say how a deadline changed. They leave out the middle of long
// histories.
func historyLines(all []workflow.DeadlineChange, zone *time.Location) []string {
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
			line += exactly(h.After, zone)
		}
		if !h.Before.IsZero() {
			line += " instead of " + exactly(h.Before, zone)
		}
		lines = append(lines, line+", by "+user(h.By)+" "+when(h.At))
	}
	return lines
}

// clockStands says whether a clock runs, is overdue or has stopped.
func clockStands(c workflow.Timing, zone *time.Location, now time.Time) string {
	late := ""
	if c.Missed && (c.Running() || c.Deadline.IsZero()) {
		late = " An earlier deadline was missed."
	}
	switch {
	case c.Overdue(now):
		return "*Overdue:* it was due " + deadline(c.Deadline, zone) + "."
	case c.Running():
		return "Due " + deadline(c.Deadline, zone) + "." + late
	case c.State == workflow.ClockTheirs:
		return "The controller's clock, not ours: we are only the processor."
	case c.State == workflow.ClockNoCase:
		return "Stopped " + when(c.Stopped) + ": the incident has ended."
	case c.State == workflow.ClockElsewhere:
		return "Stopped " + when(c.Stopped) + ": it continues in the other report."
	case c.Deadline.IsZero():
		return "Stopped " + when(c.Stopped) + ": it has no deadline any more." + late
	case c.State == workflow.ClockNotNeeded || c.State == workflow.ClockNotDue:
		return "Stopped " + when(c.Stopped) + ": decided that it is not needed."
	case c.State != workflow.ClockMet && c.State != workflow.ClockSent:
		return "Stopped " + when(c.Stopped) + "."
	case c.Late(now):
		return "Done " + when(c.Stopped) + ", after the deadline of " + exactly(c.Deadline, zone) + "."
	}
	return "Done " + when(c.Stopped) + ", in time."
}

// clocksMost is how many other clocks the card shows.
const clocksMost = 4

// clockLines are the other running clocks, soonest first, and the targets that were
// missed. A missed target is shown, not hidden.
func clockLines(inc *workflow.Incident, rules workflow.Rules) []string {
	var lines []string
	clocks := rules.Clocks(inc)
	var late []string
	for _, c := range clocks {
		if clockWordsOf(c.Name).target && !c.Running() && c.Late(c.Stopped) && c.State == workflow.ClockMet {
			late = append(late, lowerFirst(c.Name.Label(rules.Regulator)))
		}
	}
	if len(late) > 0 {
		lines = append(lines, "Done after the target: "+escape(strings.Join(late, ", "))+".")
	}
	for _, c := range workflow.Running(clocks) {
		if c.Name == workflow.ClockRegulator || c.Name == workflow.ClockController && !inc.Clock().Ours() {
			continue // it leads the card
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
