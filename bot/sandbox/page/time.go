package page

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// barData is the bar at the top: time, story, faults and the state of the app.
type barData struct {
	Now       time.Time
	Clock     string // in the reader's zone
	ISO       string
	Input     string // the clock as a browser writes it, to choose an instant
	Next      string // what the app does next without being asked, and when
	Fast      bool
	HasStory  bool
	Story     storyState
	Faults    []string
	Sockets   int
	CanKill   bool
	Alive     bool
	Busy      string
	HasNext   bool
	FastWords string
}

func (p *Page) bar(r reader) barData {
	now := r.Now()
	b := barData{
		Now: now, Clock: now.Format("Mon 2 Jan 2006, 15:04 MST"), ISO: now.UTC().Truncate(time.Minute).Format(time.RFC3339), Input: now.Format(localInput),
		HasStory: p.options.Story != nil, Faults: p.ordered(), Sockets: p.ws.Sockets().Count(),
		CanKill: p.options.Kill != nil && p.options.Restart != nil, Alive: true, HasNext: p.options.NextDue != nil,
		FastWords: "72 hours in " + short(p.options.Fast),
	}
	if p.options.Alive != nil {
		b.Alive = p.options.Alive()
	}
	if p.options.NextDue != nil {
		if at, what, ok := p.options.NextDue(); ok {
			b.Next = fmt.Sprintf("%s at %s", what, r.stamp(at))
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	b.Fast, b.Story, b.Busy = p.fast != nil, p.story, p.busy
	return b
}

func short(d time.Duration) string {
	if d >= time.Minute {
		return plural(int(d.Minutes()), "minute")
	}
	return plural(int(d.Seconds()), "second")
}

// time moves the clock of the workspace: by hours, to what comes next, to an
// instant, or on and on.
func (a *act) time(context.Context) (answer, error) {
	p := a.page
	switch by := a.get("by"); by {
	case "next":
		if p.options.NextDue == nil {
			return answer{}, errors.New("nobody knows what comes next")
		}
		at, what, ok := p.options.NextDue()
		if !ok {
			return answer{Say: "Nothing is planned: there is no open incident with a running clock."}, nil
		}
		p.move(at.Sub(p.ws.Now()) + time.Second)
		return answer{Say: "It is time for " + what + "."}, nil
	case "at":
		zone := a.who.Reader().Zone()
		at, err := time.ParseInLocation(localInput, a.get("at"), zone)
		if err != nil {
			return answer{}, errors.New("please choose a date and a time")
		}
		p.move(at.Sub(p.ws.Now()))
		return answer{}, nil
	case "fast":
		p.startFast()
		return answer{}, nil
	case "stop":
		p.stopFast()
		return answer{}, nil
	default:
		d, err := time.ParseDuration(by)
		if err != nil || d <= 0 {
			return answer{}, errors.New("the clock cannot move by that")
		}
		p.move(d)
		return answer{}, nil
	}
}

// move moves the clock and lets the app do what is now due.
func (p *Page) move(d time.Duration) {
	p.ws.Advance(d)
	if p.options.Moved != nil {
		p.options.Moved()
	}
}

// fastSteps is how many steps 72 hours are played in: each is 24 minutes.
const fastSteps = 180

func (p *Page) startFast() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fast != nil || p.life.Err() != nil {
		return
	}
	ctx, cancel := context.WithCancel(p.life)
	p.fast = cancel
	p.changedLocked()
	p.work.Go(func() {
		defer p.stopFast()
		tick := time.NewTicker(p.options.Fast / fastSteps)
		defer tick.Stop()
		for range fastSteps {
			select {
			case <-tick.C:
				p.move(72 * time.Hour / fastSteps)
			case <-ctx.Done():
				return
			}
		}
	})
}

func (p *Page) stopFast() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fast != nil {
		p.fast()
		p.fast = nil
		p.changedLocked()
	}
}
