package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"breachbot/bot"
)

// sayAfter is how long a step of the start may take before the log names it and
// the host it waits for: an administrator who watches should not have to guess.
const sayAfter = 700 * time.Millisecond

// startup is where the start stands, for /readyz and for the log. The zero value
// has not begun. Safe for concurrent use.
type startup struct {
	log *slog.Logger

	mu      sync.Mutex
	step    string
	trouble *trouble // why the last try of the step failed; nil while it is tried for the first time
	checks  []Check  // set once the start is over
}

// The pause after the first failed try of a step; it doubles up to longestTry.
const (
	firstTry   = 2 * time.Second
	longestTry = 30 * time.Second
)

// take takes a step of the start. While what it needs is not there it tries again:
// after a power cut nobody should have to start the bot by hand. It returns nil also
// when ctx ended first, and an error only for what waiting does not cure.
func (s *startup) take(ctx context.Context, step, variable, host string, try func(context.Context) error) error {
	for pause := firstTry; ; pause = min(2*pause, longestTry) {
		over := s.doing(step, host, "it keeps trying")
		err := try(ctx)
		over()
		switch {
		case err == nil || ctx.Err() != nil:
			return nil
		case !passes(err):
			return err
		}
		t := troubleWith(variable, "not ready: "+step, err)
		s.mu.Lock()
		s.trouble = t
		s.mu.Unlock()
		if f, ok := errors.AsType[*bot.Failure](err); ok {
			pause = max(pause, f.RetryAfter())
		}
		s.log.Error("not ready yet; trying again", "step", step, "variable", variable, "host", host, "why", because(err), "cure", t.cure, "after", pause.String())
		if pauseFor(ctx, pause) != nil {
			return nil
		}
	}
}

// untilItWorks repeats f, with pauses that grow, until it succeeds. The error is that
// of ctx.
func (a *app) untilItWorks(ctx context.Context, what string, f func() error) error {
	for pause := firstTry; ; pause = min(2*pause, longestTry) {
		err := f()
		if err == nil || ctx.Err() != nil {
			return ctx.Err()
		}
		a.log.Error("could not "+what+"; trying again", "why", because(err), "after", pause.String())
		if err := pauseFor(ctx, pause); err != nil {
			return err
		}
	}
}

// pauseFor waits, or returns the error of ctx when that ends first.
func pauseFor(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// doing names the step that begins. The log says so only when it takes longer
// than sayAfter, with what happens then. The caller calls over at its end.
func (s *startup) doing(step, host, then string) (over func()) {
	s.mu.Lock()
	if s.step != step {
		s.step, s.trouble = step, nil
	}
	s.mu.Unlock()
	slow := time.AfterFunc(sayAfter, func() { s.log.Warn("still "+step, "host", host, "then", then) })
	return func() { slow.Stop() }
}

// over ends the start: from now on /readyz asks these.
func (s *startup) over(checks []Check) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.checks = checks
}

// current are the checks of /readyz now: while the bot starts, one that fails and
// names the step.
func (s *startup) current() []Check {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.checks != nil {
		return s.checks
	}
	t := s.trouble
	if t == nil {
		t = &trouble{"not ready: " + s.step, "wait; if it lasts, the log says what it waits for"}
	}
	return []Check{{"start", func(context.Context) *trouble { return t }}}
}

// lookForRedis has the log say soon when Redis cannot be used. The bot goes on
// without it, so nothing waits for this.
func lookForRedis(ctx context.Context, w *redisWatch) {
	asking, cancel := context.WithTimeout(ctx, sayAfter)
	defer cancel()
	_ = redisCheck(w).Func(asking) // the watch says it
}

// cannotReach is an unable that names variable, host, cause and cure, and nothing
// that could hold a secret. The cause stays wrapped.
func cannotReach(variable, what string, err error) error {
	return unable{&outside{variable, what, err}}
}

// outside is a fault of something outside the program.
type outside struct {
	variable, what string
	err            error
}

func (o *outside) Error() string {
	return troubleWith(o.variable, o.variable+": "+o.what, o.err).Error()
}
func (o *outside) Unwrap() error { return o.err }
