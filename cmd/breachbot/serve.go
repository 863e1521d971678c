package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"breachbot/bot"
	"breachbot/store"
)

// liveHeap is the memory that the last garbage collection left in use: a leak
// shows in it long before it shows in the memory of the process.
var liveHeap = collectors.GoRuntimeMetricsRule{Matcher: regexp.MustCompile(`^/gc/heap/live:bytes$`)}

// serve runs the bot against Slack until it is asked to stop.
func serve(ctx context.Context, p process, args []string) error {
	f := flags(p, "serve", "serve [--check]", `
Runs the bot until it gets SIGTERM or Ctrl-C. It then finishes the work in hand.
From its first second it answers at BREACHBOT_HTTP_ADDR. A database or Slack that
cannot be reached is waited for; Redis is done without. What waiting does not cure
ends the start with exit status 2: wrong settings, a refused token or password, a
taken address, a database that cannot hold the register.`)
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
	registry.MustRegister(collectors.NewGoCollector(collectors.WithGoCollectorRuntimeMetrics(liveHeap)), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
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
	var st store.Store
	if err := start.take(ctx, "connecting to the database", c.storeVariable(), host, func(ctx context.Context) (err error) {
		st, err = openStore(ctx, c, log)
		return err
	}); err != nil || st == nil {
		return err
	}
	defer st.Close()
	var client redis.UniversalClient
	if c.RedisURL.Set() {
		var err error
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
		group.Go(func() error { lookForRedis(running, a.redis); return nil })
	}
	group.Go(func() error {
		// What Slack does not take goes by e-mail, also while Slack does not answer.
		begin := sync.OnceFunc(func() { group.Go(func() error { return a.deliver(running) }) })
		if err := a.connect(running, start, begin); err != nil || running.Err() != nil {
			return err
		}
		if err := a.settle(running, start, group.Go); err != nil || running.Err() != nil {
			return err
		}
		begin()
		start.over(a.checks())
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
		return a.bot.Run(running)
	})
	return group.Wait()
}

// connect asks Slack who we are and whether we may connect, and waits while Slack
// or the network is down, or an administrator has to let the app in. It gives up on
// a token that Slack refuses. It returns nil when ctx ended first. absent is called
// when Slack does not answer.
func (a *app) connect(ctx context.Context, start *startup, absent func()) error {
	// The library would ask for a connection again and again with a token that may
	// not have one.
	for _, t := range []struct {
		variable string
		ask      func(context.Context) error
	}{{"SLACK_BOT_TOKEN", a.bot.Connect}, {"SLACK_APP_TOKEN", a.bot.MayConnect}} {
		err := start.take(ctx, "connecting to Slack", t.variable, a.config.slackHost(), func(ctx context.Context) error {
			err := t.ask(ctx)
			if f, answered := errors.AsType[*bot.Failure](err); answered && !f.Permanent() {
				absent()
			}
			return err
		})
		f, answered := errors.AsType[*bot.Failure](err)
		switch {
		case answered && f.Permanent():
			return refusedToken(t.variable, f)
		case answered:
			return cannotReach("SLACK_API_URL", a.config.slackHost(), err)
		case err != nil:
			return unable{err}
		}
	}
	return nil
}

// refusedToken names the token that Slack refuses, by its variable, and Slack's
// code.
func refusedToken(variable string, f *bot.Failure) error {
	return unable{fmt.Errorf("%s: Slack refuses this token: %w. To put it right: %s", variable, f, cureOf(f, variable))}
}
