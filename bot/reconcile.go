package bot

import (
	"context"
	"fmt"
	"html"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// Finding is what one look at Slack found about an incident.
type Finding struct {
	About  string // channel, topic, members, card or pin
	Says   string // how Slack differs from the record, in plain words; empty when it does not
	Remedy string // what Repair does about it; empty when only a person can do something

	repair func(context.Context) error
}

// Repair puts right what a finding with a remedy says, by the acts and commands that
// the bot at work uses. It may be repeated.
func (f Finding) Repair(ctx context.Context) error { return f.repair(ctx) }

// Reconcile compares what Slack has of an incident with the record: its channel, topic,
// members, card and pin. It only reads. What cannot be looked at because something
// before it differs is left out. It needs Connect. The error says that Slack could not
// be asked.
func (b *Bot) Reconcile(ctx context.Context, inc *workflow.Incident) ([]Finding, error) {
	room, err := b.lookAtRoom(ctx, inc)
	if err != nil || room.channel == nil {
		return []Finding{room.Finding}, err
	}
	out := []Finding{room.Finding}
	for _, look := range []func(context.Context, *workflow.Incident, *slack.Channel) ([]Finding, error){b.lookAtTopic, b.lookAtMembers, b.lookAtCard} {
		found, err := look(ctx, inc, room.channel)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

type roomFinding struct {
	Finding
	channel *slack.Channel // nil when there is nothing more to look at
}

func (b *Bot) lookAtRoom(ctx context.Context, inc *workflow.Incident) (roomFinding, error) {
	f := roomFinding{Finding: Finding{About: "channel"}}
	switch {
	case !inc.Room.Ready() && inc.Room.Refused != "":
		f.Says = "there is none: Slack says " + inc.Room.Refused + ". The bot tries again every hour; until then it works in direct messages."
		return f, nil
	case !inc.Room.Ready():
		f.Says = "it has not been opened yet. The bot does so as soon as it runs."
		return f, nil
	}
	var ch *slack.Channel
	err := b.call(ctx, "conversations.info", string(inc.Room.Channel), func() (err error) {
		ch, err = b.back.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: string(inc.Room.Channel)})
		return err
	})
	switch {
	case meaningOf(err) == noRoom:
		f.Says = "Slack says " + codeOf(err) + ": it was deleted, or breachbot was taken out of it. Invite breachbot again; until then it tells people in person."
	case err != nil:
		return f, err
	case ch.IsArchived:
		f.Says = "it is archived. Open it again in Slack; until then the bot tells people in person."
	case !ch.IsPrivate:
		f.Says = "it is not private. Make it private in Slack at once."
	case ch.IsExtShared || ch.IsShared:
		f.Says, f.channel = "it is shared with another organisation. End that in Slack at once.", ch
	default:
		f.channel = ch
	}
	return f, nil
}

func (b *Bot) lookAtTopic(_ context.Context, inc *workflow.Incident, ch *slack.Channel) ([]Finding, error) {
	f := Finding{About: "topic"}
	if html.UnescapeString(ch.Topic.Value) != view.Topic(inc, b.rules.Zone) {
		f.Says, f.Remedy = "it does not say where the clock stands", "sets it"
		f.repair = func(ctx context.Context) error { return b.setTopic(ctx, inc) }
	}
	return []Finding{f}, nil
}

// lookAtMembers compares who is in the channel with who is there by the record. Who
// comes and goes is the people's affair; that it is on record is ours.
func (b *Bot) lookAtMembers(ctx context.Context, inc *workflow.Incident, ch *slack.Channel) ([]Finding, error) {
	var there []workflow.UserID
	p := slack.GetUsersInConversationParameters{ChannelID: ch.ID, Limit: 200}
	for {
		var page []string
		err := b.call(ctx, "conversations.members", ch.ID, func() (err error) {
			page, p.Cursor, err = b.back.GetUsersInConversationContext(ctx, &p)
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, u := range page {
			if u != b.user {
				there = append(there, workflow.UserID(u))
			}
		}
		if p.Cursor == "" {
			break
		}
	}
	f := Finding{About: "members"}
	var moved []workflow.RecordMember
	var says []string
	for _, u := range there {
		if !inc.Inside(u) {
			moved = append(moved, workflow.RecordMember{User: u, Joined: true})
			says = append(says, string(u)+" is in the channel, and not on record")
		}
	}
	for _, u := range inc.Members() {
		if !slices.Contains(there, u) && string(u) != b.user {
			moved = append(moved, workflow.RecordMember{User: u})
			says = append(says, string(u)+" is on record, and not in the channel")
		}
	}
	if len(moved) > 0 {
		f.Says, f.Remedy = strings.Join(says, "; "), "records who is there; whoever must act and is not is told in person"
		f.repair = func(ctx context.Context) error { return b.recordMoves(ctx, inc, moved) }
	}
	return []Finding{f}, nil
}

func (b *Bot) recordMoves(ctx context.Context, inc *workflow.Incident, moved []workflow.RecordMember) error {
	for _, m := range moved {
		m.At = workflow.Instant(b.Now())
		if m.Joined {
			var err error
			if m.Why, err = b.people.outsider(ctx, m.User); err != nil {
				return err
			}
		}
		key := workflow.CommandKey(fmt.Sprintf("reconcile/%s/%s/%d", inc.ID, m.User, m.At.UnixMicro()))
		if _, err := b.record(ctx, inc.ID, key, m); err != nil {
			return err
		}
	}
	return nil
}

// lookAtCard looks for the card, and whether it is pinned.
func (b *Bot) lookAtCard(ctx context.Context, inc *workflow.Incident, ch *slack.Channel) ([]Finding, error) {
	card, pin := Finding{About: "card"}, Finding{About: "pin"}
	at := inc.Card.Place
	if at.TS == "" {
		card.Says = "it has not been posted yet. The bot does so as soon as it runs."
		return []Finding{card}, nil
	}
	var page *slack.GetConversationHistoryResponse
	err := b.call(ctx, "conversations.history", ch.ID, func() (err error) {
		page, err = b.back.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{
			ChannelID: ch.ID, Latest: at.TS, Oldest: at.TS, Inclusive: true, Limit: 1,
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	n := slices.IndexFunc(page.Messages, func(m slack.Message) bool { return m.Timestamp == at.TS && m.SubType != "tombstone" })
	tell := func(ctx context.Context, e workflow.Event) error {
		if e == nil {
			return nil
		}
		key := workflow.CommandKey(fmt.Sprintf("reconcile/%s/%s", inc.ID, at.TS))
		_, err := b.record(ctx, inc.ID, key, workflow.Deliver{Outcome: e})
		return err
	}
	toPin := workflow.Task{Kind: workflow.KindPin, Key: workflow.Subject{Kind: workflow.KindPin, TS: at.TS}.Key()}
	if n < 0 {
		card.Says, card.Remedy = "it is gone", "records that; the bot posts another and pins it"
		card.repair = func(ctx context.Context) error {
			return tell(ctx, workflow.MessageGone{Task: toPin.Key, Of: cardOf(inc), Places: []workflow.Place{at}, Code: "message_not_found"})
		}
		return []Finding{card}, nil
	}
	if !slices.Contains(page.Messages[n].PinnedTo, ch.ID) {
		pin.Says, pin.Remedy = "the card is not pinned", "pins it"
		pin.repair = func(ctx context.Context) error {
			e, err := b.pin(ctx, inc, toPin)
			if err != nil {
				return err
			}
			return tell(ctx, e)
		}
	}
	return []Finding{card, pin}, nil
}
