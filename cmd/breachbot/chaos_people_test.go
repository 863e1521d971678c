package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"breachbot/bot/sandbox"
	"breachbot/bot/view"
	"breachbot/workflow"
)

// crowd is the people of a practice at work while everything breaks. They know no
// more than what Slack shows them: they press what there is to press, fill in what
// a form asks for, and try again when it says that it did not work.
type crowd struct {
	arena  *arena
	serial atomic.Int64

	mu      sync.Mutex
	reports []sentForm // that Slack said were received
	forms   []sentForm // of other kinds, that Slack closed as received
}

// sentForm is a form that was sent.
type sentForm struct {
	view   string // its id
	kind   string
	answer string // how Slack showed that it was received
	words  string // what was typed into it
}

// resident is one of them.
type resident struct {
	*sandbox.Person
	crowd *crowd
	dice  *rand.Rand
	title string // of the report last sent
}

// staff are who handles incidents.
var staff = []string{sandbox.Rob, sandbox.Ivy, sandbox.Cal, sandbox.Dee, sandbox.Dan, sandbox.Sam, sandbox.Nia}

// work has everybody act until ctx ends: they report every so often, and act
// every so often.
func (c *crowd) work(ctx context.Context, seed uint64, reportEvery, actEvery time.Duration) {
	var all sync.WaitGroup
	for n, id := range staff {
		dice := rand.New(rand.NewPCG(seed, uint64(n)+100))
		p := &resident{Person: c.arena.ws.As(id), crowd: c, dice: dice}
		all.Go(func() {
			report := time.Duration(dice.Float64() * float64(reportEvery) * float64(len(staff)))
			for begin := time.Now(); ; {
				if !rest(ctx, time.Duration((0.5+dice.Float64())*float64(actEvery)*float64(len(staff)))) {
					return
				}
				if time.Since(begin) >= report {
					report += reportEvery * time.Duration(len(staff))
					p.reportsSomething(ctx)
				} else {
					p.acts(ctx)
				}
				if p.Modal() != nil {
					_ = p.CloseModal(ctx)
				}
			}
		})
	}
	all.Wait()
}

