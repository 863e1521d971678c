package scheduler_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"breachbot/scheduler"
	"breachbot/workflow"
)

func TestTheHeartbeatStopsWhileTheQueueCannotBeRead(t *testing.T) {
	t.Parallel()
	c := &clock{now: monday}
	w := newWorld(t, c.Now)
	s, reg := w.scheduler(), prometheus.NewRegistry()
	var down atomic.Bool
	s.Queue, s.Metrics = deaf{w.store, &down}, scheduler.NewMetrics(reg)
	if at := s.LastTick(); !at.IsZero() {
		t.Errorf("before the first tick the heartbeat is at %v", at)
	}
	beats := func(want time.Time) {
		t.Helper()
		_, _ = s.Tick(t.Context()) // whether it failed shows in the heartbeat
		if at := s.LastTick(); !at.Equal(want) {
			t.Errorf("the heartbeat is at %v, want %v", at, want)
		}
		if got := value(t, reg, "breachbot_last_tick_timestamp_seconds"); got != float64(want.Unix()) {
			t.Errorf("the figure is %v, want %v", got, want.Unix())
		}
	}
	beats(monday)
	down.Store(true)
	c.advance(time.Minute)
	beats(monday)
	down.Store(false)
	beats(monday.Add(time.Minute))
}

// A tick ends only when nothing is due any more; while one delivery hangs, the
// heartbeat must go on.
func TestTheHeartbeatGoesOnDuringALongPass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, time.Now)
		release := make(chan struct{})
		w.slack.during = func(ctx context.Context, c workflow.Claim) {
			if c.Task.Kind == workflow.KindChannel {
				<-release
			}
		}
		s := w.scheduler()
		stop := running(t, s)
		defer stop()
		w.report()
		time.Sleep(30 * time.Second)
		synctest.Wait()
		if ago := time.Since(s.LastTick()); ago > scheduler.DefaultEvery {
			t.Errorf("the last heartbeat was %v ago", ago)
		}
		close(release)
	})
}
