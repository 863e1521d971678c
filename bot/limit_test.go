package bot_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"breachbot/bot"
	"breachbot/store/storetest"
	"breachbot/workflow"
)

// An allowance of one an hour: whoever comes second waits too long for any test.
func once(name string) bot.Budget { return bot.Budget{Name: name, Calls: 1, Window: time.Hour} }

func allowed(t *testing.T, l bot.Limiter, b bot.Budget) bool {
	t.Helper()
	return l.Take(t.Context(), bot.Caller{}, b) == 0
}

// replicas are clients of one Redis, as each replica has one.
func replicas(t *testing.T, server *storetest.Server) func() bot.Limiter {
	return func() bot.Limiter {
		o, err := redis.ParseURL(server.URL())
		if err != nil {
			t.Fatal(err)
		}
		o.MaxRetries, o.DialerRetries, o.ContextTimeoutEnabled = 1, 1, true
		client := redis.NewClient(o)
		t.Cleanup(func() { _ = client.Close() })
		return bot.NewShared(client, time.Now)
	}
}

// Replicas share what Slack allows the app; and when Redis cannot be asked, each
// goes on within its own limit, for a reminder must not wait for Redis.
func TestReplicasShareTheirAllowance(t *testing.T) {
	t.Parallel()
	server := storetest.PrivateRedis(t)
	replica := replicas(t, server)
	a, b := replica(), replica()
	if !allowed(t, a, once("post/C1")) {
		t.Error("the first call was held back")
	}
	if allowed(t, b, once("post/C1")) {
		t.Error("the other replica used the same allowance again")
	}
	if !allowed(t, b, once("post/C2")) {
		t.Error("another channel was held back")
	}
	a.Empty(t.Context(), bot.Budget{Name: "open", Calls: 100, Window: time.Minute}, time.Hour)
	if wait := b.Take(t.Context(), bot.Caller{}, bot.Budget{Name: "open", Calls: 100, Window: time.Minute}); wait < 59*time.Minute || wait > time.Hour {
		t.Errorf("Slack told one replica to wait an hour, and the other waits %v", wait)
	}
	server.Stop()
	if !allowed(t, a, once("post/C3")) || !allowed(t, b, once("post/C3")) {
		t.Error("without Redis a replica was held back")
	}
	if allowed(t, a, once("post/C3")) {
		t.Error("without Redis nothing was held back")
	}
}

// Nothing is taken from one budget when another does not allow the call.
func TestAllBudgetsOrNone(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]bot.Limiter{"local": bot.NewLocal(time.Now), "shared": replicas(t, storetest.PrivateRedis(t))()} {
		if !allowed(t, l, once("channel")) {
			t.Fatalf("%s: the first call was held back", name)
		}
		if l.Take(t.Context(), bot.Caller{}, once("method"), once("channel")) == 0 {
			t.Errorf("%s: the channel's budget was used up", name)
		}
		if !allowed(t, l, once("method")) {
			t.Errorf("%s: the method's budget was used for nothing", name)
		}
	}
}

