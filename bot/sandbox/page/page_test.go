package page

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"breachbot/bot/sandbox"
	"breachbot/bot/sandbox/script"
)

// pageFor serves a page of a workspace with the practice in it.
func pageFor(t *testing.T, ws *sandbox.Workspace, o Options) (*Page, string) {
	t.Helper()
	p := New(ws, o)
	t.Cleanup(p.Close)
	address, err := p.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return p, address
}

func practice(t *testing.T) *sandbox.Workspace {
	t.Helper()
	ws := sandbox.New(sandbox.Options{Start: time.Date(2026, 11, 20, 16, 40, 0, 0, time.UTC), Frozen: true})
	ws.Practice()
	t.Cleanup(ws.Close)
	return ws
}

// telling is a story that the page can play.
func telling(ws *sandbox.Workspace, story string) func(context.Context, *Stage) error {
	return func(ctx context.Context, stage *Stage) error {
		player := &script.Player{Workspace: ws, Stage: stage}
		return player.Play(ctx, script.Later(story, ws.Now()))
	}
}

// ask sends a request as it is and returns the answer with its body.
func ask(t *testing.T, r *http.Request) (*http.Response, string) {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

func request(t *testing.T, method, address string, form url.Values, headers ...string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
	}
	return r
}

// look is what a person's page holds.
func look(t *testing.T, address string) string {
	t.Helper()
	res, body := ask(t, request(t, http.MethodGet, address, nil))
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", address, res.Status)
	}
	return body
}

// do posts a form as the page's own script does.
func do(t *testing.T, address string, form url.Values) string {
	t.Helper()
	res, body := ask(t, request(t, http.MethodPost, address, form, "Sec-Fetch-Site", "same-origin", "X-Page", "1"))
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %s", address, res.Status, body)
	}
	return body
}

// Another page in the same browser, another name for this machine and another
// machine can neither look nor act.
func TestPageKeepsOthersOut(t *testing.T) {
	ws := practice(t)
	page, address := pageFor(t, ws, Options{})
	send := address + "as/" + sandbox.Nia + "/do/send"
	form := url.Values{"channel": {sandbox.General}, "text": {"hello"}}
	host := strings.Split(address, "/")[2]
	port := host[strings.LastIndex(host, ":"):]
	tests := []struct {
		name    string
		method  string
		address string
		headers []string
		status  int
	}{
		{"wrong secret", "GET", strings.Replace(address, page.secret, strings.Repeat("0", len(page.secret)), 1), nil, 404},
		{"no secret", "GET", "http://" + host + "/", nil, 404},
		{"a name that was made to lead here", "GET", address, []string{"Host", "evil.example" + port}, 403},
		{"another port of this machine", "GET", address, []string{"Host", "127.0.0.1:1"}, 403},
		{"localhost", "GET", address + "as/" + sandbox.Nia + "/", []string{"Host", "localhost" + port}, 200},
		{"a page elsewhere fetches", "GET", address + "as/" + sandbox.Nia + "/live?now=1", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"}, 403},
		{"another port fetches", "GET", address + "as/" + sandbox.Nia + "/live?now=1", []string{"Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "cors"}, 403},
		{"a form elsewhere", "POST", send, []string{"Origin", "https://evil.example"}, 403},
		{"a form elsewhere, in words of the browser", "POST", send, []string{"Sec-Fetch-Site", "cross-site", "Origin", "http://" + host}, 403},
		{"a form on another port", "POST", send, []string{"Origin", "http://127.0.0.1:1"}, 403},
		{"a form that does not say where it is from", "POST", send, nil, 403},
		{"an origin that is not told", "POST", send, []string{"Origin", "null"}, 403},
		{"looking cannot act", "GET", send + "?channel=" + sandbox.General + "&text=hello", nil, 405},
		{"somebody who is not offered", "GET", address + "as/USLACKBOT/", nil, 404},
		{"nobody", "GET", address + "as/U0NOBODY/", nil, 404},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res, _ := ask(t, request(t, tt.method, tt.address, form, tt.headers...))
			if res.StatusCode != tt.status {
				t.Errorf("%s, want %d", res.Status, tt.status)
			}
			policy := res.Header.Get("Content-Security-Policy")
			if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || res.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("headers are %v", res.Header)
			}
		})
	}
	if n := len(ws.As(sandbox.Nia).Messages(sandbox.General)); n != 0 {
		t.Fatalf("%d messages came through", n)
	}
	if res, _ := ask(t, request(t, http.MethodPost, send, form, "Origin", "http://"+host)); res.StatusCode != http.StatusSeeOther {
		t.Errorf("the page's own form: %s", res.Status)
	}
	if n := len(ws.As(sandbox.Nia).Messages(sandbox.General)); n != 1 {
		t.Errorf("%d messages after the page's own form", n)
	}
}

