package scheduler

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/robfig/cron/v3"

	"breachbot/workflow"
)

// Queue is what the scheduler needs from a store. Each method is one transaction.
// Safe for concurrent use, by other processes too.
type Queue interface {
	// Claim leases up to limit tasks of a lane that are due at now to the holder
	// of token until now+lease, and counts the attempt.
	Claim(ctx context.Context, token string, now time.Time, lease time.Duration, lane workflow.Lane, limit int) ([]workflow.Claim, error)

	// Doubtful leases up to limit tasks that were dropped after an attempt of which
	// nobody knows whether it got through, as Claim does those that are due.
	Doubtful(ctx context.Context, token string, now time.Time, lease time.Duration, limit int) ([]workflow.Claim, error)

	// Finish marks a claimed task as done, and a dropped one as no longer doubtful.
	Finish(ctx context.Context, c workflow.Claim) error

	// Postpone gives a claimed task back, to be due at until, and keeps why.
	Postpone(ctx context.Context, c workflow.Claim, until time.Time, code string) error

	// Return gives a claimed task back, to be due at until, without counting the
	// attempt: it was tried so many times.
	Return(ctx context.Context, c workflow.Claim, until time.Time, tried int) error

	// Next is when the next task is due, now or later; zero when none will be.
	Next(ctx context.Context) (time.Time, error)

	// Anchor commits to the whole journal for a calendar day. It tells whether
	// this call made the anchor; each day has one.
	Anchor(ctx context.Context, day string, at time.Time) (workflow.Anchor, bool, error)

	// DropDrafts throws away what people last typed before an instant and did
	// not send.
	DropDrafts(ctx context.Context, before time.Time) error
}

// Service decides and records. *workflow.Service is one.
type Service interface {
	Incident(ctx context.Context, id workflow.IncidentID) (*workflow.Incident, error)
	Owed(ctx context.Context, id workflow.IncidentID, key workflow.TaskKey) (*workflow.Incident, workflow.Task, bool, error)
	Needed(ctx context.Context, id workflow.IncidentID, key workflow.TaskKey) (bool, error)
	Do(ctx context.Context, id workflow.IncidentID, key workflow.CommandKey, c workflow.Command, by workflow.Actor) (workflow.Receipt, error)
}

// Courier carries one task out at Slack. It is called by several workers at
// once, but for one incident by one at a time within a process.
type Courier interface {
	// Deliver returns the fact to record, or nil for an act that may be
	// repeated without harm. inc is the incident as it stands and c.Task the
	// task as it is owed now; inc is nil for tasks of no incident. When
	// c.Attempt is above 1 an earlier attempt may have got through, and the
	// courier looks before it acts again. It returns soon after ctx ends. The
	// event is ignored when there is an error; the error may be a Refusal or a
	// Hold.
	Deliver(ctx context.Context, inc *workflow.Incident, c workflow.Claim) (workflow.Event, error)

	// Seek looks for what earlier attempts at a task that is no longer owed have
	// left, brings it up to date and returns the fact to record, nil when there is
	// nothing. It sends nothing that is not there. Otherwise it is as Deliver.
	Seek(ctx context.Context, inc *workflow.Incident, c workflow.Claim) (workflow.Event, error)
}

// Refusal is a courier's error that says more. Any other error counts as a passing
// fault.
type Refusal interface {
	error
	Code() string              // Slack's or our code; never typed text
	RetryAfter() time.Duration // not to be tried again sooner; zero when unknown
	Permanent() bool           // trying again soon will not help
}

// Hold is a courier's error that is no failure: what Slack allows is used up for
// now, and the courier does not wait for it.
type Hold interface {
	error
	After() time.Duration // to come back then, and not sooner
	Begun() bool          // something was sent that must be looked for before it is sent again
}

// The settings of a scheduler whose fields are left zero.
const (
	DefaultEvery   = 15 * time.Second
	DefaultLease   = time.Minute
	DefaultWorkers = 8
	DefaultDrain   = 20 * time.Second
)

