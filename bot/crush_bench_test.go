package bot_test

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"breachbot/bot"
	"breachbot/bot/sandbox"
	"breachbot/bot/view"
	"breachbot/scheduler"
	"breachbot/store"
	"breachbot/store/sqlite"
	"breachbot/workflow"
)

// The benchmarks of a crush run in real time against a workspace with Slack's
// published limits, for a time that is set, and print their figures beside what is
// wanted:
//
//	go test ./bot -run '^$' -bench 'BurstOfForms|Crush|Lateness' -benchtime 1x

// asInService is the bot as serve runs it, with Slack's limits and a clock that goes.
func asInService(s *setting) {
	s.sockets = 2
	s.sandbox = func(o *sandbox.Options) { o.NoRateLimits, o.Frozen, o.AckTimeout = false, false, 3*time.Second }
	s.options = func(o *bot.Options) { o.Limiter = bot.NewLocal(time.Now) }
}

// burst is how many come at once.
const burst = 500

// BenchmarkBurstOfForms has 500 people nobody has seen before type /breach at the
// same moment. Whoever is told to wait does, and then presses the button.
func BenchmarkBurstOfForms(b *testing.B) {
	for b.Loop() {
		w := newWorld(b, asInService)
		ids := crowd(burst, w.ws)
		ctx, cancel := context.WithTimeout(b.Context(), 125*time.Second)
		var mu sync.Mutex
		var opened, told []time.Duration
		lost := 0
		var all sync.WaitGroup
		began := time.Now()
		for _, id := range ids {
			all.Go(func() {
				answered, form := openInLine(ctx, w, id, began)
				mu.Lock()
				defer mu.Unlock()
				if answered == 0 {
					lost++
				} else {
					told = append(told, answered)
				}
				if form > 0 {
					opened = append(opened, form)
				}
			})
		}
		all.Wait()
		cancel()
		within := func(d time.Duration) (n int) {
			for _, o := range opened {
				if o <= d {
					n++
				}
			}
			return n
		}
		_, limited := w.calls()
		slices.Sort(told)
		b.ReportMetric(float64(within(3*time.Second)), "forms/3s")
		b.ReportMetric(float64(within(30*time.Second)), "forms/30s")
		b.ReportMetric(float64(within(2*time.Minute)), "forms/2min")
		b.ReportMetric(float64(lost), "untold")
		b.Logf("%d people type /breach at once: %d have the form within 3 s, %d within 30 s, %d within 2 min (Slack opens 100 a minute); "+
			"the form or word of their place after %.1f s at the latest (target: 3 s); without an answer: %d (target: 0); %d calls refused by Slack",
			burst, within(3*time.Second), within(30*time.Second), within(2*time.Minute), told[max(0, len(told)-1)].Seconds(), lost, limited)
		w.stop()
	}
}

// openInLine types /breach and does as told until the form is open. It gives when the
// person first got an answer and when the form, zero for never.
func openInLine(ctx context.Context, w *world, id string, began time.Time) (answered, opened time.Duration) {
	p := w.as(id)
	hasForm := func() bool { m := p.Modal(); return m != nil && m.Submit != "" }
	out, err := p.Slash(ctx, "/breach", "")
	if err == nil && out.Failed == "" {
		answered = time.Since(began)
	}
	for err == nil && ctx.Err() == nil {
		if out.Message == nil {
			if out.Failed == "" && w.ws.WaitFor(ctx, hasForm) == nil {
				return answered, time.Since(began)
			}
			return answered, 0
		}
		m := *out.Message
		block := fmt.Sprint(m.Blocks[len(m.Blocks)-1]["block_id"])
		place, has := view.PlaceOf(slack.BlockAction{BlockID: block})
		if !has {
			return answered, 0
		}
		select {
		case <-time.After(place.Sub(w.ws.Now())):
		case <-ctx.Done():
			return answered, 0
		}
		before := m.TS
		if out, err = p.PressMessage(ctx, m.Channel, m.TS, block+"/report"); err != nil {
			return answered, 0
		}
		// The form, or another answer.
		again := func() *sandbox.Message {
			if a := w.answer(id); a != nil && a.TS > before {
				return a
			}
			return nil
		}
		if w.ws.WaitFor(ctx, func() bool { return hasForm() || again() != nil }) != nil {
			return answered, 0
		}
		out = sandbox.Outcome{}
		if !hasForm() {
			out.Message = again()
		}
	}
	return answered, 0
}

