package page

import (
	"bytes"
	"encoding/json"
	"hash/fnv"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"breachbot/bot/sandbox"
)

// write answers with a template.
func (p *Page) write(w http.ResponseWriter, name string, data any) {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, data); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(b.Bytes())
}

// serveWhole is a window as a browser first asks for it.
func (p *Page) serveWhole(w http.ResponseWriter, r *http.Request, who *sandbox.Person) {
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
func (p *Page) serveLive(w http.ResponseWriter, r *http.Request, who *sandbox.Person) {
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
