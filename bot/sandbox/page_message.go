package sandbox

import (
	"fmt"
	"html/template"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
)

// drawLog draws messages, oldest first, with a heading for each day. Inside a
// thread replies are not counted again.
func (r renderer) drawLog(base string, list []*sight, thread bool, build bool) template.HTML {
	m := &markup{}
	day := ""
	for _, s := range list {
		if d := r.day(tsTime(s.TS)); d != day {
			day = d
			m.open("li", "class", "day", "id", "d-"+map[bool]string{true: "t-"}[thread]+strings.ReplaceAll(d, " ", "-"))
			m.el("h3", d)
			m.close("li")
		}
		r.drawMessage(m, base, s, thread, build)
	}
	return m.html()
}

func (r renderer) drawMessage(m *markup, base string, s *sight, thread, build bool) {
	prefix := "m-"
	if thread {
		prefix = "t-"
	}
	id := prefix + s.TS
	if s.Subtype != "" {
		m.open("li", "id", id, "class", "system")
		if !strings.HasPrefix(s.Text, "<@") { // most say themselves who it was
			m.text(r.name(s.User) + " ")
		}
		m.WriteString(string(mrkdwnHTML(s.Text, true, r)))
		m.el("span", " · "+r.stamp(s.TS), "class", "when")
		m.close("li")
		return
	}
	class := "msg"
	if s.Ephemeral {
		class += " ephemeral"
	}
	m.open("li", "id", id, "class", class)
	m.el("span", initials(r.name(s.User)), "class", "avatar "+colour(s.User, s.ByApp), "aria-hidden", "true")
	m.open("div", "class", "body")
	m.open("div", "class", "meta")
	m.el("strong", r.name(s.User))
	if s.ByApp {
		m.el("span", "app", "class", "badge")
	}
	m.el("time", r.stamp(s.TS), "class", "when")
	if s.Ephemeral {
		m.el("span", "Only visible to you", "class", "note")
	}
	if s.pinned {
		m.el("span", "Pinned", "class", "note")
	}
	m.close("div")
	d := &drawer{r: r, base: base, id: id, where: InMessage(s.Channel, s.TS), state: s.state}
	d.open("div", "class", "content")
	if len(s.Blocks) > 0 {
		d.blocks(s.Blocks)
	} else if s.Text != "" {
		d.open("p")
		d.WriteString(string(mrkdwnHTML(s.Text, s.ByApp, r)))
		if s.Edited {
			d.el("span", " (edited)", "class", "when")
		}
		d.close("p")
	}
	d.close("div")
	m.WriteString(d.String())
	for _, f := range s.fileIDs {
		r.drawFile(m, base, f)
	}
	r.drawReactions(m, base, s)
	if s.replies > 0 && !thread {
		m.el("a", plural(s.replies, "reply"), "class", "replies", "href", "?"+url.Values{"c": {s.Channel}, "t": {s.TS}}.Encode())
	}
	if build && len(s.Blocks) > 0 {
		drawBuilder(m, id, "Blocks", obj{"blocks": anys(s.Blocks)})
	}
	m.close("div")
	if !s.Ephemeral {
		m.el("button", "⋯", "type", "button", "class", "more", "data-menu", "c="+url.QueryEscape(s.Channel)+"&ts="+s.TS,
			"aria-label", "Actions for the message from "+r.name(s.User)+" at "+r.stamp(s.TS), "aria-haspopup", "dialog")
	}
	m.close("li")
}

func initials(name string) string {
	out := ""
	for _, part := range strings.Fields(name) {
		if out += string([]rune(part)[0]); len([]rune(out)) == 2 {
			break
		}
	}
	return strings.ToUpper(out)
}

// colour is the class of a person's picture.
func colour(id string, app bool) string {
	if app {
		return "av-app"
	}
	sum := 0
	for _, c := range id {
		sum = sum*31 + int(c)
	}
	return "av-" + strconv.Itoa(sum%7)
}

// reactions that can be chosen.
var reactions = []string{"+1", "eyes", "check", "question"}

func emojiOf(name string) string { return firstOf(emoji[":"+name+":"], ":"+name+":") }

