package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
)

func well(context.Context) *trouble { return nil }

// fixed are checks that stay the same.
func fixed(checks []Check) func() []Check { return func() []Check { return checks } }

func get(t *testing.T, h http.Handler, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return w
}

func TestReadyNamesEveryCheck(t *testing.T) {
	t.Parallel()
	checks := []Check{{"store", well}, {"socket", well}}
	w := get(t, healthHandler(fixed(checks), prometheus.NewRegistry()), "/readyz")
	var got readiness
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := readiness{true, []finding{{Name: "store", State: "ok"}, {Name: "socket", State: "ok"}}}
	if diff := cmp.Diff(want, got); diff != "" || w.Code != http.StatusOK {
		t.Errorf("status %d:\n%s", w.Code, diff)
	}
}

func TestOneFailedCheckIsNotReady(t *testing.T) {
	t.Parallel()
	checks := []Check{
		{"store", well},
		{"redis", func(context.Context) *trouble {
			return &trouble{"Redis does not answer; the scheduler goes on without it", "start it"}
		}},
		{"tasks", func(context.Context) *trouble { panic("a secret") }},
	}
	w := get(t, healthHandler(fixed(checks), prometheus.NewRegistry()), "/readyz")
	var got readiness
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := readiness{false, []finding{
		{Name: "store", State: "ok"},
		{"redis", "failed", "Redis does not answer; the scheduler goes on without it", "start it"},
		{"tasks", "failed", "the check itself broke", "restart the bot and report this as a fault of breachbot"},
	}}
	if diff := cmp.Diff(want, got); diff != "" || w.Code != http.StatusServiceUnavailable {
		t.Errorf("status %d:\n%s", w.Code, diff)
	}
	if w := get(t, healthHandler(fixed(checks), prometheus.NewRegistry()), "/healthz"); w.Code != http.StatusOK {
		t.Errorf("/healthz answers %d, though the process is up", w.Code)
	}
}

func TestAStuckCheckKeepsNobodyWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		start := time.Now()
		got := ready(t.Context(), []Check{{"deaf", func(context.Context) *trouble { <-release; return nil }}, {"store", well}})
		if waited := time.Since(start); waited != checkTimeout || got.Ready || got.Checks[0].Why != "no answer within 3s" || got.Checks[1].State != "ok" {
			t.Errorf("after %s: %+v", waited, got)
		}
		close(release)
	})
}

func TestMetricsComeFromTheRegistry(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "breachbot_open_incidents"}, func() float64 { return 3 }))
	if w := get(t, healthHandler(nil, registry), "/metrics"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "\nbreachbot_open_incidents 3\n") {
		t.Errorf("status %d:\n%s", w.Code, w.Body)
	}
}

func TestOnlyReadingIsServed(t *testing.T) {
	t.Parallel()
	h := healthHandler(fixed(nil), prometheus.NewRegistry())
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/readyz", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST answers %d", w.Code)
	}
	if w := get(t, h, "/debug/pprof/"); w.Code != http.StatusNotFound {
		t.Errorf("/debug/pprof/ answers %d", w.Code)
	}
}

// TestHealthCommand asks a served bot, then one that is not well, then nobody.
func TestHealthCommand(t *testing.T) {
	t.Parallel()
	fails := make(chan *trouble, 1)
	address, warned, stop := startHealth(t, "127.0.0.1:0", []Check{{"store", func(context.Context) *trouble {
		select {
		case t := <-fails:
			return t
		default:
			return nil
		}
	}}})
	if warned {
		t.Error("it warns of loopback")
	}
	env := map[string]string{"BREACHBOT_HTTP_ADDR": address, "DATABASE_URL": "nonsense is no matter here"}
	if r := breachbot(t, env, "health"); r.code != exitOK || r.stdout != "store: ok\n" {
		t.Errorf("well: exit %d, stdout %q, stderr %q", r.code, r.stdout, r.stderr)
	}
	fails <- &trouble{"Postgres does not answer", "start it"}
	if r := breachbot(t, env, "health"); r.code != exitFailed || r.stdout != "store: failed, Postgres does not answer. To put it right: start it\n" {
		t.Errorf("not well: exit %d, stdout %q, stderr %q", r.code, r.stdout, r.stderr)
	}
	if err := stop(); err != nil {
		t.Errorf("asked to stop, it says %v", err)
	}
	if r := breachbot(t, env, "health"); r.code != exitUnable || !strings.Contains(r.stderr, "nothing answers") {
		t.Errorf("nobody there: exit %d, stderr %q", r.code, r.stderr)
	}
}

func TestHealthBeyondLoopbackWarnsAndIsAskedHere(t *testing.T) {
	t.Parallel()
	address, warned, stop := startHealth(t, "0.0.0.0:0", nil)
	if !warned {
		t.Error("it does not warn that other machines can reach it")
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	for _, everywhere := range []string{":" + port, "0.0.0.0:" + port} {
		if r := breachbot(t, map[string]string{"BREACHBOT_HTTP_ADDR": everywhere}, "health"); r.code != exitOK {
			t.Errorf("%s: exit %d, stderr %q", everywhere, r.code, r.stderr)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestSomethingElseThatAnswersIsNotBreachbot(t *testing.T) {
	t.Parallel()
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	r := breachbot(t, map[string]string{"BREACHBOT_HTTP_ADDR": other.Listener.Addr().String()}, "health")
	if r.code != exitUnable || !strings.Contains(r.stderr, "is not breachbot (404 Not Found)") {
		t.Errorf("exit %d, stderr %q", r.code, r.stderr)
	}
}

func TestATakenAddressIsSaid(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	_, err = listenHealth(t.Context(), l.Addr().String())
	if err == nil || err.Error() != "BREACHBOT_HTTP_ADDR: listen at "+l.Addr().String()+": it is taken by another program, or by another breachbot. To put it right: end that one, or put another port into BREACHBOT_HTTP_ADDR" {
		t.Errorf("got %v", err)
	}
}

// startHealth serves checks and tells where, once it listens, and whether it
// warned before. Stop ends it and gives what it returned.
func startHealth(t *testing.T, at string, checks []Check) (address string, warned bool, stop func() error) {
	t.Helper()
	said := make(lines, 8)
	ctx, cancel := context.WithCancel(t.Context())
	listener, err := listenHealth(ctx, at)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() {
		served <- serveHealth(ctx, listener, healthHandler(fixed(checks), prometheus.NewRegistry()), slog.New(slog.NewJSONHandler(said, nil)))
	}()
	for {
		select {
		case err := <-served:
			t.Fatal(err)
		case line := <-said:
			var l struct{ Level, Address string }
			if err := json.Unmarshal([]byte(line), &l); err != nil {
				t.Fatal(err)
			}
			if l.Level == "WARN" {
				warned = true
				continue
			}
			return l.Address, warned, func() error { cancel(); return <-served }
		}
	}
}

// lines hands on what is written, a line at a time.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	l <- string(p)
	return len(p), nil
}