// Who is no member of a channel finds nothing of it under any address.
func TestPageShowsEachPersonTheirOwn(t *testing.T) {
	ws := practice(t)
	_, address := pageFor(t, ws, Options{Story: telling(ws, "@nia types /breach")})
	secret := "BR-2026-0001"
	id, err := ws.As(sandbox.Ivy).CreateChannel("br-2026-0001", true)
	if err != nil {
		t.Fatal(err)
	}
	m, err := ws.As(sandbox.Ivy).Share(id, "", secret, []sandbox.Upload{{Name: "letter.png", Content: []byte(secret)}})
	if err != nil {
		t.Fatal(err)
	}
	e, _ := ws.As(sandbox.Ivy).Entry(id, m.TS)
	file := e.Attached[0].ID
	if body := look(t, address+"as/"+sandbox.Ivy+"/?c="+id); !strings.Contains(body, secret) {
		t.Fatal("a member does not see the message")
	}
	if body := look(t, address+"as/"+sandbox.Ivy+"/file/"+file); body != secret {
		t.Fatal("a member does not get the file")
	}
	for _, person := range []string{sandbox.Gus, sandbox.Olu, sandbox.Nia} {
		base := address + "as/" + person + "/"
		for _, rest := range []string{"", "?c=" + id, "?c=" + id + "&t=" + m.TS, "?c=activity", "?c=home", "?c=" + sandbox.General, "live?now=1&c=" + id} {
			if body := strings.ToLower(look(t, base+rest)); strings.Contains(body, "br-2026") {
				t.Errorf("%s sees it under %q", person, rest)
			}
		}
		for _, rest := range []string{"file/" + file, "menu?c=" + id + "&ts=" + m.TS} {
			if res, _ := ask(t, request(t, http.MethodGet, base+rest, nil)); res.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %s: %s", person, rest, res.Status)
			}
		}
		for act, form := range map[string]url.Values{
			"send": {"text": {"x"}}, "react": {"name": {"+1"}}, "pin": nil, "topic": {"topic": {"x"}}, "edit": {"text": {"x"}}, "delete": nil,
			"bookmark": {"title": {"x"}, "link": {"https://x"}},
		} {
			f := url.Values{"channel": {id}, "ts": {m.TS}}
			for k, v := range form {
				f[k] = v
			}
			if body := do(t, base+"do/"+act, f); !strings.Contains(body, `"bad":true`) {
				t.Errorf("%s could %s: %s", person, act, body)
			}
		}
	}
}

// Whoever has nothing but the app's silent conversation, after a look at Home, can
// still type a command somewhere.
func TestPageLeadsNobodyToWhereNothingCanBeSaid(t *testing.T) {
	ws := practice(t)
	_, address := pageFor(t, ws, Options{})
	look(t, address+"as/"+sandbox.Gus+"/?c=home")
	if len(ws.As(sandbox.Gus).Channels()) != 1 {
		t.Fatalf("the guest is in %v", ws.As(sandbox.Gus).Channels())
	}
	if body := look(t, address+"as/"+sandbox.Gus+"/"); !strings.Contains(body, "You are in no conversation") || !strings.Contains(body, "composer") {
		t.Error("the guest is led to a conversation without a composer")
	}
}

