package scheduler

import (
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v5"

	"breachbot/workflow"
)

// How long a failed delivery waits. Product rules: a passing fault is tried again
// soon and then less and less often. One that trying again will not help is tried
// once an hour, in case somebody has put it right.
const (
	firstWait     = 5 * time.Second
	longestWait   = 15 * time.Minute
	permanentWait = time.Hour
)

// When a failing delivery is shown to people: from this attempt on, if a second
// attempt fails and it is that late, or if it will not even be tried again for so long.
const (
	stallAfter = 5
	stallLate  = 5 * time.Minute
	stallPause = 2 * time.Minute
)

// giveUpAfter is the attempt from which the privacy team is told of a delivery that
// still fails: an hour and twenty minutes after the first, at the least. It goes on
// being tried.
const giveUpAfter = 12

// Our own codes for why a delivery failed, in addition to Slack's.
const (
	codeTimeout  = "timeout"
	codePanic    = "panic"
	codeInternal = "internal"
	codeRefused  = "record_refused" // Slack has it, the journal will not
	codeUnread   = "incident_unread"
)

// wait is the time to the next attempt after the given one failed, with jitter,
// so that what failed together is not tried together.
func wait(attempt int) time.Duration {
	b := backoff.ExponentialBackOff{
		InitialInterval: firstWait, MaxInterval: longestWait, Multiplier: 2, RandomizationFactor: 0.2,
	}
	d := b.NextBackOff()
	for range min(attempt, 16) - 1 {
		d = b.NextBackOff()
	}
	return min(d, longestWait)
}

// failure is what a failed delivery says about the next attempt.
type failure struct {
	code       string
	retryAfter time.Duration
	permanent  bool
}

// failureOf reads a courier's error.
func failureOf(err error) failure {
	if r := Refusal(nil); errors.As(err, &r) {
		f := failure{code: r.Code(), retryAfter: r.RetryAfter(), permanent: r.Permanent()}
		if f.code == "" {
			f.code = codeInternal
		}
		return f
	}
	switch {
	case errors.Is(err, errPanicked):
		return failure{code: codePanic}
	case errors.Is(err, context.DeadlineExceeded):
		return failure{code: codeTimeout}
	}
	return failure{code: codeInternal}
}

// wait is the time to the next attempt; never shorter than was asked for.
func (f failure) wait(attempt int) time.Duration {
	if f.permanent {
		return max(permanentWait, f.retryAfter)
	}
	return max(wait(attempt), f.retryAfter)
}

// stalls tells whether people are to see a failure of a task that is as late as
// that, and is tried again after the pause.
func (f failure) stalls(attempt int, late, pause time.Duration) bool {
	return f.permanent || attempt >= stallAfter || attempt > 1 && late >= stallLate || pause >= stallPause
}

// hopeless tells whether somebody is to do another way what was to be delivered.
func (f failure) hopeless(attempt int) bool { return f.permanent || attempt >= giveUpAfter }

// persistently repeats a write until it succeeds, is refused, or ctx ends.
func persistently[T any](ctx context.Context, write func() (T, error)) (T, error) {
	try := func() (T, error) {
		v, err := write()
		if err != nil && final(err) {
			err = backoff.Permanent(err)
		}
		return v, err
	}
	pause := &backoff.ExponentialBackOff{
		InitialInterval: 100 * time.Millisecond, MaxInterval: 2 * time.Second, Multiplier: 2, RandomizationFactor: 0.2,
	}
	return backoff.Retry(ctx, try, backoff.WithBackOff(pause), backoff.WithMaxElapsedTime(0))
}

// final tells a refusal, which stays one, from a fault that may pass.
func final(err error) bool {
	refusal := (*workflow.Error)(nil)
	return errors.As(err, &refusal) || errors.Is(err, workflow.ErrNotFound) || errors.Is(err, workflow.ErrConflict)
}
