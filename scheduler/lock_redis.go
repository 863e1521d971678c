package scheduler

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-redsync/redsync/v4"
	"github.com/go-redsync/redsync/v4/redis/goredis/v9"
	"github.com/redis/go-redis/v9"
)

// LockName is the key of the scheduler's lock in Redis.
const LockName = "breachbot:scheduler"

// DefaultLockTTL is how long the lock outlives a holder that died.
const DefaultLockTTL = 30 * time.Second

// RedisLocker is a lock shared by replicas through one Redis. The holder is
// known by a random token and renews the lock at a third of its TTL.
type RedisLocker struct {
	redis *redsync.Redsync
	ttl   time.Duration
}

// NewRedisLocker makes a lock of the given TTL; zero means DefaultLockTTL. The
// client stays the caller's to close.
func NewRedisLocker(client redis.UniversalClient, ttl time.Duration) *RedisLocker {
	if ttl <= 0 {
		ttl = DefaultLockTTL
	}
	return &RedisLocker{redis: redsync.New(goredis.NewPool(client)), ttl: ttl}
}

// patience limits one call to Redis.
func (l *RedisLocker) patience() time.Duration { return l.ttl / 6 }

// deadline is how long we take a lock to be ours without word from Redis, counted
// from before the call that won it: the TTL, less how far two clocks may drift
// apart.
func (l *RedisLocker) deadline() time.Duration { return l.ttl - l.ttl/10 }

// Lock implements Locker.
func (l *RedisLocker) Lock(ctx context.Context) (context.Context, func(), error) {
	// A mutex of its own each time, so that a late renewal of an earlier hold
	// can never touch this one.
	mutex := l.redis.NewMutex(LockName, redsync.WithExpiry(l.ttl), redsync.WithTries(1),
		redsync.WithTimeoutFactor(float64(l.patience())/float64(l.ttl)))
	end := time.NewTimer(l.deadline())
	if err := mutex.TryLockContext(ctx); err != nil {
		end.Stop()
		if isTaken(err) {
			return nil, nil, ErrBusy
		}
		return nil, nil, fmt.Errorf("take %s: %w", LockName, err)
	}
	held, lose := context.WithCancelCause(ctx)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		l.renew(held, lose, mutex, end)
	}()
	release := func() {
		lose(context.Canceled)
		<-stopped
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.patience())
		defer cancel()
		// A lock that cannot be given back now is free when its TTL ends.
		_, _ = mutex.UnlockContext(ctx)
	}
	return held, release, nil
}

// Try takes a lock of a name of its own and gives it back. The error says why Redis
// cannot lock. It disturbs no scheduler at work.
func (l *RedisLocker) Try(ctx context.Context) error {
	mutex := l.redis.NewMutex(LockName+":trial", redsync.WithExpiry(l.ttl), redsync.WithTries(1),
		redsync.WithTimeoutFactor(float64(l.patience())/float64(l.ttl)))
	if err := mutex.TryLockContext(ctx); err != nil {
		if isTaken(err) {
			return nil // by another trial: so it can lock
		}
		return fmt.Errorf("take %s: %w", mutex.Name(), err)
	}
	if _, err := mutex.UnlockContext(ctx); err != nil {
		return fmt.Errorf("give back %s: %w", mutex.Name(), err)
	}
	return nil
}

// renew keeps the lock until held ends, and ends held when it no longer can.
func (l *RedisLocker) renew(held context.Context, lose context.CancelCauseFunc, mutex *redsync.Mutex, end *time.Timer) {
	defer func() { end.Stop() }()
	every := time.NewTicker(l.ttl / 3)
	defer every.Stop()
	for {
		select {
		case <-held.Done():
			return
		case <-end.C:
			lose(fmt.Errorf("%w: not renewed in time", ErrLost))
			return
		case <-every.C:
		}
		next := time.NewTimer(l.deadline())
		ctx, cancel := context.WithTimeout(held, l.patience())
		ok, err := mutex.ExtendContext(ctx)
		cancel()
		switch {
		case ok:
			end.Stop()
			end = next
		case isTaken(err):
			next.Stop()
			lose(fmt.Errorf("%w: it is gone from Redis", ErrLost))
			return
		default: // Redis did not answer; the lock may be ours until its end
			next.Stop()
		}
	}
}

// isTaken tells an answer of Redis, that the lock is not ours, from a fault.
func isTaken(err error) bool {
	var taken *redsync.ErrTaken
	var node *redsync.ErrNodeTaken
	return errors.As(err, &taken) || errors.As(err, &node)
}
