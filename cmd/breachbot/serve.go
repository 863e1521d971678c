package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"breachbot/bot"
	"breachbot/workflow"
)

// Thresholds of /readyz. An older queue means that people have not been told what
// they should have been told.
const (
	oldestAllowed  = 2 * time.Minute
	attemptsFailed = 5
	longPutOff     = 20 * time.Minute // longer than any pause after a passing fault
)

// serve runs the bot against Slack until it is asked to stop.
func serve(ctx context.Context, p process, args []string) error {
	f := flags(p, "serve", "serve", `
Runs the bot until it gets SIGTERM or Ctrl-C. It then finishes the work in hand.
Environment variables configure it; breachbot help lists them.`)
	if err := parse(f, args); err != nil {
		return err
	}
	c, err := loadConfig(ctx, p.Env, needAll)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(p.Stderr, &slog.HandlerOptions{Level: c.LogLevel}))

	st, err := openStore(ctx, c, log)
	if err != nil {
		return err
	}
	defer st.Close()
	var client redis.UniversalClient
	if c.RedisURL.Set() {
		if client, err = redisClient(c); err != nil {
			return err
		}
		defer client.Close()
	} else {
		log.Info("REDIS_URL is not set: the scheduler's lock and the rate limits are local to this process")
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	a := newApp(c, st, client, p.Now, registry, log)
	if err := a.connect(ctx); err != nil {
		return err
	}

	group, running := errgroup.WithContext(ctx)
	group.Go(func() error {
		return serveHealth(running, c.HTTPAddr, healthHandler(a.checks(client), registry), log)
	})
	group.Go(func() error { return a.run(running) })
	group.Go(func() error { a.roster.watch(running); return nil })
	group.Go(func() error {
		select {
		case <-a.bot.Connected():
			log.Info("serving", "organisation", c.Organisation, "version", buildVersion())
		case <-running.Done():
		}
		return nil
	})
	err = group.Wait()
	if err == nil {
		log.Info("stopped; what is owed is in the store")
	}
	return err
}

// firstTry is the pause after the first failed try to reach Slack; it doubles up
// to longestTry.
const (
	firstTry   = 2 * time.Second
	longestTry = time.Minute
)

// connect asks Slack who we are, and keeps asking while Slack or the network is
// down: after a power cut nobody should have to start the bot by hand. It gives
// up on a token that Slack refuses.
func (a *app) connect(ctx context.Context) error {
	pause := firstTry
	for {
		err := a.bot.Connect(ctx)
		if err == nil {
			break
		}
		var f *bot.Failure
		if !errors.As(err, &f) || f.Permanent() {
			return unable{err}
		}
		a.log.Error("no connection to Slack yet; trying again", "error", err, "after", pause.String())
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil
		}
		pause = min(2*pause, longestTry)
	}
	return nil
}

// redisClient makes a client that gives up soon: Redis saves work, but nobody
// should have to wait for it.
func redisClient(c Config) (redis.UniversalClient, error) {
	o, err := redis.ParseURL(c.RedisURL.Reveal())
	if err != nil {
		return nil, unable{errors.New("REDIS_URL is not a valid address")} // the parser's words would repeat the password
	}
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout = 2*time.Second, time.Second, time.Second
	o.MaxRetries, o.DialerRetries, o.ContextTimeoutEnabled = 1, 1, true
	redis.SetLogger(silent{}) // it would write a line for every attempt; /readyz and the lock's alarm say it once
	return redis.NewClient(o), nil
}

// silent is a logger that says nothing.
type silent struct{}

func (silent) Printf(context.Context, string, ...any) {}

// checks are what /readyz asks.
func (a *app) checks(client redis.UniversalClient) []Check {
	checks := []Check{
		{"store", a.store.Ping},
		{"slack", a.bot.Ready},
		{"people", a.roster.check},
		{"queue", func(ctx context.Context) error {
			age, err := a.store.Oldest(ctx, a.service.Now())
			if err == nil && age > oldestAllowed {
				err = fmt.Errorf("a message has been due for %s", age.Round(time.Second))
			}
			return err
		}},
		{"deliveries", func(ctx context.Context) error {
			tried, err := a.store.Failing(ctx, 1)
			failing := slices.DeleteFunc(tried, func(c workflow.Claim) bool {
				// One that is put off for long was refused for good. Trying again
				// will not help, so it counts at once.
				return c.Code == "" || c.Attempt < attemptsFailed && c.Until.Sub(a.service.Now()) < longPutOff
			})
			if err != nil || len(failing) == 0 {
				return err
			}
			return fmt.Errorf("%d deliveries keep failing; the first: %s of %s, Slack says %s", len(failing), failing[0].Task.Kind, orNone(failing[0].Incident), failing[0].Code)
		}},
	}
	if client != nil {
		checks = append(checks, Check{"redis", func(ctx context.Context) error {
			if err := client.Ping(ctx).Err(); err != nil {
				return errors.New("Redis does not answer; the scheduler goes on without its lock")
			}
			return nil
		}})
	}
	return checks
}

func orNone(id workflow.IncidentID) string {
	if id == "" {
		return "no incident"
	}
	return string(id)
}
