package page

import (
	"maps"
	"strings"
	"time"

	"breachbot/bot/sandbox"
)

// reader is somebody who looks at the page.
type reader struct{ *sandbox.Reader }

func readerOf(who *sandbox.Person) reader { return reader{who.Reader()} }

// unread counts, per channel, what others wrote since the person last looked.
func (p *Page) unread(who *sandbox.Person) map[string]int {
	p.mu.Lock()
	read := maps.Clone(p.read[who.ID])
	p.mu.Unlock()
	return who.Unread(read)
}

// markRead notes that a person has seen all there is in a channel.
func (p *Page) markRead(who *sandbox.Person, channel string) {
	latest := p.ws.LatestTS()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.read[who.ID] == nil {
		p.read[who.ID] = map[string]string{}
	}
	p.read[who.ID][channel] = latest
}

// title names a conversation.
func (r reader) title(c sandbox.Channel) string {
	if !c.DM {
		return c.Name
	}
	var names []string
	for _, id := range c.Members {
		if id != r.ID() {
			names = append(names, r.Name(id))
		}
	}
	return strings.Join(names, ", ")
}

// stamp is a time for its reader, the day said when it is not today.
func (r reader) stamp(at time.Time) string {
	at = at.In(r.Zone())
	if sameDay(at, r.Now()) {
		return at.Format("15:04")
	}
	return at.Format("2 Jan 15:04")
}

// day is the heading of a day's messages.
func (r reader) day(at time.Time) string {
	at, now := at.In(r.Zone()), r.Now()
	switch {
	case sameDay(at, now):
		return "Today"
	case sameDay(at, now.AddDate(0, 0, -1)):
		return "Yesterday"
	}
	return at.Format("Monday 2 January 2006")
}

func sameDay(a, b time.Time) bool { return a.Format(time.DateOnly) == b.Format(time.DateOnly) }
