package bot

import (
	"context"
	"errors"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// who is a person whose act came in, checked against the workspace and allowed
// to use breachbot at all.
type who struct {
	id    workflow.UserID
	actor workflow.Actor
}

// tenant refuses what comes from another workspace or app: it is acknowledged,
// counted and dropped. Whether the person belongs here is asked afterwards.
func (in *inbound) tenant(team, enterprise, app string) bool {
	b := in.bot
	ours := b.ourTeam(team) || team == "" && enterprise != "" && enterprise == b.enterprise
	if !ours || !b.state.ourApp(app) {
		b.measures.refused.WithLabelValues("team").Inc()
		b.Log.Warn("something from another workspace or app was refused")
		in.ack(nil)
		return false
	}
	return true
}

// person checks who acts. The error is the sentence for them.
func (in *inbound) person(ctx context.Context, id workflow.UserID) (who, error) {
	if err := in.bot.people.check(ctx, id); err != nil {
		in.bot.measures.refused.WithLabelValues("person").Inc()
		return who{}, err
	}
	actor, err := in.bot.roster.actor(ctx, id)
	if err != nil {
		// Roles that a group gives cannot be told now: those are not assumed.
		in.bot.Log.Error("members of a user group could not be read", "code", codeOf(err))
	}
	return who{id, actor}, nil
}

// event handles what Slack tells of the workspace.
func (in *inbound) event(ctx context.Context, e slackevents.EventsAPIEvent) {
	b := in.bot
	if !b.ourTeam(e.TeamID) {
		b.measures.refused.WithLabelValues("team").Inc()
		in.ack(nil)
		return
	}
	if known, err := in.watch(ctx, e); err != nil {
		b.Log.Error("what happened in a channel could not be recorded; Slack will tell it again", "event", e.InnerEvent.Type, "error", err)
		return // not acknowledged
	} else if known {
		in.ack(nil)
		return
	}
	in.ack(nil)
	if opened, ok := e.InnerEvent.Data.(*slackevents.AppHomeOpenedEvent); ok {
		in.homeOpened(ctx, opened)
		return
	}
	switch e.InnerEvent.Type {
	case "tokens_revoked":
		b.state.die("the app's token was revoked at Slack; put a new one into SLACK_BOT_TOKEN and restart")
	case "app_uninstalled":
		b.state.die("the app was removed from the workspace; install it again and restart")
	default:
		return
	}
	b.Log.Error("Slack took the app's access away; nobody can report until that is mended", "event", e.InnerEvent.Type)
}

func (s *state) die(why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dead = why
}

// sentence is what a person is told about an error. Refusals of the workflow
// are written for them; anything else is ours to mend.
func (b *Bot) sentence(err error) string {
	var refusal *workflow.Error
	var not *errNotAllowed
	switch {
	case errors.As(err, &refusal):
		return refusal.Message
	case errors.As(err, &not):
		return not.reason
	case errors.Is(err, workflow.ErrNotFound):
		return "There is no incident with that reference, or you are not part of it."
	}
	return "The record cannot be reached just now. Nothing was changed. Please try again in a minute; " + b.urgent()
}

// urgent says whom to turn to when something cannot be done here and now.
func (b *Bot) urgent() string {
	if b.rules.DPOContact == "" {
		return "if it is urgent, ring your information governance lead."
	}
	return "if it is urgent, reach the data protection officer (DPO) outside Slack: " + b.rules.DPOContact
}

// alarm logs an error that is ours to mend, without anything that was typed.
func (b *Bot) alarm(doing string, err error) {
	var refusal *workflow.Error
	if err == nil || errors.As(err, &refusal) || errors.Is(err, workflow.ErrNotFound) {
		return
	}
	b.Log.Error(doing, "error", err)
}

// window is a modal that is open. With the hash it had when breachbot last saw
// it, Slack replaces it only if nothing else did meanwhile.
type window struct{ id, hash string }

// open shows a modal with a trigger. expired tells that the trigger's 3 seconds
// are over.
func (b *Bot) open(ctx context.Context, trigger string, v slack.ModalViewRequest) (w window, expired bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, interactiveTimeout)
	defer cancel()
	res, err := b.front.OpenViewContext(ctx, trigger, v)
	if err != nil {
		b.measures.failures.WithLabelValues("views.open").Inc()
		switch code := codeOf(failure(ctx, err)); code {
		case "expired_trigger_id", "trigger_expired", "exchanged_trigger_id", "trigger_exchanged", "invalid_trigger_id":
			return w, true, err
		default:
			return w, false, failure(ctx, err)
		}
	}
	return window{res.ID, res.Hash}, false, nil
}

// replace shows another modal in the place of one that is open. When the person
// has closed it meanwhile, nothing is shown.
func (b *Bot) replace(ctx context.Context, w window, v slack.ModalViewRequest) (window, error) {
	res, err := b.front.UpdateViewContext(ctx, v, "", w.hash, w.id)
	switch err = failure(ctx, err); codeOf(err) {
	case "":
		return window{w.id, res.Hash}, nil
	case "not_found":
		return w, nil
	case newer:
		return w, err
	}
	b.measures.failures.WithLabelValues("views.update").Inc()
	return w, err
}

// newer is Slack's code for a view that has changed since its hash was taken.
const newer = "hash_conflict"

// turn shows a view in the place of another and gives way to a newer one.
func (in *inbound) turn(ctx context.Context, w window, v slack.ModalViewRequest) {
	if _, err := in.bot.replace(ctx, w, v); err != nil && codeOf(err) != newer {
		in.bot.Log.Error("a view could not be replaced", "code", codeOf(err))
	}
}

// whisper answers through a response URL, to the person alone.
func (b *Bot) whisper(ctx context.Context, url string, m view.Message) {
	if url == "" {
		return
	}
	err := slack.PostWebhookCustomHTTPContext(ctx, url, b.hook, &slack.WebhookMessage{
		Text:            m.Text,
		Blocks:          &slack.Blocks{BlockSet: m.Blocks},
		ResponseType:    slack.ResponseTypeEphemeral,
		ReplaceOriginal: false,
	})
	if err != nil {
		b.measures.failures.WithLabelValues("response_url").Inc()
		b.Log.Error("an answer could not be shown to a person", "code", codeOf(failure(ctx, err)))
	}
}

// tell says something to a person in a direct message, where Slack gives no
// other way to answer. It is a courtesy and is not repeated.
func (b *Bot) tell(ctx context.Context, id workflow.UserID, m view.Message) {
	channel, err := b.dm(ctx, id)
	if err == nil {
		_, _, err = b.back.PostMessageContext(ctx, string(channel), slack.MsgOptionText(m.Text, false), slack.MsgOptionBlocks(m.Blocks...),
			slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl())
		err = failure(ctx, err)
	}
	if err != nil {
		b.Log.Error("an answer could not be shown to a person", "code", codeOf(err))
	}
}

// answer is the body of an answer to a slash command, seen by its author alone.
func answer(m view.Message) map[string]any {
	return map[string]any{
		"response_type": slack.ResponseTypeEphemeral,
		"text":          m.Text,
		"blocks":        m.Blocks,
		"unfurl_links":  false,
		"unfurl_media":  false,
	}
}