// rest waits; false when ctx ends first.
func rest(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// words are something to type that can be found again.
func (p *resident) words(what string) string {
	return fmt.Sprintf("%s no %d.", what, p.crowd.serial.Add(1))
}

// opens waits for a modal that satisfies.
func (p *resident) opens(ctx context.Context, most time.Duration) *sandbox.View {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	_ = p.crowd.arena.ws.WaitFor(ctx, func() bool { m := p.Modal(); return m != nil && m.Title != view.Wait().Title.Text })
	return p.Modal()
}

// reportsSomething tells of a breach; of one in four the 72 hours end soon.
func (p *resident) reportsSomething(ctx context.Context) {
	noticed := time.Now().Add(-time.Duration(p.dice.IntN(7200)) * time.Second)
	if p.dice.IntN(4) == 0 {
		noticed = time.Now().Add(-workflow.NotificationPeriod + time.Duration(p.dice.IntN(300))*time.Second)
	}
	p.tells(ctx, p.words("Letter to the wrong address"), noticed)
}

// tells reports a breach, and whether Slack said that it was received.
func (p *resident) tells(ctx context.Context, title string, noticed time.Time) bool {
	if out, err := p.Slash(ctx, "/breach", ""); err != nil || out.Failed != "" {
		p.crowd.arena.happened("commands that Slack said had failed")
		return false
	}
	m := p.opens(ctx, 3*time.Second)
	if m == nil || m.CallbackID != string(view.FormReport) {
		p.crowd.arena.happened("forms that did not open")
		return false
	}
	// What they typed before and could not send comes back within a second, so they
	// look before they type.
	if !rest(ctx, 1100*time.Millisecond) {
		return false
	}
	for field, value := range map[workflow.Field]any{
		workflow.FieldTitle: title, workflow.FieldWhat: "The new occupant rang us.", workflow.FieldDetected: noticed,
		workflow.FieldRisk: []string{"low", "medium", "high"}[p.dice.IntN(3)],
	} {
		if p.Fill(string(field), value) != nil {
			return false
		}
	}
	how, received := p.sends(ctx)
	if received {
		p.crowd.mu.Lock()
		defer p.crowd.mu.Unlock()
		p.crowd.reports = append(p.crowd.reports, sentForm{m.ID, m.CallbackID, how, p.title})
	}
	return received
}

// insists reports a breach, again until it was received.
func (p *resident) insists(title string, noticed time.Time) {
	t := p.crowd.arena.t
	t.Helper()
	for range 20 {
		received := p.tells(t.Context(), title, noticed)
		if p.Modal() != nil {
			_ = p.CloseModal(t.Context())
		}
		if received {
			return
		}
	}
	t.Fatalf("a report was not received\n%s", p.crowd.arena.replicas[0].said())
}

// acts presses a button among the newest messages, and sees the form through.
func (p *resident) acts(ctx context.Context) {
	type choice struct {
		at      sandbox.Message
		element sandbox.Block
		block   string
	}
	var choices []choice
	for _, c := range p.Channels() {
		last, _ := p.Log(c.ID, "", 25)
		for _, e := range last {
			if !e.ByApp {
				continue
			}
			for _, b := range e.Blocks {
				for _, element := range sandbox.Acting([]sandbox.Block{b}) {
					choices = append(choices, choice{e.Message, element, fmt.Sprint(b["block_id"])})
				}
			}
		}
	}
	if len(choices) == 0 {
		return
	}
	c := choices[p.dice.IntN(len(choices))]
	for range 3 { // what only shows something is rarer
		if action := fmt.Sprint(c.element["action_id"]); action == "details" || action == "timeline" || action == "steps" {
			c = choices[p.dice.IntN(len(choices))]
		}
	}
	name := c.block + "/" + fmt.Sprint(c.element["action_id"])
	where := sandbox.InMessage(c.at.Channel, c.at.TS)
	var out sandbox.Outcome
	var err error
	switch c.element["type"] {
	case "button":
		out, err = p.Press(ctx, where, name)
	case "static_select", "overflow":
		options := optionsOf(c.element)
		if len(options) == 0 {
			return
		}
		out, err = p.Choose(ctx, where, name, options[p.dice.IntN(len(options))])
	default:
		return
	}
	switch {
	case err != nil:
		return // gone meanwhile
	case out.Failed != "":
		p.crowd.arena.happened("clicks that Slack said had failed")
		return
	}
	p.crowd.arena.happened("clicks")
	if m := p.opens(ctx, 2*time.Second); m != nil && m.Submit != "" {
		text, ok := p.fills(m)
		if !ok {
			return
		}
		if how, received := p.sends(ctx); received {
			p.crowd.mu.Lock()
			defer p.crowd.mu.Unlock()
			p.crowd.forms = append(p.crowd.forms, sentForm{m.ID, m.CallbackID, how, text})
		}
	}
}

func optionsOf(element sandbox.Block) (values []string) {
	list := func(v any) []any { l, _ := v.([]any); return l }
	all := list(element["options"])
	for _, g := range list(element["option_groups"]) {
		group, _ := g.(map[string]any)
		all = append(all, list(group["options"])...)
	}
	for _, o := range all {
		option, _ := o.(map[string]any)
		values = append(values, fmt.Sprint(option["value"]))
	}
	return values
}

// fills fills in a form: what it asks for, and now and then what it need not know.
// It gives words that were typed, if any were.
func (p *resident) fills(m *sandbox.View) (typed string, ok bool) {
	for _, b := range m.Blocks {
		if b["type"] != "input" {
			continue
		}
		element, _ := b["element"].(map[string]any)
		id := fmt.Sprint(b["block_id"])
		optional, _ := b["optional"].(bool)
		entered := sandbox.ValueOf(element, m.State[id][fmt.Sprint(element["action_id"])])
		_, faulty := m.Errors[id]
		if !faulty && (entered != nil && entered != "" || optional && p.dice.IntN(5) > 0) {
			continue
		}
		var value any
		switch kind := fmt.Sprint(element["type"]); kind {
		case "plain_text_input":
			typed = p.words("As far as we know")
			value = typed
		case "number_input":
			value = 1 + p.dice.IntN(40)
		case "static_select", "radio_buttons":
			if options := optionsOf(element); len(options) > 0 {
				value = options[p.dice.IntN(len(options))]
			}
		case "checkboxes", "multi_static_select":
			if options := optionsOf(element); len(options) > 0 {
				value = []string{options[p.dice.IntN(len(options))]}
			}
		case "users_select":
			value = staff[p.dice.IntN(len(staff))]
		case "datetimepicker":
			value = time.Now().Add(-time.Duration(1+p.dice.IntN(90)) * time.Minute)
		case "datepicker":
			value = time.Now()
		}
		if value == nil && !optional {
			return "", false
		}
		if value != nil && p.Fill(id, value) != nil {
			return "", false // the form changed meanwhile
		}
	}
	return typed, true
}

// sends sends the form in front of somebody, again when Slack says that it did
// not get through, and tells whether it said that it was received, and how.
func (p *resident) sends(ctx context.Context) (how string, received bool) {
	for range 6 {
		m := p.Modal()
		if m == nil || m.Submit == "" {
			return "", false
		}
		for _, b := range m.Blocks { // what they see there, whoever entered it
			id := fmt.Sprint(b["block_id"])
			if field, _, _ := strings.Cut(id, "~"); field == string(workflow.FieldTitle) {
				element, _ := b["element"].(map[string]any)
				p.title = fmt.Sprint(sandbox.ValueOf(element, m.State[id][fmt.Sprint(element["action_id"])]))
			}
		}
		res, err := p.Submit(ctx)
		if err != nil {
			return "", false
		}
		switch res.Status {
		case sandbox.Cleared:
			return string(res.Status), true
		case sandbox.Closed: // another form took its place
			return "", false
		case sandbox.Updated, sandbox.Pushed:
			if res.View != nil && res.View.Submit == "" {
				return res.View.Title, !strings.Contains(res.View.Title, "Not possible")
			}
			p.fills(p.Modal())
		case sandbox.Trouble:
			p.crowd.arena.happened("submissions that Slack said had failed")
			if !rest(ctx, 700*time.Millisecond) {
				return "", false
			}
		case sandbox.Faulty, sandbox.Refused:
			if unsaved(res) {
				p.crowd.arena.happened("submissions that were not saved, and said so")
				if !rest(ctx, time.Second) {
					return "", false
				}
				continue
			}
			if _, ok := p.fills(p.Modal()); !ok {
				return "", false
			}
		}
	}
	return "", false
}

// unsaved tells whether a form came back because the store did not answer.
func unsaved(res sandbox.SubmitResult) bool {
	for _, why := range res.Errors {
		if strings.Contains(why, "could not be saved just now") {
			return true
		}
	}
	return false
}
