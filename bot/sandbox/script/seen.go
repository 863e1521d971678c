package script

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"breachbot/bot/sandbox"
)

// seenMark begins the lines that say what was seen.
const seenMark = "  | "

// tell tells everything that is new: messages to a channel once, direct and
// ephemeral ones to their person, changed ones by the lines that changed, and
// the modal on top of each person's screen.
func (p *Player) tell() {
	if p.Out == nil {
		return
	}
	looked := map[string]bool{}
	for _, u := range p.Workspace.People() {
		who := p.Workspace.As(u.ID)
		for _, c := range who.Channels() {
			for _, m := range who.Messages(c.ID) {
				key := m.Channel + "/" + m.TS
				if m.Ephemeral {
					key += "/" + who.ID
				}
				if !looked[key] {
					looked[key] = true
					p.message(who, c, m, key)
				}
			}
		}
		p.homeOf(who)
		p.top(who)
	}
}

func (p *Player) message(who *sandbox.Person, c sandbox.Channel, m sandbox.Message, key string) {
	was, told := p.shown[key]
	p.shown[key] = m
	if m.Subtype == "channel_join" || told && was.Text == m.Text && reflect.DeepEqual(was.Blocks, m.Blocks) {
		return
	}
	where := "#" + c.Name
	switch {
	case m.Ephemeral:
		where = p.handle(who.ID) + " alone sees"
	case c.DM && told:
		where = p.handle(who.ID) + " has a direct message"
	case c.DM:
		where = p.handle(who.ID) + " gets a direct message"
	}
	if told {
		if lines := difference(who.Render(was), who.Render(m)); lines != "" {
			p.line("%s (updated)", where)
			p.block(lines)
		}
		return
	}
	p.line("%s", where)
	p.block(who.Render(m))
}

// difference are the lines that are new, after those that are gone.
func difference(was, now string) string {
	before, after := strings.Split(was, "\n"), strings.Split(now, "\n")
	var out []string
	for _, l := range before {
		if !slices.Contains(after, l) {
			out = append(out, "- "+strings.TrimSpace(l))
		}
	}
	for _, l := range after {
		if !slices.Contains(before, l) {
			out = append(out, "+ "+strings.TrimSpace(l))
		}
	}
	return strings.Join(out, "\n")
}

// top tells of the modal on top of a person's screen: a form by its title, what
// is wrong with it by the fields, anything else whole.
func (p *Player) top(who *sandbox.Person) {
	m := who.Modal()
	now := ""
	if m != nil {
		now = m.ID + who.RenderView(m)
	}
	if now == p.modal[who.ID] {
		return
	}
	p.modal[who.ID] = now
	switch {
	case m == nil:
	case len(m.Errors) > 0:
		for _, field := range slices.Sorted(maps.Keys(m.Errors)) {
			p.line("%s sees beside %q: %s", p.handle(who.ID), field, m.Errors[field])
		}
	case m.Submit == "":
		p.line("%s sees", p.handle(who.ID))
		p.block(who.RenderView(m))
	default:
		key, shape := who.ID+"/form/"+m.ID, shapeOf(m)
		if p.forms[key] == shape {
			return // it is being filled in
		}
		p.forms[key] = shape
		p.line("%s sees the form %q", p.handle(who.ID), m.Title)
		if words := banner(m); words != "" {
			p.block(words)
		}
	}
}

// shapeOf changes when a form is shown again, but not while somebody fills it in.
func shapeOf(m *sandbox.View) string {
	shape := m.PrivateMetadata + banner(m)
	for _, b := range m.Blocks {
		shape += fmt.Sprint(" ", b["type"], b["block_id"])
	}
	return shape
}

// banner is the bold sentence above a form that is shown again, or what stands
// there beside a button.
func banner(m *sandbox.View) string {
	if len(m.Blocks) == 0 || m.Blocks[0]["type"] != "section" && m.Blocks[0]["type"] != "alert" {
		return ""
	}
	words := textIn(m.Blocks[0]["text"])
	if strings.Count(words, "*") == 2 && strings.HasPrefix(words, "*") && strings.HasSuffix(words, "*") {
		return strings.Trim(words, "*")
	}
	if button, _ := m.Blocks[0]["accessory"].(map[string]any); button["type"] == "button" {
		return words + " [" + textIn(button["text"]) + "]"
	}
	return ""
}

func (p *Player) line(format string, args ...any) {
	p.write(fmt.Sprintf(seenMark+format, args...))
}

func (p *Player) block(text string) {
	for _, l := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		p.write(strings.TrimRight(seenMark+"    "+l, " "))
	}
}

func (p *Player) write(line string) {
	if p.Out != nil {
		fmt.Fprintln(p.Out, line)
	}
}
