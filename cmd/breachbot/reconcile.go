package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"breachbot/bot"
	"breachbot/store"
	"breachbot/workflow"
)

// errDiffers ends reconcile when something is left that is not as it should be.
var errDiffers = errors.New("Slack and the record are not the same")

// waitsLong is how long a delivery may be due before reconcile names it.
const waitsLong = 5 * time.Minute

func reconcile(ctx context.Context, p process, args []string) error {
	f := flags(p, "reconcile", "reconcile [-repair]", `
Compares every open incident with Slack: its channel, topic, members, card and pin,
and what waits to be delivered. It prints what is so and what differs, and changes
nothing; it can run while the bot runs.

With -repair it puts right what it can, by the acts and commands of the bot itself,
and everything it records is in the journal. What is then owed the bot delivers. With
the embedded store, stop the bot first: only one process may write to it.

The exit code is 0 when nothing is left that differs, 1 when something is, 2 when it
could not compare.`)
	repair := f.Bool("repair", false, "put right what can be put right")
	if err := parse(f, args); err != nil {
		return err
	}
	c, err := loadConfig(ctx, p.Env, needAll)
	if err != nil {
		return err
	}
	log := quietLog(p)
	open := openExisting
	if *repair {
		open = openStore
	}
	st, err := open(ctx, c, log)
	if err != nil {
		return err
	}
	defer st.Close()
	a := newApp(c, st, nil, p.Now, prometheus.NewRegistry(), log)
	now, err := planOf(c.Rules)
	if err != nil {
		return err
	}
	if was, err := st.Setting(ctx, planned); err != nil {
		return unable{err}
	} else if was != "" && was != now {
		return unable{errors.New("these are not the settings, or not the version, that the bot was last started with: start it once with them, so that it plans again, or compare under the other ones")}
	}
	if err := a.bot.Connect(ctx); err != nil {
		return cannotReach("SLACK_BOT_TOKEN", "ask "+c.slackHost(), err)
	}
	r := &reconciliation{app: a, p: p, repair: *repair, tasks: map[workflow.IncidentID][]store.TaskRow{}}
	if err := r.run(ctx); err != nil {
		return unable{err}
	}
	return r.sum()
}

// reconciliation is one run of reconcile.
type reconciliation struct {
	app    *app
	p      process
	repair bool
	tasks  map[workflow.IncidentID][]store.TaskRow

	incidents, differ, repaired, repairable int
}

func (r *reconciliation) run(ctx context.Context) error {
	err := r.app.store.Rows(ctx, func(rows store.Rows) error {
		r.tasks[rows.Incident] = rows.Tasks
		return nil
	})
	if err != nil {
		return err
	}
	filter := store.Filter{Open: true, Drills: store.WithDrills, Limit: 200}
	for {
		entries, err := r.app.store.Entries(ctx, filter)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if err := r.incident(ctx, e.ID); err != nil {
				return fmt.Errorf("%s: %w", e.ID, err)
			}
		}
		if len(entries) < filter.Limit {
			return nil
		}
		filter.After = store.CursorAt(entries[len(entries)-1])
	}
}

func (r *reconciliation) incident(ctx context.Context, id workflow.IncidentID) error {
	inc, err := r.app.service.Incident(ctx, id)
	if err != nil {
		return err
	}
	r.incidents++
	found, err := r.look(ctx, inc)
	if err != nil {
		return fmt.Errorf("Slack could not be asked: %w", err)
	}
	for _, f := range found {
		var put func(context.Context) error
		if f.Remedy != "" {
			put = f.Repair
		}
		r.say(ctx, id, f, put)
	}
	f := r.waiting(inc)
	var put func(context.Context) error
	if f.Remedy != "" {
		put = func(ctx context.Context) error { return r.app.replanOne(ctx, id, nil) }
	}
	r.say(ctx, id, f, put)
	return nil
}

// look compares an incident with Slack. It waits for its turn where Slack limits calls:
// nobody waits for it.
func (r *reconciliation) look(ctx context.Context, inc *workflow.Incident) ([]bot.Finding, error) {
	for {
		found, err := r.app.bot.Reconcile(ctx, inc)
		var held *bot.HeldBack
		if !errors.As(err, &held) {
			return found, err
		}
		turn := time.NewTimer(held.After())
		select {
		case <-turn.C:
		case <-ctx.Done():
			turn.Stop()
			return nil, ctx.Err()
		}
	}
}

// say prints one finding, and repairs it if that was asked for.
func (r *reconciliation) say(ctx context.Context, id workflow.IncidentID, f bot.Finding, put func(context.Context) error) {
	state, says := "ok", ""
	switch {
	case f.Says == "":
	case put == nil:
		state, says = "differs", f.Says
		r.differ++
	case !r.repair:
		state, says = "differs", f.Says+" (-repair "+f.Remedy+")"
		r.differ++
		r.repairable++
	default:
		if err := put(ctx); err != nil {
			state, says = "differs", f.Says+"; it could not be put right: "+because(err)
			r.differ++
			break
		}
		state, says = "repaired", f.Says+": "+f.Remedy
		r.repaired++
	}
	fmt.Fprintln(r.p.Stdout, strings.TrimRight(fmt.Sprintf("%-12s  %-8s  %-8s  %s", id, f.About, state, says), " "))
}

// waiting compares the deliveries that wait with those the incident owes. A delivery
// that fails is named with its code: the bot tries it again by itself.
func (r *reconciliation) waiting(inc *workflow.Incident) bot.Finding {
	f := bot.Finding{About: "tasks"}
	owed := map[workflow.TaskKey]bool{}
	for _, t := range r.app.service.Rules.Plan(inc) {
		owed[t.Key] = true
	}
	stored := map[workflow.TaskKey]bool{}
	odd, late := 0, []string{}
	now := r.p.Now()
	for _, t := range r.tasks[inc.ID] {
		stored[t.Task.Key] = t.State != store.Dropped
		if t.State != store.Pending {
			continue
		}
		if !owed[t.Task.Key] {
			odd++
		}
		if t.Code != "" || now.Sub(t.Task.Due) > waitsLong {
			line := string(t.Task.Kind) + ", due " + t.Task.Due.UTC().Format(time.RFC3339)
			if t.Code != "" {
				line += fmt.Sprintf(", Slack says %s after %s", t.Code, count(t.Attempts, "attempt"))
			}
			late = append(late, line)
		}
	}
	for key := range owed {
		if !stored[key] {
			odd++
		}
	}
	slices.Sort(late)
	switch {
	case odd > 0:
		f.Says, f.Remedy = count(odd, "delivery")+" in the store is not what the incident owes", "works out again what it owes"
		if odd > 1 {
			f.Says = fmt.Sprintf("%d deliveries in the store are not what the incident owes", odd)
		}
	case len(late) > 0:
		f.Says = "still to be delivered: " + strings.Join(late, "; ")
	}
	return f
}

func (r *reconciliation) sum() error {
	if r.differ == 0 {
		_, err := fmt.Fprintf(r.p.Stdout, "All as it should be: %s compared, %s put right.\n", count(r.incidents, "open incident"), count(r.repaired, "difference"))
		return err
	}
	fmt.Fprintf(r.p.Stdout, "%s compared, %s put right, %s left; -repair can put right %d of them.\n",
		count(r.incidents, "open incident"), count(r.repaired, "difference"), count(r.differ, "difference"), r.repairable)
	return errDiffers
}
