package page

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"embed"
	"encoding/hex"
	"html/template"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"breachbot/bot/sandbox"
)

// Person is somebody the page lets its reader be.
type Person struct{ ID, Role string }

// Options describe what the page offers as well as the workspace. Everything
// may be left out; what is not there is not offered.
type Options struct {
	// People are those whom the reader can be, in order; none means everybody.
	People []Person
	// Moved is called after each change of the clock by the page, so that the app does what has fallen due.
	Moved func()
	// NextDue tells what the app will do next without being asked, and when.
	NextDue func() (at time.Time, what string, ok bool)
	// Story is what Play the story does: it plays the story from its beginning on
	// a stage, and returns when it is over or the context ends.
	Story func(context.Context, *Stage) error
	// Pace is the pause between two steps of the story; default 1.2 s.
	Pace time.Duration
	// Fast is how long 72 hours last when they are played; default three minutes.
	Fast time.Duration
	// Kill ends the app at once, Restart starts it again, Alive tells whether it runs.
	Kill, Restart func() error
	Alive         func() bool
}

// Page is the workspace in the browser: an http.Handler below a path that holds
// a random secret. It answers on loopback only, acts only on requests of its own
// pages, and needs nothing from the network. Make it with [New], end it with
// Close.
type Page struct {
	ws      *sandbox.Workspace
	options Options
	secret  string
	mux     *http.ServeMux
	server  *http.Server // when Listen was called

	life context.Context // of what runs by itself: the story, fast time
	end  context.CancelFunc
	work sync.WaitGroup

	looks  atomic.Int64 // numbers the answers of serveLive
	mu     sync.Mutex
	change chan struct{}                // closed and replaced when the page's own state changes
	read   map[string]map[string]string // person, channel -> ts of the last message read
	story  storyState
	fast   context.CancelFunc // ends fast time, nil when it does not run
	busy   string             // what the app is doing that takes a while: dying, starting
}

//go:embed page.css page.html page.js
var assets embed.FS

var templates = template.Must(template.ParseFS(assets, "*.html"))

// New makes the page of a workspace.
func New(ws *sandbox.Workspace, o Options) *Page {
	if len(o.People) == 0 {
		for _, u := range ws.People() {
			o.People = append(o.People, Person{ID: u.ID})
		}
	}
	if o.Pace <= 0 {
		o.Pace = 1200 * time.Millisecond
	}
	if o.Fast <= 0 {
		o.Fast = 3 * time.Minute
	}
	p := &Page{ws: ws, options: o, secret: newSecret(), change: make(chan struct{}), read: map[string]map[string]string{}}
	p.life, p.end = context.WithCancel(context.Background())
	p.routes()
	return p
}

func newSecret() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails since Go 1.24
	return hex.EncodeToString(b)
}

// Path is where the page is: a slash, the secret and a slash.
func (p *Page) Path() string { return "/" + p.secret + "/" }

// Listen serves the page on an address, or on another port when it is taken, and
// returns where it is found. Close ends it.
func (p *Page) Listen(address string) (string, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		host, _, _ := net.SplitHostPort(address)
		if l, err = net.Listen("tcp", net.JoinHostPort(host, "0")); err != nil {
			return "", err
		}
	}
	p.server = &http.Server{Handler: p, ReadHeaderTimeout: 10 * time.Second}
	p.work.Go(func() { _ = p.server.Serve(l) }) // ends with ErrServerClosed when Close is called
	return "http://" + l.Addr().String() + p.Path(), nil
}

// Close ends what the page runs by itself and every waiting request, and waits
// for it.
func (p *Page) Close() {
	p.end()
	if p.server != nil {
		_ = p.server.Close()
	}
	p.work.Wait()
}

func (p *Page) routes() {
	p.mux = http.NewServeMux()
	p.mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, p.Path()+"as/"+p.options.People[0].ID+"/", http.StatusSeeOther)
	})
	for _, name := range []string{"page.css", "page.js"} {
		p.mux.HandleFunc("GET /"+name, func(w http.ResponseWriter, r *http.Request) {
			http.ServeFileFS(w, r, assets, name)
		})
	}
	p.mux.HandleFunc("GET /as/{user}/{$}", p.person(p.serveWhole))
	p.mux.HandleFunc("GET /as/{user}/live", p.person(p.serveLive))
	p.mux.HandleFunc("GET /as/{user}/menu", p.person(p.serveMenu))
	p.mux.HandleFunc("GET /as/{user}/file/{id}", p.person(p.serveFile))
	p.mux.HandleFunc("POST /as/{user}/do/{act}", p.person(p.serveAct))
}

// maxPost limits what one request may carry, including files.
const maxPost = 32 << 20

// ServeHTTP guards everything: the caller is on this machine, the address is one
// of this machine's (a foreign name that leads here is refused), the secret is
// right, and anything that acts or streams comes from the page itself.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "+
		"img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	secret, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case !loopback(r):
		http.Error(w, "You can only open this page on the machine it runs on.", http.StatusForbidden)
	case subtle.ConstantTimeCompare([]byte(secret), []byte(p.secret)) != 1:
		http.NotFound(w, r)
	case !sameOrigin(r):
		http.Error(w, "Only the page itself may do that.", http.StatusForbidden)
	default:
		r.Body = http.MaxBytesReader(w, r.Body, maxPost)
		inner := r.Clone(r.Context())
		inner.URL.Path, inner.URL.RawPath = "/"+rest, ""
		p.mux.ServeHTTP(w, inner)
	}
}

// loopback tells whether a request comes from this machine and names it.
func loopback(r *http.Request) bool {
	from, _, _ := net.SplitHostPort(r.RemoteAddr)
	if !net.ParseIP(from).IsLoopback() {
		return false
	}
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	if local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
		if _, listening, err := net.SplitHostPort(local.String()); err == nil && port != listening {
			return false
		}
	}
	return host == "localhost" || net.ParseIP(strings.Trim(host, "[]")).IsLoopback()
}

// sameOrigin tells whether a request may do what it asks for. A page may be
// looked at by following a link; anything else must come from the page.
func sameOrigin(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return site == "" || site == "same-origin" || site == "none" || r.Header.Get("Sec-Fetch-Mode") == "navigate"
	}
	if site != "" && site != "same-origin" {
		return false
	}
	origin := r.Header.Get("Origin")
	if origin == "" || origin == "null" { // without a referrer, browsers say null of their own forms
		return site == "same-origin"
	}
	u, err := url.Parse(origin)
	return err == nil && u.Scheme == "http" && u.Host == r.Host
}

// person serves a route for one of the people the page offers.
func (p *Page) person(serve func(http.ResponseWriter, *http.Request, *sandbox.Person)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		id := r.PathValue("user")
		for _, one := range p.options.People {
			if one.ID == id {
				serve(w, r, p.ws.As(id))
				return
			}
		}
		http.NotFound(w, r)
	}
}

// base is the address of a person's pages.
func (p *Page) base(id string) string { return p.Path() + "as/" + id + "/" }

// changed wakes the windows.
func (p *Page) changed() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.changedLocked()
}

func (p *Page) changedLocked() {
	close(p.change)
	p.change = make(chan struct{})
}

func (p *Page) changes() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.change
}
