package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Check is one thing that must work for the bot to do its job.
type Check struct {
	Name string // "store", "socket", …

	// Func gives nil when all is well. It does what the work does, and leaves
	// nothing behind. It must heed the context.
	Func func(ctx context.Context) *trouble
}

// checkTimeout limits one check. All run side by side, so it limits the answer too.
const checkTimeout = 3 * time.Second

// finding is what a check found.
type finding struct {
	Name  string `json:"name"`
	State string `json:"state"` // "ok" or "failed"
	Why   string `json:"why,omitempty"`
	Cure  string `json:"cure,omitempty"` // what to do about it
}

// readiness is the answer of /readyz.
type readiness struct {
	Ready  bool      `json:"ready"`
	Checks []finding `json:"checks"`
}

// ready asks all checks at once and keeps their order.
func ready(ctx context.Context, checks []Check) readiness {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	r := readiness{Ready: true, Checks: make([]finding, len(checks))}
	var wg sync.WaitGroup
	for n, c := range checks {
		wg.Go(func() {
			r.Checks[n] = finding{Name: c.Name, State: "ok"}
			if t := c.run(ctx); t != nil {
				r.Checks[n] = finding{Name: c.Name, State: "failed", Why: t.cause, Cure: t.cure}
			}
		})
	}
	wg.Wait()
	for _, f := range r.Checks {
		r.Ready = r.Ready && f.State == "ok"
	}
	return r
}

// run asks the check. A check that ignores its context, or panics, has failed
// and keeps nobody waiting.
func (c Check) run(ctx context.Context) *trouble {
	done := make(chan *trouble, 1)
	go func() {
		defer func() {
			if recover() != nil {
				done <- &trouble{"the check itself broke", "restart the bot and report this as a fault of breachbot"}
			}
		}()
		done <- c.Func(ctx)
	}()
	select {
	case t := <-done:
		return t
	case <-ctx.Done():
		return &trouble{fmt.Sprintf("no answer within %s", checkTimeout), "look whether it is up and not overloaded"}
	}
}

// healthHandler answers /healthz (the process is up), /readyz (every check there
// is at that moment, and 503 when one failed) and /metrics.
func healthHandler(checks func() []Check, registry *prometheus.Registry) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "ok\n")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		answer := ready(r.Context(), checks())
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		if !answer.Ready {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		_ = e.Encode(answer)
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	return mux
}

// listenHealth takes the address, or says at once why it cannot be had.
func listenHealth(ctx context.Context, address string) (net.Listener, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, cannotReach("BREACHBOT_HTTP_ADDR", "listen at "+address, err)
	}
	return listener, nil
}

// serveHealth serves the handler until ctx ends, then gives requests in hand a
// moment to finish. It returns nil when it was asked to stop, and closes the
// listener.
func serveHealth(ctx context.Context, listener net.Listener, handler http.Handler, log *slog.Logger) error {
	if !loopback(listener.Addr()) {
		log.Warn("health and metrics can be reached from other machines", "address", listener.Addr().String())
	}
	log.Info("health and metrics", "address", listener.Addr().String())
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       5 * time.Second,
		WriteTimeout:      2*checkTimeout + 5*time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return fmt.Errorf("health server: %w", err)
	case <-ctx.Done():
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if server.Shutdown(closing) != nil {
		_ = server.Close()
	}
	<-served
	return nil
}

func loopback(a net.Addr) bool {
	at, err := netip.ParseAddrPort(a.String())
	return err == nil && at.Addr().IsLoopback()
}

// health asks for /readyz of the bot that runs beside it, for containers with no
// other tool inside.
func health(ctx context.Context, p process, args []string) error {
	f := flags(p, "health", "health", `
Asks the bot at BREACHBOT_HTTP_ADDR whether it is well. The exit code is 0 when
it is, 1 when a check failed, 2 when nothing answers.`)
	if err := parse(f, args); err != nil {
		return err
	}
	c, err := loadConfig(ctx, p.Env, needHealth)
	if err != nil {
		return err
	}
	answer, err := askHealth(ctx, c.HTTPAddr)
	if err != nil {
		return err
	}
	for _, check := range answer.Checks {
		line := check.Name + ": " + check.State
		if check.Why != "" {
			line += ", " + (&trouble{check.Why, check.Cure}).Error()
		}
		fmt.Fprintln(p.Stdout, line)
	}
	if !answer.Ready {
		return errors.New("the bot is up, but not well")
	}
	return nil
}

func askHealth(ctx context.Context, address string) (readiness, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return readiness{}, unable{err}
	}
	// Nobody can ask "everywhere"; this machine can be asked.
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
		if strings.Contains(address, "::") {
			host = "::1"
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 2*checkTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return readiness{}, unable{err}
	}
	// No proxy: the question is about this machine.
	response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
	if err != nil {
		return readiness{}, unable{fmt.Errorf("nothing answers: %w", err)}
	}
	defer func() { _ = response.Body.Close() }()
	var answer readiness
	if err := json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(&answer); err != nil {
		return readiness{}, unable{fmt.Errorf("what answers at %s is not breachbot (%s)", address, response.Status)}
	}
	return answer, nil
}
