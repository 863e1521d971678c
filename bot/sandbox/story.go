package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Script plays a story written so that somebody who is no developer can read
// it, and tells what each person then sees.
//
//	at 2026-11-20 16:45              the clock, in UTC
//	+25h                             time passes
//	@nia types /breach               a command
//	@nia fills What happened: …      an input of the form, by the beginning of its label or its block id
//	@nia sends                       the form
//	@nia closes                      the form
//	@rob presses Triage              the newest button of that label in sight
//	@rob presses Decide, Board       or, of several alike, as it is read out
//	@rob chooses More: Resolve       an option of the newest such select in sight
//	@rob writes in #br-2026-0001: …  a message
//	@dee uses breach_report          a global shortcut
//	@rob uses breach_timeline on "They have rung"
//	                                 a message shortcut, on the newest message in sight with those words
//	@rob edits "They have rung": …   an own message, found in the same way
//	@rob deletes "They have rung"
//	@ivy invites @gus to #br-2026-0001
//	@ivy removes @gus from #br-2026-0001
//	@rob leaves #br-2026-0001
//	share #br-2026-0001 with T0OTHER an organisation, by its team id
//	@dee opens Home                  the app's Home tab
//	@dee presses Triage in Home      the first button of that label there
//
// Lines that begin with # are remarks. Lines that begin with "  | " say what was
// seen, and are skipped when a story is played. Nothing else is understood.
type Script struct {
	Workspace *Workspace
	// Settle is called after every step, until the app has done what it had to do.
	Settle func(context.Context) error
	// Out gets each line of the story and what was seen, as it happens.
	Out io.Writer

	shown map[string]Message  // what was told last of each message
	forms map[string]string   // person and form -> its shape when it was told
	modal map[string]string   // person -> the modal last told
	home  map[string]toldHome // person -> the Home last told
}

const seenMark = "  | "

// Play plays a story. The error names the line that could not be played.
func (s *Script) Play(ctx context.Context, story string) error {
	s.begin()
	for n, line := range strings.Split(strings.TrimRight(story, "\n"), "\n") {
		if strings.HasPrefix(line, strings.TrimRight(seenMark, " ")) {
			continue
		}
		fmt.Fprintln(s.Out, line)
		text := strings.TrimSpace(line)
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		err := s.step(ctx, text)
		if err == nil {
			err = s.Settle(ctx)
		}
		if err != nil {
			return fmt.Errorf("line %d: %s: %w", n+1, text, err)
		}
		s.tell()
	}
	return nil
}

// begin takes what is there already as told.
func (s *Script) begin() {
	if s.shown != nil {
		return
	}
	s.shown, s.forms, s.modal, s.home = map[string]Message{}, map[string]string{}, map[string]string{}, map[string]toldHome{}
	out := s.Out
	s.Out = io.Discard
	s.tell()
	s.Out = out
}

func (s *Script) step(ctx context.Context, text string) error {
	if moved, ok := strings.CutPrefix(text, "+"); ok {
		d, err := time.ParseDuration(moved)
		if err == nil {
			s.Workspace.Advance(d)
		}
		return err
	}
	if at, ok := strings.CutPrefix(text, "at "); ok {
		t, err := time.ParseInLocation("2006-01-02 15:04", at, time.UTC)
		if err == nil {
			s.Workspace.SetTime(t)
		}
		return err
	}
	if shared, ok := strings.CutPrefix(text, "share #"); ok {
		channel, team, _ := strings.Cut(shared, " with ")
		return s.Workspace.ShareChannel(channel, team)
	}
	who, act, _ := strings.Cut(strings.TrimPrefix(text, "@"), " ")
	p, err := s.person(who)
	if err != nil {
		return err
	}
	return s.act(ctx, p, act)
}

