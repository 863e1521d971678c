package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"
)

// Small things people do in a client, other than writing.

// Reaction is an emoji at a message and who put it there.
type Reaction struct {
	Name  string // without colons
	Users []string
}

// Bookmark is a link in the bar under a channel's name.
type Bookmark struct{ Title, Link string }

// member finds a channel this person is in.
func (p *Person) member(ref string) (*channel, error) {
	if _, err := p.active(); err != nil {
		return nil, err
	}
	ch, err := p.channelFor(ref)
	if err == nil && !ch.has(p.ID) {
		err = errNoChannel
	}
	if err == nil && ch.archived {
		err = errors.New("sandbox: the channel is archived")
	}
	return ch, err
}

// React adds an emoji to a message, or takes it back when it is there already.
func (p *Person) React(channel, ts, name string) error {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	ch, err := p.member(channel)
	if err != nil {
		return err
	}
	m := ch.find(ts)
	if m == nil || name == "" {
		return errors.New("sandbox: no such message to react to")
	}
	verb := "reaction_added"
	i := slices.IndexFunc(m.reactions, func(r Reaction) bool { return r.Name == name })
	switch {
	case i < 0:
		m.reactions = append(m.reactions, Reaction{name, []string{p.ID}})
	case contains(m.reactions[i].Users, p.ID):
		verb = "reaction_removed"
		m.reactions[i].Users = slices.DeleteFunc(slices.Clone(m.reactions[i].Users), func(id string) bool { return id == p.ID })
		if len(m.reactions[i].Users) == 0 {
			m.reactions = slices.Delete(m.reactions, i, i+1)
		}
	default:
		m.reactions[i].Users = append(slices.Clone(m.reactions[i].Users), p.ID)
	}
	p.ws.emitLocked(verb, obj{
		"user": p.ID, "reaction": name, "item_user": m.user, "item": obj{"type": "message", "channel": ch.id, "ts": m.ts},
	}, ch)
	p.ws.changedLocked()
	return nil
}

// Pin pins a message to its channel, or takes the pin away.
func (p *Person) Pin(channel, ts string) error {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	ch, err := p.member(channel)
	if err != nil {
		return err
	}
	m := ch.find(ts)
	if m == nil || m.subtype != "" {
		return errors.New("sandbox: no such message to pin")
	}
	before := len(ch.pins)
	ch.pins = slices.DeleteFunc(ch.pins, func(x pin) bool { return x.ts == ts })
	if len(ch.pins) == before {
		if before >= maxPins {
			return errors.New("sandbox: the channel has all the pins it can hold")
		}
		ch.pins = append(ch.pins, pin{ts, p.ID, p.ws.clock.now().Unix()})
	}
	p.ws.changedLocked()
	return nil
}

// SetTopic changes the topic of a channel.
func (p *Person) SetTopic(channel, topic string) error {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	ch, err := p.member(channel)
	if err != nil {
		return err
	}
	if utf8.RuneCountInString(topic) > maxTopic {
		return fail("too_long")
	}
	ch.topic = p.typed(topic)
	p.ws.changedLocked()
	return nil
}

// AddBookmark puts a link into the bar under the channel's name.
func (p *Person) AddBookmark(channel string, b Bookmark) error {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	ch, err := p.member(channel)
	if err != nil {
		return err
	}
	if b.Title == "" || !Followable(b.Link) {
		return errors.New("sandbox: a bookmark needs a title and a link that begins with https://")
	}
	ch.bookmarks = append(ch.bookmarks, b)
	p.ws.changedLocked()
	return nil
}

// Upload is a file as a person has it.
type Upload struct {
	Name    string
	Content []byte
}

// Share posts a message with files.
func (p *Person) Share(channel, thread, text string, files []Upload) (Message, error) {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	ch, err := p.member(channel)
	if err != nil {
		return Message{}, err
	}
	if p.ws.exportChannel(ch).ReadOnly {
		return Message{}, errReadOnly
	}
	m := &message{user: p.ID, text: p.typed(text), threadTS: thread}
	for _, f := range files {
		m.files = append(m.files, p.keep(f).id)
	}
	p.ws.post(ch, m, parsing{linkNames: true})
	p.ws.changedLocked()
	return p.ws.export(m), nil
}