// ticking is how often the reminders of the watched incidents fall due.
const ticking = 20 * time.Second

func oftenReminded(r *workflow.Rules) { r.OverdueEvery = ticking }

// overdue reports incidents whose deadline is just over, so that their reminders fall
// due all the time, and opens their channels.
func (w *world) overdue(n int) (ids []workflow.IncidentID) {
	w.tb.Helper()
	for i := range n {
		ids = append(ids, w.reportBy(sandbox.Nia, fmt.Sprint("watched ", i), w.ws.Now().Add(-72*time.Hour-ticking*time.Duration(i)/time.Duration(n))))
	}
	if _, err := w.sched.RunOnce(w.tb.Context()); err != nil {
		w.tb.Fatal(err)
	}
	return ids
}

// reportBy stores a report as if it came through the form.
func (w *world) reportBy(who, title string, detected time.Time) workflow.IncidentID {
	r, err := w.service.Report(w.tb.Context(), workflow.CommandKey("bench/"+who+"/"+title), workflow.SubmitReport{Report: workflow.Report{
		Title: title, What: "A letter went to the wrong patient.", Detected: detected, Risk: workflow.RiskMedium,
		Facts: workflow.Facts{Category: "letter_wrong"},
	}}, workflow.Actor{User: workflow.UserID(who)})
	if err != nil {
		w.tb.Error(err)
		return ""
	}
	return r.Incident.ID
}

// serve runs the scheduler as in service, until stop is called.
func (w *world) serve() (stop func()) {
	s := &scheduler.Scheduler{Queue: w.store, Courier: w.bot, Service: w.service, Now: w.ws.Now, Zone: w.service.Rules.Zone, Workers: 32}
	w.service.Committed = s.Wake
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Run(ctx) }()
	return func() { cancel(); <-done }
}

// told is when an incident's reminders were recorded as said, by target, and how late
// each was that fell due since. One that was missed was as late as the one that says so.
func (w *world) told(id workflow.IncidentID, since time.Time) (at map[workflow.Target][]time.Time, late map[workflow.Target][]time.Duration) {
	w.tb.Helper()
	records, err := w.store.Load(w.tb.Context(), id)
	if err != nil {
		w.tb.Fatal(err)
	}
	at, late = map[workflow.Target][]time.Time{}, map[workflow.Target][]time.Duration{}
	for _, r := range records {
		e, is := r.Event.(workflow.Nudged)
		if !is {
			continue
		}
		at[e.Target] = append(at[e.Target], r.At)
		for _, m := range append(e.Missed, e.Milestone) {
			if due := e.Deadline.Add(-time.Duration(m)); due.After(since) {
				late[e.Target] = append(late[e.Target], r.At.Sub(due))
			}
		}
	}
	return at, late
}

// BenchmarkCrush has 500 reports come at once beside three incidents whose reminders
// fall due every 20 seconds, and measures the longest time for which any of those
// whom it reminds heard nothing.
func BenchmarkCrush(b *testing.B) {
	for b.Loop() {
		w := newWorld(b, asInService, func(s *setting) { s.rules = oftenReminded })
		watched := w.overdue(3)
		stop := w.serve()
		time.Sleep(ticking)
		began := w.ws.Now()
		for n, id := range crowd(burst, w.ws) {
			w.reportBy(id, fmt.Sprint("crush ", n), began.Add(-time.Hour))
		}
		stored := w.ws.Now().Sub(began)
		time.Sleep(3 * time.Minute)
		ended := w.ws.Now()
		stop()
		var worst time.Duration
		reminders := 0
		for _, id := range watched {
			at, _ := w.told(id, began)
			for _, times := range at {
				last := began.Add(-ticking)
				for _, t := range append(times, ended) {
					if t.After(began) {
						worst = max(worst, t.Sub(last))
						reminders++
					}
					last = t
				}
			}
		}
		posts, limited := w.calls()
		b.ReportMetric(worst.Seconds(), "silence-s")
		b.Logf("%d reports (stored in %.1f s) beside %d incidents reminded every %v, over 3 min: longest silence %.1f s (target: at most 45 s) among %d reminders; "+
			"%d messages posted, %d calls refused by Slack",
			burst, stored.Seconds(), len(watched), ticking, worst.Seconds(), reminders, posts, limited)
		w.stop()
	}
}

