package bot

import (
	"context"
	_ "embed"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// Shared limits the calls of all replicas together through Redis. When Redis does
// not answer it falls back to a limit for this process: going a little too fast
// costs a 429, but stopping would cost a nudge.
type Shared struct {
	client   redis.UniversalClient
	fallback *Local
}

// NewShared makes a limiter that replicas share. now is the real time, for when
// Redis does not answer.
func NewShared(client redis.UniversalClient, now func() time.Time) *Shared {
	return &Shared{client: client, fallback: NewLocal(now)}
}

//go:embed limit.lua
var limitScript string

var limit = redis.NewScript(limitScript)

// redisPatience is how long Redis has to answer.
const redisPatience = time.Second

// rateKey begins the keys of all budgets. The braces keep them together in a cluster.
const rateKey = "breachbot:{rate}:"

// Take implements Limiter.
func (s *Shared) Take(ctx context.Context, c Caller, budgets ...Budget) time.Duration {
	keys, args := []string{}, []any{c.Returns, c.Turn}
	for _, b := range budgets {
		keys = append(keys, rateKey+b.Name, fmt.Sprintf("%s%s:%d", rateKey, b.Name, c.Lane))
		args = append(args, b.Window.Microseconds(), c.share(b))
	}
	ask, cancel := context.WithTimeout(ctx, redisPatience)
	defer cancel()
	wait, err := limit.Run(ask, s.client, keys, args...).Int64()
	if err != nil {
		return s.fallback.Take(ctx, c, budgets...)
	}
	return time.Duration(wait) * time.Microsecond
}

// Empty implements Limiter.
func (s *Shared) Empty(ctx context.Context, b Budget, d time.Duration) {
	s.fallback.Empty(ctx, b, d)
	ask, cancel := context.WithTimeout(ctx, redisPatience)
	defer cancel()
	now, err := s.client.Time(ask).Result()
	if err != nil {
		return // Slack says it again
	}
	var full []any
	for range b.Calls {
		full = append(full, strconv.FormatInt(now.Add(d-b.Window).UnixMicro(), 10))
	}
	_, _ = s.client.TxPipelined(ask, func(p redis.Pipeliner) error {
		p.Del(ask, rateKey+b.Name)
		p.RPush(ask, rateKey+b.Name, full...)
		p.PExpire(ask, rateKey+b.Name, d+b.Window)
		return nil
	})
}
