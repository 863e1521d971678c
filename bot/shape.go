package bot

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
)

// The blocks that came in 2026 reach workspaces one after the other. One that does
// not have them yet refuses the whole message, so the same message goes out at once
// in blocks that every workspace has.

// shapes remembers what Slack said about recent blocks. It is a courtesy that saves
// a call: another replica finds out for itself.
type shapes struct {
	mu       sync.Mutex
	refused  map[view.Surface]time.Time
	accepted map[accepted]time.Time
}

// accepted is a kind of block that Slack has shown at a surface.
type accepted struct {
	surface view.Surface
	kind    slack.MessageBlockType
}

// shapeMemory is how long an answer about recent blocks holds. Product rule: a
// workspace gets them on some day without saying so.
const shapeMemory = 24 * time.Hour

func (s *shapes) refuses(at view.Surface, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	since, ever := s.refused[at]
	return ever && now.Sub(since) < shapeMemory
}

func (s *shapes) accepts(at view.Surface, kinds []slack.MessageBlockType, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !slices.ContainsFunc(kinds, func(k slack.MessageBlockType) bool {
		since, ever := s.accepted[accepted{at, k}]
		return !ever || now.Sub(since) >= shapeMemory
	})
}

func (s *shapes) saidYes(at view.Surface, kinds []slack.MessageBlockType, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.accepted == nil {
		s.accepted = map[accepted]time.Time{}
	}
	for _, k := range kinds {
		s.accepted[accepted{at, k}] = now
	}
	delete(s.refused, at)
}

func (s *shapes) saidNo(at view.Surface, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refused == nil {
		s.refused = map[view.Surface]time.Time{}
	}
	s.refused[at] = now
	for k := range s.accepted {
		if k.surface == at {
			delete(s.accepted, k)
		}
	}
}

// shaped sends blocks to a surface. Where Slack refuses the recent ones among them,
// it sends at once what says the same without, and for a day it begins with that.
// A refusal is definite, so nothing is there twice.
func (b *Bot) shaped(at view.Surface, blocks []slack.Block, send func([]slack.Block) error) error {
	kinds, now := view.Recent(blocks), b.Now()
	switch {
	case len(kinds) == 0:
		return send(blocks)
	case b.shapes.refuses(at, now):
		return send(view.Plain(at, blocks))
	}
	err := send(blocks)
	if err == nil {
		b.shapes.saidYes(at, kinds, now)
		return nil
	}
	if !blocksRefused(err) {
		return err
	}
	if err = send(view.Plain(at, blocks)); blocksRefused(err) {
		return err // it was not the recent blocks
	}
	b.shapes.saidNo(at, now)
	b.measures.shapes.WithLabelValues(string(at)).Inc()
	b.Log.Warn("Slack does not have all the blocks of 2026 here yet; the same was sent without them", "surface", at)
	return err
}

// sure are the blocks for an answer to which Slack says nothing, such as an
// acknowledgement. It leaves out recent ones unless Slack has shown these kinds
// within the day. It tells whether they are the blocks it was given.
func (b *Bot) sure(at view.Surface, blocks []slack.Block) ([]slack.Block, bool) {
	kinds := view.Recent(blocks)
	if len(kinds) == 0 || b.shapes.accepts(at, kinds, b.Now()) {
		return blocks, true
	}
	return view.Plain(at, blocks), false
}

// blocksRefused tells whether Slack refused blocks for what they are: chat methods
// answer invalid_blocks, views say in their arguments what is wrong (Slack:
// chat.postMessage, views.open).
func blocksRefused(err error) bool {
	var refused slack.SlackErrorResponse
	if !errors.As(err, &refused) {
		return false
	}
	switch refused.Err {
	case "invalid_blocks":
		return true
	case "invalid_arguments":
		return slices.ContainsFunc(refused.ResponseMetadata.Messages, func(s string) bool { return strings.Contains(s, "blocks") })
	}
	return false
}
