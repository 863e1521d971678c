package sandbox

import (
	"slices"
	"strings"
)

// maxDMUsers is the number of people conversations.open takes (Slack: conversations.open).
const maxDMUsers = 8

func conversationsOpen(c *call) (obj, error) {
	ws := c.ws
	if id := c.args.str("channel"); id != "" {
		ch, err := c.channel("channel")
		if err != nil {
			return nil, err
		}
		return c.opened(ch, true), nil
	}
	ids := c.args.list("users")
	switch {
	case len(ids) == 0:
		return nil, fail("users_list_not_supplied")
	case len(ids) > maxDMUsers:
		return nil, fail("too_many_users")
	case len(ids) == 1:
		if err := c.need("im:write"); err != nil {
			return nil, err
		}
	default:
		if err := c.need("mpim:write"); err != nil {
			return nil, err
		}
	}
	for _, id := range ids {
		if code := ws.dmFault(id); code != "" {
			return nil, fail(code)
		}
	}
	ch, existed := ws.dm(append([]string{ws.BotUserID}, ids...), !c.args.bool("prevent_creation"))
	if ch == nil {
		return nil, fail("channel_not_found")
	}
	return c.opened(ch, existed), nil
}

func (c *call) opened(ch *channel, existed bool) obj {
	o := obj{"id": ch.id}
	if c.args.bool("return_im") {
		o = c.ws.channelJSON(ch)
	}
	answer := obj{"channel": o}
	if existed {
		answer["no_op"], answer["already_open"] = true, true
	}
	return answer
}

func (ws *Workspace) dmFault(id string) string {
	u := ws.users[id]
	switch {
	case u == nil:
		return "user_not_found"
	case u.Kind == Hidden || u.Kind == Stranger:
		return "user_not_visible"
	case u.Kind == Deactivated:
		return "user_disabled"
	case u.Kind == Bot || u.Kind == WorkflowBot || u.Kind == Slackbot:
		return "cannot_dm_bot"
	}
	return ""
}

// dm finds or makes the direct or group conversation of exactly these people.
func (ws *Workspace) dm(people []string, create bool) (ch *channel, existed bool) {
	people = slices.Clone(people)
	slices.Sort(people)
	people = slices.Compact(people)
	for _, id := range ws.chanIDs {
		if ch := ws.channels[id]; ch.kind == direct || ch.kind == several {
			have := slices.Clone(ch.members)
			slices.Sort(have)
			if slices.Equal(have, people) {
				return ch, true
			}
		}
	}
	if !create {
		return nil, false
	}
	kind, name := direct, ""
	if len(people) > 2 {
		kind, name = several, "mpdm-"+strings.ToLower(strings.Join(people, "--"))
	}
	ch = ws.addChannel(kind, name, ws.BotUserID)
	ch.members = people
	return ch, false
}
