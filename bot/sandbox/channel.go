package sandbox

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

type channelKind string

// The words are the prefixes of the scopes that govern each kind.
const (
	public  channelKind = "channels"
	private channelKind = "groups"
	direct  channelKind = "im"
	several channelKind = "mpim"
)

type channel struct {
	id, name       string
	kind           channelKind
	created        time.Time
	creator        string
	archived       bool
	topic, purpose string
	members        []string
	messages       []*message
	ephemerals     []*message
	pins           []pin
	shared         []string // teams it is shared with
	bookmarks      []Bookmark
}

// Limits on channels (Slack: conversations.create, conversations.setTopic).
const (
	maxChannelName = 80
	maxTopic       = 250
)

var channelNameShape = regexp.MustCompile(`^[\p{Ll}\p{Lo}\p{Lm}\p{N}_-]+$`)

// checkName applies Slack's rules for names of channels.
func checkName(name string) error {
	switch {
	case name == "":
		return fail("invalid_name_required")
	case utf8.RuneCountInString(name) > maxChannelName:
		return fail("invalid_name_maxlength")
	case strings.Trim(name, "-_") == "":
		return fail("invalid_name_punctuation")
	case !channelNameShape.MatchString(name):
		return fail("invalid_name_specials")
	}
	return nil
}

func (ws *Workspace) byName(name string) *channel {
	for _, id := range ws.chanIDs {
		// Archived channels and private ones hold their names too.
		if ch := ws.channels[id]; ch.name == name {
			return ch
		}
	}
	return nil
}

func (ws *Workspace) addChannel(kind channelKind, name, creator string) *channel {
	prefix := "C" // private ones too; only old ones start with G
	if kind == direct {
		prefix = "D"
	}
	ch := &channel{id: ws.id(prefix), name: name, kind: kind, created: ws.clock.now(), creator: creator}
	ws.channels[ch.id] = ch
	ws.chanIDs = append(ws.chanIDs, ch.id)
	return ch
}

func (ch *channel) has(user string) bool { return contains(ch.members, user) }

// visibleTo answers what a user may see at all: private channels and DMs only as a member, public ones also without,
// unless the user is a guest or from elsewhere.
func (d *directory) visibleTo(ch *channel, user string) bool {
	if ch.has(user) {
		return true
	}
	u := d.users[user]
	return ch.kind == public && u != nil && !d.foreign(u) && u.Kind != Guest && u.Kind != SingleChannelGuest &&
		u.Kind != Deactivated
}

// channel resolves a channel argument as the bot may see it.
func (c *call) channel(key string) (*channel, error) {
	ch := c.ws.channels[c.args.str(key)]
	if ch == nil || !c.ws.visibleTo(ch, c.ws.BotUserID) {
		return nil, fail("channel_not_found")
	}
	return ch, nil
}

// writable resolves a channel the bot wants to change: it must be a member, and the token must carry the scope.
func (c *call) writable(key string, extraScopes ...string) (*channel, error) {
	ch, err := c.channel(key)
	if err != nil {
		return nil, err
	}
	need := string(ch.kind) + ":write"
	if ch.kind == public {
		need = "channels:manage"
	}
	if err := c.need(append([]string{need}, extraScopes...)...); err != nil {
		return nil, err
	}
	if !ch.has(c.ws.BotUserID) {
		return nil, fail("not_in_channel")
	}
	return ch, nil
}

func (ch *channel) other(than string) string {
	for _, m := range ch.members {
		if m != than {
			return m
		}
	}
	return ""
}

// channelType is the channel_type of events.
func (ch *channel) channelType() string {
	switch ch.kind {
	case public:
		return "C"
	case direct:
		return "D"
	default:
		return "G"
	}
}

// join adds a member, leaves the line in the history, and tells the app when it is there to see it.
func (ws *Workspace) join(ch *channel, user, inviter string) {
	ch.members = append(ch.members, user)
	line := &message{user: user, text: "<@" + user + "> has joined the channel", subtype: "channel_join", inviter: inviter}
	ws.appendMessage(ch, line)
	ev := obj{"user": user, "channel": ch.id, "channel_type": ch.channelType(), "team": ws.TeamID}
	if inviter != "" {
		ev["inviter"] = inviter
	}
	ws.emitLocked("member_joined_channel", ev, ch)
}

