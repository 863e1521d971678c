package bot

import (
	"cmp"
	"context"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// interaction sorts what came in: a submitted form, a letter typed into one, a
// shortcut, or buttons.
func (in *inbound) interaction(ctx context.Context, c slack.InteractionCallback) {
	b := in.bot
	if !in.tenant(cmp.Or(c.Team.ID, c.User.TeamID), c.Enterprise.ID, c.APIAppID) {
		return
	}
	id := workflow.UserID(c.User.ID)
	counted := func(kind string) { b.measures.inbound.WithLabelValues(kind).Inc() }
	switch {
	case c.Type == slack.InteractionTypeViewSubmission:
		// Not deduplicated here: the command key of the view makes a repeated
		// submission harmless, and its author needs the same answer again.
		counted("form")
		in.submit(ctx, c, id)
		in.follow(ctx, id)
	case c.Type != slack.InteractionTypeShortcut && c.Type != slack.InteractionTypeMessageAction && c.Type != slack.InteractionTypeBlockActions:
		counted("unknown")
		b.Log.Error("an interaction of an unknown kind was acknowledged and not handled", "kind", string(c.Type),
			"follows", "whoever acted sees nothing happen; a newer breachbot may know this kind")
		in.ack(nil)
	case view.Tells(c):
		// Not deduplicated either: there are too many to remember, and the
		// newest wins in whatever order they come.
		counted("draft")
		in.ack(nil)
		in.keep(ctx, c, id)
		in.reshape(ctx, c, id)
	case b.seen.before(b.Now(), in.request.EnvelopeID, c.TriggerID):
		b.measures.refused.WithLabelValues("duplicate").Inc()
		in.ack(nil)
	case c.Type == slack.InteractionTypeShortcut:
		counted("shortcut")
		if c.CallbackID == view.ShortcutReport {
			in.reportOn(ctx, c, id, view.Meta{})
		} else {
			in.ack(nil)
		}
	case c.Type == slack.InteractionTypeMessageAction:
		counted("shortcut")
		in.onMessage(ctx, c, id)
	default:
		counted("button")
		in.ack(nil)
		for _, a := range c.ActionCallback.BlockActions {
			in.press(ctx, c, id, *a)
		}
	}
}