var errReadOnly = errors.New("sandbox: sending messages to this app has been turned off")

func (p *Person) keep(u Upload) *file {
	f := &file{
		id: p.ws.id("F"), ticket: randomHex(16), name: u.Name, title: u.Name, owner: p.ID, length: len(u.Content),
		content: slices.Clone(u.Content), complete: true,
	}
	p.ws.files[f.id] = f
	return f
}

// Attach puts files into a file input of the modal on top; none clears it.
func (p *Person) Attach(input string, files []Upload) error {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	all, err := p.spots(InModal())
	if err != nil {
		return err
	}
	s, err := pick(all, input, func(s spot) bool { return str(s.element["type"]) == "file_input" })
	if err != nil {
		return err
	}
	most := 10.0 // Slack: File input element
	if n, ok := number(s.element["max_files"]); ok {
		most = n
	}
	if float64(len(files)) > most {
		return fmt.Errorf("sandbox: at most %v files", most)
	}
	allowed := asList(s.element["filetypes"])
	list := []any{}
	for _, f := range files {
		if len(allowed) > 0 && !slices.Contains(allowed, any(extension(f.Name))) {
			return fmt.Errorf("sandbox: %q is of a kind that this input does not take", f.Name)
		}
		if len(f.Content) > maxUpload {
			return fmt.Errorf("sandbox: %q is too large to upload", f.Name)
		}
		list = append(list, p.ws.fileJSON(p.keep(f)))
	}
	s.state[str(s.block["block_id"])][str(s.element["action_id"])] = obj{"type": "file_input", "files": list}
	delete(s.view.errors, str(s.block["block_id"]))
	p.ws.changedLocked()
	return nil
}

// Suggest types into a select whose options come from the app, and returns what
// the app offers (Slack: block_suggestion). Those options can be chosen then.
func (p *Person) Suggest(ctx context.Context, where Place, element, query string) ([]Block, error) {
	ws := p.ws
	ws.mu.Lock()
	e, key, err := p.suggestLocked(where, element, query)
	ws.mu.Unlock()
	if err != nil {
		return nil, err
	}
	acked, err := p.act(ctx, e)
	if err != nil {
		return nil, err
	}
	ws.mu.Lock()
	defer ws.mu.Unlock()
	var answer obj
	if !acked || json.Unmarshal(e.Response, &answer) != nil {
		return nil, errors.New("sandbox: the app offered nothing")
	}
	found := options(answer)
	ws.offered[key] = found
	ws.changedLocked()
	return cloneBlocks(found), nil
}

func (p *Person) suggestLocked(where Place, element, query string) (*envelope, string, error) {
	u, err := p.active()
	if err != nil {
		return nil, "", err
	}
	all, err := p.spots(where)
	if err != nil {
		return nil, "", err
	}
	s, err := pick(all, element, func(s spot) bool { return isExternal(s.element) })
	if err != nil {
		return nil, "", err
	}
	payload := p.interaction("block_suggestion", u)
	payload["action_id"], payload["block_id"], payload["value"] = s.element["action_id"], s.block["block_id"], query
	if s.view != nil {
		payload["view"] = p.ws.viewJSON(s.view)
		payload["container"] = obj{"type": "view", "view_id": s.view.id}
	} else {
		payload["message"] = p.ws.messageJSON(s.message, false)
		payload["channel"] = obj{"id": s.message.ch.id, "name": channelWord(s.message.ch)}
		payload["container"] = obj{"type": "message", "message_ts": s.message.ts, "channel_id": s.message.ch.id}
	}
	return p.ws.sendLocked("interactive", "block_suggestion", payload, true, 0), offerKey(p.ID, str(s.block["block_id"]), str(s.element["action_id"])), nil
}

func isExternal(e obj) bool {
	return str(e["type"]) == "external_select" || str(e["type"]) == "multi_external_select"
}