// What people do in a channel shows to the others, and counts as unread until
// they look.
func TestPageChannel(t *testing.T) {
	ws := practice(t)
	_, address := pageFor(t, ws, Options{})
	nia, rob := address+"as/"+sandbox.Nia+"/", address+"as/"+sandbox.Rob+"/"
	look(t, rob) // reads what is there
	do(t, nia+"do/send", url.Values{"channel": {sandbox.General}, "text": {"<b>not bold</b> *bold* <!channel>"}})
	m := ws.As(sandbox.Nia).Messages(sandbox.General)[0]
	if body := look(t, rob+"?c=activity"); !strings.Contains(body, `<span class="sr">unread: </span>1</span>`) {
		t.Error("there is no mark for what is unread")
	}
	body := look(t, rob)
	for _, want := range []string{"&lt;b&gt;not bold&lt;/b&gt; <strong>bold</strong> &lt;!channel&gt;", "Nia Bevan"} {
		if !strings.Contains(body, want) {
			t.Errorf("the channel does not show %q", want)
		}
	}
	if strings.Contains(look(t, rob+"?c=activity"), `unread: </span>1</span></a></li>`+"\n<h2>") {
		t.Error("what was looked at is still unread")
	}
	at := url.Values{"channel": {sandbox.General}, "ts": {m.TS}}
	with := func(pairs ...string) url.Values {
		f := url.Values{"channel": at["channel"], "ts": at["ts"]}
		for i := 0; i < len(pairs); i += 2 {
			f.Set(pairs[i], pairs[i+1])
		}
		return f
	}
	do(t, rob+"do/send", with("thread", m.TS, "text", "a reply"))
	do(t, rob+"do/react", with("name", "eyes"))
	do(t, rob+"do/pin", at)
	do(t, rob+"do/topic", with("topic", "what we talk of"))
	do(t, rob+"do/bookmark", with("title", "The policy", "link", "https://example.org/"))
	do(t, nia+"do/edit", with("text", "changed"))
	body = look(t, nia+"?t="+m.TS+"&c="+sandbox.General)
	for _, want := range []string{"1 reply", "a reply", "👀 1", "Pinned", "what we talk of", "The policy", "changed", "(edited)"} {
		if !strings.Contains(body, want) {
			t.Errorf("the channel does not show %q", want)
		}
	}
	if menu := look(t, rob+"menu?c="+sandbox.General+"&ts="+m.TS); !strings.Contains(menu, "Report as data breach") || strings.Contains(menu, "Delete the message") {
		t.Errorf("the menu is %s", menu)
	}
	do(t, rob+"do/react", with("name", "eyes"))
	do(t, nia+"do/delete", at)
	if body := look(t, nia); strings.Contains(body, "changed") {
		t.Error("a deleted message is still there")
	}
}

// A channel of 2,000 messages is shown in parts.
func TestPageOfAFullChannel(t *testing.T) {
	ws := practice(t)
	_, address := pageFor(t, ws, Options{})
	nia := ws.As(sandbox.Nia)
	for range 2000 {
		if _, err := nia.Post(sandbox.General, "one of many"); err != nil {
			t.Fatal(err)
		}
	}
	body := look(t, address+"as/"+sandbox.Rob+"/")
	if n := strings.Count(body, "one of many"); n != shown || !strings.Contains(body, "1900 more") {
		t.Errorf("%d messages are shown", n)
	}
	if n := strings.Count(look(t, address+"as/"+sandbox.Rob+"/?n=200"), "one of many"); n != 200 {
		t.Errorf("%d messages are shown after asking for more", n)
	}
	if _, err := nia.Post(sandbox.General, "the newest"); err != nil {
		t.Fatal(err)
	}
	if body := look(t, address+"as/"+sandbox.Rob+"/live?now=1"); !strings.Contains(body, "the newest") {
		t.Error("the newest message is not among what is new")
	}
}

// A window hears of what happens while it waits.
func TestPageLive(t *testing.T) {
	ws := practice(t)
	_, address := pageFor(t, ws, Options{})
	whole := look(t, address+"as/"+sandbox.Rob+"/")
	var sums []string
	for _, name := range regions {
		_, rest, _ := strings.Cut(whole, `id="r-`+name+`" data-sum="`)
		sum, _, _ := strings.Cut(rest, `"`)
		sums = append(sums, name+":"+sum)
	}
	r := request(t, http.MethodGet, address+"as/"+sandbox.Rob+"/live?h="+strings.Join(sums, ","), nil)
	heard := make(chan string, 1)
	go func() {
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			heard <- err.Error()
			return
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		heard <- string(body)
	}()
	if _, err := ws.As(sandbox.Nia).Post(sandbox.General, "good morning"); err != nil {
		t.Fatal(err)
	}
	if body := <-heard; !strings.Contains(body, "good morning") || strings.Contains(body, `"composer"`) {
		t.Errorf("the window hears %s", body)
	}
}

