package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
)

// General is the id of the public channel every member is in. The app is not.
const General = "C0GENERAL"

// Slash runs a command and waits for the acknowledgement. It is typed in the channel General, or, by people who are not
// in there such as guests, in their conversation with Slackbot.
func (p *Person) Slash(ctx context.Context, command, text string) (Outcome, error) {
	p.ws.mu.Lock()
	channel := General
	if !p.ws.visibleTo(p.ws.channels[General], p.ID) && p.ws.users[p.ID] != nil {
		own, _ := p.ws.dm([]string{p.ID, "USLACKBOT"}, true)
		channel = own.id
	}
	p.ws.mu.Unlock()
	return p.SlashIn(ctx, channel, command, text)
}

// SlashIn runs a command in a channel. Commands do not work in threads, for people of other organisations, or when the
// app does not declare them.
func (p *Person) SlashIn(ctx context.Context, channel, command, text string) (Outcome, error) {
	ws := p.ws
	ws.mu.Lock()
	u, err := p.active()
	if err != nil {
		ws.mu.Unlock()
		return Outcome{}, err
	}
	ch, err := p.channelFor(channel)
	if err != nil {
		ws.mu.Unlock()
		return Outcome{}, err
	}
	i := slices.IndexFunc(ws.app.Commands, func(c Command) bool { return c.Name == command })
	if i < 0 || ws.foreign(u) || !ws.hasScope("commands") || ws.uninstalled {
		ws.mu.Unlock()
		return Outcome{Failed: "unknown_command"}, nil
	}
	if ws.app.Commands[i].ShouldEscape {
		text = p.escapeTyped(text)
	}
	t := ws.newTrigger(p.ID, false)
	e := ws.sendLocked("slash_commands", command, obj{
		"token": "verification", "team_id": ws.TeamID, "team_domain": "sandbox", "channel_id": ch.id, "channel_name": channelWord(ch),
		"user_id": p.ID, "user_name": u.Name, "command": command, "text": text, "api_app_id": ws.AppID,
		"is_enterprise_install": "false", "response_url": ws.newResponseURL(p.ID, ch, nil), "trigger_id": t.id,
	}, true, 0)
	ws.mu.Unlock()

	acked, err := p.act(ctx, e)
	out := Outcome{EnvelopeID: e.ID}
	if err != nil {
		return out, err
	}
	if !acked {
		out.Failed = "dispatch_failed"
		return out, nil
	}
	ws.mu.Lock()
	defer ws.mu.Unlock()
	var answer obj
	if json.Unmarshal(e.Response, &answer) == nil && len(answer) > 0 {
		m, err := ws.reply(p.ID, ch, args{m: answer, json: true})
		if err != nil {
			return out, fmt.Errorf("sandbox: the answer in the acknowledgement is refused: %w", err)
		}
		sent := ws.export(m)
		out.Message = &sent
		ws.changedLocked()
	}
	return out, nil
}

var (
	typedName    = regexp.MustCompile(`@([\w.-]+)`)
	typedChannel = regexp.MustCompile(`#([\w-]+)`)
)

// escapeTyped is what should_escape does to people and channels in the text (Slack: Implementing slash commands).
func (p *Person) escapeTyped(text string) string {
	text = p.typed(text)
	text = typedName.ReplaceAllStringFunc(text, func(s string) string {
		for id, u := range p.ws.users {
			if u.Name == s[1:] {
				return "<@" + id + ">"
			}
		}
		return s
	})
	return typedChannel.ReplaceAllStringFunc(text, func(s string) string {
		if ch := p.ws.byName(s[1:]); ch != nil && p.ws.visibleTo(ch, p.ID) {
			return "<#" + ch.id + "|" + ch.name + ">"
		}
		return s
	})
}

// Shortcut uses a global shortcut of the app.
func (p *Person) Shortcut(ctx context.Context, callbackID string) (Outcome, error) {
	return p.shortcut(ctx, callbackID, false, func(payload obj) error { return nil })
}

// MessageShortcut uses a message shortcut on a message. Ephemeral messages do not offer any.
func (p *Person) MessageShortcut(ctx context.Context, callbackID, channel, ts string) (Outcome, error) {
	return p.shortcut(ctx, callbackID, true, func(payload obj) error {
		ch, err := p.channelFor(channel)
		if err != nil {
			return err
		}
		m := ch.find(ts)
		if m == nil {
			return fmt.Errorf("sandbox: no message %s that offers shortcuts", ts)
		}
		payload["channel"] = obj{"id": ch.id, "name": channelWord(ch)}
		payload["message"], payload["message_ts"] = p.ws.messageJSON(m, false), m.ts
		payload["response_url"] = p.ws.newResponseURL(p.ID, ch, nil)
		return nil
	})
}

// channelWord is the channel_name payloads carry: the names of private places are not told.
func channelWord(ch *channel) string {
	switch ch.kind {
	case direct:
		return "directmessage"
	case private:
		return "privategroup"
	}
	return ch.name
}

func (p *Person) shortcut(ctx context.Context, id string, onMessage bool, extend func(obj) error) (Outcome, error) {
	ws := p.ws
	ws.mu.Lock()
	u, err := p.active()
	if err != nil {
		ws.mu.Unlock()
		return Outcome{}, err
	}
	declared := slices.ContainsFunc(ws.app.Shortcuts, func(s Shortcut) bool {
		return s.CallbackID == id && s.Message == onMessage
	})
	if !declared || ws.foreign(u) || !ws.app.Interactivity || !ws.hasScope("commands") || ws.uninstalled {
		ws.mu.Unlock()
		return Outcome{Failed: "not_available"}, nil
	}
	kind := "shortcut"
	if onMessage {
		kind = "message_action"
	}
	payload := p.interaction(kind, u)
	payload["callback_id"], payload["action_ts"] = id, formatTS(ws.clock.now().UnixMicro())
	if err := extend(payload); err != nil {
		ws.mu.Unlock()
		return Outcome{}, err
	}
	payload["trigger_id"] = ws.newTrigger(p.ID, false).id
	e := ws.sendLocked("interactive", kind, payload, false, 0)
	ws.mu.Unlock()
	return p.clicked(ctx, e, "trouble_connecting")
}
