package scheduler

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"breachbot/workflow"
)

// Report counts what a pass did.
type Report struct {
	Delivered int // carried out and recorded
	Dropped   int // no longer owed, and not carried out
	Failed    int // put off, or left to the lease; still owed
}

// inHand is how many claims a pass holds for each worker: enough that the tasks of
// one busy incident do not keep the workers from the others, but few enough to
// deliver within a lease.
const inHand = 4

// RunOnce runs one pass without the lock: it claims due tasks and delivers them
// until none is due, including those that its own deliveries made due. Only one
// pass runs at a time in a process; a second one waits. When ctx ends, the pass
// stops as Run describes. The error is the store's, or tells why ctx ended; a
// delivery that failed is in the report, not in the error.
func (s *Scheduler) RunOnce(ctx context.Context) (Report, error) {
	s.init()
	select {
	case s.passing <- struct{}{}:
		defer func() { <-s.passing }()
	case <-ctx.Done():
		return Report{}, context.Cause(ctx)
	}
	p := &pass{s: s, busy: map[workflow.IncidentID]bool{}, moved: make(chan struct{}, 1)}
	return p.run(ctx)
}

// pass is the state of one pass.
type pass struct {
	s     *Scheduler
	moved chan struct{} // something changed that may call for another claim

	mu      sync.Mutex
	queue   []workflow.Claim             // claimed, not begun
	busy    map[workflow.IncidentID]bool // incidents with a task being delivered
	working int
	stirred bool // a delivery changed what is owed since the last claim
	report  Report
}

func (p *pass) run(ctx context.Context) (Report, error) {
	s := p.s
	// What was begun is finished, so the workers outlive ctx, for a while.
	work, abandon := context.WithCancel(context.WithoutCancel(ctx))
	defer abandon()
	var workers errgroup.Group
	workers.SetLimit(s.Workers)

	var err error
	for err == nil {
		var claimed int
		if claimed, err = p.claim(ctx, work, &workers); err != nil || claimed > 0 {
			continue
		}
		if p.idle() {
			break
		}
		// A delivery that hangs must not hold up what falls due meanwhile.
		again := time.NewTimer(s.Every)
		select {
		case <-p.moved:
		case <-s.wake:
		case <-again.C:
		case <-ctx.Done():
		}
		again.Stop()
		err = context.Cause(ctx)
	}
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx) // the store may have put it in words of its own
	}
	p.handBack(work)

	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = workers.Wait() // the workers return no errors: a failure is the task's
	}()
	select {
	case <-done:
	case <-ctx.Done():
		limit := time.NewTimer(s.Drain)
		select {
		case <-done:
		case <-limit.C:
			abandon()
			<-done
		}
		limit.Stop()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.report, err
}

// claim fetches as much of what is due as the workers can take, and sets them to
// work.
func (p *pass) claim(ctx, work context.Context, workers *errgroup.Group) (int, error) {
	if ctx.Err() != nil {
		return 0, context.Cause(ctx)
	}
	s := p.s
	p.mu.Lock()
	room := s.Workers*inHand - len(p.queue) - len(p.busy)
	p.stirred = false
	p.mu.Unlock()
	if room <= 0 {
		return 0, nil
	}
	// A token of its own for every claim, so that what an earlier lease of this
	// process left behind cannot finish a later one.
	claims, err := s.Queue.Claim(ctx, rand.Text(), s.Now(), s.Lease, room)
	if err != nil {
		return 0, fmt.Errorf("claim due tasks: %w", err)
	}
	s.beat()

	p.mu.Lock()
	p.queue = append(p.queue, claims...)
	hire := min(len(claims), s.Workers-p.working)
	p.working += hire
	p.mu.Unlock()
	for range hire {
		workers.Go(func() error { p.toil(work); return nil })
	}
	return len(claims), nil
}

// toil delivers one task after the other until none is left to take.
func (p *pass) toil(ctx context.Context) {
	for {
		c, ok := p.take()
		if !ok {
			return
		}
		p.done(c, p.s.deliver(ctx, c))
	}
}

// take picks the incident that waited longest among those nobody is working on,
// and of its tasks the first in the order of the plan: the tasks of one
// incident go out one after the other.
func (p *pass) take() (workflow.Claim, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := slices.IndexFunc(p.queue, func(c workflow.Claim) bool { return !p.busy[c.Incident] })
	if n < 0 {
		p.working--
		p.stir()
		return workflow.Claim{}, false
	}
	for m := n + 1; m < len(p.queue); m++ {
		if c := p.queue[m]; c.Incident == p.queue[n].Incident && byPlan(c, p.queue[n]) < 0 {
			n = m
		}
	}
	c := p.queue[n]
	p.queue = slices.Delete(p.queue, n, n+1)
	p.busy[c.Incident] = true
	return c, true
}

func (p *pass) done(c workflow.Claim, o outcome) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.busy, c.Incident)
	switch o {
	case delivered:
		p.report.Delivered++
	case dropped:
		p.report.Dropped++
	case failed, unrecorded:
		p.report.Failed++
	}
	p.stirred = true
	p.stir()
}

// stir lets the pass look again. p.mu is held.
func (p *pass) stir() {
	select {
	case p.moved <- struct{}{}:
	default:
	}
}

// idle tells whether nothing is in hand and nothing has changed since the last
// claim came back empty.
func (p *pass) idle() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.queue) == 0 && len(p.busy) == 0 && !p.stirred
}

// handBack returns the tasks not begun, due as they were. Any that cannot be
// returned come back when their lease ends.
func (p *pass) handBack(ctx context.Context) {
	p.mu.Lock()
	left := p.queue
	p.queue = nil
	p.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWord)
	defer cancel()
	for _, c := range left {
		p.s.Metrics.ended(c, p.s.giveBack(ctx, c, p.s.Now()))
	}
}

// byPlan orders the claims of one incident as its plan does; what is said, by
// the event it is about, and in the channel before in person: people stand in
// for a channel that cannot be reached, and no longer need to when it can. The
// reminders of other clocks come before the countdown for the same reason.
// Equals stay in the order of the queue.
func byPlan(a, b workflow.Claim) int {
	return cmp.Or(
		cmp.Compare(a.Task.Kind.Order(), b.Task.Kind.Order()),
		cmp.Compare(a.Task.About, b.Task.About),
		cmp.Compare(inPerson(a.Task), inPerson(b.Task)),
	)
}

func inPerson(t workflow.Task) int {
	if t.Target == workflow.InChannel {
		return 0
	}
	return 1
}
