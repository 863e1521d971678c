package scheduler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"breachbot/workflow"
)

// errPanicked is a courier's panic made an error.
var errPanicked = errors.New("courier panicked")

// lastWord is how long there is to write down what happened once the time to shut
// down is over.
const lastWord = 5 * time.Second

// deliver sees one claimed task through: it checks that the task is still owed,
// carries it out and writes down what became of it. ctx ends when the time to shut down is over.
func (s *Scheduler) deliver(ctx context.Context, c workflow.Claim) (o outcome) {
	defer func() {
		// Beside the courier anything else that panics over one incident must
		// not end the service for all; the lease brings the task back.
		if v := recover(); v != nil {
			s.panicked(c, v)
			o = unrecorded
		}
		s.Metrics.ended(c, o)
	}()
	return s.see(ctx, c)
}

// panicked counts a panic. Its value may hold what people typed; the type of
// the value does not.
func (s *Scheduler) panicked(c workflow.Claim, v any) {
	s.Metrics.panics.Inc()
	s.log(c).Error("a delivery panicked", "panic", fmt.Sprintf("%T", v))
}

func (s *Scheduler) see(ctx context.Context, c workflow.Claim) outcome {
	left := c.Until.Sub(s.Now())
	if left < s.Lease/2 {
		// It waited behind others of its incident; what is left would not be
		// enough to act and to write it down.
		books, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.Lease/4)
		defer cancel()
		return s.giveBack(books, c, s.Now().Add(s.Lease/2), returned)
	}
	left = min(left, s.Lease)
	// The bookkeeping keeps a quarter of the lease to itself, and goes on when
	// the delivery is called off: what Slack has, the journal is told.
	books, closeBooks := context.WithTimeout(context.WithoutCancel(ctx), left-s.Lease/20)
	defer closeBooks()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(lastWord, closeBooks) })()
	act, cancel := context.WithTimeout(ctx, left-s.Lease/4)
	defer cancel()

	var inc *workflow.Incident
	if c.Incident != "" {
		var owed bool
		var task workflow.Task
		var err error
		inc, task, owed, err = s.Service.Owed(act, c.Incident, c.Task.Key)
		if err != nil {
			return s.putOff(books, nil, c, failure{code: codeUnread})
		}
		switch {
		case !owed:
			return s.drop(act, books, inc, c)
		case c.Dropped:
			return returned // it came to be owed again, and is claimed as such
		}
		c.Task = task
	}
	s.Metrics.tried(c)
	fact, err := s.carry(act, inc, c, s.Courier.Deliver)
	if err == nil && inc != nil && c.Task.Kind.Renewed() {
		inc, err = s.keepUp(act, inc, c)
	}
	if err != nil {
		return s.undone(books, inc, c, err)
	}
	if fact == nil || inc == nil {
		return s.finish(books, inc, c)
	}
	return s.record(books, c, fact)
}

// carry has the courier do something and makes its panic a failure.
func (s *Scheduler) carry(ctx context.Context, inc *workflow.Incident, c workflow.Claim,
	do func(context.Context, *workflow.Incident, workflow.Claim) (workflow.Event, error)) (fact workflow.Event, err error) {
	defer func() {
		if v := recover(); v != nil {
			s.panicked(c, v)
			fact, err = nil, errPanicked
		}
	}()
	return do(ctx, inc, c)
}

// keepUp sees to it that what was brought up to date shows the newest. While it went
// out, the incident may have gone on, and another worker may have shown that already:
// then the older went out last, and the newest goes out once more. It returns the
// incident as it was shown.
func (s *Scheduler) keepUp(ctx context.Context, inc *workflow.Incident, c workflow.Claim) (*workflow.Incident, error) {
	for {
		now, err := s.Service.Incident(ctx, c.Incident)
		if err != nil || now.Version == inc.Version {
			return inc, err // nothing has happened, which is the rule: nothing need be planned
		}
		now, _, owed, err := s.Service.Owed(ctx, c.Incident, c.Task.Key)
		if err != nil || owed {
			return inc, err
		}
		inc = now
		if _, err := s.carry(ctx, inc, c, s.Courier.Deliver); err != nil {
			return inc, err
		}
	}
}

