package bot

import (
	"sync"
	"time"
)

// seen remembers what came in, so that the same click is not handled twice. Slack
// repeats events for hours, so it remembers them for a day (Slack: Events API). The
// store's command keys are the real guard; this one saves work, and saves people
// from seeing a form open twice.
//
// It keeps two halves and forgets the older one as a whole when the newer one is
// full or a day old. So remembering costs the same however much came in.
type seen struct {
	mu    sync.Mutex
	older map[string]struct{}
	newer map[string]struct{}
	begun time.Time // the newer half
}

const remember = 24 * time.Hour

// maxSeen limits the memory: the ids of both halves.
const maxSeen = 20_000

func newSeen() *seen { return &seen{newer: map[string]struct{}{}} }

// before tells whether any of the ids came in before, and remembers them all.
// Empty ids are ignored.
func (s *seen) before(now time.Time, ids ...string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.begun.IsZero() {
		s.begun = now
	}
	if now.Sub(s.begun) > remember || len(s.newer) >= maxSeen/2 {
		s.older, s.newer, s.begun = s.newer, map[string]struct{}{}, now
	}
	known := false
	for _, id := range ids {
		if id == "" {
			continue
		}
		_, lately := s.newer[id]
		_, earlier := s.older[id]
		known = known || lately || earlier
		s.newer[id] = struct{}{}
	}
	return known
}
