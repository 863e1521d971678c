package bot

import (
	"sync"
	"time"
)

// seen remembers what came in, so that the same click is not handled twice. Slack
// repeats events for hours, so it remembers them for a day (Slack: Events API). The
// store's command keys are the real guard; this one saves work, and saves people
// from seeing a form open twice.
type seen struct {
	mu    sync.Mutex
	at    map[string]time.Time
	sweep time.Time
}

const remember = 24 * time.Hour

// maxSeen limits the memory; the older half goes when it is full.
const maxSeen = 50_000

func newSeen() *seen { return &seen{at: map[string]time.Time{}} }

// before tells whether any of the ids came in before, and remembers them all.
// Empty ids are ignored.
func (s *seen) before(now time.Time, ids ...string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Sub(s.sweep) > time.Hour || len(s.at) > maxSeen {
		limit := now.Add(-remember)
		if len(s.at) > maxSeen {
			limit = now.Add(-time.Minute)
		}
		for id, at := range s.at {
			if at.Before(limit) {
				delete(s.at, id)
			}
		}
		s.sweep = now
	}
	known := false
	for _, id := range ids {
		if id == "" {
			continue
		}
		if _, ok := s.at[id]; ok {
			known = true
		}
		s.at[id] = now
	}
	return known
}