func (s *Script) act(ctx context.Context, p *Person, act string) error {
	verb, rest, _ := strings.Cut(act, " ")
	switch verb {
	case "types":
		command, args, _ := strings.Cut(rest, " ")
		out, err := p.Slash(ctx, command, args)
		return s.after(p, out, err)
	case "uses":
		if id, words, ok := strings.Cut(rest, " on "); ok {
			m, err := s.saying(p, words)
			if err != nil {
				return err
			}
			out, err := p.MessageShortcut(ctx, id, m.Channel, m.TS)
			return s.after(p, out, err)
		}
		out, err := p.Shortcut(ctx, rest)
		return s.after(p, out, err)
	case "edits":
		words, now, ok := strings.Cut(rest, "\": ")
		m, err := s.saying(p, words+"\"")
		if !ok || err != nil {
			return errors.Join(errors.New(`want edits "WORDS": NEW WORDS`), err)
		}
		return p.Edit(m.Channel, m.TS, now)
	case "deletes":
		m, err := s.saying(p, rest)
		if err != nil {
			return err
		}
		return p.Delete(m.Channel, m.TS)
	case "invites", "removes":
		return s.move(p, verb, rest)
	case "leaves":
		return p.Leave(strings.TrimPrefix(rest, "#"))
	case "fills":
		label, value, ok := strings.Cut(rest, ": ")
		if !ok {
			return errors.New("want LABEL: VALUE")
		}
		return s.fill(p, label, value)
	case "sends":
		res, err := p.Submit(ctx)
		if err == nil && (res.Status == Trouble || res.Status == Refused) {
			s.line("%s cannot send it: %s %v", s.handle(p.ID), res.Reason, res.Errors)
		}
		return err
	case "closes":
		return p.CloseModal(ctx)
	case "opens":
		if rest != "Home" {
			return errors.New("want opens Home")
		}
		return s.openHome(ctx, p)
	case "presses":
		if label, ok := strings.CutSuffix(rest, " in Home"); ok {
			return s.pressHome(ctx, p, label)
		}
		return s.press(ctx, p, rest)
	case "chooses":
		name, option, ok := strings.Cut(rest, ": ")
		if !ok {
			return errors.New("want SELECT: OPTION")
		}
		m, id := s.newest(p, "static_select", name)
		if id == "" {
			return fmt.Errorf("no select %q in sight", name)
		}
		out, err := p.Choose(ctx, InMessage(m.Channel, m.TS), id, option)
		return s.after(p, out, err)
	case "writes":
		where, words, ok := strings.Cut(strings.TrimPrefix(rest, "in "), ": ")
		if !ok {
			return errors.New("want in #CHANNEL: WORDS")
		}
		_, err := p.Post(where, words)
		return err
	}
	return errors.New("not understood")
}

