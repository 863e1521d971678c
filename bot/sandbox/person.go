package sandbox

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Person is a user at their Slack client. Channel arguments take an id or a name with or without "#".
type Person struct {
	ID string
	ws *Workspace
}

// As returns the user with this id at their Slack client. Acts of an unknown or deactivated user fail.
func (ws *Workspace) As(id string) *Person { return &Person{ID: id, ws: ws} }

// Outcome is what a person sees after a command, a shortcut or a click.
type Outcome struct {
	// Failed is "" when the app acknowledged. "dispatch_failed" is shown for a command that was not acknowledged in
	// time, "warning" is the sign at a button, "trouble_connecting" that of a shortcut; "unknown_command" and
	// "not_available" mean that there is nothing to use for this person.
	Failed string
	// Message is the answer that came with the acknowledgement of a slash command, if any.
	Message *Message
	// EnvelopeID is the delivery this act caused.
	EnvelopeID string
}

// ErrNoModal is what acts in a modal fail with when none is open.
var ErrNoModal = errors.New("sandbox: no modal is open")

var (
	errNobody      = errors.New("sandbox: no such active user")
	errNoChannel   = errors.New("sandbox: channel not visible to this person")
	errUnavailable = errors.New("sandbox: not available to this person")
)

// active returns the user when they can act.
func (p *Person) active() (*User, error) {
	u := p.ws.users[p.ID]
	if u == nil || u.Kind == Deactivated || u.Kind == Invited || u.Kind == Bot || u.Kind == WorkflowBot ||
		u.Kind == Slackbot {
		return nil, errNobody
	}
	return u, nil
}

// channelFor finds a channel this person can see.
func (p *Person) channelFor(ref string) (*channel, error) {
	ch := p.ws.channels[ref]
	if ch == nil {
		ch = p.ws.byName(strings.TrimPrefix(ref, "#"))
	}
	if ch == nil || ref == "" || !p.ws.visibleTo(ch, p.ID) {
		return nil, errNoChannel
	}
	return ch, nil
}

// OpenHome opens the app's Home tab, which tells the app (app_home_opened).
func (p *Person) OpenHome() error {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	u, err := p.active()
	if err != nil {
		return err
	}
	if !p.ws.app.HomeTab || p.ws.foreign(u) {
		return errUnavailable
	}
	ch, _ := p.ws.dm([]string{p.ws.BotUserID, p.ID}, true)
	inner := obj{"user": p.ID, "channel": ch.id, "tab": "home"}
	if v := p.ws.homes[p.ID]; v != nil {
		inner["view"] = p.ws.viewJSON(v)
	}
	p.ws.emitLocked("app_home_opened", inner, nil)
	p.ws.changedLocked()
	return nil
}

// Post writes a message in a channel this person is in.
func (p *Person) Post(channel, text string) (Message, error) { return p.PostReply(channel, "", text) }

// Forward shares a message that this person can see with another channel. As at Slack, what it says and the files it
// has come as an attachment that is marked as a share, and what the person adds is the text, which may be empty.
func (p *Person) Forward(from, ts, to, text string) (Message, error) {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	if _, err := p.active(); err != nil {
		return Message{}, err
	}
	source, err := p.channelFor(from)
	if err != nil {
		return Message{}, err
	}
	target, err := p.channelFor(to)
	if err != nil {
		return Message{}, err
	}
	original := source.find(ts)
	if original == nil || !source.has(p.ID) || !target.has(p.ID) {
		return Message{}, errNoChannel
	}
	inside := p.ws.messageJSON(original, false)
	share := obj{
		"id": 1, "is_share": true, "is_msg_unfurl": true, "fallback": "[no preview available]", "text": inside["text"], "ts": ts,
		"channel_id": source.id, "from_url": "https://practice.slack.com/archives/" + source.id + "/p" + strings.ReplaceAll(ts, ".", ""),
		"footer": "Posted in #" + source.name, "mrkdwn_in": anys([]string{"text"}),
	}
	if u := p.ws.users[original.user]; u != nil {
		share["author_id"], share["author_name"] = u.ID, u.Name
	}
	for _, part := range []string{"blocks", "files"} {
		if inside[part] != nil {
			share[part] = inside[part]
		}
	}
	m := &message{user: p.ID, text: p.typed(text), attachments: []any{share}}
	p.ws.post(target, m, parsing{linkNames: true})
	p.ws.changedLocked()
	return p.ws.export(m), nil
}

// PostReply writes a message in the thread of a message; "" as thread posts to the channel itself.
func (p *Person) PostReply(channel, thread, text string) (Message, error) {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	if _, err := p.active(); err != nil {
		return Message{}, err
	}
	ch, err := p.channelFor(channel)
	switch {
	case err != nil:
		return Message{}, err
	case !ch.has(p.ID):
		return Message{}, errNoChannel
	case ch.archived:
		return Message{}, errors.New("sandbox: the channel is archived")
	case p.ws.exportChannel(ch).ReadOnly:
		return Message{}, errors.New("sandbox: sending messages to this app has been turned off")
	}
	m := &message{user: p.ID, text: p.typed(text), threadTS: thread}
	p.ws.post(ch, m, parsing{linkNames: true})
	p.ws.changedLocked()
	return p.ws.export(m), nil
}

// typed is what Slack makes of text typed by a person: the three entities escaped.
func (p *Person) typed(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

func (p *Person) ownMessage(channel, ts string) (*message, error) {
	ch, err := p.channelFor(channel)
	if err != nil {
		return nil, err
	}
	m := ch.find(ts)
	if m == nil || m.user != p.ID {
		return nil, errors.New("sandbox: no such message of this person")
	}
	return m, nil
}

// Edit changes a message of this person.
func (p *Person) Edit(channel, ts, text string) error {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	m, err := p.ownMessage(channel, ts)
	if err != nil {
		return err
	}
	before := p.ws.messageJSON(m, false)
	m.text, m.editedTS = p.typed(text), p.ws.timestamp()
	p.ws.messageChanged(m, before)
	p.ws.changedLocked()
	return nil
}

// Delete removes a message of this person.
func (p *Person) Delete(channel, ts string) error {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	m, err := p.ownMessage(channel, ts)
	if err != nil {
		return err
	}
	p.ws.deleted(m)
	p.ws.changedLocked()
	return nil
}

// act sends an interaction and waits for its acknowledgement. The caller does not hold the lock.
func (p *Person) act(ctx context.Context, e *envelope) (bool, error) {
	acked, err := p.ws.wait(ctx, e)
	if err != nil {
		return false, fmt.Errorf("sandbox: waiting for the app: %w", err)
	}
	return acked, nil
}

// interaction is what every interactive payload says about its origin.
func (p *Person) interaction(kind string, u *User) obj {
	return obj{
		"type": kind, "token": "verification", "api_app_id": p.ws.AppID,
		"team":       obj{"id": p.ws.TeamID, "domain": "sandbox"},
		"user":       obj{"id": p.ID, "username": u.Name, "name": u.Name, "team_id": u.TeamID},
		"enterprise": nil, "is_enterprise_install": false,
	}
}
