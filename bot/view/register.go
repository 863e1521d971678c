package view

import (
	"fmt"
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

// Register shows the register a page at a time, newest first, with the columns of
// the published table. Titles are plain text. It is a modal, so only the person who
// asked sees it and Slack does not keep it.
func Register(p RegisterPage, rules workflow.Rules) slack.ModalViewRequest {
	v := notice("Register", "*The register of breaches*, newest first. Near misses and reports found not to be a breach stay in it. Drills are not part of it.\n"+escape(p.Trend.Line()))
	blocks := v.Blocks.BlockSet
	if len(p.Entries) == 0 && !p.Newer {
		blocks = append(blocks, section("*No incidents recorded yet.*"))
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
	blocks = append(blocks, small("The people who run breachbot can export all of it with `breachbot register export`, and the extract for the public with `breachbot register export -published`."))
	v.Blocks.BlockSet = blocks
	return v
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
