package sandbox

import "slices"

// maxPins is the number of pins a channel holds (Slack: Pin messages and bookmark links).
const maxPins = 100

type pin struct {
	ts  string
	by  string
	sec int64
}

func (c *call) pinned() (*channel, *message, error) {
	ch, err := c.channel("channel")
	if err != nil {
		return nil, nil, err
	}
	if !ch.has(c.ws.BotUserID) {
		return nil, nil, fail("not_in_channel")
	}
	if c.args.str("timestamp") == "" {
		return nil, nil, fail("no_item_specified")
	}
	m := ch.find(c.args.str("timestamp"))
	if m == nil {
		return nil, nil, fail("message_not_found")
	}
	return ch, m, nil
}

func pinsAdd(c *call) (obj, error) {
	ch, m, err := c.pinned()
	if err != nil {
		return nil, err
	}
	switch {
	case c.ws.policy.NoPins:
		return nil, fail("restricted_action")
	case ch.archived:
		return nil, fail("is_archived")
	case m.subtype != "":
		return nil, fail("not_pinnable")
	case slices.ContainsFunc(ch.pins, func(p pin) bool { return p.ts == m.ts }):
		return nil, fail("already_pinned")
	case len(ch.pins) >= maxPins:
		return nil, fail("too_many_pins")
	}
	ch.pins = append(ch.pins, pin{m.ts, c.ws.BotUserID, c.ws.clock.now().Unix()})
	return nil, nil
}

func pinsRemove(c *call) (obj, error) {
	ch, m, err := c.pinned()
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(ch.pins, func(p pin) bool { return p.ts == m.ts }) {
		return nil, fail("no_pin")
	}
	ch.pins = slices.DeleteFunc(ch.pins, func(p pin) bool { return p.ts == m.ts })
	return nil, nil
}

func pinsList(c *call) (obj, error) {
	ch, err := c.channel("channel")
	if err != nil {
		return nil, err
	}
	items := []any{}
	for _, p := range ch.pins {
		if m := ch.find(p.ts); m != nil {
			items = append(items, obj{
				"type": "message", "channel": ch.id, "created": p.sec, "created_by": p.by, "message": c.ws.messageJSON(m, false),
			})
		}
	}
	return obj{"items": items}, nil
}
