package sandbox

import (
	"context"
	"fmt"
	"strings"
)

func (p *Person) clicked(ctx context.Context, e *envelope, failure string) (Outcome, error) {
	acked, err := p.act(ctx, e)
	out := Outcome{EnvelopeID: e.ID}
	if err == nil && !acked {
		out.Failed = failure
	}
	return out, err
}

// Place is where an element is: see [InModal], [InHome] and [InMessage].
type Place struct {
	Kind        string // "modal", "home" or "message"
	Channel, TS string // of a message
}

// InModal is the modal on top of the person's stack.
func InModal() Place { return Place{Kind: "modal"} }

// InHome is the app's Home tab.
func InHome() Place { return Place{Kind: "home"} }

// InMessage is a message the person can see, also an ephemeral one.
func InMessage(channel, ts string) Place { return Place{"message", channel, ts} }

// Press presses a button, named by label, by how it is read out, by action_id, value or "block_id/action_id", and
// confirms the question it may ask. It waits for the acknowledgement; Outcome.Failed is "warning" when none came.
func (p *Person) Press(ctx context.Context, where Place, button string) (Outcome, error) {
	return p.operate(ctx, where, button, nil, true)
}

// PressMessage presses a button in a message.
func (p *Person) PressMessage(ctx context.Context, channel, ts, button string) (Outcome, error) {
	return p.Press(ctx, InMessage(channel, ts), button)
}

// Choose uses a select, picker, checkbox, radio button or overflow menu that tells the app at once (outside an input
// block, or inside one with dispatch_action). Values are those of [Person.Fill].
func (p *Person) Choose(ctx context.Context, where Place, element string, value any) (Outcome, error) {
	return p.operate(ctx, where, element, value, false)
}

// spot is a found element with what surrounds it.
type spot struct {
	block   Block
	element obj
	view    *view
	message *message
	state   state
}

// spots lists the elements at a place.
func (p *Person) spots(where Place) ([]spot, error) {
	var blocks []Block
	var base spot
	switch where.Kind {
	case "message":
		ch, err := p.channelFor(where.Channel)
		if err != nil {
			return nil, err
		}
		if base.message = ch.find(where.TS); base.message == nil {
			for _, m := range ch.ephemerals {
				if m.ts == where.TS && m.onlyFor == p.ID {
					base.message = m
				}
			}
		}
		if base.message == nil {
			return nil, fmt.Errorf("sandbox: no message %s visible to this person", where.TS)
		}
		blocks = base.message.blocks
		if base.message.states == nil {
			base.message.states = map[string]state{}
		}
		base.message.states[p.ID] = newState(blocks, base.message.states[p.ID])
		base.state = base.message.states[p.ID]
	case "home":
		base.view = p.ws.homes[p.ID]
	default:
		base.view = p.ws.top(p.ID)
	}
	if where.Kind != "message" {
		if base.view == nil {
			return nil, ErrNoModal
		}
		blocks, base.state = base.view.blocks, base.view.state
	}
	var out []spot
	for _, b := range flat(blocks) {
		for _, e := range elementsOf(b) {
			s := base
			s.block, s.element = b, e
			out = append(out, s)
		}
	}
	return out, nil
}

// pick chooses the one spot a test means.
func pick(all []spot, what string, fits func(spot) bool) (spot, error) {
	var hits []spot
	var names []string
	for _, s := range all {
		if !fits(s) {
			continue
		}
		block, action := str(s.block["block_id"]), str(s.element["action_id"])
		label := str(asObj(s.block["label"])["text"])
		if str(s.element["type"]) == "button" {
			label = str(asObj(s.element["text"])["text"])
		}
		names = append(names, fmt.Sprintf("%s/%s %q", block, action, label))
		switch what {
		case block + "/" + action:
			return s, nil
		case action, label, str(s.element["value"]), str(s.element["accessibility_label"]):
			hits = append(hits, s)
		case block:
			hits = append(hits, s)
		}
	}
	switch len(hits) {
	case 1:
		return hits[0], nil
	case 0:
		return spot{}, fmt.Errorf("sandbox: nothing here is called %q; there are: %s", what, strings.Join(names, ", "))
	}
	return spot{}, fmt.Errorf("sandbox: %d elements are called %q; name one as block_id/action_id: %s",
		len(hits), what, strings.Join(names, ", "))
}