// Scheduler delivers due tasks. Set the fields before its first use and leave
// them alone afterwards; the methods are safe for concurrent use.
type Scheduler struct {
	Queue   Queue
	Courier Courier
	Service Service
	Locker  Locker // nil means a lock of this process alone

	Now  func() time.Time // the clock that due times, leases and days are read from
	Zone *time.Location   // of the organisation, for the day of an anchor; nil means UTC
	Log  *slog.Logger     // nil discards; no typed text is ever logged

	Every   time.Duration // between ticks, in whole seconds
	Lease   time.Duration // of a claimed task; a delivery gets at most three quarters of it
	Workers int           // deliveries at once; part of them are kept for what is urgent
	Drain   time.Duration // how long the tasks in hand may go on after the end is called for
	Metrics *Metrics      // nil counts nowhere

	once    sync.Once
	wake    chan struct{}
	passing chan struct{}
	lockUp  condition
	storeUp condition
	anchor  anchorDay
	swept   sweep
	looked  atomic.Int64 // when LastTick was, in microseconds since 1970; 0 for never
	alarm   alarm
}

// init fills in what was left out.
func (s *Scheduler) init() {
	s.once.Do(func() {
		s.wake = make(chan struct{}, 1)
		s.passing = make(chan struct{}, 1)
		if s.Locker == nil {
			s.Locker = &LocalLocker{}
		}
		if s.Zone == nil {
			s.Zone = time.UTC
		}
		if s.Log == nil {
			s.Log = slog.New(slog.DiscardHandler)
		}
		if s.Every <= 0 {
			s.Every = DefaultEvery
		}
		if s.Lease <= 0 {
			s.Lease = DefaultLease
		}
		if s.Workers <= 0 {
			s.Workers = DefaultWorkers
		}
		if s.Drain <= 0 {
			s.Drain = DefaultDrain
		}
		if s.Metrics == nil {
			s.Metrics = NewMetrics(prometheus.NewRegistry())
		}
	})
}

// Run ticks at once and then at every interval, and runs a pass whenever it is
// woken or a task falls due in between, until ctx ends. It then claims nothing more, finishes the tasks in
// hand within Drain, gives back the ones not begun, and returns nil with no
// goroutine left. Faults of the store or the lock do not end it: the next tick
// tries again.
func (s *Scheduler) Run(ctx context.Context) error {
	s.init()
	log := cronLog{s.Log}
	// Recover stands inside Skip: a panic that passed through Skip would leave
	// every later tick skipped.
	ticks := cron.New(cron.WithLogger(log), cron.WithLocation(time.UTC),
		cron.WithChain(cron.SkipIfStillRunning(log), cron.Recover(log)))
	ticks.Schedule(cron.Every(s.Every), cron.FuncJob(func() { s.tick(ctx) }))
	s.tick(ctx)
	ticks.Start()
	defer s.alarm.stop()
	for {
		select {
		case <-ctx.Done():
			<-ticks.Stop().Done()
			return nil
		case <-s.wake:
			_, err := s.RunOnce(ctx)
			s.noteStore(ctx, err)
			s.setAlarm(ctx)
		}
	}
}

