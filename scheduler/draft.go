package scheduler

import (
	"context"
	"fmt"
	"sync"
	"time"

	"breachbot/workflow"
)

// sweep is when this process last threw old drafts away.
type sweep struct {
	mu sync.Mutex
	at time.Time
}

// sweepEvery is how often old drafts are thrown away. Nobody sees one that is too
// old, whether it has been thrown away yet or not.
const sweepEvery = 10 * time.Minute

// dropDrafts throws away what people typed more than a day ago and did not send.
func (s *Scheduler) dropDrafts(ctx context.Context) error {
	s.swept.mu.Lock()
	defer s.swept.mu.Unlock()
	now := s.Now()
	if now.Sub(s.swept.at) < sweepEvery {
		return nil
	}
	if err := s.Queue.DropDrafts(ctx, now.Add(-workflow.DraftLife)); err != nil {
		return fmt.Errorf("throw old drafts away: %w", err)
	}
	s.swept.at = now
	return nil
}
