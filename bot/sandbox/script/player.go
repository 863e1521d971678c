package script

import (
	"context"
	"fmt"
	"io"
	"strings"

	"breachbot/bot/sandbox"
)

// Player plays stories in a workspace and tells what each person then sees.
type Player struct {
	Workspace *sandbox.Workspace
	// Settle, if set, is called after every step, until the app has done what it had to do.
	Settle func(context.Context) error
	// Out, if set, gets each line of the story and what was seen, as it happens.
	Out io.Writer
	// Stage, if set, is where somebody watches the story as it is played.
	Stage Stage

	shown map[string]sandbox.Message // what was told last of each message
	forms map[string]string          // person and form -> its shape when it was told
	modal map[string]string          // person -> the modal last told
	home  map[string]toldHome        // person -> the Home last told
}

// Stage is where a story is watched while it is played.
type Stage interface {
	// Remark is told each line of the story's remarks.
	Remark(words string)
	// Step is told each step before it is taken, without what is typed, and the
	// handle of the person who takes it; empty when it is the clock that moves.
	Step(handle, words string)
	// Rest is called after each step, when the app has settled. The story goes
	// on when it returns, and ends with its error.
	Rest(context.Context) error
}

// Play plays a story. The error names the line that could not be played.
func (p *Player) Play(ctx context.Context, story string) error {
	p.begin()
	for n, line := range strings.Split(strings.TrimRight(story, "\n"), "\n") {
		if strings.HasPrefix(line, strings.TrimRight(seenMark, " ")) {
			continue
		}
		p.write(line)
		text := strings.TrimSpace(line)
		if text == "" {
			continue
		}
		if remark, ok := strings.CutPrefix(text, "#"); ok {
			if p.Stage != nil {
				p.Stage.Remark(strings.TrimSpace(remark))
			}
			continue
		}
		if err := p.take(ctx, text); err != nil {
			return fmt.Errorf("line %d: %s: %w", n+1, text, err)
		}
		p.tell()
	}
	return nil
}

// take takes a step and waits until it has had its effect, and been looked at.
func (p *Player) take(ctx context.Context, text string) error {
	if p.Stage != nil {
		handle := ""
		if acting, ok := strings.CutPrefix(text, "@"); ok {
			handle, _, _ = strings.Cut(acting, " ")
		}
		words, _, _ := strings.Cut(text, ": ") // what is typed is seen where it is typed, and nowhere else
		p.Stage.Step(handle, words)
	}
	if err := p.step(ctx, text); err != nil {
		return err
	}
	if p.Settle != nil {
		if err := p.Settle(ctx); err != nil {
			return err
		}
	}
	if p.Stage != nil {
		return p.Stage.Rest(ctx)
	}
	return nil
}

// begin takes what is there already as told.
func (p *Player) begin() {
	if p.shown != nil || p.Out == nil {
		return
	}
	p.shown, p.forms, p.modal, p.home = map[string]sandbox.Message{}, map[string]string{}, map[string]string{}, map[string]toldHome{}
	out := p.Out
	p.Out = io.Discard
	p.tell()
	p.Out = out
}
