package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// Posting once. Slack has no idempotency key, so the task's id travels as opaque
// message metadata. Before a post is repeated, we look for that id in the history.

// outbox names our metadata. Any app in the channel can read metadata, so it holds
// the stamp and what a found message is recorded with, and nothing about anybody.
const (
	outbox         = "breachbot_outbox"
	stampField     = "id"
	reportField    = "r" // when the incident was reported, which tells it from one of an earlier database
	versionField   = "v" // of the incident that it was written from
	milestoneField = "m" // in seconds
	missedField    = "x" // milestones in seconds
)

// telling is what a message says that the journal keeps of it.
type telling struct {
	shows     int // version of the incident that it was written from; 0 if it does not tell
	milestone workflow.Countdown
	missed    []workflow.Countdown
}

// less is the one of two that says less: it was written from an earlier version.
func (s telling) less(than telling) telling {
	if s.shows <= than.shows {
		return s
	}
	return than
}

// payload is the metadata of a message.
func (s telling) payload(inc *workflow.Incident, stamp string) map[string]any {
	p := map[string]any{stampField: stamp}
	if inc != nil {
		p[reportField] = lifeOf(inc)
		p[versionField] = strconv.Itoa(s.shows)
	}
	if s.milestone != 0 {
		p[milestoneField] = seconds(s.milestone)
	}
	if len(s.missed) > 0 {
		var missed []string
		for _, m := range s.missed {
			missed = append(missed, seconds(m))
		}
		p[missedField] = strings.Join(missed, " ")
	}
	return p
}

// tellingOf reads what payload wrote. Messages of older versions told less.
func tellingOf(p map[string]any) telling {
	field := func(name string) string { v, _ := p[name].(string); return v }
	s := telling{milestone: countdown(field(milestoneField))}
	s.shows, _ = strconv.Atoi(field(versionField))
	for _, m := range strings.Fields(field(missedField)) {
		s.missed = append(s.missed, countdown(m))
	}
	return s
}

func seconds(c workflow.Countdown) string {
	return strconv.FormatInt(int64(time.Duration(c)/time.Second), 10)
}

func countdown(s string) workflow.Countdown {
	n, _ := strconv.ParseInt(s, 10, 64)
	return workflow.Countdown(time.Duration(n) * time.Second)
}

// lifeOf tells an incident from one with the same reference in an earlier database.
func lifeOf(inc *workflow.Incident) string {
	return strconv.FormatInt(inc.Times.Reported.UnixMicro(), 10)
}

// sent is a message that is at Slack: where, and what it says.
type sent struct {
	telling
	places []workflow.Place
	late   bool // found when it was no longer needed
}

func (s *sent) at(channel workflow.ChannelID, ts string, says telling) {
	if len(s.places) == 0 {
		s.telling = says
	}
	s.telling = says.less(s.telling)
	s.places = append(s.places, workflow.Place{Channel: channel, TS: ts})
}

// post sends a message to a task's target. On a first attempt it just posts. Later it
// looks for the message first; what it finds may say less than it would now.
func (b *Bot) post(ctx context.Context, inc *workflow.Incident, c workflow.Claim, m view.Message, says telling) (sent, error) {
	var out sent
	channels, err := b.channels(ctx, inc, c.Task.Target)
	if err != nil {
		return out, err
	}
	if c.Task.Target == workflow.InChannel && c.Task.Kind != workflow.KindCard { // the card comes before anybody is invited
		m = b.unmentioned(ctx, m)
	}
	for _, channel := range channels {
		if c.Attempt > 1 {
			found, err := b.find(ctx, inc, c, channel)
			if err != nil {
				return out, err
			}
			if found != nil {
				out.at(channel, found.Timestamp, tellingOf(found.Metadata.EventPayload))
				continue
			}
		}
		ts, err := b.send(ctx, channel, m, says.payload(inc, stampOf(c, channel)))
		if err != nil {
			return out, err
		}
		out.at(channel, ts, says)
	}
	return out, nil
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

// stampOf names a message for ever without telling anything about it.
func stampOf(c workflow.Claim, channel workflow.ChannelID) string {
	sum := sha256.Sum256([]byte(string(c.Command()) + "\x00" + string(channel)))
	return hex.EncodeToString(sum[:16])
}

func (b *Bot) send(ctx context.Context, channel workflow.ChannelID, m view.Message, payload map[string]any) (string, error) {
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

// find looks in a channel for what an earlier attempt at a task has posted there. It
// is nil when there is nothing.
func (b *Bot) find(ctx context.Context, inc *workflow.Incident, c workflow.Claim, channel workflow.ChannelID) (*slack.Message, error) {
	stamp := stampOf(c, channel)
	p := slack.GetConversationHistoryParameters{
		ChannelID: string(channel), Limit: 200, IncludeAllMetadata: true,
		Oldest: fmt.Sprintf("%d.000000", b.atSlack(c.Stored).Add(-reach).Unix()),
	}
	for {
		var page *slack.GetConversationHistoryResponse
		err := b.call(ctx, "conversations.history", "", func() (err error) {
			page, err = b.back.GetConversationHistoryContext(ctx, &p)
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, m := range page.Messages {
			ours := m.User == b.user || b.botID != "" && m.BotID == b.botID
			if !ours || m.Metadata.EventType != outbox || m.Metadata.EventPayload[stampField] != stamp {
				continue
			}
			if life, told := m.Metadata.EventPayload[reportField]; told && inc != nil && life != lifeOf(inc) {
				continue
			}
			return &m, nil
		}
		if p.Cursor = page.ResponseMetaData.NextCursor; p.Cursor == "" {
			return nil, nil
		}
	}
}