// Time is moved by the page, and the app is told.
func TestPageTime(t *testing.T) {
	ws := practice(t)
	moved := make(chan time.Time, 1000)
	page, address := pageFor(t, ws, Options{
		Moved: func() { moved <- ws.Now() }, Fast: 180 * time.Millisecond,
		NextDue: func() (time.Time, string, bool) {
			return time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC), "a nudge", true
		},
	})
	act := address + "as/" + sandbox.Nia + "/do/time"
	for _, step := range []struct {
		by, at string
		want   string
	}{
		{"1h", "", "2026-11-20 17:40:00"},
		{"6h", "", "2026-11-20 23:40:00"},
		{"next", "", "2026-11-21 09:00:01"},
		{"at", "2026-11-25T12:00", "2026-11-25 12:00:00"},
	} {
		do(t, act, url.Values{"by": {step.by}, "at": {step.at}})
		if got := (<-moved).Format(time.DateTime); got != step.want {
			t.Errorf("%s: the clock is at %s, want %s", step.by, got, step.want)
		}
	}
	if body := do(t, act, url.Values{"by": {"-1h"}}); !strings.Contains(body, `"bad":true`) {
		t.Error("time went backwards by hours")
	}
	do(t, act, url.Values{"by": {"fast"}})
	for range fastSteps {
		<-moved
	}
	if got := ws.Now().Format(time.DateTime); got != "2026-11-28 12:00:00" {
		t.Errorf("after 72 hours the clock is at %s", got)
	}
	// After its last step it is about to end; until then another one is not begun.
	waitFor(t, t.Context(), page, func() bool { page.mu.Lock(); defer page.mu.Unlock(); return page.fast == nil })
	do(t, act, url.Values{"by": {"fast"}})
	<-moved
	do(t, act, url.Values{"by": {"stop"}})
}

// Faults are ordered and taken back, and the app is killed and started.
func TestPageFaults(t *testing.T) {
	ws := practice(t)
	alive := true
	_, address := pageFor(t, ws, Options{
		Alive: func() bool { return alive }, Kill: func() error { alive = false; return nil }, Restart: func() error { alive = true; return nil },
	})
	base := address + "as/" + sandbox.Nia + "/"
	for kind, words := range map[string]string{"slow": "Slack is slow", "down": "Slack is down", "limited": "Slack limits the rate, 20 more calls"} {
		do(t, base+"do/fault", url.Values{"kind": {kind}})
		if !strings.Contains(look(t, base), words) {
			t.Errorf("the page does not say %q", words)
		}
		do(t, base+"do/fault", url.Values{"kind": {"clear"}})
		if !strings.Contains(look(t, base), "No faults are set.") {
			t.Errorf("%s was not taken back", kind)
		}
	}
	for _, kind := range []string{"warning", "refresh", "cut"} {
		do(t, base+"do/fault", url.Values{"kind": {kind}})
	}
	if body := do(t, base+"do/fault", url.Values{"kind": {"nonsense"}}); !strings.Contains(body, `"bad":true`) {
		t.Error("an unknown fault was taken")
	}
	do(t, base+"do/bot", url.Values{"do": {"kill"}})
	if !strings.Contains(look(t, base), "The bot is dead") {
		t.Error("the page does not say that the bot is dead")
	}
	do(t, base+"do/bot", url.Values{"do": {"restart"}})
	if !alive {
		t.Error("the bot was not started")
	}
}

// The story is played, paused and stopped.
func TestPageStory(t *testing.T) {
	ws := practice(t)
	page, address := pageFor(t, ws, Options{Pace: time.Millisecond, Story: telling(ws, `
# A greeting.
at 2026-11-20 16:45
@nia writes in #general: good morning
+1h
@rob writes in #general: good evening
`)})
	base := address + "as/" + sandbox.Nia + "/"
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for n := range 2 { // the second time its dates are moved on
		before := ws.Now()
		do(t, base+"do/story", url.Values{"do": {"play"}})
		if err := ws.WaitFor(ctx, func() bool { return len(ws.As(sandbox.Nia).Messages(sandbox.General)) == 2*(n+1) }); err != nil {
			t.Fatal(err)
		}
		waitFor(t, ctx, page, func() bool { return strings.Contains(look(t, base), "The story is told.") })
		if !ws.Now().After(before) {
			t.Error("time ran backwards")
		}
	}
	do(t, base+"do/story", url.Values{"do": {"play"}})
	do(t, base+"do/story", url.Values{"do": {"pause"}})
	do(t, base+"do/story", url.Values{"do": {"stop"}})
	waitFor(t, ctx, page, func() bool { return strings.Contains(look(t, base), "Play the story") })
}

// waitFor waits until something is so, and looks whenever the page changes.
func waitFor(t *testing.T, ctx context.Context, page *Page, condition func() bool) {
	t.Helper()
	for {
		changed := page.changes()
		if condition() {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			t.Fatal(ctx.Err())
		}
	}
}
