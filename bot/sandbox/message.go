package sandbox

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// message is a stored message.
type message struct {
	ch          *channel
	ts          string
	threadTS    string
	user        string
	byApp       bool
	text        string
	blocks      []Block
	attachments []any
	metadata    obj
	metadataRaw json.RawMessage // the same, encoded
	subtype     string
	inviter     string
	editedTS    string
	onlyFor     string // the addressee of an ephemeral message
	files       []string
	states      map[string]state // per person, what they chose in its selects
	reactions   []Reaction
}

// Message is a message as one person sees it. The values are copies but for the
// blocks, which never change once they are stored: an update has new ones.
type Message struct {
	Channel     string
	TS          string
	ThreadTS    string // ts of the thread's first message; "" outside threads
	User        string // author
	ByApp       bool
	Subtype     string
	Text        string
	Blocks      []Block
	Ephemeral   bool // visible only to this person
	Edited      bool // shows the "edited" mark
	MetadataRaw json.RawMessage
	Files       []string // titles of attached files
	Reactions   []Reaction
}

// At is when the message was written.
func (m Message) At() time.Time { return tsTime(m.TS) }

// Block is one Block Kit block (or any JSON object).
type Block = map[string]any

// Limits on messages. (Slack: chat.postMessage, truncating content; chat.update, errors; Block Kit; slackapi/bolt-js#2509
// for the sum over all blocks. The size of metadata is unpublished: 1 KB is deliberately tight.)
const (
	maxStoredText  = 40000
	maxUpdateText  = 4000
	maxBlocksText  = 13200
	maxMetadata    = 1024
	maxAttachments = 100
)

func (m *message) empty() bool { return m.text == "" && len(m.blocks) == 0 && len(m.attachments) == 0 }

func (ws *Workspace) export(m *message) Message {
	out := Message{
		Channel: m.ch.id, TS: m.ts, ThreadTS: m.threadTS, User: m.user, ByApp: m.byApp, Subtype: m.subtype, Text: m.text,
		Blocks: slices.Clip(m.blocks), Ephemeral: m.onlyFor != "", Edited: m.editedTS != "" && len(m.blocks) == 0,
	}
	for _, r := range m.reactions {
		out.Reactions = append(out.Reactions, Reaction{r.Name, slices.Clone(r.Users)})
	}
	out.MetadataRaw = slices.Clone(m.metadataRaw)
	for _, id := range m.files {
		if f := ws.files[id]; f != nil {
			out.Files = append(out.Files, f.title)
		}
	}
	return out
}

// messageJSON is the message as the app reads it. Without full metadata it gets only the event type.
func (ws *Workspace) messageJSON(m *message, fullMetadata bool) obj {
	o := obj{"type": "message", "ts": m.ts, "text": m.text, "user": m.user}
	if m.subtype != "" {
		o["subtype"] = m.subtype
	}
	if m.inviter != "" {
		o["inviter"] = m.inviter
	}
	if m.byApp {
		o["bot_id"], o["app_id"], o["team"] = ws.BotID, ws.AppID, ws.TeamID
		o["bot_profile"] = obj{
			"id": ws.BotID, "app_id": ws.AppID, "name": ws.app.Name, "team_id": ws.TeamID, "deleted": false,
			"updated": int64(0), "icons": obj{},
		}
	}
	if len(m.blocks) > 0 {
		o["blocks"] = anys(m.blocks)
	}
	if len(m.attachments) > 0 {
		o["attachments"] = clone(m.attachments)
	}
	if m.threadTS != "" {
		o["thread_ts"] = m.threadTS
		if m.threadTS != m.ts {
			if root := m.ch.find(m.threadTS); root != nil {
				o["parent_user_id"] = root.user
			}
		}
	}
	if m.editedTS != "" {
		o["edited"] = obj{"user": m.user, "ts": m.editedTS}
	}
	if m.metadata != nil {
		if fullMetadata {
			o["metadata"] = cloneObj(m.metadata)
		} else {
			o["metadata"] = obj{"event_type": m.metadata["event_type"]}
		}
	}
	if len(m.files) > 0 {
		var files []any
		for _, id := range m.files {
			if f := ws.files[id]; f != nil {
				files = append(files, ws.fileJSON(f))
			}
		}
		o["files"] = files
	}
	if m.onlyFor == "" {
		if replies := m.ch.replies(m.ts); len(replies) > 0 {
			o["reply_count"] = len(replies)
			o["latest_reply"] = replies[len(replies)-1].ts
			var users []any
			for _, r := range replies {
				if !slices.Contains(users, any(r.user)) {
					users = append(users, r.user)
				}
			}
			o["reply_users"], o["reply_users_count"] = users, len(users)
		}
	}
	if slices.ContainsFunc(m.ch.pins, func(p pin) bool { return p.ts == m.ts }) {
		o["pinned_to"] = []any{m.ch.id}
	}
	return o
}