// The lanes after it cannot use up what a lane may need, and those who are held back
// come again one after the other, in the order they came.
func TestALaneKeepsItsPartOfABudget(t *testing.T) {
	t.Parallel()
	b := bot.Budget{Name: "post", Calls: 8, Window: 8 * time.Second}
	now := friday
	l := bot.NewLocal(func() time.Time { return now })
	take := func(lane workflow.Lane, turn bool) time.Duration {
		return l.Take(t.Context(), bot.Caller{Lane: lane, Returns: true, Turn: turn}, b)
	}
	for n := range 4 {
		if wait := take(workflow.LaneBulk, false); wait != 0 {
			t.Fatalf("bulk %d was held back for %v", n, wait)
		}
		now = now.Add(time.Second)
	}
	// At 4 s. Those of bulk end at 8, 9, 10 and 11 s.
	for n := range 6 {
		want := []time.Duration{4, 5, 6, 7, 12, 13}[n] * time.Second
		if wait := take(workflow.LaneBulk, false); wait != want {
			t.Errorf("held back %d: for %v, want %v", n, wait, want)
		}
	}
	for n, want := range []time.Duration{0, 0, 4 * time.Second} {
		if wait := take(workflow.LanePeople, false); wait != want {
			t.Errorf("people %d: %v, want %v", n, wait, want)
		}
	}
	for n, want := range []time.Duration{0, 0, 4 * time.Second} {
		if wait := take(workflow.LaneClock, false); wait != want {
			t.Errorf("deadline %d: %v, want %v", n, wait, want)
		}
	}
	// Later, when there is room again, nobody goes before those who stand in line.
	now = friday.Add(14 * time.Second)
	for n := range 4 {
		if wait := take(workflow.LaneBulk, true); wait != 0 {
			t.Errorf("turn %d: held back again, for %v", n, wait)
		}
	}
	if wait := take(workflow.LaneBulk, true); wait == 0 {
		t.Error("a fifth call in the window")
	}
}

// Whoever comes fresh goes behind those who were promised the next calls.
func TestNobodyJumpsTheLine(t *testing.T) {
	t.Parallel()
	b := bot.Budget{Name: "open", Calls: 2, Window: time.Minute}
	now := friday
	l := bot.NewLocal(func() time.Time { return now })
	patient, fresh, back := bot.Caller{Returns: true}, bot.Caller{}, bot.Caller{Turn: true}
	for range 2 {
		l.Take(t.Context(), fresh, b)
	}
	now = now.Add(30 * time.Second)
	for n, want := range []time.Duration{30 * time.Second, 30 * time.Second, 90 * time.Second} {
		if wait := l.Take(t.Context(), patient, b); wait != want {
			t.Errorf("place %d: %v, want %v", n, wait, want)
		}
	}
	now = now.Add(30 * time.Second)
	if l.Take(t.Context(), back, b) != 0 {
		t.Error("the first in line does not get the call that it was promised")
	}
	// One promise is for later, so one call is free; nobody is promised it.
	if wait := l.Take(t.Context(), fresh, b); wait == 0 {
		t.Error("somebody went before the second in line")
	}
	if l.Take(t.Context(), back, b) != 0 {
		t.Error("the second in line does not get its call")
	}
}

// The two limiters are one: they say the same to the same calls. Slack's patience
// with an app does not depend on whether it has Redis.
func TestBothLimitersSayTheSame(t *testing.T) {
	t.Parallel()
	shared := replicas(t, storetest.PrivateRedis(t))()
	local := bot.NewLocal(time.Now)
	dice := rand.New(rand.NewPCG(1, 2))
	budgets := []bot.Budget{{Name: "a", Calls: 8, Window: time.Hour}, {Name: "b", Calls: 3, Window: 2 * time.Hour}, {Name: "c", Calls: 1, Window: time.Minute}}
	for n := range 300 {
		c := bot.Caller{Lane: workflow.Lane(dice.IntN(4)), Returns: dice.IntN(2) == 0, Turn: dice.IntN(3) == 0}
		of := budgets[dice.IntN(3)]
		asked := []bot.Budget{of}
		if other := budgets[dice.IntN(3)]; other.Name != of.Name && dice.IntN(3) == 0 {
			asked = append(asked, other)
		}
		if dice.IntN(40) == 0 {
			shared.Empty(t.Context(), of, 30*time.Minute)
			local.Empty(t.Context(), of, 30*time.Minute)
		}
		s, l := shared.Take(t.Context(), c, asked...), local.Take(t.Context(), c, asked...)
		if (s == 0) != (l == 0) || (s-l).Abs() > 30*time.Second {
			t.Fatalf("call %d, %+v of %v: with Redis %v, without %v", n, c, asked, s, l)
		}
	}
}
