package sandbox

import "slices"

// Entry is a message as it stands in a conversation, with what a client shows around it. The values are copies.
type Entry struct {
	Message
	Replies  int // in its thread
	Pinned   bool
	Attached []File
	State    map[string]map[string]map[string]any // what the person has chosen in it: block_id, action_id, as Slack sends it
}

// File is a file as a client shows it.
type File struct {
	ID, Name, Title, Alt string
	Size                 int // in bytes
}

// Log returns the last n messages of a channel or, with the ts of its first message, of a thread, in order of time, and
// how many there are before them. Of a channel it leaves out the replies. A channel the person cannot see has none.
func (p *Person) Log(channel, thread string, n int) (last []Entry, before int) {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	ch, err := p.channelFor(channel)
	if err != nil {
		return nil, 0
	}
	replies := map[string]int{}
	for _, m := range ch.messages {
		if m.threadTS != "" && m.threadTS != m.ts {
			replies[m.threadTS]++
		}
	}
	wanted := func(m *message) bool {
		switch {
		case m.onlyFor != "" && m.onlyFor != p.ID:
			return false
		case thread != "":
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
		case len(last) == n:
			before++
		default:
			last = append(last, p.entry(m, replies[m.ts]))
		}
	}
	slices.Reverse(last)
	return last, before
}

// Entry returns one message that the person can see, also a reply.
func (p *Person) Entry(channel, ts string) (Entry, bool) {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	ch, err := p.channelFor(channel)
	if err != nil {
		return Entry{}, false
	}
	m := ch.find(ts)
	if m == nil {
		i := slices.IndexFunc(ch.ephemerals, func(m *message) bool { return m.ts == ts && m.onlyFor == p.ID })
		if i < 0 {
			return Entry{}, false
		}
		m = ch.ephemerals[i]
	}
	return p.entry(m, len(ch.replies(ts))), true
}

func (p *Person) entry(m *message, replies int) Entry {
	e := Entry{
		Message: p.ws.export(m), Replies: replies, State: m.states[p.ID].export(),
		Pinned: slices.ContainsFunc(m.ch.pins, func(x pin) bool { return x.ts == m.ts }),
	}
	for _, id := range m.files {
		if f := p.ws.files[id]; f != nil {
			e.Attached = append(e.Attached, File{ID: f.id, Name: f.name, Title: f.title, Alt: f.alt, Size: len(f.content)})
		}
	}
	return e
}

// Unread counts, per channel the person is in, what others wrote after the ts that is given for it.
func (p *Person) Unread(since map[string]string) map[string]int {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	out := map[string]int{}
	for _, id := range p.ws.chanIDs {
		ch := p.ws.channels[id]
		if !ch.has(p.ID) {
			continue
		}
		last := tsMicros(since[id])
		for _, list := range [][]*message{ch.messages, ch.ephemerals} {
			for i := len(list) - 1; i >= 0 && tsMicros(list[i].ts) > last; i-- {
				m := list[i]
				if m.user != p.ID && m.subtype != "channel_join" && (m.onlyFor == "" || m.onlyFor == p.ID) {
					out[id]++
				}
			}
		}
	}
	return out
}

// LatestTS is the newest ts of the workspace: what is written later has a greater one.
func (ws *Workspace) LatestTS() string {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return formatTS(ws.lastTS)
}
