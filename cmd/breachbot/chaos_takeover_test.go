package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
	"time"

	"breachbot/bot/sandbox"
	"breachbot/scheduler"
	"breachbot/workflow"
)

// After the replica that holds the scheduler's lock is killed with reminders in
// hand, another sends them: nearly all within the lease and one tick.
func TestChaosTakeover(t *testing.T) {
	t.Parallel()
	rounds, incidents, deciders := 1, 2, 1
	if *longTrials {
		rounds, incidents, deciders = 3, 4, 6
	}
	const tick = 5 * time.Second
	// A milestone every two minutes: a round ends before the next.
	const pace, most = 2 * time.Minute, 30
	var milestones []string
	for n := range most {
		milestones = append(milestones, (time.Duration(most-n) * pace).String())
	}
	settings := map[string]string{"BREACHBOT_TICK": tick.String(), "BREACHBOT_NUDGES": strings.Join(milestones, ","), "BREACHBOT_LOG_LEVEL": "warn"}
	settings["BREACHBOT_DPO"] = sandbox.Dee
	more := []string{sandbox.Nia, sandbox.Bea}
	for n := range deciders - 1 {
		id := fmt.Sprintf("U2DECIDER%d", n)
		more = append(more, id)
		settings["BREACHBOT_DPO"] += "," + id
	}
	a := newArena(t, 3, settings)
	for _, id := range more {
		if _, there := a.ws.User(id); !there {
			a.ws.AddUser(sandbox.User{ID: id, Name: id, RealName: id})
		}
	}
	a.start()
	a.serving(2 * len(a.replicas))

	// The first milestone comes when all is set up, or else the next.
	deadline := time.Now().Add(40*time.Second + most*pace).Truncate(time.Second)
	people := &crowd{arena: a}
	nia := &resident{Person: a.ws.As(sandbox.Nia), crowd: people, dice: rand.New(rand.NewPCG(1, 1))}
	for n := range incidents {
		nia.insists(fmt.Sprintf("Letter %d", n), deadline.Add(-workflow.NotificationPeriod))
	}
	var took []time.Duration
	for range rounds {
		a.calm(time.Minute)
		due := deadline
		for time.Until(due.Add(-pace)) > 5*time.Second {
			due = due.Add(-pace)
		}
		took = append(took, a.takeover(due)...)
	}
	at := time.Now()
	a.calm(time.Minute)
	a.stop(syscall.SIGTERM)
	d := a.compare(people, at)

	target := scheduler.DefaultLease + tick
	show(t, "Takeover after the lock's holder is killed", []figure{
		plainly("reminders in hand when it was killed", len(took)),
		plainly("lease and one tick", seconds(target)),
		plainly("time until another sent them, p50", seconds(percentile(took, 50))),
		within("time until another sent them, p99", target, percentile(took, 99)),
		plainly("time until another sent them, most", seconds(percentile(took, 100))),
		none("doubled", len(d.doubled)),
		none("missing", len(d.missing)),
		none("in Slack but not in the journal", len(d.orphans)),
	})
	for _, line := range append(append(d.doubled, d.missing...), d.orphans...) {
		t.Log(line)
	}
	if len(took) == 0 {
		t.Error("nothing was in hand when the holder was killed")
	}
}

// takeover waits until the milestone is due, kills whoever takes it in hand, and
// gives the time until others have sent each reminder.
func (a *arena) takeover(due time.Time) []time.Duration {
	a.t.Helper()
	ctx, cancel := context.WithDeadline(a.t.Context(), due.Add(100*time.Second))
	defer cancel()
	time.Sleep(time.Until(due.Add(-2 * time.Second)))
	before := a.posts()
	for _, r := range a.replicas {
		r.hold.Store(&hold{method: "chat.postMessage", over: make(chan struct{})})
	}
	// Whoever looks for due reminders holds the lock.
	var holder *replica
	for holder == nil {
		for _, r := range a.replicas {
			if r.hold.Load().held.Load() > 0 {
				holder = r
			}
		}
		if !rest(ctx, 20*time.Millisecond) {
			return nil
		}
	}
	rest(ctx, time.Second) // until it has taken all in hand
	inHand := 0
	for id, tasks := range a.read().tasks {
		for _, t := range tasks {
			if id != "" && t.State == "pending" && t.Token != "" && t.Task.Kind == workflow.KindNudge {
				inHand++
			}
		}
	}
	holder.wanted.Store(false)
	holder.signal(syscall.SIGKILL)
	killed := time.Now()
	holder.supervised.Wait()
	for _, r := range a.replicas {
		close(r.hold.Swap(nil).over)
	}
	sent := func() (took []time.Duration) {
		for at, m := range a.posts() {
			if _, known := before[at]; !known && m.At().After(killed) {
				took = append(took, m.At().Sub(killed))
			}
		}
		return took
	}
	took := sent()
	for len(took) < inHand && rest(ctx, time.Second) {
		took = sent()
	}
	for range inHand - len(took) { // never sent: as long as was waited for
		took = append(took, time.Since(killed))
	}
	holder.start()
	return took
}
