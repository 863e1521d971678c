package bot

import (
	"context"
	"time"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
)

// window is an open modal. With the hash it had when breachbot last saw it, Slack
// replaces it only if nothing else has done so meanwhile.
type window struct{ id, hash string }

// open shows a modal with a trigger. expired says that the trigger's 3 seconds are
// over.
func (b *Bot) open(ctx context.Context, trigger string, v slack.ModalViewRequest) (w window, expired bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, interactiveTimeout)
	defer cancel()
	ctx = withCaller(ctx, Caller{Returns: true, Turn: ctx.Value(placeKey{}) != nil})
	var res *slack.ViewResponse
	err = b.shaped(view.Modals, v.Blocks.BlockSet, func(blocks []slack.Block) error {
		return b.call(ctx, "views.open", "", func() (err error) {
			v.Blocks.BlockSet = blocks
			res, err = b.front.OpenViewContext(ctx, trigger, v)
			return err
		})
	})
	switch codeOf(err) {
	case "":
		return window{res.ID, res.Hash}, false, nil
	case "expired_trigger_id", "trigger_expired", "exchanged_trigger_id", "trigger_exchanged", "invalid_trigger_id":
		return w, true, err
	}
	return w, false, err
}

// notOpened is what a person is told whose form was not opened. Where they can do
// something about it, it has a button that does what they asked for.
func (b *Bot) notOpened(expired bool, err error, act view.Action, value, otherwise string) view.Message {
	if wait, held := heldBack(err); held {
		return view.Queued(act, value, b.Now().Add(wait), b.Now(), b.rules)
	}
	if expired {
		return view.TryAgain(act, value)
	}
	return view.Sorry(otherwise)
}

// insist shows another modal in place of one that is open, like replace. While Slack's
// limits do not allow that, it waits: the person has nothing but the modal. Others are
// served meanwhile.
func (in *inbound) insist(ctx context.Context, w window, v slack.ModalViewRequest) (window, error) {
	for {
		shown, err := in.bot.replace(ctx, w, v)
		wait, held := heldBack(err)
		if !held || in.bot.handlers.away(ctx, max(wait, insistEvery)) != nil {
			return shown, err
		}
	}
}

// insistEvery is the least time between two tries to show a modal.
const insistEvery = 250 * time.Millisecond

// placeKey marks the context of somebody who has come back at the time they were told.
type placeKey struct{}

func withPlace(ctx context.Context) context.Context { return context.WithValue(ctx, placeKey{}, true) }

// cannotOpen is said of a form about which nothing else is known.
const cannotOpen = "Slack could not open that just now. Nothing was changed. Please try again in a minute."

// replace shows another modal in place of one that is open. When the person has
// closed it meanwhile, nothing is shown.
func (b *Bot) replace(ctx context.Context, w window, v slack.ModalViewRequest) (window, error) {
	var res *slack.ViewResponse
	err := b.shaped(view.Modals, v.Blocks.BlockSet, func(blocks []slack.Block) error {
		return b.call(ctx, "views.update", "", func() (err error) {
			v.Blocks.BlockSet = blocks
			res, err = b.front.UpdateViewContext(ctx, v, "", w.hash, w.id)
			return err
		})
	})
	switch codeOf(err) {
	case "":
		return window{w.id, res.Hash}, nil
	case "not_found":
		return w, nil
	}
	return w, err
}

// newer is Slack's code for a view that has changed since its hash was taken.
const newer = "hash_conflict"

// ackView answers a submitted form with another view. Slack does not say what became
// of such an answer, so it holds only blocks that Slack is sure to show. It tells
// whether it was too large for the socket; if so, nothing was sent.
func (in *inbound) ackView(v slack.ModalViewRequest) (tooLarge bool) {
	v.Blocks.BlockSet, _ = in.bot.sure(view.Modals, v.Blocks.BlockSet)
	return in.ack(slack.NewUpdateViewSubmissionResponse(&v))
}

// turn shows a view in place of another and gives way to a newer one.
func (in *inbound) turn(ctx context.Context, w window, v slack.ModalViewRequest) {
	if _, err := in.bot.replace(ctx, w, v); err != nil && codeOf(err) != newer {
		in.bot.Log.Error("a view could not be replaced", "code", codeOf(err))
	}
}

// show opens a modal for a button press. In a modal it replaces what is shown;
// when the trigger has expired the person gets the same button again.
func (in *inbound) show(ctx context.Context, c slack.InteractionCallback, act view.Action, value string, v slack.ModalViewRequest) {
	b := in.bot
	if inModal(c) {
		in.turn(ctx, window{id: c.View.ID}, v)
		return
	}
	if _, expired, err := b.open(ctx, c.TriggerID, v); err != nil {
		b.Log.Warn("a view could not be opened", "code", codeOf(err))
		in.reply(ctx, c, b.notOpened(expired, err, act, value, cannotOpen))
	}
}
