package script

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"breachbot/bot/sandbox"
)

// momentShape is how a story writes a moment, in UTC.
const momentShape = "2006-01-02 15:04"

func (p *Player) step(ctx context.Context, text string) error {
	if moved, ok := strings.CutPrefix(text, "+"); ok {
		d, err := time.ParseDuration(moved)
		if err == nil {
			p.Workspace.Advance(d)
		}
		return err
	}
	if at, ok := strings.CutPrefix(text, "at "); ok {
		t, err := time.ParseInLocation(momentShape, at, time.UTC)
		if err == nil {
			p.Workspace.SetTime(t)
		}
		return err
	}
	if shared, ok := strings.CutPrefix(text, "share #"); ok {
		channel, team, _ := strings.Cut(shared, " with ")
		return p.Workspace.ShareChannel(channel, team)
	}
	handle, act, _ := strings.Cut(strings.TrimPrefix(text, "@"), " ")
	who, err := p.person(handle)
	if err != nil {
		return err
	}
	return p.act(ctx, who, act)
}

func (p *Player) act(ctx context.Context, who *sandbox.Person, act string) error {
	verb, rest, _ := strings.Cut(act, " ")
	switch verb {
	case "types":
		command, args, _ := strings.Cut(rest, " ")
		out, err := who.Slash(ctx, command, args)
		return p.after(who, out, err)
	case "uses":
		if id, words, ok := strings.Cut(rest, " on "); ok {
			m, err := p.saying(who, words)
			if err != nil {
				return err
			}
			out, err := who.MessageShortcut(ctx, id, m.Channel, m.TS)
			return p.after(who, out, err)
		}
		out, err := who.Shortcut(ctx, rest)
		return p.after(who, out, err)
	case "edits":
		words, now, ok := strings.Cut(rest, "\": ")
		m, err := p.saying(who, words+"\"")
		if !ok || err != nil {
			return errors.Join(errors.New(`want edits "WORDS": NEW WORDS`), err)
		}
		return who.Edit(m.Channel, m.TS, now)
	case "deletes":
		m, err := p.saying(who, rest)
		if err != nil {
			return err
		}
		return who.Delete(m.Channel, m.TS)
	case "invites", "removes":
		return p.move(who, verb, rest)
	case "leaves":
		return who.Leave(strings.TrimPrefix(rest, "#"))
	case "fills":
		label, value, ok := strings.Cut(rest, ": ")
		if !ok {
			return errors.New("want LABEL: VALUE")
		}
		return p.fill(who, label, value)
	case "attaches":
		label, names, ok := strings.Cut(rest, ": ")
		if !ok {
			return errors.New("want LABEL: FILE; FILE")
		}
		return attach(who, label, strings.Split(names, "; "))
	case "sends":
		res, err := who.Submit(ctx)
		if err == nil && (res.Status == sandbox.Trouble || res.Status == sandbox.Refused) {
			p.line("%s cannot send it: %s %v", p.handle(who.ID), res.Reason, res.Errors)
		}
		return err
	case "closes":
		return who.CloseModal(ctx)
	case "opens":
		if rest != "Home" {
			return errors.New("want opens Home")
		}
		return p.openHome(ctx, who)
	case "presses":
		if label, ok := strings.CutSuffix(rest, " in Home"); ok {
			return p.pressHome(ctx, who, label)
		}
		return p.press(ctx, who, rest)
	case "chooses":
		name, option, ok := strings.Cut(rest, ": ")
		if !ok {
			return errors.New("want SELECT: OPTION")
		}
		m, id := p.newest(who, "static_select", name)
		if id == "" {
			return fmt.Errorf("no select %q in sight", name)
		}
		out, err := who.Choose(ctx, sandbox.InMessage(m.Channel, m.TS), id, option)
		return p.after(who, out, err)
	case "writes":
		where, words, ok := strings.Cut(strings.TrimPrefix(rest, "in "), ": ")
		if !ok {
			return errors.New("want in #CHANNEL: WORDS")
		}
		_, err := who.Post(where, words)
		return err
	}
	return errors.New("not understood")
}

// saying is the newest message in sight of a person with the words in quotes.
func (p *Player) saying(who *sandbox.Person, quoted string) (best sandbox.Message, err error) {
	words, err := strconv.Unquote(quoted)
	if err != nil {
		return best, errors.New(`want the words of a message in "quotes"`)
	}
	for _, c := range who.Channels() {
		for _, m := range who.Messages(c.ID) {
			if !m.Ephemeral && strings.Contains(who.Render(m), words) && m.TS > best.TS {
				best = m
			}
		}
	}
	if best.TS == "" {
		return best, fmt.Errorf("no message with %s in sight", quoted)
	}
	return best, nil
}

