package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Fill enters a value into an input of the modal on top, named by block_id, label or action_id. Text and numbers may be
// given as string, int or float64; options by their text or value; several by []string; people and channels by id or
// name; dates and times as time.Time (in the person's zone) or as Slack writes them; nil clears the field. An input that
// tells the app of every change does so, and Fill waits for the acknowledgement; whether one came, nobody sees.
func (p *Person) Fill(input string, value any) error {
	e, err := p.fill(input, value)
	if err != nil || e == nil {
		return err
	}
	_, err = p.act(context.Background(), e) // ends with the deadline of an acknowledgement
	return err
}

// Input names an input of a modal as [Person.Fill] does, with what is entered into it. The files of a file input are
// []Upload.
type Input struct {
	Name  string
	Value any
}

// FillAll enters values into several inputs before it waits for any acknowledgement, lest a slow app has an older form
// enter its last fields after a newer one. It ends at the first that cannot be entered.
func (p *Person) FillAll(inputs []Input) error {
	var told []*envelope
	var wrong error
	for _, in := range inputs {
		if files, ok := in.Value.([]Upload); ok {
			wrong = p.Attach(in.Name, files)
		} else {
			var e *envelope
			if e, wrong = p.fill(in.Name, in.Value); e != nil {
				told = append(told, e)
			}
		}
		if wrong != nil {
			break
		}
	}
	for _, e := range told {
		if _, err := p.act(context.Background(), e); wrong == nil { // ends with the deadline of an acknowledgement
			wrong = err
		}
	}
	return wrong
}

// fill enters a value and gives what is to be acknowledged, if anything.
func (p *Person) fill(input string, value any) (*envelope, error) {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	u, err := p.active()
	if err != nil {
		return nil, err
	}
	all, err := p.spots(InModal())
	if err != nil {
		return nil, err
	}
	s, err := pick(all, input, func(s spot) bool { return str(s.block["type"]) == "input" })
	if err != nil {
		return nil, err
	}
	entered, err := p.enter(s, value)
	if err != nil {
		return nil, err
	}
	block, action := str(s.block["block_id"]), str(s.element["action_id"])
	if reflect.DeepEqual(s.state[block][action], entered) {
		return nil, nil // nothing was typed: what is wrong with the field stays said
	}
	s.state[block][action] = entered
	delete(s.view.errors, block)
	p.ws.changedLocked()
	if !s.tells() || !p.ws.app.Interactivity {
		return nil, nil
	}
	act := obj{"type": s.element["type"], "block_id": block, "action_id": action, "action_ts": p.ws.timestamp()}
	s.used(act)
	return p.blockActions(u, s, act), nil
}

// tells reports whether entering something tells the app at once (Slack: input block, dispatch_action). Text does so
// with every letter only where it is asked for; else with the enter key, which nobody here presses.
func (s spot) tells() bool {
	if dispatches, _ := s.block["dispatch_action"].(bool); !dispatches {
		return false
	}
	switch str(s.element["type"]) {
	case "plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input":
		on := asList(asObj(s.element["dispatch_action_config"])["trigger_actions_on"])
		return slices.Contains(on, any("on_character_entered"))
	}
	return true
}

// SubmitStatus says what became of a submission.
type SubmitStatus string

// What can become of a submission.
const (
	Refused SubmitStatus = "refused" // by Slack's own rules; the app heard nothing
	Closed  SubmitStatus = "closed"  // this modal is closed
	Cleared SubmitStatus = "cleared" // all modals are closed
	Faulty  SubmitStatus = "errors"  // the app named errors at fields
	Updated SubmitStatus = "updated"
	Pushed  SubmitStatus = "pushed"
	Trouble SubmitStatus = "trouble" // "We had some trouble connecting"; the modal stays open
)

// SubmitResult is what a person sees after pressing the submit button.
type SubmitResult struct {
	Status SubmitStatus
	Errors map[string]string // by block_id, for Refused and Faulty
	Reason string            // for Trouble: what the sandbox found wrong, to read in a failing test
	View   *View             // the modal now on top, or nil
}

