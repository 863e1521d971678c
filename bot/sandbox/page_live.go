package sandbox

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
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
	Bookmarks []Bookmark
	Log       template.HTML
	Before    int    // older messages that are not shown
	Older     string // address that shows more

	CanWrite  bool
	WhyNot    string
	Commands  []Command
	Shortcuts []Shortcut

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
func (p *Page) screen(who *Person, q url.Values) *screen {
	me, _ := p.ws.User(who.ID)
	s := &screen{
		Root: p.Path(), Base: p.base(who.ID), Team: p.ws.TeamName, App: p.ws.appName(), Me: me.RealName, MeID: who.ID,
		Commands: p.ws.commands(), Shortcuts: p.ws.shortcuts(false), HasHome: p.ws.hasHome(),
	}
	r := p.ws.still(who.ID)
	channels := who.Channels()
	s.choose(q.Get("c"), channels, p.unread(who), func(c Channel) bool { return c.ReadOnly && len(who.Messages(c.ID)) == 0 })
	build := q.Get("b") != ""
	switch s.Kind {
	case "channel":
		i := slices.IndexFunc(channels, func(c Channel) bool { return c.ID == s.ID })
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
			ID: top.ID, Title: top.Title, Submit: top.Submit, Close: firstOf(top.Close, "Cancel"), Banner: top.Banner,
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
func (s *screen) choose(want string, channels []Channel, unread map[string]int, idle func(Channel) bool) {
	switch {
	case want == "home" || want == "activity":
		s.Kind = want
	case slices.ContainsFunc(channels, func(c Channel) bool { return c.ID == want }):
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

func (s *screen) channel(r renderer, who *Person, c Channel, q url.Values, build bool) {
	s.Title, s.Private, s.Archived = r.title(c), c.Private && !c.DM, c.Archived
	s.Topic = mrkdwnHTML(c.Topic, false, r)
	s.Bookmarks = c.Bookmarks
	if !c.DM {
		var names []string
		for _, id := range c.Members {
			names = append(names, r.name(id))
		}
		s.Members = strings.Join(names, ", ")
	}
	n, _ := strconv.Atoi(q.Get("n"))
	n = max(n, shown)
	list, before := who.recent(c.ID, "", n)
	s.Log, s.Before = r.drawLog(s.Base, list, false, build), before
	if before > 0 {
		s.Older = "?" + url.Values{"c": {c.ID}, "n": {strconv.Itoa(n + shown)}}.Encode()
	}
	for _, ts := range c.Pins {
		s.Pins = append(s.Pins, pinItem{URL: "#m-" + ts, Text: who.firstWords(c.ID, ts)})
	}
	s.CanWrite = !c.Archived && !c.ReadOnly
	switch {
	case c.Archived:
		s.WhyNot = "This channel is archived."
	case c.ReadOnly:
		s.WhyNot = "People cannot write to " + s.App + " here. Commands are typed in a channel, such as #general."
	}
	if s.Thread = q.Get("t"); s.Thread != "" {
		replies, _ := who.recent(c.ID, s.Thread, n)
		if len(replies) == 0 {
			s.Thread = ""
		}
		s.ThreadLog = r.drawLog(s.Base, replies, true, build)
	}
}

// firstWords are the first words of a message, for the bar of pins.
func (p *Person) firstWords(channel, ts string) string {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	ch, err := p.channelFor(channel)
	if err != nil {
		return ""
	}
	m := ch.find(ts)
	if m == nil {
		return ""
	}
	words := []rune(p.renderer().mrkdwn(firstOf(m.text, blocksText(m.blocks))))
	if len(words) > 60 {
		return string(words[:60]) + "…"
	}
	return string(words)
}

func (s *screen) activities(r renderer, who *Person) {
	all := who.Notifications()
	for _, n := range slices.Backward(all[max(0, len(all)-50):]) {
		name := ""
		if ch := r.ws.channels[n.Channel]; ch != nil {
			name, _ = r.channelName(n.Channel)
		}
		s.Activities = append(s.Activities, activity{
			When: r.stamp(formatTS(n.At.UnixMicro())), Why: n.Why, Text: n.Text, Where: firstOf(name, s.App),
			URL: "?" + url.Values{"c": {n.Channel}}.Encode(),
		})
	}
}

// title names a conversation.
func (r renderer) title(c Channel) string {
	if !c.DM {
		return c.Name
	}
	var names []string
	for _, id := range c.Members {
		if id != r.reader {
			names = append(names, r.name(id))
		}
	}
	return strings.Join(names, ", ")
}

// side fills the column of conversations and people.
func (p *Page) side(s *screen, r renderer, who *Person, channels []Channel) {
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
		item := sideItem{URL: p.base(one.ID), Name: u.RealName, Note: firstOf(one.Role, string(u.Kind)), Current: one.ID == who.ID, Class: colour(one.ID, false)}
		for _, n := range p.unread(p.ws.As(one.ID)) {
			item.Unread += n
		}
		if item.Current {
			s.MyRole = item.Note
		}
		s.People = append(s.People, item)
	}
}

func (ws *Workspace) appName() string {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return ws.app.Name
}

func (ws *Workspace) hasHome() bool {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return ws.app.HomeTab
}

func (ws *Workspace) commands() []Command {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return slices.Clone(ws.app.Commands)
}

// draw makes the HTML of every region.
func (s *screen) draw() error {
	s.Regions = map[string]template.HTML{}
	for _, name := range regions {
		var b bytes.Buffer
		if err := pageTemplates.ExecuteTemplate(&b, name, s); err != nil {
			return err
		}
		s.Regions[name] = template.HTML(b.String())
	}
	return nil
}

func (p *Page) write(w http.ResponseWriter, name string, data any) {
	var b bytes.Buffer
	if err := pageTemplates.ExecuteTemplate(&b, name, data); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(b.Bytes())
}

// serveWhole is a window as a browser first asks for it.
func (p *Page) serveWhole(w http.ResponseWriter, r *http.Request, who *Person) {
	q := r.URL.Query()
	if q.Get("c") == "home" {
		_ = who.OpenHome() // who has no Home sees that there is none
	}
	s := p.screen(who, q)
	if err := s.draw(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	p.write(w, "page", s)
}

const (
	liveFor = 25 * time.Second      // how long a request for updates waits
	settle  = 10 * time.Millisecond // changes that come together are shown together
)

// serveLive answers as soon as some region is other than the window has it. The
// window names what it has in the parameter h: region:sum,region:sum. With the
// parameter now it does not wait. Answers are numbered: two can overtake each
// other on their way, and a window leaves the older one unread.
func (p *Page) serveLive(w http.ResponseWriter, r *http.Request, who *Person) {
	have := map[string]string{}
	for _, pair := range strings.Split(r.URL.Query().Get("h"), ",") {
		name, sum, _ := strings.Cut(pair, ":")
		have[name] = sum
	}
	deadline := time.NewTimer(liveFor)
	defer deadline.Stop()
	for last := r.URL.Query().Has("now"); ; {
		here, there, version := p.ws.Changes(), p.changes(), p.looks.Add(1)
		s := p.screen(who, r.URL.Query())
		if err := s.draw(); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		type part struct {
			Sum  string `json:"sum"`
			HTML string `json:"html"`
		}
		fresh := map[string]part{}
		for name, html := range s.Regions {
			if sum := sumOf(html); have[name] != sum {
				fresh[name] = part{sum, string(html)}
			}
		}
		if len(fresh) > 0 || last {
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(map[string]any{"regions": fresh, "title": s.Title + " · " + s.Me, "live": s.Live, "version": version})
			return
		}
		select {
		case <-here:
		case <-there:
		case <-time.After(untilNextMinute(s.Bar.Now)):
		case <-deadline.C:
			last = true
		case <-p.life.Done():
			last = true
		case <-r.Context().Done():
			return
		}
		if !last {
			time.Sleep(settle)
		}
	}
}

func untilNextMinute(now time.Time) time.Duration {
	return now.Truncate(time.Minute).Add(time.Minute).Sub(now) + settle
}

func sumOf(html template.HTML) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(html))
	return strconv.FormatUint(h.Sum64(), 36)
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
