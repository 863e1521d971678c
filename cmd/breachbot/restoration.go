package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"breachbot/store"
	"breachbot/workflow"
)

// settle finds out whether the store is an earlier one than Slack knows: restored from
// a copy. If the store itself shows it, nothing is served or sent before Slack was
// asked which references were given meanwhile, because none may be given twice.
// Otherwise Slack is asked beside the work, through group. It gives up only when ctx
// ends.
func (a *app) settle(ctx context.Context, start *startup, group func(func() error)) error {
	over := start.doing("comparing the register with Slack", a.config.slackHost(), "the store was restored from a copy or moved: it takes no report before that")
	defer over()
	moved := false
	err := a.untilItWorks(ctx, "find out whether the store was restored from a copy", func() (err error) {
		moved, _, err = a.store.Moved(ctx)
		return err
	})
	if err != nil {
		return nil
	}
	if moved {
		a.log.Warn("the store was restored from a copy, or moved; Slack is asked what came after it")
	}
	compare := func() error {
		_ = a.untilItWorks(ctx, "compare the register with Slack", func() error { return a.compare(ctx) })
		return nil // it ended only because ctx did
	}
	if moved {
		return compare()
	}
	group(compare)
	return nil
}

// compare asks Slack for the incidents it knows, and records those that are missing.
func (a *app) compare(ctx context.Context) error {
	moved, last, err := a.store.Moved(ctx)
	if err != nil {
		return err
	}
	known, err := a.bot.Channels(ctx)
	if err != nil {
		return err
	}
	if moved {
		mentioned, err := a.bot.Mentioned(ctx, last)
		if err != nil {
			return err
		}
		known = append(known, mentioned...) // after the channels, so that one with a channel keeps it
	}
	missing, err := a.missing(ctx, known)
	if err != nil || len(missing) == 0 && !moved {
		return err
	}
	now := a.service.Now()
	r, err := workflow.NewRestoration(now, last, missing, now.In(a.config.Zone).Year(), func(s workflow.Series, year int) (int, error) { return a.lastNumber(ctx, s, year) })
	if err != nil {
		return err
	}
	if err := a.store.Restored(ctx, r); err != nil {
		return err
	}
	a.log.Warn("the register was restored from a copy, or moved; the privacy team is told", "last_on_record", last, "missing", len(missing))
	a.scheduler.Wake("")
	return nil
}

// missing are those that are not in the journal and were not known to be, each once.
func (a *app) missing(ctx context.Context, known []workflow.Missing) (missing []workflow.Missing, err error) {
	restorations, err := a.store.Restorations(ctx)
	if err != nil {
		return nil, err
	}
	for _, m := range store.NotKnown(restorations, known) {
		if slices.ContainsFunc(missing, func(other workflow.Missing) bool { return other.ID == m.ID }) {
			continue
		}
		last, err := a.lastNumber(ctx, m.ID.Series(), m.ID.Year())
		if err != nil {
			return nil, err
		}
		if m.ID.Number() <= last && len(restorations) == 0 {
			continue // references have no gap that a restoration did not leave
		}
		switch _, err := a.store.Load(ctx, m.ID); {
		case errors.Is(err, workflow.ErrNotFound):
			missing = append(missing, m)
		case err != nil:
			return nil, err
		}
	}
	return missing, nil
}

// lastNumber is the highest number on record of a series in a year, 0 for none.
func (a *app) lastNumber(ctx context.Context, series workflow.Series, year int) (int, error) {
	n, skipped, err := a.store.NextNumber(ctx, series, year)
	return n - skipped - 1, err
}

// restored has the next start do what it does with a copy.
func restored(ctx context.Context, p process, args []string) error {
	f := flags(p, "restored", "restored", `
Says that the store was restored by a means that leaves no trace in it: a snapshot of
the server or machine, or point-in-time recovery. Give it once, with the bot stopped,
before the start. The next start then looks for what was sent since, gives no
reference twice, and tells people what is missing. After a restore from a file of
"breachbot backup" or pg_dump the start sees that by itself.`)
	if err := parse(f, args); err != nil {
		return err
	}
	c, err := loadConfig(ctx, p.Env, needStore)
	if err != nil {
		return err
	}
	s, err := openStore(ctx, c, quietLog(p))
	if err != nil {
		return err
	}
	if err := errors.Join(s.SetSetting(ctx, store.HomeSetting, "restored, as somebody said"), s.Close()); err != nil {
		return unable{err}
	}
	_, err = fmt.Fprintln(p.Stdout, "Noted. The next start asks Slack what came after.")
	return err
}