// Submit presses the submit button of the modal on top and waits for the acknowledgement.
func (p *Person) Submit(ctx context.Context) (SubmitResult, error) {
	ws := p.ws
	ws.mu.Lock()
	u, err := p.active()
	v := ws.top(p.ID)
	switch {
	case err != nil:
	case v == nil:
		err = ErrNoModal
	case v.submit == nil:
		err = fmt.Errorf("sandbox: the modal %q has no submit button", str(v.title["text"]))
	}
	if err != nil {
		ws.mu.Unlock()
		return SubmitResult{}, err
	}
	v.banner, v.errors = "", map[string]string{}
	if faults := p.clientRules(v); len(faults) > 0 {
		v.errors = faults
		ws.changedLocked()
		defer ws.mu.Unlock()
		return SubmitResult{Status: Refused, Errors: v.export().Errors, View: v.export()}, nil
	}
	payload := p.interaction("view_submission", u)
	payload["view"], payload["response_urls"] = ws.viewJSON(v), ws.responseURLs(p.ID, v)
	payload["trigger_id"] = ws.newTrigger(p.ID, true).id
	e := ws.sendLocked("interactive", "view_submission", payload, true, 0)
	id := v.id
	ws.mu.Unlock()

	acked, err := p.act(ctx, e)
	if err != nil {
		return SubmitResult{}, err
	}
	ws.mu.Lock()
	defer ws.mu.Unlock()
	defer ws.changedLocked()
	if ws.views[id] == nil { // closed by other means meanwhile
		return SubmitResult{Status: Closed, View: ws.top(p.ID).export()}, nil
	}
	r := SubmitResult{Status: Trouble, Reason: "no acknowledgement within the deadline"}
	if acked {
		r = ws.submitted(v, e.Response)
	}
	if r.Status == Trouble {
		v.banner = TroubleConnecting
	}
	if r.Status == Faulty {
		r.Errors = v.export().Errors
	}
	r.View = ws.top(p.ID).export()
	return r, nil
}

// responseURLs of inputs that ask for one (response_url_enabled).
func (ws *Workspace) responseURLs(user string, v *view) []any {
	out := []any{}
	for _, b := range v.blocks {
		e := asObj(b["element"])
		if on, _ := e["response_url_enabled"].(bool); !on {
			continue
		}
		block, action := str(b["block_id"]), str(e["action_id"])
		chosen := v.state[block][action]
		id := str(chosen["selected_conversation"]) + str(chosen["selected_channel"])
		if ch := ws.channels[id]; ch != nil {
			out = append(out, obj{
				"block_id": block, "action_id": action, "channel_id": id, "response_url": ws.newResponseURL(user, ch, nil),
			})
		}
	}
	return out
}

// submitted does what the acknowledgement of a submission asks for (Slack: Modals, response_action).
func (ws *Workspace) submitted(v *view, response json.RawMessage) SubmitResult {
	if len(response) == 0 {
		ws.pop(v)
		return SubmitResult{Status: Closed}
	}
	var o obj
	trouble := func(why string) SubmitResult { return SubmitResult{Status: Trouble, Reason: why} }
	if json.Unmarshal(response, &o) != nil {
		return trouble("the payload is not a JSON object")
	}
	switch action := str(o["response_action"]); action {
	case "":
		return trouble("the payload names no response_action")
	case "clear":
		ws.dropStack(v.user)
		return SubmitResult{Status: Cleared}
	case "errors":
		faults, ok := o["errors"].(obj)
		if !ok || len(faults) == 0 {
			return trouble("errors is empty or no object")
		}
		inputs := map[string]bool{}
		for _, b := range v.blocks {
			if str(b["type"]) == "input" {
				inputs[str(b["block_id"])] = true
			}
		}
		for key, text := range faults {
			if !inputs[key] {
				return trouble("errors names " + strconv.Quote(key) + ", which is no input block of this modal")
			}
			if s, ok := text.(string); !ok || s == "" {
				return trouble("the error at " + strconv.Quote(key) + " is no text")
			}
		}
		v.errors = map[string]string{}
		for key, text := range faults {
			v.errors[key] = str(text)
		}
		return SubmitResult{Status: Faulty}
	case "update", "push":
		next, err := ws.readView(o["view"], surfaceModal)
		if err != nil {
			return trouble(action + ": " + explain(err))
		}
		if action == "update" {
			if ws.externalTaken(next.externalID, v) {
				return trouble("update: duplicate_external_id")
			}
			ws.replace(v, next)
			return SubmitResult{Status: Updated}
		}
		switch {
		case len(ws.stacks[v.user]) >= maxStack:
			return trouble("push: the stack is full")
		case ws.externalTaken(next.externalID, nil):
			return trouble("push: duplicate_external_id")
		}
		ws.show(next, v.user, true)
		return SubmitResult{Status: Pushed}
	default:
		return trouble("unknown response_action " + strconv.Quote(action))
	}
}