// drop ends a task that is no longer owed. If an earlier attempt may have got through,
// it is looked for first: what people have, the journal is told.
func (s *Scheduler) drop(act, books context.Context, inc *workflow.Incident, c workflow.Claim) outcome {
	if c.Attempt > 1 && c.Task.Kind.Leaves() != workflow.LeavesNothing {
		fact, err := s.carry(act, inc, c, s.Courier.Seek)
		switch f := failureOf(err); {
		case err == nil && fact != nil:
			return s.record(books, c, fact)
		case err != nil && (!f.permanent || c.Attempt < stallAfter):
			return s.undone(books, nil, c, err)
		case err != nil: // looking again will not help either
			s.log(c).Error("whether a delivery that is no longer needed got through cannot be found out", "code", f.code,
				"follows", "if it did, a message stands at Slack that the timeline does not know; the timeline says so")
			key := workflow.CommandKey(fmt.Sprintf("doubt/%s/%s/%d", c.Incident, c.Task.Key, c.Stored.UnixMicro()))
			if _, err := s.tell(books, c.Incident, key, workflow.DeliveryDropped{Task: c.Task.Key, Code: f.code}); err != nil {
				return unrecorded
			}
		}
	}
	if c.Attempt > 1 && c.Task.Kind.Renewed() { // an earlier attempt may have gone out last
		if _, err := s.carry(act, inc, c, s.Courier.Deliver); err != nil && !failureOf(err).permanent {
			return s.undone(books, nil, c, err)
		}
	}
	_ = s.settle(books, inc, workflow.Task{}) // or the next delivery does it
	if s.done(books, c) != nil {
		return unrecorded
	}
	return dropped
}

// finish ends a delivery that leaves no fact. Its stall is ended first, so that
// a crash in between repeats the act and not the silence.
func (s *Scheduler) finish(ctx context.Context, inc *workflow.Incident, c workflow.Claim) outcome {
	if err := s.settle(ctx, inc, c.Task); err != nil {
		return unrecorded
	}
	if s.done(ctx, c) != nil {
		return unrecorded
	}
	return delivered
}

// record writes down a fact, which also ends its task in the store. A fact that
// cannot be written is not lost: the task comes back with its lease, as a later
// attempt, and the courier finds what it has done.
func (s *Scheduler) record(ctx context.Context, c workflow.Claim, fact workflow.Event) outcome {
	receipt, err := s.tell(ctx, c.Incident, c.Command(), fact)
	switch {
	case err != nil && final(err):
		return s.putOff(ctx, nil, c, failure{code: codeRefused})
	case err != nil:
		s.log(c).Warn("a delivery could not be recorded; it will be reconciled", "fault", faultOf(err))
		return unrecorded
	}
	if len(receipt.Events) == 0 && s.done(ctx, c) != nil { // it was known already, so nothing was stored
		return unrecorded
	}
	// The fact has ended the stall of its own task; other stalls may wait for
	// the next delivery.
	_ = s.settle(ctx, receipt.Incident, c.Task)
	return delivered
}

// undone gives back a task that the courier has not carried out: until it is told to
// come again, or as a failure. inc is as for putOff.
func (s *Scheduler) undone(ctx context.Context, inc *workflow.Incident, c workflow.Claim, err error) outcome {
	if h := Hold(nil); errors.As(err, &h) {
		return s.hold(ctx, c, h)
	}
	return s.putOff(ctx, inc, c, failureOf(err))
}

// putOff gives a failed task back to be tried again, and shows people a failure
// that lasts. inc is nil when it is not known.
func (s *Scheduler) putOff(ctx context.Context, inc *workflow.Incident, c workflow.Claim, f failure) outcome {
	// First of all the queue: if what follows fails, the next attempt repeats it.
	now, pause := s.Now(), f.wait(c.Attempt)
	if !s.postpone(ctx, c, now.Add(pause), f.code) {
		return unrecorded
	}
	since := c.Stored
	if c.Task.Due.After(since) {
		since = c.Task.Due
	}
	lasts := f.stalls(c.Attempt, now.Sub(since), pause)
	s.logFailure(c, f, lasts)
	if inc == nil || !lasts {
		return failed
	}
	if c.Task.Kind == workflow.KindChannel {
		// The incident goes on without a channel until there is one.
		s.show(ctx, c, workflow.CommandKey("refused/"+string(c.Incident)+"/"+f.code), workflow.ChannelRefused{Code: f.code})
	}
	// The stall itself makes a new version of the card, which must not stall again.
	task, given := c.Task.Key, f.hopeless(c.Attempt)
	all := stalled(inc)
	if n := slices.IndexFunc(all, c.Task.Covers); n >= 0 {
		if task = all[n]; !given || inc.Stalls[task].GivenUp {
			return failed
		}
	}
	key := workflow.CommandKey(fmt.Sprintf("stall/%s/%s/%d", c.Incident, c.Task.Key, c.Attempt))
	s.show(ctx, c, key, workflow.DeliveryStalled{Task: task, Code: f.code, Attempts: c.Attempt, GivenUp: given})
	return failed
}

