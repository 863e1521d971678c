package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// sayAfter is how long a step of the start may take before the log names it and
// the host it waits for: an administrator who watches should not have to guess.
const sayAfter = 700 * time.Millisecond

// startup is where the start stands, for /readyz and for the log. The zero value
// has not begun. Safe for concurrent use.
type startup struct {
	log *slog.Logger

	mu     sync.Mutex
	step   string
	checks []Check // set once the start is over
}

// doing names the step that begins. The log says so only when it takes longer
// than sayAfter, with what happens then. The caller calls over at its end.
func (s *startup) doing(step, host, then string) (over func()) {
	s.mu.Lock()
	s.step = step
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
	step := s.step
	return []Check{{"start", func(context.Context) *trouble {
		return &trouble{"not ready: " + step, "wait; if it lasts, the log says what it waits for"}
	}}}
}

// lookForRedis says soon, with cause and host, when Redis cannot be used. The bot
// goes on without it, so nothing waits for this.
func lookForRedis(ctx context.Context, c Config, client redis.UniversalClient, log *slog.Logger) {
	asking, cancel := context.WithTimeout(ctx, sayAfter)
	defer cancel()
	if err := client.Ping(asking).Err(); err != nil && ctx.Err() == nil {
		log.Warn("Redis cannot be used yet; the bot goes on without its lock and the shared rate limits, and keeps trying",
			"variable", "REDIS_URL", "host", hostOf(c.RedisURL), "why", because(err))
	}
}

// cannotReach is an unable that names variable, host and cause, and nothing that
// could hold a secret. The cause stays wrapped.
func cannotReach(variable, what string, err error) error {
	return unable{&outside{variable, what, err}}
}

// outside is a fault of something outside the program.
type outside struct {
	variable, what string
	err            error
}

func (o *outside) Error() string {
	return fmt.Sprintf("%s: %s: %s", o.variable, o.what, because(o.err))
}
func (o *outside) Unwrap() error { return o.err }