func (ws *Workspace) leave(ch *channel, user string) {
	if user == ws.BotUserID {
		kind := "channel_left"
		if ch.kind == private {
			kind = "group_left"
		}
		ws.emitLocked(kind, obj{"channel": ch.id, "actor_id": user}, ch)
	} else {
		ws.emitLocked("member_left_channel",
			obj{"user": user, "channel": ch.id, "channel_type": ch.channelType(), "team": ws.TeamID}, ch)
	}
	ch.members = slices.DeleteFunc(ch.members, func(m string) bool { return m == user })
	ch.ephemerals = slices.DeleteFunc(ch.ephemerals, func(m *message) bool { return m.onlyFor == user })
}

func conversationsCreate(c *call) (obj, error) {
	ws, name, hidden := c.ws, c.args.str("name"), c.args.bool("is_private")
	scope := "channels:manage"
	if hidden {
		scope = "groups:write"
	}
	if err := c.need(scope); err != nil {
		return nil, err
	}
	if err := checkName(name); err != nil {
		return nil, err
	}
	if hidden && ws.policy.NoPrivateChannels {
		return nil, fail("restricted_action")
	}
	if taken := ws.byName(name); taken != nil {
		if !ws.policy.RacyCreate || ws.clock.now().Sub(taken.created) > time.Second {
			return nil, fail("name_taken")
		}
	}
	kind := public
	if hidden {
		kind = private
	}
	ch := ws.addChannel(kind, name, ws.BotUserID)
	ch.members = []string{ws.BotUserID} // the creating bot is a member at once, people are not
	return obj{"channel": ws.channelJSON(ch)}, nil
}

// inviteFault says why a user cannot be invited, or "".
func (ws *Workspace) inviteFault(ch *channel, id string) string {
	u := ws.users[id]
	switch {
	case u == nil || u.Kind == Hidden || u.Kind == Stranger:
		return "user_not_found"
	case id == ws.BotUserID:
		return "cant_invite_self"
	case ch.has(id):
		return "already_in_channel"
	case u.Kind == Guest:
		return "user_is_restricted"
	case u.Kind == SingleChannelGuest:
		return "ura_max_channels"
	case u.Kind == OrgMember:
		return "org_user_not_in_team"
	case u.Kind == External:
		return "no_external_invite_permission"
	case u.Kind == Deactivated || u.Kind == Slackbot || u.Kind == WorkflowBot:
		return "cant_invite"
	}
	return ""
}

// maxInvites is the number of ids per call (Slack: conversations.invite).
const maxInvites = 100

func conversationsInvite(c *call) (obj, error) {
	ch, err := c.writable("channel", string("groups:write.invites"))
	if err != nil {
		return nil, err
	}
	ids := c.args.list("users")
	switch {
	case ch.archived:
		return nil, fail("is_archived")
	case ch.kind == direct || ch.kind == several:
		return nil, fail("method_not_supported_for_channel_type")
	case len(ids) == 0:
		return nil, fail("no_user")
	case len(ids) > maxInvites:
		return nil, fail("too_many_users")
	}
	var faults []any
	var good []string
	for _, id := range ids {
		if code := c.ws.inviteFault(ch, id); code != "" {
			faults = append(faults, obj{"user": id, "ok": false, "error": code})
		} else if !contains(good, id) {
			good = append(good, id)
		}
	}
	if len(faults) > 0 && (len(good) == 0 || !c.args.bool("force")) {
		return nil, failWith(str(asObj(faults[0])["error"]), obj{"errors": faults})
	}
	for _, id := range good {
		c.ws.join(ch, id, c.ws.BotUserID)
	}
	answer := obj{"channel": c.ws.channelJSON(ch)}
	if len(faults) > 0 {
		answer["errors"] = faults
	}
	return answer, nil
}

