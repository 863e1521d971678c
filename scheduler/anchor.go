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

// anchorHour is when the day's anchor is made, in the organisation's zone: it
// goes to a person, who should not be woken by it. Product rule.
const anchorHour = 9

// makeAnchor makes the anchor of the organisation's calendar day from nine o'clock
// on, unless this process has already done so. The store makes it once among all
// processes.
func (s *Scheduler) makeAnchor(ctx context.Context) error {
	s.anchor.mu.Lock()
	defer s.anchor.mu.Unlock()
	now := s.Now()
	local := now.In(s.Zone)
	day := local.Format(time.DateOnly)
	if day == s.anchor.day || local.Hour() < anchorHour {
		return nil
	}
	if _, _, err := s.Queue.Anchor(ctx, day, now); err != nil {
		return fmt.Errorf("anchor of %s: %w", day, err)
	}
	s.anchor.day = day
	return nil
}
