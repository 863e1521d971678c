package scheduler_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"breachbot/scheduler"
	"breachbot/workflow"
)

// running starts a scheduler and gives what stops it and waits for it.
func running(t *testing.T, s *scheduler.Scheduler) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	return func() {
		t.Helper()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

func TestAFreshReportWaitsForNoTick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, time.Now)
		s := w.scheduler()
		stop := running(t, s)
		defer stop()
		synctest.Wait()
		start := time.Now()
		id := w.report()
		synctest.Wait()
		if inc := w.incident(id); !inc.Room.Ready() || inc.Card.TS == "" {
			t.Errorf("room %+v, card %+v", inc.Room, inc.Card)
		}
		if waited := time.Since(start); waited != 0 {
			t.Errorf("it took %v", waited)
		}
	})
}

func TestANudgeComesWithTheTickAfterItIsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, time.Now)
		stop := running(t, w.scheduler())
		defer stop()
		w.report()
		time.Sleep(24*time.Hour - time.Second)
		synctest.Wait()
		if said := w.slack.said(workflow.InChannel); said != nil {
			t.Errorf("said early: %v", said)
		}
		time.Sleep(scheduler.DefaultEvery + time.Second)
		synctest.Wait()
		if said := w.slack.said(workflow.InChannel); len(said) != 1 {
			t.Errorf("said %v", said)
		}
	})
}

func TestACrashBetweenTheActAndItsRecordIsReconciled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, time.Now)
		id := w.report()
		var dead atomic.Bool
		dead.Store(true)
		first := w.scheduler()
		first.Service = forgetful{w.svc, dead.Load}
		if r := w.pass(first); r.Failed != 1 { // tries for as long as its lease
			t.Errorf("report %+v", r)
		}
		w.restart()
		second := w.scheduler()
		time.Sleep(scheduler.DefaultLease)
		w.pass(second)
		calls := w.slack.called(kind(workflow.KindChannel))
		if len(calls) != 2 || calls[1].Attempt != 2 {
			t.Errorf("calls %+v", calls)
		}
		if !w.incident(id).Room.Ready() {
			t.Error("the channel is not known")
		}
		w.slack.onceEach(t)
	})
}

func TestShutdownFinishesTheTaskInHand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, time.Now)
		id := w.report()
		s := w.scheduler()
		begun, release := make(chan struct{}), make(chan struct{})
		w.slack.during = func(_ context.Context, c workflow.Claim) {
			if c.Task.Kind == workflow.KindChannel {
				close(begun)
				<-release
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- s.Run(ctx) }()
		<-begun
		cancel()
		synctest.Wait()
		select {
		case <-ended:
			t.Fatal("the scheduler did not wait for the task in hand")
		default:
		}
		close(release)
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if !w.incident(id).Room.Ready() {
			t.Error("what was done was not recorded")
		}
		if got := w.slack.called(func(c workflow.Claim) bool { return c.Incident == id }); len(got) != 1 {
			t.Errorf("begun after the end was called for: %v", got[1:])
		}
	})
}

func TestShutdownGivesUpOnADeliveryThatHangsAndKeepsTheTask(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, time.Now)
		w.report()
		s := w.scheduler()
		begun := make(chan struct{})
		w.slack.during = func(ctx context.Context, c workflow.Claim) {
			if c.Task.Kind == workflow.KindChannel {
				close(begun)
				<-ctx.Done()
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- s.Run(ctx) }()
		<-begun
		start := time.Now()
		cancel()
		<-ended
		if took := time.Since(start); took != scheduler.DefaultDrain {
			t.Errorf("it took %v", took)
		}
		w.slack.during = nil
		time.Sleep(time.Minute)
		w.pass(w.scheduler())
		calls := w.slack.called(kind(workflow.KindChannel))
		if len(calls) != 2 || calls[1].Attempt != 2 {
			t.Errorf("calls %+v", calls)
		}
	})
}

func TestShutdownIsBoundedWhenTheStoreIsGoneToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, time.Now)
		w.report()
		s := w.scheduler()
		s.Service = forgetful{w.svc, func() bool { return true }}
		begun := make(chan struct{})
		w.slack.during = func(_ context.Context, c workflow.Claim) {
			if c.Task.Kind == workflow.KindChannel {
				close(begun)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- s.Run(ctx) }()
		<-begun
		start := time.Now()
		cancel()
		<-ended
		if took := time.Since(start); took > scheduler.DefaultDrain+10*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

func TestWhatWasClaimedAndNotBegunIsGivenBackAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, time.Now)
		for range 3 {
			w.report()
		}
		s := w.scheduler()
		s.Workers = 1
		begun := make(chan struct{})
		var once sync.Once
		ctx, cancel := context.WithCancel(t.Context())
		w.slack.during = func(context.Context, workflow.Claim) { once.Do(func() { close(begun); <-ctx.Done() }) }
		ended := make(chan error)
		go func() { ended <- s.Run(ctx) }()
		<-begun
		cancel()
		<-ended
		w.slack.during = nil
		w.pass(w.scheduler()) // no lease has ended yet
		for _, id := range []workflow.IncidentID{"BR-2000-0001", "BR-2000-0002", "BR-2000-0003"} {
			if !w.incident(id).Room.Ready() {
				t.Errorf("%s waits for a lease", id)
			}
		}
		w.slack.onceEach(t)
	})
}

