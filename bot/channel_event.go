package bot

import (
	"context"
	"errors"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// What happens in an incident's channel without anybody talking to breachbot:
// people come and go, messages that are evidence change, the channel is shared.
// Slack sends each event at least once and in any order. It is answered only when
// the event is stored, so that it sends again what was not. Everything else said
// in a channel is dropped at once, unread.

// channelShared is an event that the library does not know (Slack: Events
// reference, channel_shared).
type channelShared struct {
	Team    string `json:"connected_team_id"`
	Channel string `json:"channel"`
	EventTS string `json:"event_ts"`
}

func init() { slackevents.EventsAPIInnerEventMapping["channel_shared"] = channelShared{} }

// watch handles an event about a channel. known says that it is one; the error
// says that it could not be stored.
func (in *inbound) watch(ctx context.Context, e slackevents.EventsAPIEvent) (known bool, err error) {
	b := in.bot
	outer, ok := e.Data.(*slackevents.EventsAPICallbackEvent)
	if !ok {
		return false, nil
	}
	key := workflow.CommandKey("event/" + outer.EventID)
	switch e := e.InnerEvent.Data.(type) {
	case *slackevents.MessageEvent:
		if edit, ok := b.edit(e); ok {
			err = b.told(ctx, edit.Channel, key, edit)
		}
	case *slackevents.MemberJoinedChannelEvent:
		err = b.joined(ctx, key, e)
	case *slackevents.MemberLeftChannelEvent:
		if e.User != b.user {
			err = b.told(ctx, workflow.ChannelID(e.Channel), key, workflow.RecordMember{User: workflow.UserID(e.User), At: workflow.TimeOf(e.EventTimestamp)})
		}
	case *channelShared:
		err = b.told(ctx, workflow.ChannelID(e.Channel), key, workflow.RecordShared{Team: e.Team, At: workflow.TimeOf(e.EventTS)})
	default:
		return false, nil
	}
	return true, err
}

// ours tells whether a message is breachbot's own.
func (b *Bot) ours(m *slack.Msg) bool { return m.User == b.user || b.botID != "" && m.BotID == b.botID }

// edit is what a message event says about a message that was edited or deleted.
// It is not ok for anything else, or for our own messages.
func (b *Bot) edit(e *slackevents.MessageEvent) (workflow.RecordEdit, bool) {
	edit := workflow.RecordEdit{Place: workflow.Place{Channel: workflow.ChannelID(e.Channel)}, At: workflow.TimeOf(e.EventTimeStamp)}
	switch {
	case e.Message != nil && b.ours(e.Message), e.PreviousMessage != nil && b.ours(e.PreviousMessage):
		return edit, false
	case e.SubType == "message_deleted":
		edit.TS, edit.Deleted = e.DeletedTimeStamp, true
	case e.SubType == "message_changed" && e.Message != nil:
		edit.TS, edit.Text = e.Message.Timestamp, view.Spoken(*e.Message)
		edit.Deleted = e.Message.SubType == "tombstone" // it was deleted and has answers
		if e.Message.Edited != nil {
			edit.At = workflow.TimeOf(e.Message.Edited.Timestamp)
		}
	default:
		return edit, false
	}
	return edit, edit.TS != "" && !edit.At.IsZero()
}

// joined records that somebody joined, with an alarm when they do not belong here.
// Anyone breachbot itself invited has a role in the configuration or the incident.
func (b *Bot) joined(ctx context.Context, key workflow.CommandKey, e *slackevents.MemberJoinedChannelEvent) error {
	if e.User == b.user {
		return nil
	}
	id, channel := workflow.UserID(e.User), workflow.ChannelID(e.Channel)
	if _, err := b.Index.InChannel(ctx, channel); err != nil {
		return retriable(err)
	}
	c := workflow.RecordMember{User: id, At: workflow.TimeOf(e.EventTimestamp), Joined: true}
	if e.Inviter != b.user {
		var err error
		if c.Why, err = b.people.outsider(ctx, id); err != nil {
			return err
		}
	}
	return b.told(ctx, channel, key, c)
}

// told records what Slack says about an incident's channel. For any other channel,
// or when the rules have no use for it, nothing is kept.
func (b *Bot) told(ctx context.Context, channel workflow.ChannelID, key workflow.CommandKey, c workflow.Command) error {
	id, err := b.Index.InChannel(ctx, channel)
	if err == nil {
		_, err = b.record(ctx, id, key, c)
	}
	return retriable(err)
}

// record gives a command of breachbot's own.
func (b *Bot) record(ctx context.Context, id workflow.IncidentID, key workflow.CommandKey, c workflow.Command) (workflow.Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	return b.Service.Do(ctx, id, key, c, workflow.SystemActor())
}

// retriable is nil for refusals: sending the event again would not help.
func retriable(err error) error {
	var refusal *workflow.Error
	if errors.As(err, &refusal) && !errors.Is(err, workflow.ErrUnavailable) || errors.Is(err, workflow.ErrNotFound) {
		return nil
	}
	return err
}
