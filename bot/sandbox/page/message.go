package page

import (
	"cmp"
	"fmt"
	"html/template"
	"mime"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"breachbot/bot/sandbox"
)

// drawLog draws messages, oldest first, with a heading for each day. Inside a
// thread replies are not counted again.
func (r reader) drawLog(base string, list []sandbox.Entry, thread bool, build bool) template.HTML {
	m := &markup{}
	day := ""
	for _, s := range list {
		if d := r.day(s.At()); d != day {
			day = d
			m.open("li", "class", "day", "id", "d-"+map[bool]string{true: "t-"}[thread]+strings.ReplaceAll(d, " ", "-"))
			m.el("h3", d)
			m.close("li")
		}
		r.drawMessage(m, base, s, thread, build)
	}
	return m.html()
}

func (r reader) drawMessage(m *markup, base string, s sandbox.Entry, thread, build bool) {
	prefix := "m-"
	if thread {
		prefix = "t-"
	}
	id := prefix + s.TS
	if s.Subtype != "" {
		m.open("li", "id", id, "class", "system")
		if !strings.HasPrefix(s.Text, "<@") { // most say themselves who it was
			m.text(r.Name(s.User) + " ")
		}
		m.WriteString(string(mrkdwnHTML(s.Text, true, r)))
		m.el("span", " · "+r.stamp(s.At()), "class", "when")
		m.close("li")
		return
	}
	class := "msg"
	if s.Ephemeral {
		class += " ephemeral"
	}
	m.open("li", "id", id, "class", class)
	m.el("span", initials(r.Name(s.User)), "class", "avatar "+colour(s.User, s.ByApp), "aria-hidden", "true")
	m.open("div", "class", "body")
	m.open("div", "class", "meta")
	m.el("strong", r.Name(s.User))
	if s.ByApp {
		m.el("span", "app", "class", "badge")
	}
	m.el("time", r.stamp(s.At()), "class", "when")
	if s.Ephemeral {
		m.el("span", "Only visible to you", "class", "note")
	}
	if s.Pinned {
		m.el("span", "Pinned", "class", "note")
	}
	m.close("div")
	d := &drawer{r: r, base: base, id: id, where: sandbox.InMessage(s.Channel, s.TS), state: s.State}
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
	for _, f := range s.Attached {
		drawFile(m, base, f)
	}
	r.drawReactions(m, base, s)
	if s.Replies > 0 && !thread {
		m.el("a", plural(s.Replies, "reply"), "class", "replies", "href", "?"+url.Values{"c": {s.Channel}, "t": {s.TS}}.Encode())
	}
	if build && len(s.Blocks) > 0 {
		drawBuilder(m, id, "Blocks", obj{"blocks": s.Blocks})
	}
	m.close("div")
	if !s.Ephemeral {
		m.el("button", "⋯", "type", "button", "class", "more", "data-menu", "c="+url.QueryEscape(s.Channel)+"&ts="+s.TS,
			"aria-label", "Actions for the message from "+r.Name(s.User)+" at "+r.stamp(s.At()), "aria-haspopup", "dialog")
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

func emojiOf(name string) string { return cmp.Or(emoji[":"+name+":"], ":"+name+":") }

func (r reader) drawReactions(m *markup, base string, s sandbox.Entry) {
	if len(s.Reactions) == 0 {
		return
	}
	m.open("form", "method", "post", "action", base+"do/react", "class", "reactions")
	m.open("input", "type", "hidden", "name", "channel", "value", s.Channel)
	m.open("input", "type", "hidden", "name", "ts", "value", s.TS)
	for _, one := range s.Reactions {
		var names []string
		for _, id := range one.Users {
			names = append(names, r.Name(id))
		}
		mine := strconv.FormatBool(slices.Contains(one.Users, r.ID()))
		m.el("button", fmt.Sprintf("%s %d", emojiOf(one.Name), len(one.Users)), "type", "submit", "name", "name", "value", one.Name,
			"aria-pressed", mine, "aria-label", fmt.Sprintf("%s, by %s", one.Name, strings.Join(names, ", ")))
	}
	m.close("form")
}

func drawFile(m *markup, base string, f sandbox.File) {
	address := base + "file/" + url.PathEscape(f.ID)
	m.open("figure", "class", "file")
	if picture(f.Name) != "" {
		m.open("img", "src", address, "alt", cmp.Or(f.Alt, f.Title))
	}
	m.open("figcaption")
	m.el("a", f.Title, "href", address, "download", f.Name)
	m.el("span", fmt.Sprintf(" %d bytes", f.Size), "class", "when")
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

func (p *Page) serveFile(w http.ResponseWriter, r *http.Request, who *sandbox.Person) {
	f, visible := who.Download(r.PathValue("id"))
	if !visible {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", cmp.Or(picture(f.Name), "application/octet-stream"))
	if picture(f.Name) == "" {
		w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	}
	_, _ = w.Write(f.Content)
}

// menuItem is what the menu of a message offers.
type menuItem struct{ Act, Name, Value, Label, Class string }

// serveMenu is the menu of one message.
func (p *Page) serveMenu(w http.ResponseWriter, r *http.Request, who *sandbox.Person) {
	q := r.URL.Query()
	channel, ts := q.Get("c"), q.Get("ts")
	found, there := who.Entry(channel, ts)
	if !there {
		http.NotFound(w, r)
		return
	}
	looking := readerOf(who)
	data := struct {
		Base, Channel, TS, Thread, Who, When, Text string
		Mine, InThread                             bool
		Reactions                                  []menuItem
		Items                                      []menuItem
	}{
		Base: p.base(who.ID), Channel: channel, TS: ts, Who: looking.Name(found.User), When: looking.stamp(found.At()),
		Mine: found.User == who.ID, Text: sandbox.Unescape(found.Text), Thread: cmp.Or(found.ThreadTS, ts),
	}
	for _, name := range reactions {
		data.Reactions = append(data.Reactions, menuItem{Name: name, Label: emojiOf(name) + " " + strings.ReplaceAll(name, "_", " ")})
	}
	pin := "Pin to the channel"
	if found.Pinned {
		pin = "Remove the pin"
	}
	data.Items = append(data.Items, menuItem{Act: "pin", Label: pin})
	for _, s := range shortcuts(p.ws.App(), true) {
		data.Items = append(data.Items, menuItem{Act: "shortcut", Name: "callback", Value: s.CallbackID, Label: s.Name})
	}
	p.write(w, "menu", data)
}

// shortcuts are those an app declares, for messages or global ones.
func shortcuts(app sandbox.App, message bool) []sandbox.Shortcut {
	var out []sandbox.Shortcut
	for _, s := range app.Shortcuts {
		if s.Message == message {
			out = append(out, s)
		}
	}
	return out
}
