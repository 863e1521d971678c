package scheduler_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"breachbot/scheduler"
	"breachbot/store"
	"breachbot/store/postgres"
	"breachbot/store/storetest"
	"breachbot/workflow"
)

// redisServer is a real Redis of one test, which the test may stop.
type redisServer struct {
	t *testing.T
	*storetest.Server
}

func startRedis(t *testing.T) *redisServer {
	t.Helper()
	return &redisServer{t, storetest.PrivateRedis(t)}
}

func (r *redisServer) client() *redis.Client {
	r.t.Helper()
	o, err := redis.ParseURL(r.URL())
	if err != nil {
		r.t.Fatal(err)
	}
	o.MaxRetries, o.DialerRetries, o.ContextTimeoutEnabled = -1, 1, true
	c := redis.NewClient(o)
	r.t.Cleanup(func() { c.Close() })
	return c
}

// silent keeps the client from writing of every connection refused.
type silent struct{}

func (silent) Printf(context.Context, string, ...any) {}

func init() { redis.SetLogger(silent{}) }

func TestOnlyOneHoldsTheLock(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	a, b := scheduler.NewRedisLocker(r.client(), 0), scheduler.NewRedisLocker(r.client(), 0)
	held, release, err := a.Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.Lock(t.Context()); !errors.Is(err, scheduler.ErrBusy) {
		t.Errorf("the second got %v", err)
	}
	release()
	if held.Err() == nil {
		t.Error("held goes on after release")
	}
	_, release, err = b.Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	release()
}

