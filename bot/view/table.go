package view

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// The tables of one incident, which /breach answers with and which only the person
// who asked sees. Each has a button for the reading that has the same with every
// detail.

// tableOf is a table of one incident: what it says in sum, and its rows.
type tableOf struct {
	text  string // in sum, for notifications and screen readers; nothing typed
	heads []string
	rows  [][]cell
}

// message is the table as an answer. Rows that do not fit are in the reading.
func (t tableOf) message(inc *workflow.Incident, act Action, label string) Message {
	id := string(inc.ID)
	text := "Incident " + id + ": " + t.text
	var blocks []slack.Block
	if len(t.rows) == 0 {
		blocks = append(blocks, section("*"+escape(text)+".*"))
	} else {
		table, rest := tabled(text, t.heads, t.rows)
		blocks = append(blocks, table)
		if rest > 0 {
			blocks = append(blocks, small(fmt.Sprintf("And %d more: press *%s*.", rest, label)))
		}
	}
	blocks = append(blocks, actions("table", button(act, label, id)))
	return practice(inc, Message{Text: text, Blocks: blocks})
}

// clockTable is every clock of an incident, and how much of it is left.
func clockTable(d Desk, inc *workflow.Incident) tableOf {
	t := tableOf{heads: []string{"Clock", "Hours", "Where it stands", "From", "Began", "Whose"}}
	running, overdue := 0, 0
	for _, c := range d.Rules.Clocks(inc) {
		hours := counted(ungraded, "does not run")
		if c.Running() {
			running++
			hours = hoursCell(c.Left(d.Now))
		}
		if c.Overdue(d.Now) {
			overdue++
		}
		from, began := textCell(c.From), timeCell(c.Start, d.zone())
		if c.State == workflow.ClockTheirs {
			from, began = textCell(nothing), counted(0, "not ours")
		}
		t.rows = append(t.rows, []cell{textCell(c.Name.Label(d.Rules.Regulator)), hours, markCell(clockStands(c, d.Rules.Zone, d.Now)), from, began, ownerCell(c.Owner)})
	}
	t.text = count(running, "clock") + " running, " + strconv.Itoa(overdue) + " overdue"
	return t
}

// ownerCell names whose something is.
func ownerCell(id workflow.UserID) cell {
	if id == "" {
		return textCell(nothing)
	}
	return personCell(id)
}

// dutyTable is everybody who may have to be told.
func dutyTable(d Desk, inc *workflow.Incident) tableOf {
	t := tableOf{heads: []string{"Who", "Where it stands", "Why we ask"}}
	open := 0
	for _, duty := range d.Rules.Duties(inc) {
		if duty.Stand == workflow.DutyNotAsked {
			continue
		}
		if duty.Stand == workflow.DutyOpen {
			open++
		}
		why := textCell(nothing)
		if duty.Cause != "" {
			why = textCell(duty.Cause.Label())
		}
		t.rows = append(t.rows, []cell{textCell(duty.Label), markCell(dutyWords(duty)), why})
	}
	t.text = "whether to tell " + strconv.Itoa(open) + " of " + strconv.Itoa(len(t.rows)) + " is not decided yet"
	return t
}

// actionTable is the corrective actions, open ones first. What has to be done is
// shown as it was typed.
func actionTable(d Desk, inc *workflow.Incident) tableOf {
	t := tableOf{heads: []string{"Number", "What", "Whose", "Due", "Done"}}
	for n, a := range orderedActions(inc) {
		number := strconv.Itoa(n + 1)
		done := cell(nil)
		if a.Open() {
			done = buttonCell(n, readAs(button(ActFinish, "Done", value(inc.ID, strconv.Itoa(a.Seq))), number))
		} else {
			done = markCell(when(a.DoneAt) + ", recorded by " + user(a.DoneBy))
		}
		t.rows = append(t.rows, []cell{counted(float64(n+1), number), textCell(workflow.Cut(a.What, 500)), personCell(a.Owner), dayCell(a.Due, d.zone()), done})
	}
	t.text = lowerFirst(actionSum(inc))
	return t
}

// actionSum is actionLine without its stop.
func actionSum(inc *workflow.Incident) string { s := actionLine(inc); return s[:len(s)-1] }

// orderedActions are the corrective actions: open ones first, then by date.
func orderedActions(inc *workflow.Incident) []workflow.Action {
	all := slices.Clone(inc.Actions)
	slices.SortStableFunc(all, func(a, b workflow.Action) int {
		if a.Open() != b.Open() {
			if a.Open() {
				return -1
			}
			return 1
		}
		return a.Due.Compare(b.Due)
	})
	return all
}

// timelineTable is what happened, in the order of the timeline. What people typed
// is in the timeline itself.
func timelineTable(d Desk, inc *workflow.Incident) tableOf {
	t := tableOf{heads: []string{"Number", "When", "What happened"}}
	all := foldDeliveries(timeline(inc, d.Rules), d.zone())
	for n, e := range all {
		t.rows = append(t.rows, []cell{counted(float64(n+1), strconv.Itoa(n+1)), timeCell(e.at, d.zone()), markCell(e.line)})
	}
	t.text = "timeline with " + cmp.Or(entries(len(all)), "nothing in it yet")
	return t
}

func entries(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "1 entry"
	}
	return strconv.Itoa(n) + " entries"
}

// Table is the table that a word after /breach asks for, of an incident that the
// person may know of. refused means that it is not for them; the message then says
// so. ok is false for other words.
func Table(word string, d Desk, inc *workflow.Incident) (m Message, refused, ok bool) {
	r, ok := tableWord(word)
	switch {
	case !ok:
		return m, false, false
	case !d.By.MayRead(inc):
		return Sorry(r.what + " is only for the people who handle the incident."), true, true
	}
	return r.table(d, inc).message(inc, r.act, cmp.Or(r.button, r.menu.label)), false, true
}

// Tabled tells whether a word after /breach asks for a table of an incident.
func Tabled(word string) bool {
	_, ok := tableWord(word)
	return ok
}

func tableWord(word string) (reading, bool) {
	n := slices.IndexFunc(readings, func(r reading) bool { return r.word != "" && r.word == word })
	if n < 0 {
		return reading{}, false
	}
	return readings[n], true
}
