package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
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

// sent is what became of a message: the places it is in, what it says, and whom of a
// group it reached.
type sent struct {
	telling
	places []workflow.Place
	reach  workflow.Reach
	err    error // why the last of those still owed it could not be written to
	// insists: a person who cannot be written to is tried again every hour. It is
	// what one person alone is to act on, and their account may come back. Once the
	// incident is over, and where others have it, that is only written down.
	insists bool
	over    bool // so is a channel that cannot be written to any more
}

// says is a message as it tells something.
type says func(telling) view.Message

func always(m view.Message) says { return func(telling) view.Message { return m } }

// post sends a message to a task's target. On a first attempt it just posts. Later it
// looks for the message first; what it finds decides what the others are told, and
// the message is known to show no more than that one does. Somebody who cannot be
// written to keeps it from nobody else: they are named in the result. The error says
// that nobody has it, and may have it later.
func (b *Bot) post(ctx context.Context, inc *workflow.Incident, c workflow.Claim, m says, now telling) (sent, error) {
	to, out, err := b.recipients(ctx, inc, c.Task)
	if err != nil {
		return sent{}, err
	}
	out.telling = now
	out.over = inc != nil && inc.Step().Over()
	out.insists = inc != nil && !out.over && c.Task.Kind != workflow.KindPerson && !c.Task.Target.Principal().IsGroup()
	var open []recipient
	for _, r := range to {
		var found *slack.Message
		if r.channel == "" {
			if err = b.mayBeTold(ctx, inc, r.user); err == nil {
				r.channel, err = b.dm(ctx, r.user)
			}
		}
		if err == nil && (c.Attempt > 1 || c.Task.Kind == workflow.KindPerson) {
			found, err = b.find(ctx, inc, c, r.channel)
		}
		switch {
		case err != nil:
			if err = out.missing(ctx, r, err); err != nil {
				return sent{}, err
			}
		case found != nil:
			out.found(r, found)
		default:
			open = append(open, r)
		}
	}
	now.milestone, now.missed = out.milestone, out.missed
	said := m(now)
	for _, r := range open {
		says := said
		if r.user == "" && c.Task.Kind != workflow.KindCard { // the card comes before anybody is invited
			says = b.unmentioned(ctx, said)
		}
		ts, err := b.send(ctx, r.channel, says, now.payload(inc, stampOf(c, r.channel)))
		if err == nil {
			out.wrote(r, ts)
			continue
		}
		if codeOf(err) == "channel_not_found" {
			b.dms.Delete(r.user) // opening it again tells why
		}
		if err = out.missing(ctx, r, err); err != nil {
			return sent{}, err
		}
	}
	if len(out.places) == 0 && out.err != nil {
		return sent{}, out.err
	}
	if !c.Task.Target.Principal().IsGroup() {
		out.reach.To = nil // the target says so
	}
	for who, code := range out.reach.Never {
		b.Log.Error("somebody cannot be written to, and is not tried again", "incident", string(c.Incident), "task", string(c.Task.Kind), "id", string(who), "code", code,
			"follows", "they are not told in Slack: tell them yourself, or give their role to somebody else")
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

// found takes in a message of an earlier attempt.
func (s *sent) found(r recipient, m *slack.Message) {
	f := tellingOf(m.Metadata.EventPayload)
	f.shows = min(f.shows, s.shows)
	s.telling = f
	s.wrote(r, m.Timestamp)
}

// missing notes that somebody could not be written to. It gives the error back if it
// is not about them: there is only the channel to write to, or we are stopping.
func (s *sent) missing(ctx context.Context, r recipient, err error) error {
	var f *Failure
	var held *HeldBack
	switch {
	case ctx.Err() != nil:
		return err
	case errors.As(err, &held) && r.user != "": // so that a busy conversation keeps it from nobody else
		s.reach.Owed, s.err = put(s.reach.Owed, r.user, workflow.HeldBack), err
	case !errors.As(err, &f):
		return err
	case r.user == "" && s.over && meaningOf(err) == noRoom:
		s.reach.Nowhere = f.code
	case r.user == "":
		return err
	case meaningOf(err) == noPerson && (!s.insists || f.code == workflow.NotMember):
		s.reach.Never = put(s.reach.Never, r.user, f.code)
	default:
		s.reach.Owed, s.err = put(s.reach.Owed, r.user, f.code), err
	}
	return nil
}

// put notes a code of somebody in a map, which may be nil and is changed.
func put[K ~string](m map[K]string, who K, code string) map[K]string {
	if m == nil {
		m = map[K]string{}
	}
	m[who] = code
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
			return nil, sent{reach: workflow.Reach{Never: map[workflow.UserID]string{u: workflow.LeftGroup}}}, nil
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
		Oldest: fmt.Sprintf("%d.000000", b.atSlack(since(c)).Add(-reach).Unix()),
	}
	for {
		var page *slack.GetConversationHistoryResponse
		err := b.call(ctx, "conversations.history", string(channel), func() (err error) {
			page, err = b.back.GetConversationHistoryContext(ctx, &p)
			return err
		})
		switch {
		case err != nil:
			return nil, err
		case page.Messages == nil: // an odd answer, and not one that nothing is there
			return nil, unfulfilled("messages")
		}
		for _, m := range page.Messages {
			if !b.ours(&m.Msg) || m.Metadata.EventType != outbox || m.Metadata.EventPayload[stampField] != stamp {
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
