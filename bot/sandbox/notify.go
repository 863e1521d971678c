package sandbox

import (
	"slices"
	"strings"
	"time"
)

// Notification is a push message on a person's phone.
type Notification struct {
	At      time.Time
	User    string // who was notified
	Channel string
	TS      string
	Text    string // the preview: the message's text, or what Slack derives from its blocks
	Why     string // "direct message", "mention", "@channel", "@here", "@everyone", "@group", "thread"
}

// notify records who a new message alerts. Changing a message alerts nobody, and a mention of somebody who is not in
// the channel reaches nobody.
func (ws *Workspace) notify(m *message, how parsing) {
	why := map[string]string{}
	if m.threadTS != "" {
		for _, other := range m.ch.messages {
			if other.ts == m.threadTS || other.threadTS == m.threadTS {
				why[other.user] = "thread"
			}
		}
	}
	for _, hit := range ws.mentions(m, how) {
		switch {
		case hit.user != "":
			why[hit.user] = "mention"
		case hit.group != "":
			if g := ws.groups[hit.group]; g != nil && !g.disabled {
				for _, id := range g.members {
					why[id] = "@" + g.handle
				}
			}
		case hit.broadcast != "":
			for _, id := range m.ch.members {
				if why[id] == "" || why[id] == "thread" {
					why[id] = "@" + hit.broadcast
				}
			}
		}
	}
	if m.ch.kind == direct || m.ch.kind == several {
		for _, id := range m.ch.members {
			if why[id] == "" || why[id] == "thread" {
				why[id] = "direct message"
			}
		}
	}
	for _, id := range m.ch.members {
		u := ws.users[id]
		if why[id] == "" || id == m.user || u == nil || u.Kind == Deactivated || u.Kind == Bot {
			continue
		}
		ws.notices = append(ws.notices, Notification{
			At: ws.clock.now(), User: id, Channel: m.ch.id, TS: m.ts, Text: ws.reader(id).Text(preview(m.text, m.blocks)), Why: why[id],
		})
	}
}

// Notifications returns every notification of the workspace, oldest first.
func (ws *Workspace) Notifications() []Notification {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return slices.Clone(ws.notices)
}

// Preview is what a notification shows of a message: its text or, without one, what Slack derives from its blocks.
func (m Message) Preview() string { return preview(m.Text, m.Blocks) }

func preview(text string, blocks []Block) string {
	if text != "" {
		return text
	}
	return blocksText(blocks)
}

// blocksText is the text Slack derives from blocks when a message has none: what a push preview would then show.
func blocksText(blocks []Block) string {
	var parts []string
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if s, ok := v["text"].(string); ok {
				parts = append(parts, s)
				return
			}
			for _, k := range []string{"text", "fields", "elements", "title", "label", "child_blocks"} {
				walk(v[k])
			}
		case []any:
			for _, x := range v {
				walk(x)
			}
		}
	}
	for _, b := range blocks {
		if str(b["type"]) != "actions" {
			walk(b)
		}
	}
	return strings.Join(parts, " ")
}
