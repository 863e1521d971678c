package sandbox

import (
	"cmp"
	"slices"
	"strings"
)

// Channel is a conversation as its members see it.
type Channel struct {
	ID, Name, Topic, Purpose   string
	Private, Archived, DM, Ext bool // Ext: shared with another organisation
	Members                    []string
	Pins                       []string // ts of the pinned messages
	Messages                   int
	CreatedByApp               bool
	ReadOnly                   bool // people cannot write here (the app's read-only Messages tab)
	Bookmarks                  []Bookmark
}

func (ws *Workspace) exportChannel(ch *channel) Channel {
	out := Channel{
		ID: ch.id, Name: ch.name, Topic: ch.topic, Purpose: ch.purpose, Private: ch.kind != public, Archived: ch.archived,
		DM: ch.kind == direct || ch.kind == several, Ext: len(ch.shared) > 0, Members: slices.Clone(ch.members),
		Messages: len(ch.messages), CreatedByApp: ch.creator == ws.BotUserID,
		ReadOnly: ch.kind == direct && ch.has(ws.BotUserID) && ws.app.MessagesReadOnly,
	}
	out.Bookmarks = slices.Clone(ch.bookmarks)
	for _, p := range ch.pins {
		out.Pins = append(out.Pins, p.ts)
	}
	return out
}

// Channels returns every conversation of the workspace in order of creation, no matter who may see it.
func (ws *Workspace) Channels() []Channel {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	var out []Channel
	for _, id := range ws.chanIDs {
		out = append(out, ws.exportChannel(ws.channels[id]))
	}
	return out
}

// Channel returns a conversation by id or name, no matter who may see it.
func (ws *Workspace) Channel(ref string) (Channel, bool) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if ch := ws.lookup(ref); ch != nil {
		return ws.exportChannel(ch), true
	}
	return Channel{}, false
}

func (ws *Workspace) lookup(ref string) *channel {
	if ch := ws.channels[ref]; ch != nil {
		return ch
	}
	if name := strings.TrimPrefix(ref, "#"); name != "" {
		return ws.byName(name)
	}
	return nil
}

// Channels returns the conversations this person is in, DMs included.
func (p *Person) Channels() []Channel {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	var out []Channel
	for _, id := range p.ws.chanIDs {
		if ch := p.ws.channels[id]; ch.has(p.ID) {
			out = append(out, p.ws.exportChannel(ch))
		}
	}
	return out
}

// Messages returns what this person sees in a channel: its history, threads included, and the ephemeral messages
// addressed to them, in order of time. A channel they cannot see has none.
func (p *Person) Messages(channel string) []Message {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	ch, err := p.channelFor(channel)
	if err != nil {
		return nil
	}
	return p.messages(ch)
}

func (p *Person) messages(ch *channel) []Message {
	var out []Message
	for _, m := range ch.messages {
		out = append(out, p.ws.export(m))
	}
	for _, m := range ch.ephemerals {
		if m.onlyFor == p.ID {
			out = append(out, p.ws.export(m))
		}
	}
	slices.SortStableFunc(out, func(a, b Message) int { return cmp.Compare(tsMicros(a.TS), tsMicros(b.TS)) })
	return out
}

// DMs returns the messages between this person and the app.
func (p *Person) DMs() []Message {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	ch, _ := p.ws.dm([]string{p.ws.BotUserID, p.ID}, false)
	if ch == nil {
		return nil
	}
	return p.messages(ch)
}

// Notifications returns the push messages this person got, oldest first.
func (p *Person) Notifications() []Notification {
	return slices.DeleteFunc(p.ws.Notifications(), func(n Notification) bool { return n.User != p.ID })
}

// Modal returns the modal on top of this person's stack, or nil.
func (p *Person) Modal() *View {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	return p.ws.top(p.ID).export()
}

// Modals returns the whole stack, the top last.
func (p *Person) Modals() []*View {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	var out []*View
	for _, v := range p.ws.stacks[p.ID] {
		out = append(out, v.export())
	}
	return out
}

// Home returns the app's Home tab as last published for this person, or nil.
func (p *Person) Home() *View {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	return p.ws.homes[p.ID].export()
}

// Render is a message as this person reads it, in their time zone: mentions by name, dates in words, buttons as
// [Label]. It is plain text, one message on one or more lines, without a newline at the end.
func (p *Person) Render(m Message) string {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	return p.reader().message(m)
}

// Transcript is everything this person sees in a channel, one rendered message after the other; "" if nothing.
func (p *Person) Transcript(channel string) string {
	var parts []string
	for _, m := range p.Messages(channel) {
		parts = append(parts, p.Render(m))
	}
	return strings.Join(parts, "\n")
}

// RenderView is a modal or Home tab as this person reads it; "" for nil.
func (p *Person) RenderView(v *View) string {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	if v == nil {
		return ""
	}
	return p.reader().view(v)
}

// RenderText is a piece of mrkdwn as this person reads it.
func (p *Person) RenderText(mrkdwn string) string {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	return p.reader().Text(mrkdwn)
}

func (p *Person) reader() *Reader { return p.ws.reader(p.ID) }
