package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// pingTimeout limits one call of the ping address.
const pingTimeout = 10 * time.Second

// deadman gives a sign of life to a service elsewhere while all is well, so that
// silence raises an alarm there: a machine that is down cannot say so itself.
//
// Every replica calls when it is well itself, whoever has the scheduler's lock: the
// lock changes hands at every tick, so its holder says no more than the others. With
// one address for all, the alarm means that no replica is well; with an address for
// each, that this one is not.
type deadman struct {
	url    Secret
	every  time.Duration
	ready  func(context.Context) readiness // what /readyz answers
	client *http.Client
	log    *slog.Logger
	pings  *prometheus.CounterVec
	failed bool // since the last call that was answered
}

// What became of a sign of life.
const (
	pingSent     = "sent"
	pingFailed   = "failed"
	pingWithheld = "withheld" // something is not well
)

func newDeadman(c Config, checks func() []Check, registry prometheus.Registerer, log *slog.Logger) *deadman {
	d := &deadman{
		url: c.PingURL, every: c.Tick, log: log, client: &http.Client{
			Timeout:       pingTimeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // it might lead out of TLS
		},
		ready: func(ctx context.Context) readiness { return ready(ctx, checks()) },
		pings: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "breachbot_pings_total",
			Help: "Signs of life for BREACHBOT_PING_URL, by result; withheld means that /readyz said no.",
		}, []string{"result"}),
	}
	registry.MustRegister(d.pings)
	return d
}

// run calls the address at every tick until ctx ends.
func (d *deadman) run(ctx context.Context) {
	ticks := time.NewTicker(d.every)
	defer ticks.Stop()
	for {
		select {
		case <-ticks.C:
			d.beat(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// beat calls the address once if all is well.
func (d *deadman) beat(ctx context.Context) {
	if !d.ready(ctx).Ready {
		d.pings.WithLabelValues(pingWithheld).Inc()
		return
	}
	switch err := d.call(ctx); {
	case ctx.Err() != nil: // asked to stop
	case err != nil:
		d.pings.WithLabelValues(pingFailed).Inc()
		if !d.failed {
			d.failed = true
			d.log.Error("the sign of life did not get through, so its receiver may raise a false alarm; trying again at every tick",
				"variable", "BREACHBOT_PING_URL", "host", hostOf(d.url), "why", because(err))
		}
	default:
		d.pings.WithLabelValues(pingSent).Inc()
		if d.failed {
			d.failed = false
			d.log.Info("the sign of life gets through again")
		}
	}
}

// call asks for the address. What because says of its error repeats nothing of the
// address.
func (d *deadman) call(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url.Reveal(), nil)
	if err != nil {
		return err
	}
	response, err := d.client.Do(request)
	if err != nil {
		return err
	}
	_ = response.Body.Close()
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return answered(response.StatusCode)
	}
	return nil
}

// answered is an HTTP status that is not the one hoped for.
type answered int

func (a answered) Error() string { return fmt.Sprintf("it answers with HTTP status %d", int(a)) }
