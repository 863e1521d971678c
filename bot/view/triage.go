package view

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/workflow"
)

// triageForm asks what the kind of event leaves open. Everything else is one button
// away, in the same form, and what a page does not show stays as it is.
func triageForm(d Desk, inc *workflow.Incident, m Meta) slack.ModalViewRequest {
	was := m.chosen()
	f := inc.Facts
	if _, chose := was[string(workflow.FieldCategory)]; chose {
		f.Category = workflow.Category(was.choice(workflow.FieldCategory))
	}
	pages := triagePages(d.Rules, inc, f, m)
	if m.want != "" {
		m.Page = max(0, slices.IndexFunc(pages, func(p []triageQuestion) bool {
			return slices.ContainsFunc(p, func(q triageQuestion) bool { return q.field == m.want })
		}))
	}
	m.Page = min(max(m.Page, 0), len(pages)-1)
	blocks := summary(inc, d.zone())
	if m.leftOut(pages[m.Page]) {
		blocks = append(blocks, caution("The record has changed, so what you chose on the other pages of this form was left out. Please look at *Other details* again."))
	}
	if m.Page == 0 {
		blocks = append(blocks, divider(), kindAsked(inc))
		blocks = append(blocks, firstHour(d.Rules, f.Category))
	}
	blocks = append(blocks, gradesAsked(inc, m, was)...)
	why := input{field: workflow.FieldReason, label: "Why?", element: area(workflow.MaxText),
		hint: "One or two sentences. No names of the people affected."}.block()
	if m.Page == 0 {
		blocks = append(blocks, why)
	}
	for _, q := range pages[m.Page] {
		in := q.ask(f, inc)
		in.optional = true
		blocks = append(blocks, in.block())
	}
	if m.Page > 0 {
		blocks = append(blocks, why)
	}
	prefill(blocks, was)
	blocks = append(blocks, otherPages(inc, f, m, pages)...)
	return modal(FormTriage, "Triage", "Save triage", m, blocks...)
}

// kindAsked asks for the kind of event. Choosing it asks what that kind leaves open.
func kindAsked(inc *workflow.Incident) slack.Block {
	b := input{field: workflow.FieldCategory, label: "What kind of event is it?", optional: true, element: pick(options(workflow.Categories), string(inc.Facts.Category)),
		hint: "The questions below follow from it."}.block()
	b.(*slack.InputBlock).DispatchAction = true
	return b
}

// gradesAsked asks for severity and risk. On the pages of other details, it says what
// was chosen, and asks only for what was not.
func gradesAsked(inc *workflow.Incident, m Meta, was Values) []slack.Block {
	var grades []*slack.OptionBlockObject
	for _, s := range workflow.Severities {
		grades = append(grades, option(strconv.Itoa(int(s.Value)), s.Label, s.Means))
	}
	severity := ""
	if inc.Severity.Valid() {
		severity = strconv.Itoa(int(inc.Severity))
	}
	asks := []input{
		{field: workflow.FieldSeverity, label: "Severity: how fast must we act?", element: radio(grades, severity), hint: "Provisional. It can be changed."},
		{field: workflow.FieldRisk, label: "Risk to the people affected", optional: inc.Facts.NearMiss, element: radio(options(workflow.RiskLevels), string(inc.Risk))},
	}
	var blocks []slack.Block
	var chose []string
	for n, in := range asks {
		if m.Page > 0 && was.choice(in.field) != "" {
			name := []string{"Severity", "Risk"}[n]
			if o := chosen(in.element.(*slack.RadioButtonsBlockElement).Options, was.choice(in.field)); o != nil {
				chose = append(chose, "*"+name+":* "+escape(o.Text.Text))
				continue
			}
		}
		blocks = append(blocks, in.block())
	}
	if len(chose) > 0 {
		blocks = slices.Insert(blocks, 0, section(strings.Join(chose, " · ")))
	}
	return blocks
}

// parseTriage reads what was on the page and what was chosen on the others. What
// nobody saw is not in it, so that it stays as it was.
func parseTriage(v Values, m Meta, _ *time.Location) (workflow.Command, error) {
	all := m.chosen()
	maps.Copy(all, v)
	severity, _ := strconv.Atoi(all.choice(workflow.FieldSeverity))
	c := workflow.Triage{
		Facts:    m.Facts,
		Severity: workflow.Severity(severity),
		Risk:     workflow.RiskLevel(all.choice(workflow.FieldRisk)),
		Reason:   all.text(workflow.FieldReason),
		Systems:  all.text(workflow.FieldSystems),
		Asked:    []workflow.Field{},
	}
	saw := func(f workflow.Field) bool {
		_, saw := all[string(f)]
		if saw {
			c.Asked = append(c.Asked, f)
		}
		return saw
	}
	if saw(workflow.FieldCategory) {
		c.Known.Category = workflow.Category(all.choice(workflow.FieldCategory))
	}
	for _, q := range triageQuestions {
		if saw(q.field) {
			if err := q.read(all, &c.Known); err != nil {
				return c, err
			}
		}
	}
	return c, nil
}

// summary is the top of a form about an incident: its reference, what was reported
// and the 72-hour clock.
func summary(inc *workflow.Incident, zone *time.Location) []slack.Block {
	blocks := []slack.Block{section("*" + string(inc.ID) + "* · " + escape(inc.Step().Label()) + "\n" + clockLine(inc, zone))}
	blocks = append(blocks, words(inc.Title())...)
	return blocks
}
