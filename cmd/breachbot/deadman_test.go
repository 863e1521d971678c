package main

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"breachbot/bot/sandbox"
)

// receiver is a service that waits for signs of life.
type receiver struct {
	*httptest.Server
	calls  atomic.Int32
	status atomic.Int32
	called chan struct{}
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{called: make(chan struct{}, 1)}
	r.status.Store(http.StatusOK)
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		r.calls.Add(1)
		w.WriteHeader(int(r.status.Load()))
		select {
		case r.called <- struct{}{}:
		default:
		}
	}))
	t.Cleanup(r.Close)
	return r
}

func TestTheSignOfLifeIsGivenWhileAllIsWellAndNeverWhileSomethingIsRed(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	var red atomic.Bool
	checks := []Check{{"store", well}, {"people", func(context.Context) *trouble {
		if red.Load() {
			return &trouble{"the DPO has left", "name another"}
		}
		return nil
	}}}
	said := &output{}
	figures := prometheus.NewRegistry()
	d := newDeadman(Config{PingURL: NewSecret(r.URL + "/top-secret")}, fixed(checks), figures, slog.New(slog.NewJSONHandler(said, nil)))
	beats := func(n int, want int32) {
		t.Helper()
		before := r.calls.Load()
		for range n {
			d.beat(t.Context())
		}
		if got := r.calls.Load() - before; got != want {
			t.Errorf("%d calls in %d ticks, want %d", got, n, want)
		}
	}
	beats(3, 3)
	red.Store(true)
	beats(3, 0)
	red.Store(false)
	beats(1, 1)
	for result, want := range map[string]float64{pingSent: 4, pingWithheld: 3, pingFailed: 0} {
		if got := pinged(t, figures, result); got != want {
			t.Errorf("%s: %v, want %v", result, got, want)
		}
	}
}

func TestAReceiverThatFailsIsLoggedOnceForEachOutageAndEachCallIsCounted(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	said, figures := &output{}, prometheus.NewRegistry()
	d := newDeadman(Config{PingURL: NewSecret(r.URL + "/top-secret")}, fixed([]Check{{"store", well}}), figures, slog.New(slog.NewJSONHandler(said, nil)))
	for _, status := range []int32{200, 404, 404, 302, 200, 500, 200} {
		r.status.Store(status)
		d.beat(t.Context())
	}
	r.Close()
	d.beat(t.Context())
	for words, want := range map[string]int{
		"did not get through": 3, "gets through again": 2, "HTTP status 404": 1, "HTTP status 500": 1, "nothing listens there": 1, "top-secret": 0,
	} {
		if got := strings.Count(said.String(), words); got != want {
			t.Errorf("%q is logged %d times, want %d\n%s", words, got, want, said)
		}
	}
	if got := pinged(t, figures, pingFailed); got != 5 {
		t.Errorf("%v failed calls counted, want 5", got)
	}
}

func TestServeGivesASignOfLifeOnceItIsReady(t *testing.T) {
	ws := sandbox.New(sandbox.Options{App: slackApp(), NoRateLimits: true})
	ws.Practice()
	server, err := sandbox.Listen(ws, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	r := newReceiver(t)
	env := serveEnv(t, ws, server, t.TempDir())
	env["BREACHBOT_PING_URL"] = r.URL
	s := begin(t, env)
	select {
	case <-r.called:
	case <-t.Context().Done():
		t.Fatal("no sign of life came")
	case code := <-s.code:
		t.Fatalf("serve ended with %d\n%s", code, s.said)
	}
	body := ""
	for end := time.Now().Add(20 * time.Second); !strings.Contains(body, `breachbot_pings_total{result="sent"}`); time.Sleep(10 * time.Millisecond) {
		if body = metricsOf(t, s.url); time.Now().After(end) { // it is counted once it was answered
			t.Fatalf("the figures lack the sign of life:\n%s", body)
		}
	}
	if !strings.Contains(body, "breachbot_last_tick_timestamp_seconds 1.") {
		t.Errorf("the figures lack the heartbeat:\n%s", body)
	}
	if code := s.stop(); code != 0 {
		t.Errorf("exit status %d\n%s", code, s.said)
	}
}

// pinged is how often a sign of life had a result.
func pinged(t *testing.T, figures *prometheus.Registry, result string) (n float64) {
	t.Helper()
	families, err := figures.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if m.GetLabel()[0].GetValue() == result {
				n += m.GetCounter().GetValue()
			}
		}
	}
	return n
}

// metricsOf are the figures of a bot at work.
func metricsOf(t *testing.T, url string) string {
	t.Helper()
	res, err := http.Get(url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var b strings.Builder
	if err := res.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
