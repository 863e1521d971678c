package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
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

// sent is what became of a message: the places it is in, the milestone it says, and
// whom of a group it reached.
type sent struct {
	places []workflow.Place
	said   workflow.Countdown
	reach  workflow.Reach
	err    error // why the last of those still owed it could not be written to
	// insists: a person who cannot be written to is tried again every hour. It is
	// what one person alone is to act on, and their account may come back. Once the
	// incident is over, and where others have it, that is only written down.
	insists bool
	over    bool // so is a channel that cannot be written to any more
}

// says is a message as it is at a milestone.
type says func(milestone workflow.Countdown) view.Message

func always(m view.Message) says { return func(workflow.Countdown) view.Message { return m } }

// post sends a message to a task's target. On a first attempt it just posts. Later
// it looks for the message first; what it finds decides which milestone the others
// are told of. Somebody who cannot be written to keeps it from nobody else: they are
// named in the result. The error says that nobody has it, and may have it later.
func (b *Bot) post(ctx context.Context, inc *workflow.Incident, c workflow.Claim, m says, milestone workflow.Countdown) (sent, error) {
	to, out, err := b.recipients(ctx, inc, c.Task)
	if err != nil {
		return sent{}, err
	}
	out.said = milestone
	out.over = inc != nil && inc.Step().Over()
	out.insists = inc != nil && !out.over && c.Task.Kind != workflow.KindPerson && !c.Task.Target.Principal().IsGroup()
	var open []recipient
	for _, r := range to {
		ts := ""
		if r.channel == "" {
			r.channel, err = b.dm(ctx, r.user)
		}
		if err == nil && (c.Attempt > 1 || c.Task.Kind == workflow.KindPerson) {
			var found workflow.Countdown
			if ts, found, err = b.find(ctx, r.channel, stampOf(c, r.channel), since(c)); ts != "" {
				out.said = found
			}
		}
		switch {
		case err != nil:
			if err = out.missed(ctx, r, err); err != nil {
				return sent{}, err
			}
		case ts != "":
			out.wrote(r, ts)
		default:
			open = append(open, r)
		}
	}
	said := m(out.said)
	for _, r := range open {
		says := said
		if r.user == "" && c.Task.Kind != workflow.KindCard { // the card comes before anybody is invited
			says = b.unmentioned(ctx, said)
		}
		ts, err := b.send(ctx, r.channel, says, stampOf(c, r.channel), out.said)
		if err == nil {
			out.wrote(r, ts)
			continue
		}
		if codeOf(err) == "channel_not_found" {
			b.dms.Delete(r.user) // opening it again tells why
		}
		if err = out.missed(ctx, r, err); err != nil {
			return sent{}, err
		}
	}
	if len(out.places) == 0 && out.err != nil {
		return sent{}, out.err
	}
	if !c.Task.Target.Principal().IsGroup() {
		out.reach.To = nil // the target says so
	}
	return out, nil
}

// recipient is one place a message goes to: the incident's channel or, with a user,
// somebody's direct messages.
type recipient struct {
	user    workflow.UserID
	channel workflow.ChannelID
}

func (s *sent) wrote(r recipient, ts string) {
	s.places = append(s.places, workflow.Place{Channel: r.channel, TS: ts})
	if r.user != "" {
		s.reach.To = append(s.reach.To, r.user)
	}
}

// missed notes that somebody could not be written to. It gives the error back if it
// is not about them: there is only the channel to write to, or we are stopping.
func (s *sent) missed(ctx context.Context, r recipient, err error) error {
	var f *Failure
	switch {
	case ctx.Err() != nil || !errors.As(err, &f):
		return err
	case r.user == "" && s.over && meaningOf(err) == noRoom:
		s.reach.Nowhere = f.code
	case r.user == "":
		return err
	case meaningOf(err) == noPerson && !s.insists:
		s.reach.Never = put(s.reach.Never, r.user, f.code)
	default:
		s.reach.Owed, s.err = put(s.reach.Owed, r.user, f.code), err
	}
	return nil
}

func put(m map[workflow.UserID]string, u workflow.UserID, code string) map[workflow.UserID]string {
	if m == nil {
		m = map[workflow.UserID]string{}
	}
	m[u] = code
	return m
}

// recipients are those whom a task's message goes to: the incident's channel, or the
// people a principal stands for. One person of a group gets it only if they are
// still in the group.
func (b *Bot) recipients(ctx context.Context, inc *workflow.Incident, t workflow.Task) ([]recipient, sent, error) {
	if t.Target == workflow.InChannel {
		return []recipient{{channel: inc.Room.Channel}}, sent{}, nil
	}
	who := t.Target.Principal()
	if group := t.Message().Target.Principal(); group.IsGroup() && group != who {
		users, err := b.roster.users(ctx, group)
		if err != nil {
			return nil, sent{}, asFailure(err)
		}
		if u := workflow.UserID(who); !slices.Contains(users, u) {
			return nil, sent{reach: workflow.Reach{Never: put(nil, u, workflow.LeftGroup)}}, nil
		}
	}
	users, err := b.roster.users(ctx, who)
	if err != nil {
		return nil, sent{}, asFailure(err)
	}
	if len(users) == 0 {
		return nil, sent{}, refusal("empty_user_group")
	}
	var to []recipient
	for _, u := range users {
		to = append(to, recipient{user: u})
	}
	return to, sent{}, nil
}

// since is when a task's message may first have been sent.
func since(c workflow.Claim) time.Time {
	if c.Task.Kind == workflow.KindPerson && c.Task.Due.Before(c.Stored) {
		return c.Task.Due // perhaps when the others of the group were written to
	}
	return c.Stored
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

// stampOf names a message for ever without saying anything about it. What one person
// of a group is sent has the name that it has as the group's.
func stampOf(c workflow.Claim, channel workflow.ChannelID) string {
	sum := sha256.Sum256([]byte(string(workflow.TaskCommand(c.Incident, c.Task.Message().Key)) + "\x00" + string(channel)))
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
		err := b.call(ctx, "conversations.history", "", func() (err error) {
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
