package bot

import (
	"context"
	"time"

	"github.com/go-redis/redis_rate/v10"
	"github.com/redis/go-redis/v9"
)

// Shared limits the calls of all replicas together through Redis. When Redis does
// not answer it falls back to a limit for this process: going a little too fast
// costs a 429, but stopping would cost a nudge.
type Shared struct {
	limiter  *redis_rate.Limiter
	fallback *Local
}

// NewShared makes a limiter that replicas share.
func NewShared(client redis.UniversalClient) *Shared {
	return &Shared{limiter: redis_rate.NewLimiter(client), fallback: NewLocal()}
}

// Wait waits until the budget allows one more call.
func (s *Shared) Wait(ctx context.Context, b Budget) error {
	limit := redis_rate.Limit{Rate: 1, Period: b.Every, Burst: b.Burst}
	for {
		ask, cancel := context.WithTimeout(ctx, time.Second)
		res, err := s.limiter.Allow(ask, "breachbot:rate:"+b.Name, limit)
		cancel()
		if err != nil {
			return s.fallback.Wait(ctx, b)
		}
		if res.Allowed > 0 {
			return nil
		}
		timer := time.NewTimer(res.RetryAfter)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}