func (ch *channel) find(ts string) *message {
	for _, m := range slices.Backward(ch.messages) { // recent ones are asked for most
		if m.ts == ts {
			return m
		}
	}
	return nil
}

// replies are the thread's messages without its first.
func (ch *channel) replies(root string) []*message {
	var out []*message
	for _, m := range ch.messages {
		if m.threadTS == root && m.ts != root {
			out = append(out, m)
		}
	}
	return out
}

func (ws *Workspace) appendMessage(ch *channel, m *message) {
	m.ch, m.ts = ch, ws.timestamp()
	if m.onlyFor != "" {
		ch.ephemerals = append(ch.ephemerals, m)
	} else {
		ch.messages = append(ch.messages, m)
		if m.threadTS != "" {
			if root := ch.find(m.threadTS); root != nil && root.threadTS == "" {
				root.threadTS = root.ts
			}
		}
	}
}

// post stores a message that everybody in the channel sees, alerts whom it should, and tells the app if it listens,
// also of its own posts.
func (ws *Workspace) post(ch *channel, m *message, how parsing) {
	ws.appendMessage(ch, m)
	ws.notify(m, how)
	ws.emitMessage(ch, ws.messageJSON(m, false))
}

// emitMessage tells the app of a message, or what became of one.
func (ws *Workspace) emitMessage(ch *channel, inner obj) {
	inner["channel"], inner["channel_type"] = ch.id, map[channelKind]string{
		public: "channel", private: "group", direct: "im", several: "mpim",
	}[ch.kind]
	ws.emitLocked("message."+string(ch.kind), inner, ch)
}

// messageChanged tells the app that a message has changed, even one of its own (Slack:
// message_changed).
func (ws *Workspace) messageChanged(m *message, before obj) {
	ts := ws.timestamp()
	if m.editedTS != "" && m.editedTS != str(asObj(before["edited"])["ts"]) {
		ts = m.editedTS
	}
	ws.emitMessage(m.ch, obj{
		"subtype": "message_changed", "hidden": true, "ts": ts, "event_ts": ts,
		"message": ws.messageJSON(m, false), "previous_message": before,
	})
}

// deleted removes a message and tells the app. One that has answers leaves a tombstone in its place (Slack:
// message_deleted; the tombstone is seen in practice and not documented).
func (ws *Workspace) deleted(m *message) {
	before := ws.messageJSON(m, false)
	if len(m.ch.replies(m.ts)) > 0 {
		m.ch.pins = slices.DeleteFunc(m.ch.pins, func(p pin) bool { return p.ts == m.ts })
		m.subtype, m.user, m.byApp, m.text = "tombstone", "USLACKBOT", false, "This message was deleted."
		m.blocks, m.attachments, m.files, m.metadata, m.metadataRaw, m.editedTS = nil, nil, nil, nil, nil, ""
		ws.messageChanged(m, before)
		return
	}
	m.ch.remove(m)
	ts := ws.timestamp()
	ws.emitMessage(m.ch, obj{
		"subtype": "message_deleted", "hidden": true, "ts": ts, "event_ts": ts, "deleted_ts": m.ts, "previous_message": before,
	})
}

// body reads the contents of a message: text, blocks, attachments, metadata.
func (c *call) body(m *message) (changed body, err error) { return c.ws.readBody(c.args, m) }

// body says which parts of a message a call named.
type body struct{ text, blocks, attachments, metadata, truncated bool }

