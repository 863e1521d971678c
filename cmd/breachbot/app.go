package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"breachbot/bot"
	"breachbot/scheduler"
	"breachbot/store"
	"breachbot/workflow"
)

// app is the whole bot around a store: what serve runs against Slack and demo
// against the sandbox.
type app struct {
	config    Config
	store     store.Store
	service   *workflow.Service
	bot       *bot.Bot
	scheduler *scheduler.Scheduler
	roster    *roster
	postbox   *postbox    // nil when no e-mail is sent
	redis     *redisWatch // nil without Redis
	log       *slog.Logger
}

// workers is how many deliveries run at once. Each spends most of its time waiting for
// Slack.
const workers = 32

// newApp puts the parts together. Now is the clock of everything in it. The
// Redis client may be nil; then lock and rate limits are this process's own.
func newApp(c Config, st store.Store, client redis.UniversalClient, now func() time.Time, registry *prometheus.Registry, log *slog.Logger) *app {
	a := &app{config: c, store: st, log: log}
	a.service = &workflow.Service{Rules: c.Rules, Journal: st, Now: now}
	var limiter bot.Limiter = bot.NewLocal(now)
	var locker scheduler.Locker = &scheduler.LocalLocker{}
	if client != nil {
		a.redis = watchRedis(c, client, log)
		limiter = bot.NewShared(client, time.Now)
		locker = scheduler.NewRedisLocker(client, 0)
	}
	options := bot.Options{
		BotToken: c.BotToken.Reveal(), AppToken: c.AppToken.Reveal(), APIURL: c.SlackAPIURL,
		Teams: c.Teams, Scopes: scopeNames(),
		Service: a.service, Limiter: limiter, Now: now, Log: log, Metrics: registry,
		Index:         store.Index{Store: st, Now: now, Zone: c.Zone},
		Drafts:        st,
		Restorations:  st.Restorations,
		SettingsSince: func(ctx context.Context) (time.Time, error) { return settingsSince(ctx, st) },
		Anchor:        func(ctx context.Context, day string) (workflow.Anchor, error) { return store.AnchorOf(ctx, st, day) },
	}
	if c.Mail.Set() {
		server := c.Mail.server(now)
		options.Mailer, options.Addresses = server, c.Mail.Addresses
		a.postbox = &postbox{server: server, log: log}
	}
	a.bot = bot.New(options)
	a.roster = &roster{holders: c.Roster, bot: a.bot, log: log}
	a.scheduler = &scheduler.Scheduler{
		Queue: st, Courier: a.bot, Service: a.service, Locker: locker,
		Now: now, Zone: c.Zone, Log: log, Every: c.Tick, Workers: workers, Metrics: scheduler.NewMetrics(registry),
	}
	a.service.Committed = a.scheduler.Wake // fresh tasks need no tick
	return a
}

// run serves until ctx ends, then finishes what is in hand. The first real
// error stops everything.
func (a *app) run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return a.bot.Run(ctx) })
	group.Go(func() error { return a.deliver(ctx) })
	return group.Wait()
}

// deliver carries out what is owed until ctx ends. Until the bot has connected, only
// e-mails go out.
func (a *app) deliver(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return a.scheduler.Run(ctx) })
	group.Go(func() error {
		_ = a.untilItWorks(ctx, "plan open incidents again, which follow the settings of before until then", func() error { return a.replan(ctx) })
		return nil // it ended only because ctx did
	})
	return group.Wait()
}

// replan works out again what is owed when it was planned under other rules or by
// another version, so that a new nudge or a new DPO also counts for incidents
// under way. Open incidents come first. Ended ones follow only where it makes a
// difference.
func (a *app) replan(ctx context.Context) error {
	now, err := planOf(a.service.Rules)
	if err != nil {
		return err
	}
	if was, err := a.store.Setting(ctx, planned); err != nil || was == now {
		return err
	}
	before, _, err := lastPlan(ctx, a.store)
	if err != nil {
		return err
	}
	if err := noteChange(ctx, a.store, a.service.Rules, a.service.Now()); err != nil {
		return err
	}
	if err := a.replanAll(ctx, true, nil); err != nil {
		return err
	}
	a.scheduler.Wake("")
	var same func(*workflow.Incident) bool
	if before.Plan == workflow.PlanFingerprint {
		same = func(i *workflow.Incident) bool {
			return slices.Equal(before.Rules.Plan(i), a.service.Rules.Plan(i))
		}
	}
	if err := a.replanAll(ctx, false, same); err != nil {
		return err
	}
	a.scheduler.Wake("")
	return a.store.SetSetting(ctx, planned, now)
}

// replanAll derives the tasks of the open or of the ended incidents again. It
// leaves out those that same, if given, says stay the same.
func (a *app) replanAll(ctx context.Context, open bool, same func(*workflow.Incident) bool) error {
	filter := store.Filter{Open: open, Drills: store.WithDrills, Limit: 200}
	for {
		entries, err := a.store.Entries(ctx, filter)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if !open && !e.Step.Over() {
				continue
			}
			if err := a.replanOne(ctx, e.ID, same); err != nil {
				return fmt.Errorf("plan %s: %w", e.ID, err)
			}
		}
		if len(entries) < filter.Limit {
			return nil
		}
		filter.After = store.CursorAt(entries[len(entries)-1])
	}
}

func (a *app) replanOne(ctx context.Context, id workflow.IncidentID, same func(*workflow.Incident) bool) error {
	for {
		records, err := a.store.Load(ctx, id)
		if err != nil {
			return err
		}
		if same != nil && same(workflow.Replay(records)) {
			return nil
		}
		commit := a.service.Rederive(records)
		commit.At = workflow.Instant(a.service.Now())
		if err := a.store.Rederive(ctx, commit); !errors.Is(err, workflow.ErrConflict) {
			return err
		}
	}
}