func TestADeliveryThatHangsKeepsNothingElseBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, time.Now)
		hung := w.report()
		healthy := w.report()
		s := w.scheduler()
		w.slack.during = func(ctx context.Context, c workflow.Claim) {
			if c.Incident == hung {
				<-ctx.Done()
			}
		}
		stop := running(t, s)
		synctest.Wait()
		if !w.incident(healthy).Room.Ready() {
			t.Error("the other incident was kept back")
		}
		start := time.Now()
		fresh := w.report()
		synctest.Wait()
		if waited := time.Since(start); waited != 0 || !w.incident(fresh).Room.Ready() {
			t.Errorf("a fresh report waited for it, %v", waited)
		}
		stop()
	})
}

func TestAHungDeliveryIsCalledOffBeforeItsLeaseEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, time.Now)
		w.report()
		s := w.scheduler()
		s.Workers = 1
		var hung time.Duration
		w.slack.during = func(ctx context.Context, c workflow.Claim) {
			if c.Attempt > 1 {
				return
			}
			start := time.Now()
			<-ctx.Done()
			if hung = time.Since(start); !time.Now().Before(c.Until) {
				t.Error("the lease was over")
			}
		}
		if r := w.pass(s); r.Failed != 1 {
			t.Errorf("report %+v", r)
		}
		if hung != 45*time.Second {
			t.Errorf("it was given %v", hung)
		}
		failing, err := w.store.Failing(t.Context(), 1)
		if err != nil || len(failing) != 1 || failing[0].Code != "timeout" {
			t.Errorf("queue shows %+v, %v", failing, err)
		}
	})
}

func TestEachDayHasOneAnchor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, time.Now)
		a, b := w.scheduler(), w.scheduler()
		a.Every, b.Every = 10*time.Minute, 10*time.Minute
		stopA, stopB := running(t, a), running(t, b)
		time.Sleep(72*time.Hour + 10*time.Minute)
		stopA()
		stopB()
		anchors, err := w.store.Anchors(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var days []string
		for _, a := range anchors {
			days = append(days, a.Day)
		}
		if got := strings.Join(days, " "); got != "2000-01-01 2000-01-02 2000-01-03" {
			t.Errorf("days %s", got)
		}
		if shown := w.slack.called(kind(workflow.KindAnchor)); len(shown) != 3 {
			t.Errorf("shown %d times", len(shown))
		}
	})
}

// The anchor goes to a person: not before nine in the organisation's morning.
func TestAnAnchorWakesNobody(t *testing.T) {
	t.Parallel()
	c := &clock{now: time.Date(2026, time.July, 1, 23, 30, 0, 0, time.UTC)} // half past midnight in London
	w := newWorld(t, c.Now)
	s := w.scheduler()
	days := func() (days []string) {
		t.Helper()
		if _, err := s.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		anchors, err := w.store.Anchors(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range anchors {
			days = append(days, a.Day)
		}
		return days
	}
	if got := days(); len(got) != 0 {
		t.Errorf("at night: anchors of %v", got)
	}
	c.advance(8*time.Hour + 30*time.Minute) // nine in London
	if got := days(); len(got) != 1 || got[0] != "2026-07-02" {
		t.Errorf("in the morning: anchors of %v", got)
	}
}

// deaf is a queue whose store is down while so says so.
type deaf struct {
	scheduler.Queue
	so *atomic.Bool
}

func (q deaf) Claim(ctx context.Context, token string, now time.Time, lease time.Duration, lane workflow.Lane, limit int) ([]workflow.Claim, error) {
	if q.so.Load() {
		return nil, errors.Join(workflow.ErrUnavailable)
	}
	return q.Queue.Claim(ctx, token, now, lease, lane, limit)
}

func TestAnOutageOfTheStoreIsToldOnceAndSurvived(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, time.Now)
		s := w.scheduler()
		reg := prometheus.NewRegistry()
		s.Metrics = scheduler.NewMetrics(reg)
		var down atomic.Bool
		down.Store(true)
		s.Queue = deaf{w.store, &down}
		stop := running(t, s)
		id := w.report()
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if got := strings.Count(w.logged(), "level=ERROR"); got != 1 {
			t.Errorf("%d alarms:\n%s", got, w.logged())
		}
		if got := value(t, reg, "breachbot_ticks_total", "failed"); got < 20 {
			t.Errorf("%v failed ticks", got)
		}
		down.Store(false)
		time.Sleep(scheduler.DefaultEvery)
		synctest.Wait()
		if !w.incident(id).Room.Ready() {
			t.Error("it did not go on")
		}
		stop()
	})
}

func TestATickThatStillRunsIsNotStartedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, time.Now)
		s := w.scheduler()
		reg := prometheus.NewRegistry()
		s.Metrics = scheduler.NewMetrics(reg)
		stop := running(t, s)
		synctest.Wait()
		w.svc.Committed = nil // the tick finds it, no wake does
		w.slack.during = func(ctx context.Context, _ workflow.Claim) { <-ctx.Done() }
		w.report()
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := value(t, reg, "breachbot_ticks_total", "busy"); got != 0 {
			t.Errorf("%v ticks found the lock held by their own process", got)
		}
		stop()
	})
}