// saying is the newest message in sight of a person with the words in quotes.
func (s *Script) saying(p *Person, quoted string) (best Message, err error) {
	words, err := strconv.Unquote(quoted)
	if err != nil {
		return best, errors.New(`want the words of a message in "quotes"`)
	}
	for _, c := range p.Channels() {
		for _, m := range p.Messages(c.ID) {
			if !m.Ephemeral && strings.Contains(p.Render(m), words) && m.TS > best.TS {
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
func (s *Script) move(p *Person, verb, rest string) error {
	name, channel, ok := strings.Cut(strings.Replace(rest, " from ", " to ", 1), " to ")
	if !ok {
		return errors.New("want @PERSON to #CHANNEL, or from it")
	}
	who, err := s.person(strings.TrimPrefix(name, "@"))
	if err != nil {
		return err
	}
	if channel = strings.TrimPrefix(channel, "#"); verb == "invites" {
		return p.Invite(channel, who.ID)
	}
	return p.Remove(channel, who.ID)
}

func (s *Script) person(name string) (*Person, error) {
	for _, id := range s.people() {
		if u, _ := s.Workspace.User(id); u.Name == name {
			return s.Workspace.As(id), nil
		}
	}
	return nil, fmt.Errorf("nobody is called @%s", name)
}

// people are the ids of those who can look at a screen, in order.
func (s *Script) people() []string {
	ws := s.Workspace
	ws.mu.Lock()
	defer ws.mu.Unlock()
	var ids []string
	for id, u := range ws.users {
		if u.Kind != Bot && u.Kind != WorkflowBot && u.Kind != Slackbot {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

func (s *Script) handle(id string) string {
	u, _ := s.Workspace.User(id)
	return "@" + u.Name
}

// fill enters a value. Several options are parted by "; "; times are UTC; \n is
// a line break.
func (s *Script) fill(p *Person, label, value string) error {
	m := p.Modal()
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
			t, err := time.ParseInLocation("2006-01-02 15:04", value, time.UTC)
			if err != nil {
				return err
			}
			return p.Fill(id, t)
		case kind == "checkboxes", strings.HasPrefix(kind, "multi_"):
			return p.Fill(id, strings.Split(value, "; "))
		}
		return p.Fill(id, strings.ReplaceAll(value, `\n`, "\n"))
	}
	return fmt.Errorf("the form has no input %q", label)
}

func textIn(object any) string {
	o, _ := object.(map[string]any)
	text, _ := o["text"].(string)
	return text
}

// press presses a button in the modal on top, else the newest one in a message.
func (s *Script) press(ctx context.Context, p *Person, label string) error {
	if m := p.Modal(); m != nil && actionOf(m.Blocks, "button", label) != "" {
		out, err := p.Press(ctx, InModal(), label)
		return s.after(p, out, err)
	}
	m, id := s.newest(p, "button", label)
	if id == "" {
		return fmt.Errorf("no button %q in sight", label)
	}
	out, err := p.PressMessage(ctx, m.Channel, m.TS, label)
	return s.after(p, out, err)
}

// newest is the newest message in sight that has such an element, with the
// element's action id; "" when there is none.
func (s *Script) newest(p *Person, kind, label string) (best Message, action string) {
	for _, c := range p.Channels() {
		for _, m := range p.Messages(c.ID) {
			if id := actionOf(m.Blocks, kind, label); id != "" && (best.TS == "" || m.TS > best.TS) {
				best, action = m, id
			}
		}
	}
	return best, action
}

// actionOf is the action id of the element with a label, that is read out so, with
// a placeholder or with that very action id; "" when there is none.
func actionOf(blocks []Block, kind, label string) string {
	for _, b := range blocks {
		elements, _ := b["elements"].([]any)
		for _, e := range append(slices.Clone(elements), b["accessory"]) {
			element, _ := e.(map[string]any)
			id, _ := element["action_id"].(string)
			if element["type"] == kind && (id == label || textIn(element["text"]) == label || element["accessibility_label"] == label || textIn(element["placeholder"]) == label) {
				return id
			}
		}
	}
	return ""
}

// after tells what a command or a click showed that leaves no message.
func (s *Script) after(p *Person, out Outcome, err error) error {
	if err != nil {
		return err
	}
	if out.Failed != "" {
		s.line("%s sees: %s", s.handle(p.ID), out.Failed)
	}
	return nil
}

// tell tells everything that is new: messages to a channel once, direct and
// ephemeral ones to their person, changed ones by the lines that changed, and
// the modal on top of each person's screen.
func (s *Script) tell() {
	looked := map[string]bool{}
	for _, id := range s.people() {
		p := s.Workspace.As(id)
		for _, c := range p.Channels() {
			for _, m := range p.Messages(c.ID) {
				key := m.Channel + "/" + m.TS
				if m.Ephemeral {
					key += "/" + p.ID
				}
				if !looked[key] {
					looked[key] = true
					s.message(p, c, m, key)
				}
			}
		}
		s.homeOf(p)
		s.top(p)
	}
}

func (s *Script) message(p *Person, c Channel, m Message, key string) {
	was, told := s.shown[key]
	s.shown[key] = m
	if m.Subtype == "channel_join" || told && was.Text == m.Text && reflect.DeepEqual(was.Blocks, m.Blocks) {
		return
	}
	where := "#" + c.Name
	switch {
	case m.Ephemeral:
		where = s.handle(p.ID) + " alone sees"
	case c.DM && told:
		where = s.handle(p.ID) + " has a direct message"
	case c.DM:
		where = s.handle(p.ID) + " gets a direct message"
	}
	if told {
		if lines := difference(p.Render(was), p.Render(m)); lines != "" {
			s.line("%s (updated)", where)
			s.block(lines)
		}
		return
	}
	s.line("%s", where)
	s.block(p.Render(m))
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
func (s *Script) top(p *Person) {
	m := p.Modal()
	now := ""
	if m != nil {
		now = m.ID + p.RenderView(m)
	}
	if now == s.modal[p.ID] {
		return
	}
	s.modal[p.ID] = now
	switch {
	case m == nil:
	case len(m.Errors) > 0:
		for _, field := range slices.Sorted(maps.Keys(m.Errors)) {
			s.line("%s sees beside %q: %s", s.handle(p.ID), field, m.Errors[field])
		}
	case m.Submit == "":
		s.line("%s sees", s.handle(p.ID))
		s.block(p.RenderView(m))
	default:
		key, shape := p.ID+"/form/"+m.ID, shapeOf(m)
		if s.forms[key] == shape {
			return // it is being filled in
		}
		s.forms[key] = shape
		s.line("%s sees the form %q", s.handle(p.ID), m.Title)
		if words := banner(m); words != "" {
			s.block(words)
		}
	}
}

// shapeOf changes when a form is shown anew, and not when it is being filled in.
func shapeOf(m *View) string {
	shape := m.PrivateMetadata + banner(m)
	for _, b := range m.Blocks {
		shape += fmt.Sprint(" ", b["type"], b["block_id"])
	}
	return shape
}

// banner is the bold sentence above a form that is shown again, or what stands
// there beside a button.
func banner(m *View) string {
	if len(m.Blocks) == 0 || m.Blocks[0]["type"] != "section" {
		return ""
	}
	words := textIn(m.Blocks[0]["text"])
	if strings.Count(words, "*") == 2 && strings.HasPrefix(words, "*") && strings.HasSuffix(words, "*") {
		return strings.Trim(words, "*")
	}
	if button := asObj(m.Blocks[0]["accessory"]); str(button["type"]) == "button" {
		return words + " [" + textIn(button["text"]) + "]"
	}
	return ""
}

func (s *Script) line(format string, args ...any) {
	fmt.Fprintf(s.Out, seenMark+format+"\n", args...)
}

func (s *Script) block(text string) {
	for _, l := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		fmt.Fprintln(s.Out, strings.TrimRight(seenMark+"    "+l, " "))
	}
}
