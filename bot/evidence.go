package bot

import (
	"context"
	"errors"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// A message becomes evidence in two steps: it is shown, then it is kept. Each
// time its words are read from Slack. What a client sends with it is not trusted.

// onMessage handles a message shortcut.
func (in *inbound) onMessage(ctx context.Context, c slack.InteractionCallback, id workflow.UserID) {
	b := in.bot
	at := workflow.Place{Channel: workflow.ChannelID(c.Channel.ID), TS: c.MessageTs}
	switch c.CallbackID {
	case view.ShortcutReportMessage:
		in.reportOn(ctx, c, id, view.Meta{Channel: at.Channel, TS: at.TS, Author: workflow.UserID(c.Message.User)})
	case view.ShortcutTimeline:
		open, expired, err := b.open(ctx, c.TriggerID, view.Wait())
		in.ack(nil)
		switch {
		case expired:
			b.whisper(ctx, c.ResponseURL, view.Sorry("Slack took too long. Nothing was added. Please use the shortcut again."))
			return
		case err != nil: // no button can stand for a shortcut on a message
			b.whisper(ctx, c.ResponseURL, view.Sorry("Slack could not open that just now. Nothing was added. Please try again in a minute."))
			return
		}
		v, err := in.evidenceForm(ctx, id, at)
		if err != nil {
			v = view.Notice("Not possible", b.sentence(err))
		}
		in.turn(ctx, open, v)
	default:
		b.measures.inbound.WithLabelValues("unknown").Inc()
		in.ack(nil)
	}
}

// evidenceForm shows a message from an incident's channel to somebody who may add
// it.
func (in *inbound) evidenceForm(ctx context.Context, id workflow.UserID, at workflow.Place) (slack.ModalViewRequest, error) {
	var none slack.ModalViewRequest
	b := in.bot
	person, err := in.person(ctx, id)
	if err != nil {
		return none, err
	}
	ref, err := b.Index.InChannel(ctx, at.Channel)
	if errors.Is(err, workflow.ErrNotFound) {
		return none, &workflow.Error{Kind: workflow.ErrConflict, Message: "This is not the channel of an incident. Only messages from there can be added to a timeline. To report what the message is about, use the shortcut Report as data breach."}
	} else if err != nil {
		return none, errors.Join(workflow.ErrUnavailable, err)
	}
	inc, err := in.mayAdd(ctx, person, ref, at)
	if err != nil {
		return none, err
	}
	e, edited, err := b.fetch(ctx, at)
	if err != nil {
		return none, err
	}
	meta := view.Meta{Channel: at.Channel, TS: at.TS, Edited: edited}
	d := b.desk(person.actor)
	d.Message = e
	return view.FormEvidence.Build(d, inc, meta), nil
}

// mayAdd loads an incident whose channel a message is in, for somebody who may
// add that message. It comes before anything is read from Slack.
func (in *inbound) mayAdd(ctx context.Context, p who, id workflow.IncidentID, at workflow.Place) (*workflow.Incident, error) {
	inc, err := in.visible(ctx, p, id)
	if errors.Is(err, workflow.ErrNotFound) {
		return nil, &workflow.Error{Kind: workflow.ErrForbidden, Message: "Only the people who handle the incident, and the person who reported it, can add to the timeline."}
	} else if err != nil {
		return nil, err
	}
	if err := in.bot.rules.Permit(view.FormEvidence.Command(), inc, p.actor); err != nil {
		in.bot.measures.refused.WithLabelValues("role").Inc()
		return nil, err
	}
	// What the rules say about the place comes first; the words do not matter to them.
	_, err = in.bot.rules.Handle(inc, workflow.AddEvidence{Place: at}, p.actor, in.bot.Now())
	return inc, err
}

// errChanged is for a message that has changed since it was shown.
var errChanged = &workflow.Error{Kind: workflow.ErrConflict, Message: "The message was edited while this form was open, and nothing was saved. Please close this form and use the shortcut again, to see what it says now."}

// exhibit completes the command of somebody who adds a message with its words at
// Slack now, if they are still the words that were shown.
func exhibit(ctx context.Context, s *submission, cmd workflow.Command) (workflow.Command, error) {
	c := cmd.(workflow.AddEvidence)
	if _, err := s.in.mayAdd(ctx, s.by, s.meta.Incident, c.Place); errors.Is(err, workflow.ErrConflict) {
		return c, nil // refused again below, unless it is the same form sent twice
	} else if err != nil {
		return nil, err
	}
	e, _, err := s.in.bot.fetch(ctx, c.Place)
	if err != nil {
		return nil, err
	}
	if !e.Edited.Equal(c.Edited) {
		return nil, errChanged
	}
	e.Comment, e.Attached = c.Comment, c.Attached
	return e, nil
}

// lookAgain catches an edit that came between reading a message and keeping it,
// before anybody knew that it mattered.
func lookAgain(ctx context.Context, s *submission, cmd workflow.Command) {
	b, at := s.in.bot, cmd.(workflow.AddEvidence).Place
	e, edited, err := b.fetch(ctx, at)
	edit := workflow.RecordEdit{Place: at, At: e.Edited, Text: e.Text}
	if errors.Is(err, errGone) {
		edit = workflow.RecordEdit{Place: at, At: b.atSlack(b.Now()), Deleted: true}
	} else if err != nil || edited == "" {
		return
	}
	_, err = b.record(ctx, s.meta.Incident, workflow.CommandKey("again/"+string(at.Channel)+"/"+at.TS), edit)
	b.alarm("record an edit", err)
}

var (
	errGone    = &workflow.Error{Kind: workflow.ErrConflict, Message: "This message no longer exists. Nothing was added."}
	errOurs    = &workflow.Error{Kind: workflow.ErrConflict, Message: "This is breachbot's own message. The timeline already has what it says."}
	errNoWords = &workflow.Error{Kind: workflow.ErrConflict, Message: "This line is from Slack itself and is not a message. The timeline already has who joined and left."}
)

// fetch reads one message from Slack, in a thread or not, with the ts of its last
// edit.
func (b *Bot) fetch(ctx context.Context, at workflow.Place) (workflow.AddEvidence, string, error) {
	m, err := b.lookUp(ctx, at)
	if err != nil {
		return workflow.AddEvidence{}, "", err
	}
	switch {
	case b.ours(&m.Msg):
		return workflow.AddEvidence{}, "", errOurs
	case m.SubType == "tombstone":
		return workflow.AddEvidence{}, "", errGone
	case !spoken[m.SubType]:
		return workflow.AddEvidence{}, "", errNoWords
	}
	e := workflow.AddEvidence{Place: at, Author: workflow.UserID(m.User), Said: workflow.TimeOf(m.Timestamp), Text: view.Spoken(m.Msg)}
	edited := ""
	if m.Edited != nil {
		edited = m.Edited.Timestamp
		e.Edited = workflow.TimeOf(edited)
	}
	for _, f := range m.Files {
		e.Files = append(e.Files, workflow.Attachment{ID: f.ID, Type: f.Mimetype})
	}
	return e, edited, nil
}

// spoken are the subtypes of messages that somebody wrote (Slack: message event).
var spoken = map[string]bool{"": true, "bot_message": true, "file_share": true, "me_message": true, "thread_broadcast": true}

// lookUp looks in the channel, then in the threads: history leaves replies out
// (Slack: conversations.history).
func (b *Bot) lookUp(ctx context.Context, at workflow.Place) (slack.Message, error) {
	var page *slack.GetConversationHistoryResponse
	err := b.call(ctx, "conversations.history", string(at.Channel), func() (err error) {
		page, err = b.front.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{
			ChannelID: string(at.Channel), Latest: at.TS, Oldest: at.TS, Inclusive: true, Limit: 1,
		})
		return err
	})
	if err != nil {
		return slack.Message{}, b.unread(err)
	}
	found := page.Messages
	if len(found) == 0 {
		err = b.call(ctx, "conversations.replies", string(at.Channel), func() (err error) {
			found, _, _, err = b.front.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{
				ChannelID: string(at.Channel), Timestamp: at.TS, Latest: at.TS, Oldest: at.TS, Inclusive: true, Limit: 2,
			})
			return err
		})
		if code := codeOf(err); code == "thread_not_found" || code == "message_not_found" {
			return slack.Message{}, errGone
		} else if err != nil {
			return slack.Message{}, b.unread(err)
		}
	}
	for _, m := range found {
		if m.Timestamp == at.TS {
			return m, nil
		}
	}
	return slack.Message{}, errGone
}

func (b *Bot) unread(err error) error {
	b.Log.Error("a message could not be read", "code", codeOf(err))
	return &workflow.Error{Kind: workflow.ErrUnavailable, Message: "Slack could not show that message to breachbot just now. Nothing was added. Please try again in a minute."}
}