// calls counts the messages posted, and the calls that Slack refused as too many.
func (w *world) calls() (posts, limited int) {
	for _, r := range w.ws.Requests() {
		if r.Method == "chat.postMessage" && r.Error == "" {
			posts++
		}
		if strings.Contains(r.Error, "ratelimited") || r.Status == 429 {
			limited++
		}
	}
	return posts, limited
}

// BenchmarkLateness has 200,000 tasks pending, some of them due, and one channel that
// hangs, beside incidents whose reminders fall due every 20 seconds, and measures how
// late those are that are not for the channel that hangs.
func BenchmarkLateness(b *testing.B) {
	for b.Loop() {
		path := filepath.Join(b.TempDir(), "breachbot.db")
		w := newWorld(b, asInService, func(s *setting) { s.rules = oftenReminded }, func(s *setting) {
			s.store = func(empty store.Store) store.Store { // a file that tasks can be put into
				empty.Close()
				s, err := sqlite.Open(context.Background(), path)
				if err != nil {
					b.Fatal(err)
				}
				return s
			}
		})
		const pending = 200_000
		watched := w.overdue(12)
		stop := w.serve()
		time.Sleep(time.Minute) // until all are told of the twelve reports themselves
		w.owes(path, pending)
		hung := w.incident(watched[0]).Room.Channel
		w.ws.Fault(sandbox.Fault{Channel: string(hung), Kind: sandbox.FaultDelay, Delay: 25 * time.Second, Next: -1})
		began := w.ws.Now()
		time.Sleep(2 * time.Minute)
		stop()
		w.ws.ClearFaults()
		var late []time.Duration
		for _, id := range watched {
			_, by := w.told(id, began)
			for target, of := range by {
				if id != watched[0] || target != workflow.InChannel {
					late = append(late, of...)
				}
			}
		}
		slices.SortFunc(late, cmp.Compare)
		p := func(n int) float64 { return late[len(late)*n/100].Seconds() }
		_, limited := w.calls()
		b.ReportMetric(p(99), "p99-s")
		b.Logf("%d reminders beside %d pending tasks and a channel that hangs: p50 %.2f s late, p99 %.2f s (target: under 20 s), at most %.2f s; %d calls refused by Slack",
			len(late), pending, p(50), p(99), late[len(late)-1].Seconds(), limited)
		w.stop()
	}
}

// owes fills the store with pending tasks: one in twenty is bulk that is due now, of an
// incident with so much to do, and the others are reminders of the year to come.
func (w *world) owes(path string, n int) {
	w.tb.Helper()
	busy := w.reportBy(sandbox.Nia, "busy", w.ws.Now())
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		w.tb.Fatal(err)
	}
	defer db.Close()
	const tasks = `
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
		INSERT INTO tasks (incident_id, key, kind, lane, due_at, target, about, milestone, state, attempts, code, token, next_at, stored_at)
		SELECT %s, %s, '%s', %d, %s, '', i, 0, 'pending', 0, '', '', %[6]s, %[6]s FROM n`
	now := w.ws.Now().UnixMicro()
	for _, q := range []string{
		fmt.Sprintf(tasks, n/20, "'"+string(busy)+"'", "'card:' || (100000 + i)", workflow.KindCardRefresh, workflow.LaneBulk, fmt.Sprint(now)),
		fmt.Sprintf(tasks, n-n/20, "'BR-2027-' || i", "'nudge:1:3600:channel'", workflow.KindNudge, workflow.LaneClock, fmt.Sprint(now, " + 3600000000 + i * 150000000")),
	} {
		if _, err := db.ExecContext(w.tb.Context(), q); err != nil {
			w.tb.Fatal(err)
		}
	}
}