func (ws *Workspace) readBody(a args, m *message) (got body, err error) {
	if got.text = a.has("text"); got.text {
		m.text = a.str("text")
	}
	if v, present, ok := a.value("blocks"); !ok {
		return got, fail("invalid_blocks_format")
	} else if present {
		list, isList := v.([]any)
		if !isList {
			return got, fail("invalid_blocks_format")
		}
		blocks, faults := checkBlocks(list, surfaceMessage, "/blocks", ws.policy.Blocks2026)
		if len(faults) > 0 {
			return got, failValidation("invalid_blocks", faults)
		}
		if textLength(blocks) > maxBlocksText {
			return got, fail("msg_blocks_too_long")
		}
		got.blocks, m.blocks = true, ws.withBlockIDs(blocks)
	}
	if v, present, ok := a.value("attachments"); !ok {
		return got, fail("invalid_attachments")
	} else if present {
		list, isList := v.([]any)
		switch {
		case !isList:
			return got, fail("invalid_attachments")
		case len(list) > maxAttachments:
			return got, fail("too_many_attachments")
		}
		got.attachments, m.attachments = true, list
	}
	if v, present, ok := a.value("metadata"); !ok {
		return got, fail("invalid_metadata_format")
	} else if present {
		o, isObj := v.(obj)
		if !isObj {
			return got, fail("invalid_metadata_format")
		}
		got.metadata, m.metadata, m.metadataRaw = true, nil, nil
		if len(o) > 0 {
			if err := checkMetadata(o); err != nil {
				return got, err
			}
			m.metadata = o
			m.metadataRaw, _ = json.Marshal(o) // parsed JSON always encodes
		}
	}
	if utf8.RuneCountInString(m.text) > maxStoredText {
		m.text = string([]rune(m.text)[:maxStoredText])
		got.truncated = true
	}
	return got, nil
}

func checkMetadata(o obj) error {
	if str(o["event_type"]) == "" {
		return fail("invalid_metadata_schema")
	}
	if _, ok := o["event_payload"].(obj); !ok {
		return fail("invalid_metadata_schema")
	}
	for k := range o {
		if k != "event_type" && k != "event_payload" && k != "entities" {
			return fail("invalid_metadata_schema")
		}
	}
	if b, _ := json.Marshal(o); len(b) > maxMetadata {
		return fail("metadata_too_large")
	}
	return nil
}

// postTo resolves where a message goes. A user id opens (or finds) the DM.
func (c *call) postTo() (*channel, error) {
	ws, id := c.ws, c.args.str("channel")
	if id == "" {
		return nil, failValidation("invalid_arguments", []string{"[ERROR] missing required field: channel"})
	}
	if strings.HasPrefix(id, "U") || strings.HasPrefix(id, "W") {
		if ws.dmFault(id) != "" {
			return nil, fail("channel_not_found")
		}
		if !ws.app.MessagesTab {
			return nil, fail("messages_tab_disabled")
		}
		ch, _ := ws.dm([]string{ws.BotUserID, id}, true)
		return ch, nil
	}
	ch, err := c.channel("channel")
	if err != nil {
		return nil, err
	}
	switch {
	case ch.archived:
		return nil, fail("is_archived")
	case ch.kind == public && !ch.has(ws.BotUserID) && !ws.hasScope("chat:write.public"):
		return nil, fail("not_in_channel")
	case ch.kind == direct && !ws.app.MessagesTab:
		return nil, fail("messages_tab_disabled")
	}
	if ch.kind == direct {
		if u := ws.users[ch.other(ws.BotUserID)]; u != nil && u.Kind == Deactivated {
			return nil, fail("channel_not_found")
		}
	}
	return ch, nil
}

// thread resolves thread_ts: a reply to a reply belongs to the reply's thread.
func (c *call) thread(ch *channel) (string, error) {
	ts := c.args.str("thread_ts")
	if ts == "" {
		return "", nil
	}
	root := ch.find(ts)
	if root == nil {
		return "", fail("thread_not_found")
	}
	if root.threadTS != "" {
		return root.threadTS, nil
	}
	return ts, nil
}

func chatPostMessage(c *call) (obj, error) {
	ch, err := c.postTo()
	if err != nil {
		return nil, err
	}
	for _, key := range []string{"username", "icon_url", "icon_emoji"} {
		if c.args.str(key) != "" {
			if err := c.need("chat:write.customize"); err != nil {
				return nil, err
			}
		}
	}
	m := &message{user: c.ws.BotUserID, byApp: true}
	got, err := c.body(m)
	if err != nil {
		return nil, err
	}
	if m.empty() {
		return nil, fail("no_text")
	}
	if m.threadTS, err = c.thread(ch); err != nil {
		return nil, err
	}
	c.ws.post(ch, m, parsing{full: c.args.str("parse") == "full", linkNames: c.args.bool("link_names")})
	answer := obj{"channel": ch.id, "ts": m.ts, "message": c.ws.messageJSON(m, true)}
	if got.truncated {
		answer["warning"] = "message_truncated"
		answer["response_metadata"] = obj{"warnings": []any{"message_truncated"}}
	}
	return answer, nil
}

