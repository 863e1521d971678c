package bot

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// After a restore the store is an earlier one than Slack. Slack still has the
// channels that were opened in between, and the messages in which people were given
// references.

// privacyRoles are the roles that are told of what became of the register, and that
// hear of every report.
var privacyRoles = []workflow.Role{workflow.RoleDPO, workflow.RoleDeputy, workflow.RoleIGLead}

// Channels are the incidents for which we ever made a private channel that we are
// still in, archived ones too.
func (b *Bot) Channels(ctx context.Context) ([]workflow.Missing, error) {
	ctx = courtesy(ctx)
	var found []workflow.Missing
	cursor := ""
	for {
		var page []slack.Channel
		err := patiently(ctx, func() error {
			return b.call(ctx, "users.conversations", "", func() error {
				list, next, err := b.back.GetConversationsForUserContext(ctx, &slack.GetConversationsForUserParameters{
					Types: []string{"private_channel"}, Limit: 200, Cursor: cursor,
				})
				if err == nil {
					page, cursor = list, next
				}
				return err
			})
		})
		if err != nil {
			return nil, err
		}
		for _, ch := range page {
			if id, ok := workflow.IncidentOfChannel(ch.Name); ok && ch.Creator == b.user {
				found = append(found, workflow.Missing{ID: id, Channel: workflow.ChannelID(ch.ID)})
			}
		}
		if cursor == "" {
			return found, nil
		}
	}
}

var references = regexp.MustCompile(`\b(?:BR|DR)-\d{4}-\d{4,7}\b`)

// Mentioned are the incidents that we have named since then in direct messages to
// those who hear of every report: one may have been given a reference and no channel.
// Somebody whom Slack does not let us write to is left out.
func (b *Bot) Mentioned(ctx context.Context, since time.Time) ([]workflow.Missing, error) {
	ctx = courtesy(ctx)
	people, err := b.privacyTeam(ctx)
	if err != nil {
		return nil, err
	}
	var found []workflow.Missing
	for _, u := range people {
		ids, err := b.mentionedTo(ctx, u, since)
		if err != nil && !permanent(err) {
			return nil, err
		}
		for _, id := range ids {
			found = append(found, workflow.Missing{ID: id})
		}
	}
	return found, nil
}

func (b *Bot) mentionedTo(ctx context.Context, u workflow.UserID, since time.Time) (ids []workflow.IncidentID, err error) {
	var channel workflow.ChannelID
	err = patiently(ctx, func() (err error) { channel, err = b.dm(ctx, u); return err })
	if err != nil {
		return nil, err
	}
	p := slack.GetConversationHistoryParameters{ChannelID: string(channel), Limit: 200}
	if !since.IsZero() {
		p.Oldest = fmt.Sprintf("%d.000000", b.atSlack(since).Add(-reach).Unix())
	}
	for {
		var page *slack.GetConversationHistoryResponse
		err := patiently(ctx, func() error {
			return b.call(ctx, "conversations.history", "", func() (err error) {
				page, err = b.back.GetConversationHistoryContext(ctx, &p)
				return err
			})
		})
		if err != nil {
			return nil, err
		}
		for _, m := range page.Messages {
			if b.ours(&m.Msg) {
				for _, id := range references.FindAllString(m.Text, -1) {
					ids = append(ids, workflow.IncidentID(id))
				}
			}
		}
		if p.Cursor = page.ResponseMetaData.NextCursor; p.Cursor == "" {
			return ids, nil
		}
	}
}

// privacyTeam are the people in those roles, each once. A group that cannot be looked
// up for good has nobody in it.
func (b *Bot) privacyTeam(ctx context.Context) ([]workflow.UserID, error) {
	var people []workflow.UserID
	for _, role := range privacyRoles {
		for _, p := range b.rules.Roster[role] {
			users, err := b.roster.users(ctx, p)
			if err != nil && !permanent(err) {
				return nil, asFailure(err)
			}
			people = append(people, users...)
		}
	}
	slices.Sort(people)
	return slices.Compact(people), nil
}

// restored tells the privacy team that the register is an earlier one, and the people
// in the channels of missing incidents that theirs is missing. One whom Slack refuses
// keeps it from no other.
func (b *Bot) restored(ctx context.Context, c workflow.Claim) error {
	all, err := b.Restorations(ctx)
	if err != nil {
		return asFailure(err)
	}
	of, _ := c.Task.Key.Subject()
	if of.About < 1 || of.About > len(all) {
		return refusal("unknown_task")
	}
	r := all[of.About-1]
	people, err := b.privacyTeam(ctx)
	if err != nil {
		return err
	}
	var refused error
	told := false
	for _, u := range people {
		channel, err := b.dm(ctx, u)
		if err == nil {
			err = b.once(ctx, c, channel, view.Restored(r, b.rules))
		}
		switch {
		case err == nil:
			told = true
		case permanent(err):
			refused = err
		default:
			return err
		}
	}
	for _, m := range r.Missing {
		if m.Channel == "" {
			continue
		}
		err := b.once(ctx, c, m.Channel, view.Lost(m, r))
		switch {
		case permanent(err): // archived, or we are out of it: the privacy team knows
			b.Log.Info("the channel of a missing incident could not be told", "incident", string(m.ID), "code", codeOf(err))
		case err != nil:
			return err
		}
	}
	if !told {
		return refused
	}
	return nil
}

// patiently repeats a call for as long as it is held back. It is for what runs beside
// the work; a delivery returns to the queue instead.
func patiently(ctx context.Context, call func() error) error {
	for {
		err := call()
		wait, held := heldBack(err)
		if !held {
			return err
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// once sends a message of a task to a conversation, unless an earlier attempt has.
func (b *Bot) once(ctx context.Context, c workflow.Claim, channel workflow.ChannelID, m view.Message) error {
	if c.Attempt > 1 {
		if found, err := b.find(ctx, nil, c, channel); err != nil || found != nil {
			return err
		}
	}
	_, err := b.send(ctx, channel, m, telling{}.payload(nil, stampOf(c, channel)))
	return err
}
