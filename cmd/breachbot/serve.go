package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"breachbot/bot"
)

// serve runs the bot against Slack until it is asked to stop.
func serve(ctx context.Context, p process, args []string) error {
	f := flags(p, "serve", "serve [--check]", `
Runs the bot until it gets SIGTERM or Ctrl-C. It then finishes the work in hand.
From its first second it answers at BREACHBOT_HTTP_ADDR. A taken address, a
database that does not answer and a token that Slack refuses end the start, with
exit status 2. Slack that cannot be reached is waited for; Redis is done without.`)
	usage := f.Usage
	f.Usage = func() {
		usage()
		fmt.Fprint(f.Output(), "\nEnvironment variables configure it:\n\n")
		writeVariables(f.Output())
	}
	check := f.Bool("check", false, "serve nothing; do what \"breachbot doctor\" does")
	if err := parse(f, args); err != nil {
		return err
	}
	if *check {
		return examine(ctx, p)
	}
	c, err := loadConfig(ctx, p.Env, needAll)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(p.Stderr, &slog.HandlerOptions{Level: c.LogLevel}))

	warn(ownReports(c.Rules), log)
	warnUnaddressed(c, log)
	// The address comes first: from then on /readyz says what the start waits for.
	listener, err := listenHealth(ctx, c.HTTPAddr)
	if err != nil {
		return err
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	start := &startup{log: log, step: "starting"}
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error { return serveHealth(running, listener, healthHandler(start.current, registry), log) })
	group.Go(func() error { return serveBot(running, c, p, start, registry) })
	if err := group.Wait(); err != nil {
		return err
	}
	log.Info("stopped; what is owed is in the store")
	return nil
}

// serveBot connects to everything, a step at a time, and runs the bot until ctx
// ends.
func serveBot(ctx context.Context, c Config, p process, start *startup, registry *prometheus.Registry) error {
	log := start.log
	host := c.Data
	if c.DatabaseURL.Set() {
		host = hostOf(c.DatabaseURL)
	}
	opened := start.doing("connecting to the database", host, "a database that does not answer ends the start, with exit status 2")
	st, err := openStore(ctx, c, log)
	opened()
	switch {
	case ctx.Err() != nil: // asked to stop
		if err != nil {
			return nil
		}
		return st.Close()
	case err != nil:
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
	a := newApp(c, st, client, p.Now, registry, log)

	group, running := errgroup.WithContext(ctx)
	if client != nil {
		group.Go(func() error { lookForRedis(running, c, client, log); return nil })
	}
	group.Go(func() error {
		if err := a.connect(running, start); err != nil || running.Err() != nil {
			return err
		}
		if err := a.settle(running, start, group.Go); err != nil || running.Err() != nil {
			return err
		}
		start.over(a.checks(client))
		group.Go(func() error { a.roster.watch(running); return nil })
		if a.postbox != nil {
			group.Go(func() error { a.postbox.watch(running); return nil })
		}
		if c.PingURL.Set() {
			group.Go(func() error { newDeadman(c, start.current, registry, log).run(running); return nil })
		}
		group.Go(func() error {
			select {
			case <-a.bot.Connected():
				log.Info("serving", "organisation", c.Organisation, "version", buildVersion())
			case <-running.Done():
			}
			return nil
		})
		return a.run(running)
	})
	return group.Wait()
}

// firstTry is the pause after the first failed try to reach Slack; it doubles up
// to longestTry.
const (
	firstTry   = 2 * time.Second
	longestTry = time.Minute
)

// connect asks Slack who we are, and keeps asking while Slack or the network is
// down: after a power cut nobody should have to start the bot by hand. It gives
// up on a token that Slack refuses. It returns nil when ctx ended first.
func (a *app) connect(ctx context.Context, start *startup) error {
	pause := firstTry
	for {
		over := start.doing("connecting to Slack", a.config.slackHost(), "it keeps trying until Slack answers")
		err := a.bot.Connect(ctx)
		over()
		if err == nil {
			break
		}
		var f *bot.Failure
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.As(err, &f) && f.Permanent():
			return refusedToken("SLACK_BOT_TOKEN", f)
		case f == nil:
			return unable{err}
		}
		a.log.Error("no connection to Slack yet; trying again", "host", a.config.slackHost(), "why", because(err), "after", pause.String())
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil
		}
		pause = min(2*pause, longestTry)
	}
	// The library would ask for a connection again and again with a token that may
	// not have one. What may pass is left to it.
	over := start.doing("connecting to Slack", a.config.slackHost(), "it keeps trying until Slack answers")
	defer over()
	var f *bot.Failure
	if err := a.bot.MayConnect(ctx); errors.As(err, &f) && f.Permanent() {
		return refusedToken("SLACK_APP_TOKEN", f)
	}
	return nil
}

// refusedToken names the token that Slack refuses, by its variable, and Slack's
// code.
func refusedToken(variable string, f *bot.Failure) error {
	return unable{fmt.Errorf("%s: Slack refuses this token: %w", variable, f)}
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