func TestATrialOfTheLockDisturbsNobody(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	client := r.client()
	held, release, err := scheduler.NewRedisLocker(client, 0).Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	before := client.Get(t.Context(), scheduler.LockName).Val()
	for range 2 { // the second shows that the first gave its lock back
		if err := scheduler.NewRedisLocker(r.client(), 0).Try(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if now := client.Get(t.Context(), scheduler.LockName).Val(); held.Err() != nil || now != before {
		t.Errorf("the lock at work was %q and is %q, %v", before, now, held.Err())
	}
	if keys := client.Keys(t.Context(), "*").Val(); len(keys) != 1 {
		t.Errorf("left in Redis: %v", keys)
	}
	r.Stop()
	if err := scheduler.NewRedisLocker(r.client(), 0).Try(t.Context()); err == nil {
		t.Error("a Redis that is gone can lock")
	}
}

func TestTheLockIsRenewedPastItsTTL(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	client := r.client()
	const ttl = 900 * time.Millisecond
	held, release, err := scheduler.NewRedisLocker(client, ttl).Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	token := client.Get(t.Context(), scheduler.LockName).Val()
	select {
	case <-held.Done():
		t.Fatalf("lost: %v", context.Cause(held))
	case <-time.After(2 * ttl):
	}
	if now := client.Get(t.Context(), scheduler.LockName).Val(); token == "" || now != token {
		t.Errorf("the token was %q and is %q", token, now)
	}
}

func TestALockThatIsGoneEndsTheWorkUnderIt(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(*redisServer, *redis.Client) error{
		"stopped": func(r *redisServer, _ *redis.Client) error { r.Stop(); return nil },
		"emptied": func(_ *redisServer, c *redis.Client) error { return c.FlushAll(context.Background()).Err() },
		"taken": func(_ *redisServer, c *redis.Client) error {
			return c.Set(context.Background(), scheduler.LockName, "somebody else", 0).Err()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := startRedis(t)
			held, release, err := scheduler.NewRedisLocker(r.client(), 1200*time.Millisecond).Lock(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer release()
			if err := lose(r, r.client()); err != nil {
				t.Fatal(err)
			}
			select {
			case <-held.Done():
			case <-time.After(20 * time.Second):
				t.Fatal("the work under it went on")
			}
			if cause := context.Cause(held); !errors.Is(cause, scheduler.ErrLost) {
				t.Errorf("ended because %v", cause)
			}
		})
	}
}

func TestReleasingALostLockLeavesTheNewHoldersAlone(t *testing.T) {
	t.Parallel()
	r := startRedis(t)
	client := r.client()
	_, release, err := scheduler.NewRedisLocker(client, 0).Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	client.FlushAll(t.Context())
	_, releaseB, err := scheduler.NewRedisLocker(r.client(), 0).Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	release()
	if client.Get(t.Context(), scheduler.LockName).Val() == "" {
		t.Error("the first took the second's lock away")
	}
	releaseB()
}

// replicas are two schedulers of one world, with clocks two seconds apart and a
// lock in Redis each.
func replicas(w *world, r *redisServer, ttl time.Duration, regs ...*prometheus.Registry) []*scheduler.Scheduler {
	var both []*scheduler.Scheduler
	for n, reg := range regs {
		s := w.scheduler()
		s.Locker = scheduler.NewRedisLocker(r.client(), ttl)
		s.Now = func() time.Time { return w.now().Add(time.Duration(n) * 2 * time.Second) }
		s.Metrics = scheduler.NewMetrics(reg)
		both = append(both, s)
	}
	return both
}

// tickAll has every scheduler tick at once, several times.
func tickAll(t *testing.T, times int, all ...*scheduler.Scheduler) {
	t.Helper()
	var wg sync.WaitGroup
	for _, s := range all {
		wg.Go(func() {
			for range times {
				if _, err := s.Tick(context.Background()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

// ladder takes reports over all milestones of the 72 hours, ticking at each.
func ladder(t *testing.T, c *clock, all ...*scheduler.Scheduler) {
	t.Helper()
	tickAll(t, 3, all...)
	passed := time.Duration(0)
	for _, left := range []time.Duration{48, 24, 12, 6, 3, 1} {
		at := 72*time.Hour - left*time.Hour
		c.advance(at - passed - time.Second) // the clock of the second replica is past it already
		tickAll(t, 3, all...)
		c.advance(time.Second)
		tickAll(t, 3, all...)
		passed = at
	}
	c.advance(time.Minute)
	tickAll(t, 3, all...)
}

// complete fails when a nudge of the ladder is missing or was said twice.
func complete(t *testing.T, w *world, ids ...workflow.IncidentID) {
	t.Helper()
	w.slack.onceEach(t)
	for _, id := range ids {
		said := map[string]int{}
		for _, n := range events[workflow.Nudged](w, id) {
			said[fmt.Sprintf("%s %v", n.Target, time.Duration(n.Milestone))]++
		}
		for _, left := range w.rules.Nudges {
			if n := said[fmt.Sprintf("%s %v", workflow.InChannel, left)]; n != 1 {
				t.Errorf("%s: %v before the deadline was said %d times in the channel", id, left, n)
			}
			if n := said[fmt.Sprintf("UDPO %v", left)]; left <= 24*time.Hour && n != 1 {
				t.Errorf("%s: %v before the deadline was said %d times to the DPO", id, left, n)
			}
		}
	}
}

func TestTwoReplicasWithSkewedClocksSayEachNudgeOnce(t *testing.T) {
	t.Parallel()
	c := &clock{now: monday}
	w := newWorld(t, c.Now)
	ids := []workflow.IncidentID{w.report(), w.report(), w.report()}
	regA, regB := prometheus.NewRegistry(), prometheus.NewRegistry()
	ladder(t, c, replicas(w, startRedis(t), 0, regA, regB)...)
	complete(t, w, ids...)
	if got := value(t, regA, "breachbot_lock_up"); got != 1 {
		t.Errorf("lock up is %v", got)
	}
}

func TestTwoReplicasOnOnePostgresSayEachNudgeOnce(t *testing.T) {
	t.Parallel()
	c := &clock{now: monday}
	w := newWorld(t, c.Now)
	url := storetest.PrivatePostgres(t).URL()
	stores := make([]store.Store, 2)
	for n := range stores {
		s, err := postgres.Open(t.Context(), url, postgres.Options{Migrate: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		stores[n] = s
	}
	w.use(stores[0])
	ids := []workflow.IncidentID{w.report(), w.report(), w.report()}
	all := replicas(w, startRedis(t), 0, prometheus.NewRegistry(), prometheus.NewRegistry())
	all[1].Queue = stores[1]
	all[1].Service = &workflow.Service{Rules: w.rules, Journal: stores[1], Now: w.now, Committed: all[1].Wake}
	ladder(t, c, all...)
	complete(t, w, ids...)
}

func TestReplicasWithoutALockAtAllStillSayEachNudgeOnce(t *testing.T) {
	t.Parallel()
	c := &clock{now: monday}
	w := newWorld(t, c.Now)
	ids := []workflow.IncidentID{w.report(), w.report()}
	ladder(t, c, w.scheduler(), w.scheduler(), w.scheduler())
	complete(t, w, ids...)
}

func TestRedisDownAtTheStartStopsNothing(t *testing.T) {
	t.Parallel()
	c := &clock{now: monday}
	w := newWorld(t, c.Now)
	ids := []workflow.IncidentID{w.report()}
	r := startRedis(t)
	r.Stop()
	regA, regB := prometheus.NewRegistry(), prometheus.NewRegistry()
	ladder(t, c, replicas(w, r, 0, regA, regB)...)
	complete(t, w, ids...)
	if up, failures := value(t, regA, "breachbot_lock_up"), value(t, regA, "breachbot_lock_failures_total"); up != 0 || failures == 0 {
		t.Errorf("lock up is %v after %v failures", up, failures)
	}
	if got := strings.Count(w.logged(), "out of order"); got != 2 {
		t.Errorf("%d alarms of two replicas:\n%s", got, w.logged())
	}
}

func TestALockLostMidwayLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(*redisServer, *redis.Client){
		"Redis stopped": func(r *redisServer, _ *redis.Client) { r.Stop() },
		"Redis emptied": func(_ *redisServer, c *redis.Client) { c.FlushAll(context.Background()) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &clock{now: monday}
			w := newWorld(t, c.Now)
			ids := []workflow.IncidentID{w.report(), w.report()}
			r := startRedis(t)
			client := r.client()
			regA, regB := prometheus.NewRegistry(), prometheus.NewRegistry()
			all := replicas(w, r, 1200*time.Millisecond, regA, regB)
			watched := &watchedLock{Locker: all[0].Locker}
			all[0].Locker = watched
			var once sync.Once
			w.slack.during = func(context.Context, workflow.Claim) {
				once.Do(func() {
					held := watched.held()
					lose(r, client)
					<-held.Done() // the delivery in hand goes on all the same
				})
			}
			if _, err := all[0].Tick(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := value(t, regA, "breachbot_lock_failures_total"); got != 1 {
				t.Errorf("%v lock failures", got)
			}
			if !strings.Contains(w.logged(), "out of order") {
				t.Error("no alarm was raised")
			}
			ladder(t, c, all...)
			complete(t, w, ids...)
		})
	}
}

// watchedLock shows the context of its last hold.
type watchedLock struct {
	scheduler.Locker
	mu   sync.Mutex
	last context.Context
}

func (l *watchedLock) Lock(ctx context.Context) (context.Context, func(), error) {
	held, release, err := l.Locker.Lock(ctx)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = held
	return held, release, err
}

func (l *watchedLock) held() context.Context {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}

func TestATickLeavesTheWorkToTheHolderOfTheLock(t *testing.T) {
	t.Parallel()
	w := newWorld(t, (&clock{now: monday}).Now)
	w.report()
	r := startRedis(t)
	reg := prometheus.NewRegistry()
	s := replicas(w, r, 0, reg)[0]
	_, release, err := scheduler.NewRedisLocker(r.client(), 0).Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if report, err := s.Tick(t.Context()); err != nil || report != (scheduler.Report{}) {
		t.Errorf("it did %+v, %v", report, err)
	}
	if got := value(t, reg, "breachbot_ticks_total", "busy"); got != 1 {
		t.Errorf("%v busy ticks", got)
	}
	release()
	if report, err := s.Tick(t.Context()); err != nil || report.Delivered == 0 {
		t.Errorf("it did %+v, %v", report, err)
	}
}
