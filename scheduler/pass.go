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
	Held      int // to come back when Slack's limits allow it; still owed
}

// inHand is how many claims a pass holds for each worker: enough that the tasks of
// one busy incident do not keep the workers from the others, but few enough to
// deliver within a lease. A lane has its share of them, as of the workers.
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
	p := &pass{s: s, busy: map[workflow.IncidentID]workflow.Lane{}, moved: make(chan struct{}, 1)}
	return p.run(ctx)
}

// pass is the state of one pass.
type pass struct {
	s     *Scheduler
	moved chan struct{} // something changed that may call for another claim

	mu      sync.Mutex
	queue   []workflow.Claim                      // claimed, not begun
	busy    map[workflow.IncidentID]workflow.Lane // incidents with a task being delivered, and its lane
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
		again := time.NewTimer(s.untilNext(ctx))
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
	p.stirred = false
	p.mu.Unlock()
	// The workers get the claims of all lanes at once, so that the tasks of one incident
	// are in the order of its plan.
	var all []workflow.Claim
	var err error
	for _, lane := range workflow.Lanes() {
		var claims []workflow.Claim
		if room := p.room(lane); room > 0 {
			// A token of its own for every claim, so that what an earlier lease of
			// this process left behind cannot finish a later one.
			claims, err = s.Queue.Claim(ctx, rand.Text(), s.Now(), s.Lease, lane, room)
		}
		if err != nil {
			err = fmt.Errorf("claim due tasks: %w", err)
			break
		}
		all = append(all, claims...)
	}
	p.mu.Lock()
	p.queue = append(p.queue, all...)
	p.mu.Unlock()
	claimed := len(all)
	if err == nil {
		s.beat()
		claimed += p.doubtful(ctx)
	}

	p.mu.Lock()
	hire := min(claimed, s.Workers-p.working)
	p.working += hire
	p.mu.Unlock()
	for range hire {
		workers.Go(func() error { p.toil(work); return nil })
	}
	return claimed, err
}

// doubtful fetches what was dropped in doubt. Nobody waits for it.
func (p *pass) doubtful(ctx context.Context) int {
	room := p.room(workflow.LaneBulk)
	if room <= 0 {
		return 0
	}
	claims, err := p.s.Queue.Doubtful(ctx, rand.Text(), p.s.Now(), p.s.Lease, room)
	if err != nil && ctx.Err() == nil {
		p.s.Log.Warn("what was dropped in doubt cannot be claimed; the next pass tries again", "err", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queue = append(p.queue, claims...)
	return len(claims)
}

// room is how many more tasks of a lane may be in hand.
func (p *pass) room(lane workflow.Lane) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	used := p.delivering(lane)
	for _, c := range p.queue {
		if c.Lane() >= lane {
			used++
		}
	}
	return lane.Share(p.s.Workers*inHand) - used
}

// delivering counts the deliveries of a lane and those after it. p.mu is held.
func (p *pass) delivering(lane workflow.Lane) (n int) {
	for _, of := range p.busy {
		if of >= lane {
			n++
		}
	}
	return n
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

// take picks the incident with the most urgent task among those nobody is working
// on, of several the one that waited longest, and of its tasks the first in the
// order of the plan: the tasks of one incident go out one after the other. It passes
// over the lanes that have their share of the workers, but not over what comes first in
// an incident that it has picked: the room comes before what is said in it.
func (p *pass) take() (workflow.Claim, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	may := map[workflow.Lane]bool{}
	for _, lane := range workflow.Lanes() {
		may[lane] = p.delivering(lane) < lane.Share(p.s.Workers)
	}
	lane := func(n int) workflow.Lane { return p.queue[n].Lane() }
	n := -1
	for m, c := range p.queue {
		if _, busy := p.busy[c.Incident]; !busy && may[lane(m)] && (n < 0 || lane(m) < lane(n)) {
			n = m
		}
	}
	if n < 0 {
		p.working--
		p.stir()
		return workflow.Claim{}, false
	}
	for m, c := range p.queue {
		if c.Incident == p.queue[n].Incident && byPlan(c, p.queue[n]) < 0 {
			n = m
		}
	}
	c := p.queue[n]
	p.queue = slices.Delete(p.queue, n, n+1)
	p.busy[c.Incident] = c.Lane()
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
	case held:
		p.report.Held++
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
		p.s.Metrics.ended(c, p.s.giveBack(ctx, c, p.s.Now(), returned))
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