func chatPostEphemeral(c *call) (obj, error) {
	ch, err := c.channel("channel")
	if err != nil {
		return nil, err
	}
	user := c.args.str("user")
	switch {
	case ch.archived:
		return nil, fail("is_archived")
	case !ch.has(c.ws.BotUserID):
		return nil, fail("not_in_channel")
	case ch.kind == direct && !c.ws.app.MessagesTab:
		return nil, fail("messages_tab_disabled")
	case user == "":
		return nil, failValidation("invalid_arguments", []string{"[ERROR] missing required field: user"})
	case !ch.has(user) || c.ws.users[user] == nil || c.ws.users[user].Kind == Deactivated:
		return nil, fail("user_not_in_channel")
	}
	m := &message{user: c.ws.BotUserID, byApp: true, onlyFor: user}
	if _, err := c.body(m); err != nil {
		return nil, err
	}
	if m.empty() {
		return nil, fail("no_text")
	}
	if m.threadTS, err = c.thread(ch); err != nil {
		return nil, err
	}
	c.ws.appendMessage(ch, m)
	return obj{"message_ts": m.ts}, nil
}

// own finds a message of the app that may be changed or deleted.
func (c *call) own(refusal string) (*message, error) {
	id := c.args.str("channel")
	if id == "" || strings.HasPrefix(id, "U") || strings.HasPrefix(id, "W") {
		return nil, fail("channel_not_found") // only posting takes a user id
	}
	ch, err := c.channel("channel")
	if err != nil {
		return nil, err
	}
	ts := c.args.str("ts")
	m := ch.find(ts)
	if m == nil {
		for _, e := range ch.ephemerals {
			if e.ts == ts {
				return nil, fail(refusal)
			}
		}
		return nil, fail("message_not_found")
	}
	if !m.byApp || m.subtype != "" {
		return nil, fail(refusal)
	}
	return m, nil
}

func chatUpdate(c *call) (obj, error) {
	m, err := c.own("cant_update_message")
	if err != nil {
		return nil, err
	}
	ws := c.ws
	if m.ch.archived {
		return nil, fail("is_inactive")
	}
	if window := ws.policy.EditWindow; window > 0 && ws.clock.now().Sub(tsTime(m.ts)) > window {
		return nil, fail("edit_window_closed")
	}
	if utf8.RuneCountInString(c.args.str("text")) > maxUpdateText {
		return nil, fail("msg_too_long")
	}
	next := *m
	got, err := c.body(&next)
	if err != nil {
		return nil, err
	}
	if !got.text && !got.blocks && !got.attachments {
		return nil, fail("no_text")
	}
	if got.text && !got.blocks {
		next.blocks = nil // text alone deletes the blocks (Slack: chat.update)
	}
	if next.empty() {
		return nil, fail("no_text")
	}
	if len(next.blocks) == 0 {
		next.editedTS = ws.timestamp()
	}
	before := ws.messageJSON(m, false)
	*m = next
	ws.messageChanged(m, before)
	return obj{"channel": m.ch.id, "ts": m.ts, "text": m.text, "message": ws.messageJSON(m, true)}, nil
}

func chatDelete(c *call) (obj, error) {
	m, err := c.own("cant_delete_message")
	if err != nil {
		return nil, err
	}
	c.ws.deleted(m)
	return obj{"channel": m.ch.id, "ts": m.ts}, nil
}

func (ch *channel) remove(m *message) {
	ch.messages = slices.DeleteFunc(ch.messages, func(x *message) bool { return x == m })
	ch.pins = slices.DeleteFunc(ch.pins, func(p pin) bool { return p.ts == m.ts })
}

func chatGetPermalink(c *call) (obj, error) {
	ch, err := c.channel("channel")
	if err != nil {
		return nil, err
	}
	m := ch.find(c.args.str("message_ts"))
	if m == nil {
		return nil, fail("message_not_found")
	}
	return obj{"channel": ch.id, "permalink": permalink(ch.id, m.ts)}, nil
}

func permalink(channel, ts string) string {
	return fmt.Sprintf("https://sandbox.slack.com/archives/%s/p%s", channel, strings.ReplaceAll(ts, ".", ""))
}
