package scheduler

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// anchorDay is the last calendar day this process has seen anchored.
type anchorDay struct {
	mu  sync.Mutex
	day string
}

// makeAnchor makes the anchor of the organisation's calendar day, unless this
// process has done so. The store makes it once among all of them.
func (s *Scheduler) makeAnchor(ctx context.Context) error {
	s.anchor.mu.Lock()
	defer s.anchor.mu.Unlock()
	now := s.Now()
	day := now.In(s.Zone).Format(time.DateOnly)
	if day == s.anchor.day {
		return nil
	}
	if _, _, err := s.Queue.Anchor(ctx, day, now); err != nil {
		return fmt.Errorf("anchor of %s: %w", day, err)
	}
	s.anchor.day = day
	return nil
}
