package bot

import (
	"context"
	"errors"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// Seek looks for what earlier attempts at a task that is no longer owed have left at
// Slack: their answers may have been lost. What it finds it brings up to date, and
// returns the fact to record; nil when there is nothing. The error is a *Failure.
func (b *Bot) Seek(ctx context.Context, inc *workflow.Incident, c workflow.Claim) (workflow.Event, error) {
	switch c.Task.Kind.Leaves() {
	case workflow.LeavesChannel:
		if inc.Room.Ready() {
			return nil, nil
		}
		found, err := b.ourChannel(ctx, inc)
		return fact(opened(found), err)
	case workflow.LeavesMessage:
		return b.seekMessage(ctx, inc, c)
	}
	return nil, nil
}

func (b *Bot) seekMessage(ctx context.Context, inc *workflow.Incident, c workflow.Claim) (workflow.Event, error) {
	if c.Task.Target == workflow.InChannel && !inc.Room.Ready() {
		return nil, nil // there was nowhere to post it
	}
	channels, err := b.channels(ctx, inc, c.Task.Target)
	if err != nil {
		return nil, err
	}
	s := sent{late: true}
	for _, channel := range channels {
		found, err := b.find(ctx, inc, c, channel)
		if err != nil {
			return nil, err
		}
		if found == nil {
			continue
		}
		at := workflow.Place{Channel: channel, TS: found.Timestamp}
		if m, stale := view.Overtaken(inc, found.Text, found.Blocks.BlockSet); stale {
			err := b.update(ctx, at, m)
			var f *Failure
			switch {
			case errors.As(err, &f) && f.permanent: // it is at Slack all the same, and recorded so
				b.Log.Warn("a message that is no longer needed keeps its buttons", "incident", string(inc.ID), "code", f.code)
			case err != nil:
				return nil, err // the next attempt finds it again
			}
		}
		s.at(channel, at.TS, tellingOf(found.Metadata.EventPayload))
	}
	if len(s.places) == 0 {
		return nil, nil
	}
	return told(c.Task, s), nil
}
