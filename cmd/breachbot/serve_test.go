package main

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"breachbot/bot/sandbox"
	"breachbot/store"
	"breachbot/store/sqlite"
	"breachbot/workflow"
)

// output is what a running command says.
type output struct {
	mu   sync.Mutex
	b    bytes.Buffer
	more chan struct{} // gets a signal when something was said; nil when nobody waits
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	select {
	case o.more <- struct{}{}:
	default:
	}
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// serving is breachbot serve at work against a workspace.
type serving struct {
	said *output
	url  string
	end  context.CancelFunc // SIGTERM
	code chan int
}

// serveEnv is what serve needs for a workspace, at a free address.
func serveEnv(t *testing.T, ws *sandbox.Workspace, server *sandbox.Server, data string) map[string]string {
	t.Helper()
	return map[string]string{
		"SLACK_BOT_TOKEN": ws.BotToken, "SLACK_APP_TOKEN": ws.AppToken, "SLACK_API_URL": server.APIURL(),
		"BREACHBOT_DATA": data, "BREACHBOT_HTTP_ADDR": nobody(t), "BREACHBOT_DPO": sandbox.Dee, "BREACHBOT_TICK": "1s",
	}
}

// nobody is an address of this machine at which nobody listens.
func nobody(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return l.Addr().String()
}

// begin runs serve and does not wait for it.
func begin(t *testing.T, env map[string]string) *serving {
	t.Helper()
	ctx, end := context.WithCancel(t.Context())
	t.Cleanup(end)
	s := &serving{said: &output{more: make(chan struct{}, 1)}, url: "http://" + env["BREACHBOT_HTTP_ADDR"], end: end, code: make(chan int, 1)}
	go func() { s.code <- run(ctx, []string{"serve"}, env, s.said, s.said) }()
	return s
}

func serveAt(t *testing.T, ws *sandbox.Workspace, server *sandbox.Server, data string) *serving {
	t.Helper()
	s := begin(t, serveEnv(t, ws, server, data))
	s.isReady(t)
	return s
}

// isReady waits until it says that it is.
func (s *serving) isReady(t *testing.T) {
	t.Helper()
	limit := time.NewTimer(20 * time.Second)
	defer limit.Stop()
	for {
		select {
		case code := <-s.code:
			t.Fatalf("serve ended with %d\n%s", code, s.said)
		case <-limit.C:
			t.Fatalf("serve was not ready in time\n%s", s.said)
		default:
		}
		if res, err := http.Get(s.url + "/readyz"); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
	}
}

// stop asks it to end and gives its exit code.
func (s *serving) stop() int {
	s.end()
	return <-s.code
}

// A workspace is served, the bot is stopped and started again, and what was owed
// meanwhile is said.
func TestServe(t *testing.T) {
	ws := sandbox.New(sandbox.Options{App: slackApp(), AckTimeout: 20 * time.Second, NoRateLimits: true})
	ws.Practice()
	server, err := sandbox.Listen(ws, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	data := t.TempDir()
	bot := serveAt(t, ws, server, data)

	nia, dee := ws.As(sandbox.Nia), ws.As(sandbox.Dee)
	if out, err := nia.Slash(t.Context(), "/breach", ""); err != nil || out.Failed != "" {
		t.Fatal(out, err)
	}
	eventually(t, ws, "the form", func() bool { m := nia.Modal(); return m != nil && m.Submit != "" })
	for input, value := range map[string]string{"title": "Bag left on a bus", "what": "A bag with a ward list was left on a bus.", "risk": "low"} {
		if err := nia.Fill(input, value); err != nil {
			t.Fatal(err)
		}
	}
	if res, err := nia.Submit(t.Context()); err != nil || res.Status != sandbox.Updated {
		t.Fatal(res, err)
	}
	// It is stopped at once. What it did not get to is owed.
	if code := bot.stop(); code != exitOK {
		t.Fatalf("exit code %d\n%s", code, bot.said)
	}
	if strings.Contains(bot.said.String(), "Bag left") || strings.Contains(bot.said.String(), ws.BotToken) {
		t.Errorf("the log holds a typed word or a token\n%s", bot.said)
	}

	bot = serveAt(t, ws, server, data)
	eventually(t, ws, "the reporter's message and the DPO's", func() bool { return len(nia.DMs()) == 1 && len(dee.DMs()) == 1 })
	if got := len(nia.DMs()) + len(dee.DMs()); got != 2 {
		t.Errorf("%d messages, want each once", got)
	}
	if code := bot.stop(); code != exitOK {
		t.Fatalf("exit code %d\n%s", code, bot.said)
	}
	s, err := sqlite.OpenReader(t.Context(), filepath.Join(data, databaseFile))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	entries, err := s.Entries(t.Context(), store.Filter{})
	if err != nil || len(entries) != 1 || entries[0].Title != "Bag left on a bus" {
		t.Errorf("the register holds %v, %v", entries, err)
	}
}

// A token without a scope is named before anybody relies on the bot.
func TestServeNamesMissingScopes(t *testing.T) {
	app := slackApp()
	app.BotScopes = app.BotScopes[:len(app.BotScopes)-2]
	ws := sandbox.New(sandbox.Options{App: app})
	server, err := sandbox.Listen(ws, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	var said output
	code := run(t.Context(), []string{"serve"}, map[string]string{
		"SLACK_BOT_TOKEN": ws.BotToken, "SLACK_APP_TOKEN": ws.AppToken, "SLACK_API_URL": server.APIURL(),
		"BREACHBOT_DATA": t.TempDir(), "BREACHBOT_DPO": sandbox.Dee,
	}, &said, &said)
	if code != exitUnable || !strings.Contains(said.String(), "lacks the scopes pins:write, files:read") {
		t.Errorf("exit code %d\n%s", code, &said)
	}
}

func eventually(t *testing.T, ws *sandbox.Workspace, what string, condition func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := ws.WaitFor(ctx, condition); err != nil {
		t.Fatalf("waited in vain for %s: %v", what, err)
	}
}

// A role given to nobody who is there is said by name, on /readyz too; reports
// still come in.
func TestServeNamesAbsentPeople(t *testing.T) {
	ws := sandbox.New(sandbox.Options{App: slackApp()})
	ws.Practice()
	server, err := sandbox.Listen(ws, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	c, err := demoConfig(t.Context(), ws, server)
	if err != nil {
		t.Fatal(err)
	}
	c.Roster[workflow.RoleDPO] = []workflow.Principal{"U0NOBODY"}
	c.Roster[workflow.RoleDeputy] = []workflow.Principal{sandbox.Gus}
	st, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), databaseFile))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	var said output
	a := newApp(c, st, nil, ws.Now, prometheus.NewRegistry(), slog.New(slog.NewTextHandler(&said, nil)))
	if err := a.bot.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	a.roster.look(t.Context())
	found := a.roster.check(t.Context())
	for _, want := range []string{"nobody who may decide is there", "BREACHBOT_DPO names U0NOBODY: Slack does not know this person", "BREACHBOT_DEPUTY_DPO names " + sandbox.Gus + ": Guests cannot use this"} {
		if found == nil || !strings.Contains(found.cause, want) {
			t.Errorf("/readyz says %v, want %q", found, want)
		}
	}
	if !strings.Contains(said.String(), "variable=BREACHBOT_DPO id=U0NOBODY") {
		t.Errorf("the log does not name the variable\n%s", &said)
	}
}

// What Slack refused for good is on /readyz at the first try, not hours later.
func TestAPermanentRefusalShowsAtOnce(t *testing.T) {
	ws := sandbox.New(sandbox.Options{App: slackApp(), NoRateLimits: true})
	ws.Practice()
	server, err := sandbox.Listen(ws, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	c, err := demoConfig(t.Context(), ws, server)
	if err != nil {
		t.Fatal(err)
	}
	st, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), databaseFile))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	a := newApp(c, st, nil, ws.Now, prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
	if err := a.bot.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	ws.SetPolicy(sandbox.Policy{NoPrivateChannels: true})
	submit := workflow.SubmitReport{Report: workflow.Report{Title: "Bag", What: "Left on a bus.", Detected: ws.Now(), Risk: workflow.RiskLow}}
	if _, err := a.service.Report(t.Context(), "k", submit, workflow.Actor{User: sandbox.Nia}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.scheduler.RunOnce(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, check := range a.checks() {
		if err := check.Func(t.Context()); check.Name == "deliveries" && (err == nil || !strings.Contains(err.Error(), "channel of BR-") || !strings.Contains(err.Error(), "restricted_action")) {
			t.Errorf("deliveries: %v", err)
		}
	}
}

// Kubernetes puts variables of its own into a container beside a Service called
// breachbot; those are no slips.
func TestClusterVariablesAreNoSlips(t *testing.T) {
	t.Parallel()
	_, err := loadConfig(t.Context(), map[string]string{"BREACHBOT_SERVICE_HOST": "10.0.0.1", "BREACHBOT_PORT_8080_TCP": "tcp://10.0.0.1:8080", "BREACHBOT_PORT": "x"}, needStore)
	if err != nil {
		t.Error(err)
	}
}