func (r renderer) drawReactions(m *markup, base string, s *sight) {
	if len(s.Reactions) == 0 {
		return
	}
	m.open("form", "method", "post", "action", base+"do/react", "class", "reactions")
	m.open("input", "type", "hidden", "name", "channel", "value", s.Channel)
	m.open("input", "type", "hidden", "name", "ts", "value", s.TS)
	for _, one := range s.Reactions {
		var names []string
		for _, id := range one.Users {
			names = append(names, r.name(id))
		}
		mine := strconv.FormatBool(contains(one.Users, r.reader))
		m.el("button", fmt.Sprintf("%s %d", emojiOf(one.Name), len(one.Users)), "type", "submit", "name", "name", "value", one.Name,
			"aria-pressed", mine, "aria-label", fmt.Sprintf("%s, by %s", one.Name, strings.Join(names, ", ")))
	}
	m.close("form")
}

func (r renderer) drawFile(m *markup, base, id string) {
	f := r.ws.files[id]
	if f == nil {
		return
	}
	address := base + "file/" + url.PathEscape(id)
	m.open("figure", "class", "file")
	if picture(f.name) != "" {
		m.open("img", "src", address, "alt", firstOf(f.alt, f.title))
	}
	m.open("figcaption")
	m.el("a", f.title, "href", address, "download", f.name)
	m.el("span", fmt.Sprintf(" %d bytes", f.length), "class", "when")
	m.close("figcaption")
	m.close("figure")
}

// picture is the media type of a file that is shown as a picture, or "".
func picture(name string) string {
	switch t := mime.TypeByExtension(strings.ToLower(path.Ext(name))); t {
	case "image/png", "image/jpeg", "image/gif", "image/webp":
		return t
	}
	return ""
}

// fileFor returns a file that the person can see in some conversation, or is
// entering into a form.
func (p *Person) fileFor(id string) (name string, content []byte, ok bool) {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	f := p.ws.files[id]
	if f == nil || !f.complete {
		return "", nil, false
	}
	seen := f.owner == p.ID
	for _, ch := range p.ws.channels {
		if !seen && p.ws.visibleTo(ch, p.ID) {
			for _, m := range ch.messages {
				seen = seen || contains(m.files, id)
			}
		}
	}
	return f.name, f.content, seen
}

func (p *Page) serveFile(w http.ResponseWriter, r *http.Request, who *Person) {
	name, content, ok := who.fileFor(r.PathValue("id"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", firstOf(picture(name), "application/octet-stream"))
	if picture(name) == "" {
		w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	}
	_, _ = w.Write(content)
}

// menuItem is what the menu of a message offers.
type menuItem struct{ Act, Name, Value, Label, Class string }

// serveMenu is the menu of one message.
func (p *Page) serveMenu(w http.ResponseWriter, r *http.Request, who *Person) {
	q := r.URL.Query()
	channel, ts := q.Get("c"), q.Get("ts")
	still := p.ws.still(who.ID)
	var found *sight
	list, _ := who.recent(channel, "", 1<<30)
	for _, s := range list {
		if s.TS == ts {
			found = s
		}
	}
	if found == nil { // a reply
		for _, s := range list {
			replies, _ := who.recent(channel, s.TS, 1<<30)
			for _, one := range replies {
				if one.TS == ts {
					found = one
				}
			}
		}
	}
	if found == nil {
		http.NotFound(w, r)
		return
	}
	data := struct {
		Base, Channel, TS, Thread, Who, When, Text string
		Mine, InThread                             bool
		Reactions                                  []menuItem
		Items                                      []menuItem
	}{
		Base: p.base(who.ID), Channel: channel, TS: ts, Who: still.name(found.User), When: still.stamp(ts),
		Mine: found.User == who.ID, Text: unescape(found.Text), Thread: firstOf(found.ThreadTS, ts),
	}
	for _, name := range reactions {
		data.Reactions = append(data.Reactions, menuItem{Name: name, Label: emojiOf(name) + " " + strings.ReplaceAll(name, "_", " ")})
	}
	pin := "Pin to the channel"
	if found.pinned {
		pin = "Take the pin away"
	}
	data.Items = append(data.Items, menuItem{Act: "pin", Label: pin})
	for _, s := range p.ws.shortcuts(true) {
		data.Items = append(data.Items, menuItem{Act: "shortcut", Name: "callback", Value: s.CallbackID, Label: s.Name})
	}
	p.write(w, "menu", data)
}

// shortcuts are those the app declares, for messages or global ones.
func (ws *Workspace) shortcuts(message bool) []Shortcut {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	var out []Shortcut
	for _, s := range ws.app.Shortcuts {
		if s.Message == message {
			out = append(out, s)
		}
	}
	return out
}