// logFailure says how bad a failure is: one that may pass, one that lasts, or a
// refusal for good, which somebody has to put right.
func (s *Scheduler) logFailure(c workflow.Claim, f failure, lasts bool) {
	log, follows := s.log(c).With("code", f.code), missing[c.Task.Kind]
	switch {
	case f.permanent:
		log.Error("Slack refuses a delivery for good; it is tried every hour, in case somebody has put it right", "follows", follows)
	case lasts:
		log.Warn("a delivery keeps failing; it is tried again at least every quarter of an hour", "follows", follows)
	default:
		log.Info("a delivery failed and was put off")
	}
}

// show records what people are to know about a failure. If it cannot be recorded
// now, the next attempt does it.
func (s *Scheduler) show(ctx context.Context, c workflow.Claim, key workflow.CommandKey, e workflow.Event) {
	if _, err := s.tell(ctx, c.Incident, key, e); err != nil {
		s.log(c).Warn("a failing delivery could not be shown in the incident yet", "fault", faultOf(err))
	}
}

// settle ends the stalls that the delivery of done has put right, and says of those
// that nothing owed will put right that they are no longer needed.
func (s *Scheduler) settle(ctx context.Context, inc *workflow.Incident, done workflow.Task) error {
	var errs []error
	for _, key := range stalled(inc) {
		var end workflow.Event = workflow.DeliveryRecovered{Task: key}
		if !done.Covers(key) {
			if needed, err := s.Service.Needed(ctx, inc.ID, key); err != nil || needed {
				errs = append(errs, err)
				continue
			}
			end = workflow.DeliveryDropped{Task: key}
		}
		at := inc.Stalls[key].Since.UnixMicro() // a stall ends once, whichever way
		_, err := s.tell(ctx, inc.ID, workflow.CommandKey(fmt.Sprintf("recovered/%s/%s/%d", inc.ID, key, at)), end)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// stalled lists the stalled tasks of an incident in a fixed order.
func stalled(inc *workflow.Incident) []workflow.TaskKey {
	if inc == nil {
		return nil
	}
	keys := make([]workflow.TaskKey, 0, len(inc.Stalls))
	for k := range inc.Stalls {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// tell records what became of a delivery.
func (s *Scheduler) tell(ctx context.Context, id workflow.IncidentID, key workflow.CommandKey, e workflow.Event) (workflow.Receipt, error) {
	return persistently(ctx, func() (workflow.Receipt, error) {
		return s.Service.Do(ctx, id, key, workflow.Deliver{Outcome: e}, workflow.SystemActor())
	})
}

// done ends a task in the queue. If a claim is no longer ours, somebody else has
// ended it or is dealing with it.
func (s *Scheduler) done(ctx context.Context, c workflow.Claim) error {
	_, err := persistently(ctx, func() (struct{}, error) { return struct{}{}, s.Queue.Finish(ctx, c) })
	if err != nil && final(err) {
		return nil
	}
	return err
}

// postpone gives a task back. False leaves it to its lease.
func (s *Scheduler) postpone(ctx context.Context, c workflow.Claim, until time.Time, code string) bool {
	_, err := persistently(ctx, func() (struct{}, error) { return struct{}{}, s.Queue.Postpone(ctx, c, until, code) })
	return err == nil || final(err)
}

// giveBack returns a task that was not begun, as if it had not been claimed.
func (s *Scheduler) giveBack(ctx context.Context, c workflow.Claim, due time.Time, as outcome) outcome {
	return s.restore(ctx, c, due, c.Attempt-1, as)
}

// hold puts a task off until Slack's limits allow it. That is no failed attempt, so
// nobody is alarmed and the waits do not grow. What was begun is looked for the next
// time, like after any attempt that may have got through.
func (s *Scheduler) hold(ctx context.Context, c workflow.Claim, h Hold) outcome {
	due := s.Now().Add(h.After())
	if h.Begun() {
		return s.restore(ctx, c, due, max(c.Attempt-1, 1), held)
	}
	return s.giveBack(ctx, c, due, held)
}

// restore gives a task back that was tried so many times. If that cannot be written
// down, its lease brings it back, and it counts as tried.
func (s *Scheduler) restore(ctx context.Context, c workflow.Claim, due time.Time, tried int, as outcome) outcome {
	_, err := persistently(ctx, func() (struct{}, error) { return struct{}{}, s.Queue.Return(ctx, c, due, tried) })
	if err != nil && !final(err) {
		return unrecorded
	}
	return as
}

// log names a task without a word that anybody typed: a task's key may name a
// person, but its kind does not.
func (s *Scheduler) log(c workflow.Claim) *slog.Logger {
	return s.Log.With("incident", string(c.Incident), "task", kindLabel(c.Task.Kind), "attempt", c.Attempt)
}

// faultOf names why something could not be recorded, in none of its words.
func faultOf(err error) string {
	switch {
	case final(err):
		return "refused"
	case errors.Is(err, workflow.ErrUnavailable):
		return "unavailable"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return codeTimeout
	}
	return codeInternal
}
