package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"breachbot/workflow"
)

// Remembered is how long a change that failed counts when none of its kind follows.
// It is longer than any pause before a delivery is tried again, so a fault that
// lasts is met again before that.
const Remembered = 20 * time.Minute

// Acts remembers of each kind of change whether the last one failed, because a
// trial that succeeds does not undo that. The zero value has seen none. Safe for
// concurrent use.
type Acts struct {
	mu     sync.Mutex
	failed map[string]*LastFailed
}

// LastFailed means that the last change of some kind could not be made.
type LastFailed struct {
	Kind string // such as "append"
	Err  error
}

func (f *LastFailed) Error() string { return fmt.Sprintf("the last %s failed: %v", f.Kind, f.Err) }
func (f *LastFailed) Unwrap() error { return f.Err }

// Note takes down how a change went. Its kind is the first word of op. A change
// that was refused, or that its caller gave up, says nothing about the store.
func (a *Acts) Note(op string, err error) {
	refusal := (*workflow.Error)(nil)
	if errors.As(err, &refusal) || errors.Is(err, workflow.ErrConflict) || errors.Is(err, workflow.ErrRepeated) ||
		errors.Is(err, workflow.ErrNotFound) || errors.Is(err, context.Canceled) {
		return
	}
	kind, _, _ := strings.Cut(op, " ")
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.failed, kind)
	if err == nil {
		return
	}
	if a.failed == nil {
		a.failed = map[string]*LastFailed{}
	}
	f := &LastFailed{Kind: kind, Err: err}
	a.failed[kind] = f
	time.AfterFunc(Remembered, func() { a.forget(f) })
}

// forget drops a failure, unless a later change has.
func (a *Acts) forget(f *LastFailed) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.failed[f.Kind] == f {
		delete(a.failed, f.Kind)
	}
}

// Err is one of the failures that count, a *LastFailed; nil when there is none.
func (a *Acts) Err() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, f := range a.failed {
		return f
	}
	return nil
}
