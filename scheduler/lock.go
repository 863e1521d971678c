package scheduler

import (
	"context"
	"errors"
	"sync"
)

// Locker is the lock that saves replicas from doing the same work. Nothing
// depends on it: see the package comment. Safe for concurrent use.
type Locker interface {
	// Lock takes the lock if it is free, and does not wait for it. held ends
	// with ctx, when release is called, or, its cause being ErrLost, when the
	// lock can no longer be known to be ours. release gives the lock back and
	// may be called once. The error is ErrBusy while somebody else holds the
	// lock; any other one means that the lock itself is out of order.
	Lock(ctx context.Context) (held context.Context, release func(), err error)
}

var (
	// ErrBusy means that somebody else holds the lock.
	ErrBusy = errors.New("lock is held elsewhere")
	// ErrLost is the cause of a held context whose lock was lost.
	ErrLost = errors.New("lock was lost")
)

// LocalLocker is a lock within one process, for when there is only one. The zero
// value is free.
type LocalLocker struct{ mu sync.Mutex }

// Lock implements Locker. It is never lost.
func (l *LocalLocker) Lock(ctx context.Context) (context.Context, func(), error) {
	if !l.mu.TryLock() {
		return nil, nil, ErrBusy
	}
	held, cancel := context.WithCancel(ctx)
	return held, func() { cancel(); l.mu.Unlock() }, nil
}
