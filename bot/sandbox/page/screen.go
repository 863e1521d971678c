package page

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"breachbot/bot/sandbox"
)

// screen is everything one window shows.
type screen struct {
	Root, Base, Live string // addresses: of the page, of the person, of the updates
	Team, App        string
	Me, MyRole       string
	MeID             string
	People           []sideItem
	Channels, DMs    []sideItem
	Views            []sideItem // Home and Activity

	Kind      string // channel, home, activity, none
	ID        string // of the channel
	Title     string
	Private   bool
	Archived  bool
	Topic     template.HTML
	Members   string
	Pins      []pinItem
	Bookmarks []sandbox.Bookmark
	Log       template.HTML
	Before    int    // older messages that are not shown
	Older     string // address that shows more

	CanWrite  bool
	WhyNot    string
	Commands  []sandbox.Command
	Shortcuts []sandbox.Shortcut

	Thread    string
	ThreadLog template.HTML

	HasHome    bool
	Home       template.HTML
	Activities []activity

	Modal *modalData

	Bar   barData
	Build *buildData

	Regions map[string]template.HTML
}

type sideItem struct {
	URL, Name, Note, Class string
	Unread                 int
	Current                bool
}

type pinItem struct {
	URL  string
	Text string
}

type activity struct{ When, Why, Text, URL, Where string }

type modalData struct {
	ID, Title, Submit, Close, Banner string
	Body                             template.HTML
	Depth                            int
	Under                            string // title of the modal below
	Faults                           int
}

// regions are the parts of a window that change by themselves.
var regions = []string{"bar", "side", "head", "log", "composer", "thread", "modal", "build"}

// shown is how many messages a window shows before somebody asks for more.
const shown = 100

// screen gathers what a person's window shows. Looking at a channel reads it.
func (p *Page) screen(who *sandbox.Person, q url.Values) *screen {
	me, _ := p.ws.User(who.ID)
	app := p.ws.App()
	s := &screen{
		Root: p.Path(), Base: p.base(who.ID), Team: p.ws.TeamName, App: app.Name, Me: me.RealName, MeID: who.ID,
		Commands: app.Commands, Shortcuts: shortcuts(app, false), HasHome: app.HomeTab,
	}
	r := readerOf(who)
	channels := who.Channels()
	s.choose(q.Get("c"), channels, p.unread(who), func(c sandbox.Channel) bool {
		if !c.ReadOnly {
			return false
		}
		last, _ := who.Log(c.ID, "", 1)
		return len(last) == 0
	})
	build := q.Get("b") != ""
	switch s.Kind {
	case "channel":
		i := slices.IndexFunc(channels, func(c sandbox.Channel) bool { return c.ID == s.ID })
		s.channel(r, who, channels[i], q, build)
		p.markRead(who, s.ID)
	case "home":
		s.Title = s.App + ": Home"
		if v := who.Home(); v != nil {
			s.Home = drawView(r, s.Base, v)
		}
	case "activity":
		s.Title = "Notifications"
		s.activities(r, who)
	default:
		s.Title = "Nothing here yet"
	}
	p.side(s, r, who, channels)
	if stack := who.Modals(); len(stack) > 0 {
		top := stack[len(stack)-1]
		s.Modal = &modalData{
			ID: top.ID, Title: top.Title, Submit: top.Submit, Close: cmp.Or(top.Close, "Cancel"), Banner: top.Banner,
			Body: drawView(r, s.Base, top), Depth: len(stack), Faults: len(top.Errors),
		}
		if len(stack) > 1 {
			s.Modal.Under = stack[len(stack)-2].Title
		}
	}
	s.Bar = p.bar(r)
	if build {
		s.Build = p.build(r, who, s)
	}
	live := url.Values{}
	for _, k := range []string{"c", "t", "n", "b"} {
		if v := q.Get(k); v != "" {
			live.Set(k, v)
		}
	}
	s.Live = s.Base + "live?" + live.Encode()
	return s
}

// choose settles what the window shows: what is asked for if the person may see
// it, else the newest conversation with something unread, else the first. Where
// nothing was said and nothing can be, nobody is led by themselves.
func (s *screen) choose(want string, channels []sandbox.Channel, unread map[string]int, idle func(sandbox.Channel) bool) {
	switch {
	case want == "home" || want == "activity":
		s.Kind = want
	case slices.ContainsFunc(channels, func(c sandbox.Channel) bool { return c.ID == want }):
		s.Kind, s.ID = "channel", want
	default:
		s.Kind = "none"
		for _, c := range channels {
			if !idle(c) && (s.Kind == "none" || unread[c.ID] > 0) {
				s.Kind, s.ID = "channel", c.ID
			}
		}
	}
}