// Wake says that an incident has fresh tasks. It never blocks; calls that come
// before the pass they ask for count as one. It fits Service.Committed.
func (s *Scheduler) Wake(workflow.IncidentID) {
	s.init()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Tick does what Run does at every interval: it takes the lock, makes the day's
// anchor, throws old drafts away and runs a pass. When another replica holds the lock it does nothing.
// The error tells that the store could not be asked.
func (s *Scheduler) Tick(ctx context.Context) (Report, error) {
	s.init()
	defer prometheus.NewTimer(s.Metrics.tickSeconds).ObserveDuration()
	held, release, err := s.Locker.Lock(ctx)
	switch {
	case err == nil:
		defer release()
		s.lockWorks()
	case errors.Is(err, ErrBusy):
		s.lockWorks()
		s.Metrics.ticks.WithLabelValues(tickBusy).Inc()
		s.beat()
		return Report{}, nil
	case ctx.Err() != nil:
		return Report{}, context.Cause(ctx)
	default:
		s.lockFails(err)
		held = ctx
	}
	daily := errors.Join(s.makeAnchor(ctx), s.dropDrafts(ctx))
	report, err := s.RunOnce(held)
	if cause := context.Cause(held); errors.Is(cause, ErrLost) && ctx.Err() == nil {
		// What was claimed is finished, what was not is still due.
		s.lockFails(cause)
		if errors.Is(err, ErrLost) {
			err = nil
		}
	}
	err = errors.Join(daily, err)
	if err != nil {
		s.Metrics.ticks.WithLabelValues(tickFailed).Inc()
	} else {
		s.Metrics.ticks.WithLabelValues(tickDone).Inc()
	}
	return report, err
}

func (s *Scheduler) tick(ctx context.Context) {
	if ctx.Err() != nil {
		return
	}
	_, err := s.Tick(ctx)
	s.noteStore(ctx, err)
	s.setAlarm(ctx)
}

// setAlarm wakes the scheduler when the next task falls due, if that is before the
// next tick: a reminder is not late for the ticks, and what was held back goes on
// when its turn comes.
func (s *Scheduler) setAlarm(ctx context.Context) {
	if d := s.untilNext(ctx); d < s.Every && ctx.Err() == nil {
		s.alarm.set(d, func() { s.Wake("") })
	}
}

// soon is the least time between two looks for what falls due.
const soon = 50 * time.Millisecond

// untilNext is how long there is to the next due task, at most until the next tick.
// If the store does not say, that is soon enough.
func (s *Scheduler) untilNext(ctx context.Context) time.Duration {
	next, err := s.Queue.Next(ctx)
	if err != nil || next.IsZero() {
		return s.Every
	}
	return min(max(next.Sub(s.Now()), soon), s.Every)
}

// alarm is one timer, set anew each time.
type alarm struct {
	mu    sync.Mutex
	timer *time.Timer
}

func (a *alarm) set(d time.Duration, wake func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.timer != nil {
		a.timer.Stop()
	}
	a.timer = time.AfterFunc(d, wake)
}

func (a *alarm) stop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.timer != nil {
		a.timer.Stop()
	}
}

// LastTick is when this process last looked into the queue, or found another
// replica doing so, on the scheduler's clock; zero before the first time. A pass
// that goes on for long counts every time it looks again.
func (s *Scheduler) LastTick() time.Time {
	at := s.looked.Load()
	if at == 0 {
		return time.Time{}
	}
	return time.UnixMicro(at).UTC()
}

// beat notes that the queue was looked into.
func (s *Scheduler) beat() {
	at := s.Now().UnixMicro()
	s.looked.Store(at)
	s.Metrics.heartbeat.Set(float64(at) / 1e6)
}

// noteStore raises the alarm about a store that does not answer, once for each
// outage. What is due stays due in the store.
func (s *Scheduler) noteStore(ctx context.Context, err error) {
	switch {
	case err != nil && ctx.Err() != nil: // the end was called for
	case err != nil:
		if s.storeUp.fails() {
			s.Log.Error("the queue cannot be read; trying again at every tick", "err", err)
		}
	case s.storeUp.works():
		s.Log.Info("the queue can be read again")
	}
}

func (s *Scheduler) lockFails(err error) {
	s.Metrics.lockFailures.Inc()
	s.Metrics.lockUp.Set(0)
	if s.lockUp.fails() {
		s.Log.Error("the scheduler's lock is out of order; going on without it", "err", err)
	}
}

func (s *Scheduler) lockWorks() {
	s.Metrics.lockUp.Set(1)
	if s.lockUp.works() {
		s.Log.Info("the scheduler's lock is in order again")
	}
}

// condition tells the beginning and end of an outage from its middle.
type condition struct {
	mu   sync.Mutex
	down bool
}

func (c *condition) fails() (first bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	first, c.down = !c.down, true
	return first
}

func (c *condition) works() (again bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	again, c.down = c.down, false
	return again
}

// cronLog passes the ticker's own messages on.
type cronLog struct{ log *slog.Logger }

func (l cronLog) Info(msg string, keysAndValues ...any) {
	l.log.Debug("ticker: "+msg, keysAndValues...)
}

func (l cronLog) Error(err error, msg string, keysAndValues ...any) {
	l.log.Error("ticker: "+msg, append(keysAndValues, "err", err)...)
}