func conversationsKick(c *call) (obj, error) {
	ch, err := c.writable("channel")
	if err != nil {
		return nil, err
	}
	user := c.args.str("user")
	switch {
	case c.ws.users[user] == nil:
		return nil, fail("user_not_found")
	case user == c.ws.BotUserID:
		return nil, fail("cant_kick_self")
	case ch.archived:
		return nil, fail("is_archived")
	case !ch.has(user):
		return nil, fail("not_in_channel")
	}
	c.ws.leave(ch, user)
	return obj{"errors": obj{}}, nil
}

func conversationsLeave(c *call) (obj, error) {
	ch, err := c.channel("channel")
	if err != nil {
		return nil, err
	}
	switch {
	case ch.archived:
		return nil, fail("is_archived")
	case ch.kind == direct || ch.kind == several:
		return nil, fail("method_not_supported_for_channel_type")
	case !ch.has(c.ws.BotUserID):
		return obj{"not_in_channel": true}, nil
	case len(ch.members) == 1:
		return nil, fail("last_member")
	}
	c.ws.leave(ch, c.ws.BotUserID)
	return nil, nil
}

func conversationsArchive(c *call) (obj, error) {
	ch, err := c.writable("channel")
	if err != nil {
		return nil, err
	}
	switch {
	case ch.kind == direct || ch.kind == several:
		return nil, fail("method_not_supported_for_channel_type")
	case ch.archived:
		return nil, fail("already_archived")
	}
	ch.archived = true
	c.ws.emitLocked(archiveEvent(ch, "archive"), obj{"channel": ch.id, "user": c.ws.BotUserID}, ch)
	return nil, nil
}

func conversationsUnarchive(c *call) (obj, error) {
	ch, err := c.writable("channel")
	if err != nil {
		return nil, err
	}
	if !ch.archived {
		return nil, fail("not_archived")
	}
	ch.archived = false
	c.ws.emitLocked(archiveEvent(ch, "unarchive"), obj{"channel": ch.id, "user": c.ws.BotUserID}, ch)
	return nil, nil
}

func archiveEvent(ch *channel, what string) string {
	if ch.kind == public {
		return "channel_" + what
	}
	return "group_" + what
}

func conversationsRename(c *call) (obj, error) {
	ch, err := c.writable("channel")
	if err != nil {
		return nil, err
	}
	name := c.args.str("name")
	if err := checkName(name); err != nil {
		return nil, err
	}
	switch {
	case ch.archived:
		return nil, fail("is_archived")
	case ch.creator != c.ws.BotUserID:
		return nil, fail("not_authorized")
	}
	if taken := c.ws.byName(name); taken != nil && taken != ch {
		return nil, fail("name_taken")
	}
	c.ws.rename(ch, name, c.ws.BotUserID)
	return obj{"channel": c.ws.channelJSON(ch)}, nil
}

func (ws *Workspace) rename(ch *channel, name, by string) {
	ws.appendMessage(ch, &message{
		user: by, subtype: "channel_name", text: "has renamed the channel from \"" + ch.name + "\" to \"" + name + "\"",
	})
	ch.name = name
	kind := "channel_rename"
	if ch.kind != public {
		kind = "group_rename"
	}
	ws.emitLocked(kind, obj{"channel": obj{"id": ch.id, "name": name, "created": ch.created.Unix()}}, ch)
}

func conversationsSetTopic(c *call) (obj, error) { return c.setText("topic") }

func conversationsSetPurpose(c *call) (obj, error) { return c.setText("purpose") }

func (c *call) setText(what string) (obj, error) {
	ch, err := c.writable("channel", "groups:write.topic", "channels:write.topic")
	if err != nil {
		return nil, err
	}
	text := c.args.str(what)
	switch {
	case ch.archived:
		return nil, fail("is_archived")
	case ch.kind == direct:
		return nil, fail("method_not_supported_for_channel_type")
	case utf8.RuneCountInString(text) > maxTopic:
		return nil, fail("too_long")
	}
	if what == "topic" {
		ch.topic = text
	} else {
		ch.purpose = text
	}
	c.ws.appendMessage(ch, &message{
		user: c.ws.BotUserID, subtype: "channel_" + what, text: "set the channel " + what + ": " + text,
	})
	return obj{"channel": c.ws.channelJSON(ch), what: text}, nil
}