func (s *screen) channel(r reader, who *sandbox.Person, c sandbox.Channel, q url.Values, build bool) {
	s.Title, s.Private, s.Archived = r.title(c), c.Private && !c.DM, c.Archived
	s.Topic = mrkdwnHTML(c.Topic, false, r)
	s.Bookmarks = c.Bookmarks
	if !c.DM {
		var names []string
		for _, id := range c.Members {
			names = append(names, r.Name(id))
		}
		s.Members = strings.Join(names, ", ")
	}
	n, _ := strconv.Atoi(q.Get("n"))
	n = max(n, shown)
	list, before := who.Log(c.ID, "", n)
	s.Log, s.Before = r.drawLog(s.Base, list, false, build), before
	if before > 0 {
		s.Older = "?" + url.Values{"c": {c.ID}, "n": {strconv.Itoa(n + shown)}}.Encode()
	}
	for _, ts := range c.Pins {
		s.Pins = append(s.Pins, pinItem{URL: "#m-" + ts, Text: r.firstWords(who, c.ID, ts)})
	}
	s.CanWrite = !c.Archived && !c.ReadOnly
	switch {
	case c.Archived:
		s.WhyNot = "This channel is archived."
	case c.ReadOnly:
		s.WhyNot = "People cannot write to " + s.App + " here. Type commands in a channel, such as #general."
	}
	if s.Thread = q.Get("t"); s.Thread != "" {
		replies, _ := who.Log(c.ID, s.Thread, n)
		if len(replies) == 0 {
			s.Thread = ""
		}
		s.ThreadLog = r.drawLog(s.Base, replies, true, build)
	}
}

// firstWords are the first words of a message, for the bar of pins.
func (r reader) firstWords(who *sandbox.Person, channel, ts string) string {
	e, there := who.Entry(channel, ts)
	if !there {
		return ""
	}
	words := []rune(r.Text(e.Preview()))
	if len(words) > 60 {
		return string(words[:60]) + "…"
	}
	return string(words)
}

func (s *screen) activities(r reader, who *sandbox.Person) {
	all := who.Notifications()
	for _, n := range slices.Backward(all[max(0, len(all)-50):]) {
		name, _ := r.Channel(n.Channel)
		s.Activities = append(s.Activities, activity{
			When: r.stamp(n.At), Why: n.Why, Text: n.Text, Where: cmp.Or(name, s.App),
			URL: "?" + url.Values{"c": {n.Channel}}.Encode(),
		})
	}
}

// side fills the column of conversations and people.
func (p *Page) side(s *screen, r reader, who *sandbox.Person, channels []sandbox.Channel) {
	unread := p.unread(who)
	for _, c := range channels {
		item := sideItem{
			URL: "?" + url.Values{"c": {c.ID}}.Encode(), Name: r.title(c), Unread: unread[c.ID], Current: c.ID == s.ID, Class: "public",
		}
		switch {
		case c.DM:
			item.Class = "dm"
			s.DMs = append(s.DMs, item)
			continue
		case c.Private:
			item.Class = "private"
		}
		if c.Archived {
			item.Note = "archived"
		}
		s.Channels = append(s.Channels, item)
	}
	slices.SortStableFunc(s.Channels, func(a, b sideItem) int { return cmp.Compare(a.Name, b.Name) })
	if s.HasHome {
		s.Views = append(s.Views, sideItem{URL: "?c=home", Name: "Home of " + s.App, Current: s.Kind == "home", Class: "home"})
	}
	s.Views = append(s.Views, sideItem{URL: "?c=activity", Name: "Notifications", Current: s.Kind == "activity", Class: "bell"})
	for _, one := range p.options.People {
		u, known := p.ws.User(one.ID)
		if !known {
			continue
		}
		item := sideItem{URL: p.base(one.ID), Name: u.RealName, Note: cmp.Or(one.Role, string(u.Kind)), Current: one.ID == who.ID, Class: colour(one.ID, false)}
		for _, n := range p.unread(p.ws.As(one.ID)) {
			item.Unread += n
		}
		if item.Current {
			s.MyRole = item.Note
		}
		s.People = append(s.People, item)
	}
}

// draw makes the HTML of every region.
func (s *screen) draw() error {
	s.Regions = map[string]template.HTML{}
	for _, name := range regions {
		var b bytes.Buffer
		if err := templates.ExecuteTemplate(&b, name, s); err != nil {
			return err
		}
		s.Regions[name] = template.HTML(b.String())
	}
	return nil
}

// Sum is the sum of a region, for the window to tell later what it has.
func (s *screen) Sum(name string) string { return sumOf(s.Regions[name]) }

// Count says how many, with the noun.
func (s *screen) Count(n int, noun string) string { return plural(n, noun) }

// Badge is a number of unread messages that fits.
func (i sideItem) Badge() string {
	if i.Unread > 99 {
		return "99+"
	}
	return fmt.Sprint(i.Unread)
}
