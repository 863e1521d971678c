package view

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// RegisterMost is how many lines a page of the register shows.
const RegisterMost = 15

// RegisterPage is what a page of the register shows.
type RegisterPage struct {
	Entries      []workflow.Entry // newest first
	Older, Newer bool             // whether there are more
	Trend        workflow.Trend
	Show         bool // whether the person may open each incident, or sees only the register
}

// registerHead stands above every form of the register.
func registerHead(p RegisterPage) string {
	return "*The register of breaches*, newest first. Near misses and reports found not to be a breach stay in it. Drills are not part of it.\n" + escape(p.Trend.Line())
}

// noIncidents stands in a register without lines.
const noIncidents = "*No incidents recorded yet.*"

// registerFoot stands under every form of the register.
const registerFoot = "The people who run breachbot can export all of it with `breachbot register export`, and the extract for the public with `breachbot register export -published`."

// Register shows the register a page at a time, newest first, with the columns of
// the published table. Titles are plain text. It is a modal, so only the person who
// asked sees it and Slack does not keep it.
func Register(p RegisterPage, rules workflow.Rules) slack.ModalViewRequest {
	v := notice("Register", registerHead(p))
	blocks := v.Blocks.BlockSet
	if len(p.Entries) == 0 && !p.Newer {
		blocks = append(blocks, section(noIncidents))
	}
	for _, e := range p.Entries {
		blocks = append(blocks, registerLine(e, rules, p.Show), titleOf(e))
	}
	var turn []slack.BlockElement
	if p.Newer && len(p.Entries) > 0 {
		turn = append(turn, turnButton("Newer", p.Entries[0]))
	}
	if p.Older && len(p.Entries) > 0 {
		turn = append(turn, turnButton("Older", p.Entries[len(p.Entries)-1]))
	}
	if len(turn) > 0 {
		blocks = append(blocks, actions("register", turn...))
	}
	v.Blocks.BlockSet = append(blocks, small(registerFoot))
	return v
}

// RegisterTableMost is how many lines the register shows in a table. Where Slack has
// no tables they fit in a message too.
const RegisterTableMost = 30

// RegisterTable shows the newest lines of the register in a table, and how it
// changes over time in two charts. It is for the person who asked alone, so it may
// hold typed titles. Older lines are a button away, in Register.
func RegisterTable(p RegisterPage, rules workflow.Rules) Message {
	t := p.Trend
	text := fmt.Sprintf("Register: %d reported in 12 months, %d in the last 30 days, %d late", t.Year, t.Recent, t.Late)
	blocks := []slack.Block{section(registerHead(p))}
	if len(p.Entries) == 0 {
		return Message{Text: text, Blocks: append(blocks, section(noIncidents), small(registerFoot))}
	}
	heads := []string{"Reference", "In one line", "Severity", "Kind of event", "Noticed", "Stands", "In time?", rules.Regulator + " notified", "Customers notified", "Resolved"}
	if p.Show {
		heads = slices.Insert(heads, 1, "Open it")
	}
	var rows [][]cell
	for n, e := range p.Entries {
		resolved := textCell("no")
		if !e.ResolvedAt.IsZero() {
			resolved = textCell(dayIn(e.ResolvedAt, rules.Zone))
		}
		inTime := "yes"
		switch running := e.Clock == workflow.ClockRunning; {
		case e.Late || running && t.Until.After(e.Deadline):
			inTime = "late"
		case running:
			inTime = "still open"
		}
		row := []cell{
			textCell(string(e.ID)), titleCell(e), severityCell(e.Severity), textCell(kindText(e.Facts)), dayCell(e.Times.Detected, rules.Zone),
			textCell(standsWords(e)), textCell(inTime), textCell(toldWords(e.RegulatorTold(), rules.Zone)), textCell(toldWords(e.CustomersTold(), rules.Zone)), resolved,
		}
		if p.Show {
			row = slices.Insert(row, 1, showCell(n, e.ID))
		}
		rows = append(rows, row)
	}
	table, rest := tabled("Register: "+entryCount(len(rows), p.Older)+", newest first", heads, rows)
	blocks = append(blocks, table)
	if p.Older || rest > 0 {
		blocks = append(blocks, actions("register", turnButton("Older", p.Entries[len(rows)-rest-1])))
	}
	blocks = append(blocks, trendCharts(t)...)
	return Message{Text: text, Blocks: append(blocks, small(registerFoot))}
}

// entryCount says how many lines are shown, and whether these are all.
func entryCount(n int, more bool) string {
	if more {
		return "the newest " + strconv.Itoa(n)
	}
	return entries(n)
}

// standsWords say what became of a line of the register.
func standsWords(e workflow.Entry) string {
	if e.Response != nil && e.Response.Duplicate != "" {
		return "duplicate of " + string(e.Response.Duplicate)
	}
	return e.Step.Label()
}

func registerLine(e workflow.Entry, rules workflow.Rules, show bool) slack.Block {
	first := []string{"*" + string(e.ID) + "*", dayIn(e.Times.Detected, rules.Zone), escape(e.Severity.Label()), kind(e.Facts)}
	switch {
	case e.Response != nil && e.Response.Duplicate != "":
		first = append(first, "*duplicate of "+string(e.Response.Duplicate)+"*")
	case e.Step == workflow.StepDismissed:
		first = append(first, "*not a personal data breach*")
	}
	resolved := "Resolved: no"
	if !e.ResolvedAt.IsZero() {
		resolved = "Resolved: " + dayIn(e.ResolvedAt, rules.Zone)
	}
	second := []string{
		escape(rules.Regulator) + " notified: " + toldWords(e.RegulatorTold(), rules.Zone), "Customers notified: " + toldWords(e.CustomersTold(), rules.Zone), resolved,
	}
	s := slack.NewSectionBlock(mark(strings.Join(first, " · ")+"\n"+strings.Join(second, " · ")), nil, nil)
	if show {
		s.Accessory = slack.NewAccessory(button(ActStatus, "Show "+string(e.ID), string(e.ID)))
	}
	return s
}

func toldWords(t workflow.Told, zone *time.Location) string {
	if t.Theirs {
		return "the controller decides"
	}
	switch t.Answer {
	case workflow.Yes:
		return dayIn(t.At, zone)
	case workflow.No:
		return "no"
	}
	return "not decided yet"
}

func dayIn(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return "not known yet"
	}
	return t.In(zone).Format("2 Jan 2006")
}

// turnButton is a button that turns the page. It carries the line after which the
// next page begins.
func turnButton(label string, e workflow.Entry) *slack.ButtonBlockElement {
	return button(Action(string(ActRegister)+"_"+strings.ToLower(label)), label, fmt.Sprintf("%d %s", e.Times.Reported.UnixMicro(), e.ID))
}

// RegisterTurn tells whether an action turns a page of the register, and to which
// page.
func RegisterTurn(actionID, value string) (workflow.Page, bool) {
	way, ok := strings.CutPrefix(actionID, string(ActRegister)+"_")
	if !ok {
		return workflow.Page{}, false
	}
	at, id, _ := strings.Cut(value, " ")
	micros, err := strconv.ParseInt(at, 10, 64)
	return workflow.Page{Reported: time.UnixMicro(micros).UTC(), ID: workflow.IncidentID(id), Newer: way == "newer"}, err == nil
}
