package sandbox

import (
	"container/heap"
	"time"
)

// clock is the workspace's time: real time plus an offset, or a fixed instant that moves only by hand.
type clock struct {
	frozen bool
	at     time.Time     // when frozen
	offset time.Duration // when running
}

func newClock(start time.Time, frozen bool) clock {
	now := time.Now()
	if start.IsZero() {
		start = now
	}
	return clock{frozen: frozen, at: start.UTC(), offset: start.Sub(now)}
}

func (c *clock) now() time.Time {
	if c.frozen {
		return c.at
	}
	return time.Now().Add(c.offset).UTC()
}

func (c *clock) advance(d time.Duration) {
	if c.frozen {
		c.at = c.at.Add(d)
		return
	}
	c.offset += d
}

// Now returns the workspace's time in UTC.
func (ws *Workspace) Now() time.Time {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return ws.clock.now()
}

// Advance moves the clock forward by d and does what is now due, such as delivering events again.
func (ws *Workspace) Advance(d time.Duration) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.clock.advance(d)
	ws.runDueLocked()
	ws.changedLocked()
}

// SetTime moves the clock to t, also backwards; message timestamps nevertheless keep increasing.
func (ws *Workspace) SetTime(t time.Time) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.clock.advance(t.Sub(ws.clock.now()))
	ws.runDueLocked()
	ws.changedLocked()
}

// agenda holds what is to happen at a later virtual instant.
type agenda struct {
	items appointments
	timer *time.Timer
}

type appointment struct {
	at time.Time
	do func() // called with the workspace locked
}

type appointments []appointment

func (a appointments) Len() int           { return len(a) }
func (a appointments) Less(i, j int) bool { return a[i].at.Before(a[j].at) }
func (a appointments) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }
func (a *appointments) Push(x any)        { *a = append(*a, x.(appointment)) }
func (a *appointments) Pop() any {
	old := *a
	last := old[len(old)-1]
	*a = old[:len(old)-1]
	return last
}

func (a *agenda) stop() {
	a.items = nil
	if a.timer != nil {
		a.timer.Stop()
	}
}

func (ws *Workspace) atLocked(t time.Time, do func()) {
	heap.Push(&ws.agenda.items, appointment{t, do})
	ws.armLocked()
}

func (ws *Workspace) runDueLocked() {
	for len(ws.agenda.items) > 0 && !ws.agenda.items[0].at.After(ws.clock.now()) {
		heap.Pop(&ws.agenda.items).(appointment).do()
	}
	ws.armLocked()
}

// armLocked sets a real timer for the next appointment when the clock runs by itself.
func (ws *Workspace) armLocked() {
	if ws.agenda.timer != nil {
		ws.agenda.timer.Stop()
	}
	if ws.clock.frozen || ws.closed || len(ws.agenda.items) == 0 {
		return
	}
	ws.agenda.timer = time.AfterFunc(max(0, ws.agenda.items[0].at.Sub(ws.clock.now())), func() {
		ws.mu.Lock()
		defer ws.mu.Unlock()
		if !ws.closed {
			ws.runDueLocked()
		}
	})
}
