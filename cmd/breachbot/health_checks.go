package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"breachbot/bot"
	"breachbot/scheduler"
	"breachbot/store"
	"breachbot/workflow"
)

// Thresholds of /readyz. An older queue means that people have not been told what
// they should have been told.
const (
	oldestAllowed  = 2 * time.Minute
	attemptsFailed = 5
	longPutOff     = 20 * time.Minute // longer than any pause after a passing fault
)

// checks are what /readyz asks.
func (a *app) checks() []Check {
	now := a.service.Now
	checks := []Check{
		storeCheck(a.config, a.store),
		slackCheck(a.bot),
		{"people", a.roster.check},
		ticksCheck(a.scheduler, a.config.Tick, now),
		queueCheck(a.config, a.store, now),
		deliveriesCheck(a.config, a.store, now),
	}
	if a.postbox != nil {
		checks = append(checks, Check{"mail", a.postbox.check})
	}
	if a.redis != nil {
		checks = append(checks, redisCheck(a.redis))
	}
	return checks
}

// storeVariable is the variable that names the store.
func (c Config) storeVariable() string {
	if c.DatabaseURL.Set() {
		return "DATABASE_URL"
	}
	return "BREACHBOT_DATA"
}

// storeCheck makes a change as a report does, and takes it back. A real change that
// failed counts as well.
func storeCheck(c Config, st store.Store) Check {
	return Check{"store", func(ctx context.Context) *trouble {
		err := st.Ping(ctx)
		what := "the database keeps nothing"
		if failed, ok := errors.AsType[*store.LastFailed](err); ok {
			what = fmt.Sprintf("the database did not keep the last change of a kind (%s)", failed.Kind)
		}
		if err != nil {
			return troubleWith(c.storeVariable(), what, err)
		}
		return nil
	}}
}

// slackCheck tells whether people can reach the bot.
func slackCheck(b *bot.Bot) Check {
	return Check{"slack", func(ctx context.Context) *trouble {
		err := b.Ready(ctx)
		if err == nil {
			return nil
		}
		f, ok := errors.AsType[*bot.Failure](err)
		if !ok {
			return &trouble{err.Error(), "wait; if it lasts, look at the network and the log"}
		}
		what, _ := strings.CutSuffix(err.Error(), f.Error())
		return &trouble{what + because(err), cureOf(err, "SLACK_BOT_TOKEN or SLACK_APP_TOKEN")}
	}}
}

// redisCheck takes a lock and gives it back, and takes a call from the limiter. What
// the scheduler or the limiter failed to do meanwhile counts as well.
func redisCheck(w *redisWatch) Check {
	locker := scheduler.NewRedisLocker(w.client, 0)
	limiter, trial := bot.NewShared(w.client, time.Now), bot.Budget{Name: "trial", Calls: 1, Window: time.Millisecond}
	return Check{"redis", func(ctx context.Context) *trouble {
		_ = limiter.Take(ctx, bot.Caller{}, trial) // it goes on without Redis; the watch knows
		if err := cmp.Or(locker.Try(ctx), w.acts.Err()); err != nil {
			return redisTrouble(err)
		}
		return nil
	}}
}

// ticksCheck says when the scheduler has stopped looking for what is due.
func ticksCheck(s *scheduler.Scheduler, every time.Duration, now func() time.Time) Check {
	return Check{"scheduler", func(context.Context) *trouble {
		last := s.LastTick()
		if last.IsZero() {
			return &trouble{"the scheduler has not looked for what is due yet", "wait; if it lasts, the log says why"}
		}
		if ago := now().Sub(last); ago > oldestAllowed+every {
			return &trouble{fmt.Sprintf("the scheduler has not looked for what is due for %s", ago.Round(time.Second)),
				"see the log for why, and restart this process"}
		}
		return nil
	}}
}

// queueCheck tells whether something waits that should have been said.
func queueCheck(c Config, st store.Store, now func() time.Time) Check {
	return Check{"queue", func(ctx context.Context) *trouble {
		age, err := st.Oldest(ctx, now())
		switch {
		case err != nil:
			return troubleWith(c.storeVariable(), "the queue cannot be read", err)
		case age > oldestAllowed:
			return &trouble{fmt.Sprintf("a message has been due for %s", age.Round(time.Second)),
				"look at the other checks and the log; it is kept and goes out as soon as it can"}
		}
		return nil
	}}
}

// deliveriesCheck tells whether Slack refuses something again and again.
func deliveriesCheck(c Config, st store.Store, now func() time.Time) Check {
	return Check{"deliveries", func(ctx context.Context) *trouble {
		tried, err := st.Failing(ctx, 1)
		if err != nil {
			return troubleWith(c.storeVariable(), "the queue cannot be read", err)
		}
		failing := slices.DeleteFunc(tried, func(c workflow.Claim) bool {
			// One that is put off for long was refused for good. Trying again
			// will not help, so it counts at once.
			return c.Code == "" || c.Attempt < attemptsFailed && c.Until.Sub(now()) < longPutOff
		})
		if len(failing) == 0 {
			return nil
		}
		first := failing[0]
		return &trouble{
			fmt.Sprintf("%d deliveries keep failing; the first: %s of %s, Slack says %s", len(failing), first.Task.Kind, orNone(first.Incident), first.Code),
			"put right what the code names; each is tried again by itself, within the hour",
		}
	}}
}

func orNone(id workflow.IncidentID) string {
	if id == "" {
		return "no incident"
	}
	return string(id)
}