// Element returns a copy of an element at a place, named as for [Person.Press], if there is exactly one.
func (p *Person) Element(where Place, name string) (Block, bool) {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	all, err := p.spots(where)
	if err != nil {
		return nil, false
	}
	s, err := pick(all, name, func(spot) bool { return true })
	if err != nil {
		return nil, false
	}
	return cloneObj(s.element), true
}

func (p *Person) operate(ctx context.Context, where Place, what string, value any, press bool) (Outcome, error) {
	ws := p.ws
	ws.mu.Lock()
	e, err := p.operateLocked(where, what, value, press)
	ws.mu.Unlock()
	if err != nil {
		return Outcome{}, err
	}
	return p.clicked(ctx, e, "warning")
}

func (p *Person) operateLocked(where Place, what string, value any, press bool) (*envelope, error) {
	ws := p.ws
	u, err := p.active()
	if err != nil {
		return nil, err
	}
	if !ws.app.Interactivity {
		return nil, errUnavailable
	}
	all, err := p.spots(where)
	if err != nil {
		return nil, err
	}
	s, err := pick(all, what, func(s spot) bool { return (str(s.element["type"]) == "button") == press })
	if err != nil {
		return nil, err
	}
	block, action, kind := str(s.block["block_id"]), str(s.element["action_id"]), str(s.element["type"])
	now := ws.timestamp() // in the order in which things were done
	act := obj{"type": kind, "block_id": block, "action_id": action, "action_ts": now}
	switch {
	case press:
		act["text"] = clone(s.element["text"])
		for _, k := range []string{"value", "style", "url"} {
			if s.element[k] != nil {
				act[k] = s.element[k]
			}
		}
	case kind == "overflow":
		chosen, err := p.choose(s, value)
		if err != nil {
			return nil, err
		}
		act["selected_option"] = chosen
	default:
		if dispatches, _ := s.block["dispatch_action"].(bool); str(s.block["type"]) == "input" && !dispatches {
			return nil, fmt.Errorf("sandbox: %q does not tell the app at once; use Fill", what)
		}
		entered, err := p.enter(s, value)
		if err != nil {
			return nil, err
		}
		s.state[block][action] = entered
		s.used(act)
	}
	return p.blockActions(u, s, act), nil
}

// used adds to an action what its element holds now.
func (s spot) used(act obj) {
	for k, v := range s.state[str(s.block["block_id"])][str(s.element["action_id"])] {
		act[k] = clone(v)
	}
	if s.element["placeholder"] != nil {
		act["placeholder"] = clone(s.element["placeholder"])
	}
}

// blockActions tells the app that an element was used.
func (p *Person) blockActions(u *User, s spot, act obj) *envelope {
	ws := p.ws
	payload := p.interaction("block_actions", u)
	payload["actions"] = []any{act}
	payload["state"] = s.state.json()
	if m := s.message; m != nil {
		container := obj{
			"type": "message", "message_ts": m.ts, "channel_id": m.ch.id, "is_ephemeral": m.onlyFor != "",
		}
		if m.threadTS != "" {
			container["thread_ts"] = m.threadTS
		}
		payload["container"] = container
		payload["channel"] = obj{"id": m.ch.id, "name": channelWord(m.ch)}
		payload["message"] = ws.messageJSON(m, false)
		if m.onlyFor != "" {
			// Slack says only this much about an ephemeral message (Slack: block_actions payload).
			payload["message"] = obj{
				"type": "message", "user": m.user, "ts": m.ts, "bot_id": ws.BotID, "text": m.text, "is_ephemeral": true,
			}
		}
		payload["response_url"] = ws.newResponseURL(p.ID, m.ch, m)
		payload["trigger_id"] = ws.newTrigger(p.ID, false).id
	} else {
		payload["container"] = obj{"type": "view", "view_id": s.view.id}
		payload["view"] = ws.viewJSON(s.view)
		payload["trigger_id"] = ws.newTrigger(p.ID, s.view.kind == surfaceModal).id
	}
	return ws.sendLocked("interactive", "block_actions", payload, false, 0)
}