// explain spells out a refusal with its messages.
func explain(err error) string {
	refusal, ok := err.(*apiError)
	if !ok {
		return err.Error()
	}
	parts := []string{refusal.code}
	for _, m := range asList(asObj(refusal.extra["response_metadata"])["messages"]) {
		parts = append(parts, str(m))
	}
	return strings.Join(parts, " ")
}

// Cancel presses the close button of the modal on top. Only that modal closes, unless it asked for clear_on_close.
func (p *Person) Cancel(ctx context.Context) error { return p.closeModal(ctx, false) }

// CloseModal closes all modals with the x in the corner.
func (p *Person) CloseModal(ctx context.Context) error { return p.closeModal(ctx, true) }

func (p *Person) closeModal(ctx context.Context, corner bool) error {
	ws := p.ws
	ws.mu.Lock()
	u, err := p.active()
	v := ws.top(p.ID)
	if err == nil && v == nil {
		err = ErrNoModal
	}
	if err != nil {
		ws.mu.Unlock()
		return err
	}
	told := v
	if all := corner || v.clearOnClose; all {
		told = ws.stacks[p.ID][0]
		ws.dropStack(p.ID)
	} else {
		ws.pop(v)
	}
	var e *envelope
	if told.notifyOnClose {
		payload := p.interaction("view_closed", u)
		shown := ws.viewJSON(told)
		shown["state"] = obj{"values": obj{}} // what was entered is not told
		payload["view"], payload["is_cleared"] = shown, corner || v.clearOnClose
		e = ws.sendLocked("interactive", "view_closed", payload, false, 0)
	}
	ws.changedLocked()
	ws.mu.Unlock()
	if e == nil {
		return nil
	}
	_, err = p.act(ctx, e) // nobody sees whether it was acknowledged
	return err
}

var emailShape = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)

// clientRules are what Slack's client checks before it sends anything.
func (p *Person) clientRules(v *view) map[string]string {
	faults := map[string]string{}
	for _, b := range v.blocks {
		if str(b["type"]) != "input" {
			continue
		}
		e, id := asObj(b["element"]), str(b["block_id"])
		entered := v.state[id][str(e["action_id"])]
		value := entered[stateField[str(e["type"])]]
		optional, _ := b["optional"].(bool)
		if value == nil || value == "" || slices.Contains(listFields, stateField[str(e["type"])]) && len(asList(value)) == 0 {
			if !optional {
				faults[id] = "Please complete this required field."
			}
			continue
		}
		if why := fieldFault(e, value); why != "" {
			faults[id] = why
		}
	}
	return faults
}

func fieldFault(e obj, value any) string {
	switch str(e["type"]) {
	case "plain_text_input":
		n := utf8.RuneCountInString(str(value))
		if lo, ok := number(e["min_length"]); ok && float64(n) < lo {
			return fmt.Sprintf("Please enter at least %v characters.", lo)
		}
		hi, ok := number(e["max_length"])
		if !ok {
			hi = 3000 // Slack: Plain-text input
		}
		if float64(n) > hi {
			return fmt.Sprintf("Please enter at most %v characters.", hi)
		}
	case "number_input":
		f, ok := number(value)
		decimal, _ := e["is_decimal_allowed"].(bool)
		switch {
		case !ok:
			return "Please enter a number."
		case !decimal && f != float64(int64(f)):
			return "Please enter a whole number."
		}
		if lo, ok := number(e["min_value"]); ok && f < lo {
			return fmt.Sprintf("Please enter a number of at least %v.", e["min_value"])
		}
		if hi, ok := number(e["max_value"]); ok && f > hi {
			return fmt.Sprintf("Please enter a number of at most %v.", e["max_value"])
		}
	case "email_text_input":
		if !emailShape.MatchString(str(value)) {
			return "Please enter a valid e-mail address."
		}
	case "url_text_input":
		if !strings.Contains(str(value), "://") {
			return "Please enter a valid URL."
		}
	}
	if most, ok := number(e["max_selected_items"]); ok && float64(len(asList(value))) > most {
		return fmt.Sprintf("Please choose at most %v.", most)
	}
	return ""
}