// move lets somebody invite a person to a channel, or remove them.
func (p *Player) move(who *sandbox.Person, verb, rest string) error {
	name, channel, ok := strings.Cut(strings.Replace(rest, " from ", " to ", 1), " to ")
	if !ok {
		return errors.New("want @PERSON to #CHANNEL, or from it")
	}
	other, err := p.person(strings.TrimPrefix(name, "@"))
	if err != nil {
		return err
	}
	if channel = strings.TrimPrefix(channel, "#"); verb == "invites" {
		return who.Invite(channel, other.ID)
	}
	return who.Remove(channel, other.ID)
}

func (p *Player) person(handle string) (*sandbox.Person, error) {
	for _, u := range p.Workspace.People() {
		if u.Name == handle {
			return p.Workspace.As(u.ID), nil
		}
	}
	return nil, fmt.Errorf("nobody is called @%s", handle)
}

func (p *Player) handle(id string) string {
	u, _ := p.Workspace.User(id)
	return "@" + u.Name
}

// fill enters a value. Several options are parted by "; "; times are UTC; \n is
// a line break.
func (p *Player) fill(who *sandbox.Person, label, value string) error {
	m := who.Modal()
	if m == nil {
		return errors.New("no form is open")
	}
	for _, b := range m.Blocks {
		id, _ := b["block_id"].(string)
		if b["type"] != "input" || id != label && !strings.HasPrefix(textIn(b["label"]), label) {
			continue
		}
		element, _ := b["element"].(map[string]any)
		switch kind, _ := element["type"].(string); {
		case kind == "datetimepicker":
			t, err := time.ParseInLocation(momentShape, value, time.UTC)
			if err != nil {
				return err
			}
			return who.Fill(id, t)
		case kind == "checkboxes", strings.HasPrefix(kind, "multi_"):
			return who.Fill(id, strings.Split(value, "; "))
		}
		return who.Fill(id, strings.ReplaceAll(value, `\n`, "\n"))
	}
	return fmt.Errorf("the form has no input %q", label)
}

// attach puts files of these names into a file input.
func attach(who *sandbox.Person, label string, names []string) error {
	var files []sandbox.Upload
	for _, name := range names {
		files = append(files, sandbox.Upload{Name: name, Content: []byte("What is in " + name)})
	}
	m := who.Modal()
	if m == nil {
		return errors.New("no form is open")
	}
	for _, b := range m.Blocks {
		if element, _ := b["element"].(map[string]any); element["type"] == "file_input" && strings.HasPrefix(textIn(b["label"]), label) {
			id, _ := b["block_id"].(string)
			return who.Attach(id, files)
		}
	}
	return fmt.Errorf("the form has no file input %q", label)
}

func textIn(object any) string {
	o, _ := object.(map[string]any)
	text, _ := o["text"].(string)
	return text
}

// press presses a button in the modal on top, else the newest one in a message.
func (p *Player) press(ctx context.Context, who *sandbox.Person, label string) error {
	if m := who.Modal(); m != nil && actionOf(m.Blocks, "button", label) != "" {
		out, err := who.Press(ctx, sandbox.InModal(), label)
		return p.after(who, out, err)
	}
	m, id := p.newest(who, "button", label)
	if id == "" {
		return fmt.Errorf("no button %q in sight", label)
	}
	out, err := who.PressMessage(ctx, m.Channel, m.TS, label)
	return p.after(who, out, err)
}

// newest is the newest message in sight that has such an element, with the
// element's action id; "" when there is none.
func (p *Player) newest(who *sandbox.Person, kind, label string) (best sandbox.Message, action string) {
	for _, c := range who.Channels() {
		for _, m := range who.Messages(c.ID) {
			if id := actionOf(m.Blocks, kind, label); id != "" && (best.TS == "" || m.TS > best.TS) {
				best, action = m, id
			}
		}
	}
	return best, action
}

// actionOf is the action id of the element with a label, that is read out so, with
// a placeholder or with that very action id; "" when there is none.
func actionOf(blocks []sandbox.Block, kind, label string) string {
	for _, element := range sandbox.Acting(blocks) {
		id, _ := element["action_id"].(string)
		if element["type"] == kind && (id == label || textIn(element["text"]) == label || element["accessibility_label"] == label || textIn(element["placeholder"]) == label) {
			return id
		}
	}
	return ""
}

// after tells what a command or a click showed that leaves no message.
func (p *Player) after(who *sandbox.Person, out sandbox.Outcome, err error) error {
	if err != nil {
		return err
	}
	if out.Failed != "" {
		p.line("%s sees: %s", p.handle(who.ID), out.Failed)
	}
	return nil
}
