package sandbox

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // readers' zones, even on machines without a zone database
)

// directory is what texts refer to by its id.
type directory struct {
	team     string
	users    map[string]*User
	order    []string // user ids in the order they were added
	groups   map[string]*group
	channels map[string]*channel
}

// still is a copy that nothing changes. It says no more about a channel than is shown elsewhere.
func (d *directory) still() *directory {
	out := &directory{
		team: d.team, users: maps.Clone(d.users), order: d.order[:len(d.order):len(d.order)], groups: maps.Clone(d.groups),
		channels: make(map[string]*channel, len(d.channels)),
	}
	for id, ch := range d.channels {
		out.channels[id] = &channel{id: ch.id, name: ch.name, kind: ch.kind, members: slices.Clone(ch.members)}
	}
	return out
}

// Reader is somebody who reads, at one moment: what a text refers to comes to them by its name, as far as they may see
// it, and dates in their own zone. Those that [Person.Reader] gives hold copies; what happens later does not change them.
type Reader struct {
	id      string
	now     time.Time
	zone    *time.Location
	dir     *directory
	files   map[string]bool
	offered map[string][]obj
}

// Reader returns this person as a reader of the workspace as it is now.
func (p *Person) Reader() *Reader {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	r := p.ws.reader(p.ID)
	r.dir, r.offered, r.files = r.dir.still(), maps.Clone(p.ws.offered), make(map[string]bool, len(p.ws.files))
	for id := range p.ws.files {
		r.files[id] = true
	}
	return r
}

// reader is a reader of the workspace itself, for as long as it is locked.
func (ws *Workspace) reader(id string) *Reader {
	r := &Reader{id: id, now: ws.clock.now(), zone: time.UTC, dir: &ws.directory}
	if u := ws.users[id]; u != nil {
		r.zone = zoneNamed(u.TZ)
	}
	return r
}

// zones are the time zones used so far, by name: reading one takes a long time, and
// a page asks for it with every date.
var zones sync.Map

// zoneNamed is a time zone, or UTC when there is none of that name.
func zoneNamed(name string) *time.Location {
	if z, ok := zones.Load(name); ok {
		return z.(*time.Location)
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		z = time.UTC
	}
	zones.Store(name, z)
	return z
}

// ID is the reader's id.
func (r *Reader) ID() string { return r.id }

// Now is the time of the workspace, in the reader's zone.
func (r *Reader) Now() time.Time { return r.now.In(r.zone) }

// Zone is the reader's time zone.
func (r *Reader) Zone() *time.Location { return r.zone }

// Name is the name of a person, or the id when there is nobody.
func (r *Reader) Name(id string) string {
	if u := r.dir.users[id]; u != nil {
		return u.RealName
	}
	return id
}

// Channel is the name of a channel, if the reader may see it.
func (r *Reader) Channel(id string) (name string, visible bool) {
	ch := r.dir.channels[id]
	if ch == nil || !r.dir.visibleTo(ch, r.id) {
		return "", false
	}
	return ch.name, true
}

// Group is the handle of a group of people, or "group" when there is none.
func (r *Reader) Group(id string) string {
	if g := r.dir.groups[id]; g != nil {
		return g.handle
	}
	return "group"
}

// HasFile tells whether the workspace holds a file.
func (r *Reader) HasFile(id string) bool { return r.files[id] }

// Offers are the options from which the reader can choose in an element: its own, or the people and channels they can
// see, or what the app has offered them last and what is chosen already. Entered is the element's state.
func (r *Reader) Offers(blockID string, element Block, entered map[string]any) []Block {
	one := func(value, text string) Block {
		return Block{"value": value, "text": obj{"type": "plain_text", "text": text}}
	}
	var out []Block
	switch kind := strings.TrimPrefix(str(element["type"]), "multi_"); kind {
	case "users_select":
		for _, id := range r.dir.order {
			if u := r.dir.users[id]; u.Kind != Hidden {
				out = append(out, one(id, u.RealName))
			}
		}
	case "conversations_select", "channels_select":
		for _, id := range sortedKeys(r.dir.channels) {
			name, visible := r.Channel(id)
			if in := r.dir.channels[id].kind; visible && in != direct && (kind == "conversations_select" || in == public) {
				out = append(out, one(id, "#"+name))
			}
		}
	case "external_select":
		return lookedUp(r.offered[offerKey(r.id, blockID, str(element["action_id"]))], element, entered)
	default:
		return options(element)
	}
	return out
}
