package page

import (
	"context"
	"errors"
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
		case p.options.Story == nil:
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

// play plays the story to its end.
func (p *Page) play(ctx context.Context) {
	err := p.options.Story(ctx, &Stage{p})
	p.mu.Lock()
	defer p.mu.Unlock()
	p.story.Running, p.story.Paused, p.story.Done = false, false, err == nil
	if err != nil && ctx.Err() == nil {
		p.story.Err = said(err)
	}
	p.story.stop()
	p.changedLocked()
}

// Stage is the page as a player of a story needs it: it shows what is played,
// and keeps the pace.
type Stage struct{ page *Page }

// Remark shows a line of the story's remarks. Those that follow one another are
// one paragraph.
func (s *Stage) Remark(words string) {
	s.show(func(now *storyState) {
		if now.Line != "" { // a new paragraph
			now.Remark = ""
		}
		now.Remark, now.Line = strings.TrimSpace(now.Remark+" "+words), ""
	})
}

// Step shows a step that is about to be taken, and who takes it, by their handle;
// "" when nobody does.
func (s *Stage) Step(handle, words string) {
	s.show(func(now *storyState) {
		now.Line = words
		if handle != "" {
			now.Who = s.page.called(handle)
		}
	})
}

func (s *Stage) show(change func(*storyState)) {
	s.page.mu.Lock()
	defer s.page.mu.Unlock()
	change(&s.page.story)
	s.page.changedLocked()
}

// Rest gives viewers time to look: at the page's pace, and for as long as the
// story is paused.
func (s *Stage) Rest(ctx context.Context) error {
	p := s.page
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

// called is the id of the person with a handle.
func (p *Page) called(name string) string {
	for _, one := range p.options.People {
		if u, _ := p.ws.User(one.ID); u.Name == name {
			return one.ID
		}
	}
	return ""
}
