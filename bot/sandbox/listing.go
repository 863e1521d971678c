package sandbox

import (
	"slices"
	"strings"
)

func (ws *Workspace) channelJSON(ch *channel) obj {
	o := obj{
		"id": ch.id, "created": ch.created.Unix(), "updated": ch.created.UnixMilli(), "is_archived": ch.archived,
		"is_im": ch.kind == direct, "is_org_shared": false, "context_team_id": ws.TeamID,
	}
	if ch.kind == direct {
		o["user"] = ch.other(ws.BotUserID)
		o["is_user_deleted"] = false
		o["priority"] = 0
		return o
	}
	o["name"], o["name_normalized"], o["creator"] = ch.name, ch.name, ch.creator
	o["is_channel"], o["is_group"] = ch.kind == public || strings.HasPrefix(ch.id, "C"), strings.HasPrefix(ch.id, "G")
	o["is_mpim"], o["is_private"] = ch.kind == several, ch.kind != public
	o["is_general"], o["is_member"] = false, ch.has(ws.BotUserID)
	o["is_shared"], o["is_ext_shared"], o["is_pending_ext_shared"] = len(ch.shared) > 0, len(ch.shared) > 0, false
	o["shared_team_ids"] = append([]any{ws.TeamID}, anys(ch.shared)...)
	o["connected_team_ids"] = anys(ch.shared)
	o["pending_shared"], o["previous_names"], o["unlinked"] = []any{}, []any{}, 0
	o["topic"] = obj{"value": ch.topic, "creator": "", "last_set": 0}
	o["purpose"] = obj{"value": ch.purpose, "creator": "", "last_set": 0}
	return o
}

func conversationsInfo(c *call) (obj, error) {
	ch, err := c.channel("channel")
	if err != nil {
		return nil, err
	}
	if err := c.need(string(ch.kind) + ":read"); err != nil {
		return nil, err
	}
	o := c.ws.channelJSON(ch)
	if c.args.bool("include_num_members") {
		o["num_members"] = len(ch.members)
	}
	return obj{"channel": o}, nil
}

func conversationsMembers(c *call) (obj, error) {
	ch, err := c.channel("channel")
	if err != nil {
		return nil, err
	}
	if err := c.need(string(ch.kind) + ":read"); err != nil {
		return nil, err
	}
	page, next, err := c.page("members:"+ch.id, anys(ch.members), 100, 1000)
	if err != nil {
		return nil, err
	}
	return obj{"members": page, "response_metadata": obj{"next_cursor": next}}, nil
}

// typesAsked reads the types argument; each needs its own scope.
func (c *call) typesAsked() ([]channelKind, error) {
	names := map[string]channelKind{"public_channel": public, "private_channel": private, "im": direct, "mpim": several}
	asked := c.args.list("types")
	if len(asked) == 0 {
		asked = []string{"public_channel"}
	}
	var kinds []channelKind
	for _, t := range asked {
		kind, ok := names[t]
		if !ok {
			return nil, fail("invalid_types")
		}
		if err := c.need(string(kind) + ":read"); err != nil {
			return nil, err
		}
		kinds = append(kinds, kind)
	}
	return kinds, nil
}

func (c *call) listChannels(user string, membersOnly bool) (obj, error) {
	kinds, err := c.typesAsked()
	if err != nil {
		return nil, err
	}
	var list []any
	for _, id := range c.ws.chanIDs {
		ch := c.ws.channels[id]
		switch {
		case !slices.Contains(kinds, ch.kind), ch.archived && c.args.bool("exclude_archived"):
			continue
		case !c.ws.visibleTo(ch, c.ws.BotUserID), membersOnly && !ch.has(user):
			continue
		}
		list = append(list, c.ws.channelJSON(ch))
	}
	page, next, err := c.page(c.method+":"+user, list, 100, 999)
	if err != nil {
		return nil, err
	}
	return obj{"channels": page, "response_metadata": obj{"next_cursor": next}}, nil
}

func conversationsList(c *call) (obj, error) { return c.listChannels("", false) }

func usersConversations(c *call) (obj, error) {
	user := c.args.str("user")
	if user == "" {
		user = c.ws.BotUserID
	}
	if c.ws.users[user] == nil {
		return nil, fail("user_not_found")
	}
	return c.listChannels(user, true)
}
