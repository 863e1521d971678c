package bot

import (
	"context"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// Seek looks for what earlier attempts at a task that is no longer owed have left at
// Slack: their answers may have been lost. What it finds it brings up to date, and
// returns the fact to record; nil when there is nothing. The error is a *Failure or *HeldBack.
func (b *Bot) Seek(ctx context.Context, inc *workflow.Incident, c workflow.Claim) (workflow.Event, error) {
	if !b.connected.Load() {
		return nil, notConnected()
	}
	ctx = withErrand(ctx, c)
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
	to := []recipient{{user: workflow.UserID(c.Task.Target)}} // who may have left the group since
	if c.Task.Kind != workflow.KindPerson {
		var err error
		if to, _, err = b.recipients(ctx, inc, c.Task); err != nil {
			return nil, err
		}
	}
	s := sent{telling: telling{shows: inc.Version}, reach: workflow.Reach{Late: true}}
	for _, r := range to {
		if r.channel == "" {
			var err error
			if r.channel, err = b.dm(ctx, r.user); meaningOf(err) == noPerson {
				continue
			} else if err != nil {
				return nil, err
			}
		}
		found, err := b.find(ctx, inc, c, r.channel)
		if err != nil {
			return nil, err
		}
		if found == nil {
			continue
		}
		if err := b.overtake(ctx, inc, r.channel, found); err != nil {
			return nil, err // the next attempt finds it again
		}
		s.found(r, found)
	}
	if len(s.places) == 0 {
		return nil, nil
	}
	if !c.Task.Target.Principal().IsGroup() {
		s.reach.To = nil // the target says so
	}
	return told(c.Task, s), nil
}

// overtake takes the buttons off a message that is no longer needed. If Slack will
// never do that, the message is there all the same, and recorded so.
func (b *Bot) overtake(ctx context.Context, inc *workflow.Incident, channel workflow.ChannelID, found *slack.Message) error {
	m, stale := view.Overtaken(inc, found.Text, found.Blocks.BlockSet)
	if !stale {
		return nil
	}
	err := b.update(ctx, workflow.Place{Channel: channel, TS: found.Timestamp}, m)
	if permanent(err) {
		b.Log.Error("a message that is no longer needed cannot be changed", "incident", string(inc.ID), "code", codeOf(err),
			"follows", "it keeps its buttons; what they do is checked again when somebody presses one")
		return nil
	}
	return err
}
