package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// Posting once. Slack has no idempotency key, so the task's id travels as opaque
// message metadata. Before a post is repeated, we look for that id in the history.

// outbox names our metadata, which holds a stamp and a milestone. Any app in the
// channel can read metadata, so it holds nothing else.
const (
	outbox         = "breachbot_outbox"
	stampField     = "id"
	milestoneField = "m"
)

// post sends a message to a task's target and returns the places it is in. On a
// first attempt it just posts. Later it looks for the message first, and returns
// the milestone of the message it found, or else the one given.
func (b *Bot) post(ctx context.Context, inc *workflow.Incident, c workflow.Claim, m view.Message, milestone workflow.Countdown) ([]workflow.Place, workflow.Countdown, error) {
	channels, err := b.channels(ctx, inc, c.Task.Target)
	if err != nil {
		return nil, 0, err
	}
	if c.Task.Target == workflow.InChannel && c.Task.Kind != workflow.KindCard { // the card comes before anybody is invited
		m = b.unmentioned(ctx, m)
	}
	said := milestone
	var places []workflow.Place
	for _, channel := range channels {
		stamp := stampOf(c, channel)
		if c.Attempt > 1 {
			ts, found, err := b.find(ctx, channel, stamp, c.Stored)
			if err != nil {
				return nil, 0, err
			}
			if ts != "" {
				places, said = append(places, workflow.Place{Channel: channel, TS: ts}), found
				continue
			}
		}
		ts, err := b.send(ctx, channel, m, stamp, milestone)
		if err != nil {
			return nil, 0, err
		}
		places = append(places, workflow.Place{Channel: channel, TS: ts})
	}
	return places, said, nil
}

// channels are the conversations that reach a target: the incident's channel, or
// direct messages to the people a principal stands for. A direct message is opened
// first, because only its id can be looked up again.
func (b *Bot) channels(ctx context.Context, inc *workflow.Incident, to workflow.Target) ([]workflow.ChannelID, error) {
	if to == workflow.InChannel {
		return []workflow.ChannelID{inc.Room.Channel}, nil
	}
	users, err := b.roster.users(ctx, to.Principal())
	if err != nil {
		return nil, asFailure(err)
	}
	if len(users) == 0 {
		return nil, refusal("empty_user_group")
	}
	var out []workflow.ChannelID
	var lost error
	for _, u := range users {
		id, err := b.dm(ctx, u)
		var f *Failure
		switch {
		case err == nil:
			out = append(out, id)
		case errors.As(err, &f) && f.permanent:
			lost = err // if one person cannot be reached, the others still get the message
			b.Log.Warn("somebody cannot be sent direct messages", "code", f.code)
		default:
			return nil, err
		}
	}
	if len(out) == 0 {
		return nil, lost
	}
	return out, nil
}

func (b *Bot) dm(ctx context.Context, u workflow.UserID) (workflow.ChannelID, error) {
	if id, ok := b.dms.Load(u); ok {
		return id.(workflow.ChannelID), nil
	}
	var ch *slack.Channel
	err := b.call(ctx, "conversations.open", "", func() (err error) {
		ch, _, _, err = b.back.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{string(u)}, ReturnIM: true})
		return err
	})
	if err != nil {
		return "", err
	}
	if ch == nil || ch.ID == "" {
		return "", unfulfilled("channel")
	}
	b.dms.Store(u, workflow.ChannelID(ch.ID))
	return workflow.ChannelID(ch.ID), nil
}

// stampOf names a message for ever without saying anything about it.
func stampOf(c workflow.Claim, channel workflow.ChannelID) string {
	sum := sha256.Sum256([]byte(string(c.Command()) + "\x00" + string(channel)))
	return hex.EncodeToString(sum[:16])
}

func (b *Bot) send(ctx context.Context, channel workflow.ChannelID, m view.Message, stamp string, milestone workflow.Countdown) (string, error) {
	payload := map[string]any{stampField: stamp}
	if milestone != 0 {
		payload[milestoneField] = strconv.FormatInt(int64(time.Duration(milestone)/time.Second), 10)
	}
	var ts string
	err := b.shaped(view.Messages, m.Blocks, func(blocks []slack.Block) error {
		return b.call(ctx, "chat.postMessage", string(channel), func() (err error) {
			_, ts, err = b.back.PostMessageContext(ctx, string(channel),
				slack.MsgOptionText(m.Text, false),
				slack.MsgOptionBlocks(blocks...),
				slack.MsgOptionMetadata(slack.SlackMetadata{EventType: outbox, EventPayload: payload}),
				slack.MsgOptionDisableLinkUnfurl(),
				slack.MsgOptionDisableMediaUnfurl(),
			)
			return err
		})
	})
	if err == nil && ts == "" {
		err = unfulfilled("ts")
	}
	return ts, err
}

// find looks for a message of ours with this stamp, from a little before the task
// became due.
func (b *Bot) find(ctx context.Context, channel workflow.ChannelID, stamp string, since time.Time) (ts string, milestone workflow.Countdown, err error) {
	p := slack.GetConversationHistoryParameters{
		ChannelID: string(channel), Limit: 200, IncludeAllMetadata: true,
		Oldest: fmt.Sprintf("%d.000000", since.Add(-skew).Unix()),
	}
	for {
		var page *slack.GetConversationHistoryResponse
		err := b.call(ctx, "conversations.history", string(channel), func() (err error) {
			page, err = b.back.GetConversationHistoryContext(ctx, &p)
			return err
		})
		if err != nil {
			return "", 0, err
		}
		for _, m := range page.Messages {
			ours := m.User == b.user || b.botID != "" && m.BotID == b.botID
			if !ours || m.Metadata.EventType != outbox || m.Metadata.EventPayload[stampField] != stamp {
				continue
			}
			seconds, _ := m.Metadata.EventPayload[milestoneField].(string)
			n, _ := strconv.ParseInt(seconds, 10, 64)
			return m.Timestamp, workflow.Countdown(time.Duration(n) * time.Second), nil
		}
		if p.Cursor = page.ResponseMetaData.NextCursor; p.Cursor == "" {
			return "", 0, nil
		}
	}
}
