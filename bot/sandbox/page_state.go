package sandbox

import (
	"maps"
	"time"
)

// still returns a copy of what a reader's text may refer to, so that a page is
// made without holding the workspace, and a renderer over it.
func (ws *Workspace) still(reader string) renderer {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	copied := &Workspace{
		BotUserID: ws.BotUserID, users: maps.Clone(ws.users), order: ws.order[:len(ws.order):len(ws.order)],
		groups: maps.Clone(ws.groups), channels: map[string]*channel{}, offered: maps.Clone(ws.offered),
		files: map[string]*file{},
	}
	for id, ch := range ws.channels {
		copied.chanIDs = append(copied.chanIDs, id)
		copied.channels[id] = &channel{id: ch.id, name: ch.name, kind: ch.kind, members: ch.members[:len(ch.members):len(ch.members)]}
	}
	for id, f := range ws.files {
		copied.files[id] = &file{id: f.id, name: f.name, title: f.title, alt: f.alt, length: len(f.content)}
	}
	return renderer{ws: copied, reader: reader, now: ws.clock.now()}
}

func (r renderer) channelName(id string) (string, bool) {
	ch := r.ws.channels[id]
	if ch == nil || !r.ws.visibleTo(ch, r.reader) {
		return "", false
	}
	return ch.name, true
}

func (r renderer) groupName(id string) string {
	if g := r.ws.groups[id]; g != nil {
		return g.handle
	}
	return "group"
}

// recent returns the last n messages of a channel or, with a thread, of that
// thread, and how many there are before them.
func (p *Person) recent(ref, thread string, n int) (found []*sight, before int) {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	ch, err := p.channelFor(ref)
	if err != nil {
		return nil, 0
	}
	replies := map[string]int{}
	for _, m := range ch.messages {
		if m.threadTS != "" && m.threadTS != m.ts {
			replies[m.threadTS]++
		}
	}
	pinned := map[string]bool{}
	for _, pin := range ch.pins {
		pinned[pin.ts] = true
	}
	wanted := func(m *message) bool {
		if m.onlyFor != "" && m.onlyFor != p.ID {
			return false
		}
		if thread != "" {
			return m.ts == thread || m.threadTS == thread
		}
		return m.threadTS == "" || m.threadTS == m.ts
	}
	// Both lists are in order of time; they are walked from their ends together.
	i, j := len(ch.messages)-1, len(ch.ephemerals)-1
	for i >= 0 || j >= 0 {
		var m *message
		if j < 0 || i >= 0 && tsMicros(ch.messages[i].ts) > tsMicros(ch.ephemerals[j].ts) {
			m, i = ch.messages[i], i-1
		} else {
			m, j = ch.ephemerals[j], j-1
		}
		switch {
		case !wanted(m):
		case len(found) == n:
			before++
		default:
			s := &sight{Message: p.ws.export(m), replies: replies[m.ts], pinned: pinned[m.ts], fileIDs: m.files, state: map[string]map[string]obj{}}
			for block, actions := range m.states[p.ID] {
				s.state[block] = map[string]obj{}
				for action, v := range actions {
					s.state[block][action] = cloneObj(v)
				}
			}
			found = append(found, s)
		}
	}
	for a, b := 0, len(found)-1; a < b; a, b = a+1, b-1 {
		found[a], found[b] = found[b], found[a]
	}
	return found, before
}

// sight is a message with what the page shows around it.
type sight struct {
	Message
	replies int
	pinned  bool
	fileIDs []string
	state   map[string]map[string]obj
}

// unread counts, per channel, what others wrote since the person last looked.
func (p *Page) unread(who *Person) map[string]int {
	p.mu.Lock()
	read := maps.Clone(p.read)
	p.mu.Unlock()
	ws := who.ws
	ws.mu.Lock()
	defer ws.mu.Unlock()
	out := map[string]int{}
	for _, id := range ws.chanIDs {
		ch := ws.channels[id]
		if !ch.has(who.ID) {
			continue
		}
		last := tsMicros(read[who.ID+"/"+id])
		count := func(list []*message) {
			for i := len(list) - 1; i >= 0 && tsMicros(list[i].ts) > last; i-- {
				m := list[i]
				if m.user != who.ID && m.subtype != "channel_join" && (m.onlyFor == "" || m.onlyFor == who.ID) {
					out[id]++
				}
			}
		}
		count(ch.messages)
		count(ch.ephemerals)
	}
	return out
}

// markRead notes that a person has seen all there is in a channel.
func (p *Page) markRead(who *Person, id string) {
	ws := who.ws
	ws.mu.Lock()
	last := ws.lastTS
	ws.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.read[who.ID+"/"+id] = formatTS(last)
}

// stamp is the time of a message for its reader, the day said when it is not today.
func (r renderer) stamp(ts string) string {
	at := tsTime(ts).In(r.zone())
	if sameDay(at, r.now.In(r.zone())) {
		return at.Format("15:04")
	}
	return at.Format("2 Jan 15:04")
}

// day is the heading of a day's messages.
func (r renderer) day(at time.Time) string {
	at, now := at.In(r.zone()), r.now.In(r.zone())
	switch {
	case sameDay(at, now):
		return "Today"
	case sameDay(at, now.AddDate(0, 0, -1)):
		return "Yesterday"
	}
	return at.Format("Monday 2 January 2006")
}
