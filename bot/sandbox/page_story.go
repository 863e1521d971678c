package sandbox

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"time"
)

// storyState is how far the story is.
type storyState struct {
	Running, Paused, Done bool
	Line                  string // the step that was taken last, or the remark
	Remark                string // what is going on, in the story's words
	Who                   string // the person who acted last
	Err                   string

	stop   context.CancelFunc
	resume chan struct{} // closed when it goes on
}

// story plays, pauses and stops the story.
func (a *act) story(context.Context) (answer, error) {
	p := a.page
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.changedLocked()
	s := &p.story
	switch a.get("do") {
	case "play":
		switch {
		case p.options.Story == "":
			return answer{}, errors.New("there is no story to play")
		case s.Running && s.Paused:
			s.Paused = false
			close(s.resume)
		case !s.Running && p.life.Err() == nil:
			ctx, stop := context.WithCancel(p.life)
			*s = storyState{Running: true, stop: stop}
			p.work.Go(func() { p.play(ctx) })
		}
	case "pause":
		if s.Running && !s.Paused {
			s.Paused, s.resume = true, make(chan struct{})
		}
	case "stop":
		if s.Running {
			s.stop()
		}
	}
	return answer{}, nil
}

// play plays the story to its end. Its dates are moved on when the clock has
// passed them, so that time does not run backwards.
func (p *Page) play(ctx context.Context) {
	script := &Script{Workspace: p.ws, Out: storyTold{p}, Settle: func(ctx context.Context) error {
		if p.options.Settle != nil {
			if err := p.options.Settle(ctx); err != nil {
				return err
			}
		}
		return p.rest(ctx)
	}}
	err := script.Play(ctx, later(p.options.Story, p.ws.Now()))
	p.mu.Lock()
	defer p.mu.Unlock()
	p.story.Running, p.story.Paused, p.story.Done = false, false, err == nil
	if err != nil && ctx.Err() == nil {
		p.story.Err = said(err)
	}
	p.story.stop()
	p.changedLocked()
}

// rest lets the spectators look, for as long as the story is paused.
func (p *Page) rest(ctx context.Context) error {
	pace := time.NewTimer(p.options.Pace)
	defer pace.Stop()
	select {
	case <-pace.C:
	case <-ctx.Done():
		return ctx.Err()
	}
	p.mu.Lock()
	paused, resume := p.story.Paused, p.story.resume
	p.mu.Unlock()
	if !paused {
		return nil
	}
	select {
	case <-resume:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// storyTold takes the lines of a story as they are played.
type storyTold struct{ page *Page }

func (t storyTold) Write(b []byte) (int, error) {
	line := strings.TrimSpace(string(b))
	if line == "" || strings.HasPrefix(string(b), strings.TrimRight(seenMark, " ")) {
		return len(b), nil
	}
	p := t.page
	p.mu.Lock()
	defer p.mu.Unlock()
	s := &p.story
	if remark, ok := strings.CutPrefix(line, "#"); ok {
		if s.Line != "" { // a new paragraph of remarks
			s.Remark = ""
		}
		s.Remark, s.Line = strings.TrimSpace(s.Remark+" "+strings.TrimSpace(remark)), ""
	} else {
		s.Line, _, _ = strings.Cut(line, ": ") // what is typed is seen where it is typed, and nowhere else
		if handle, ok := strings.CutPrefix(line, "@"); ok {
			name, _, _ := strings.Cut(handle, " ")
			s.Who = p.called(name)
		}
	}
	p.changedLocked()
	return len(b), nil
}

// called is the id of the person with a handle.
func (p *Page) called(name string) string {
	for _, one := range p.options.People {
		if u, _ := p.ws.User(one.ID); u.Name == name {
			return one.ID
		}
	}
	return ""
}

var storyDate = regexp.MustCompile(`\b\d{4}-\d\d-\d\d \d\d:\d\d\b`)

// later moves the dates of a story on by whole days, as many as it takes for
// the first not to lie before now.
func later(story string, now time.Time) string {
	first, err := time.Parse("2006-01-02 15:04", storyDate.FindString(story))
	if err != nil || !first.Before(now) {
		return story
	}
	days := int(now.Sub(first)/(24*time.Hour)) + 1
	return storyDate.ReplaceAllStringFunc(story, func(s string) string {
		t, err := time.Parse("2006-01-02 15:04", s)
		if err != nil {
			return s
		}
		return t.AddDate(0, 0, days).Format("2006-01-02 15:04")
	})
}
