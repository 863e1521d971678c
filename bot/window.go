package bot

import (
	"context"

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
	var res *slack.ViewResponse
	err = b.shaped(view.Modals, v.Blocks.BlockSet, func(blocks []slack.Block) (err error) {
		v.Blocks.BlockSet = blocks
		res, err = b.front.OpenViewContext(ctx, trigger, v)
		return err
	})
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

// replace shows another modal in place of one that is open. When the person has
// closed it meanwhile, nothing is shown.
func (b *Bot) replace(ctx context.Context, w window, v slack.ModalViewRequest) (window, error) {
	var res *slack.ViewResponse
	err := b.shaped(view.Modals, v.Blocks.BlockSet, func(blocks []slack.Block) (err error) {
		v.Blocks.BlockSet = blocks
		res, err = b.front.UpdateViewContext(ctx, v, "", w.hash, w.id)
		return failure(ctx, err)
	})
	switch codeOf(err) {
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
	_, expired, err := b.open(ctx, c.TriggerID, v)
	switch {
	case expired:
		in.reply(ctx, c, view.TryAgain(act, value))
	case err != nil:
		b.Log.Error("a view could not be opened", "code", codeOf(err))
		in.reply(ctx, c, view.Sorry("Slack could not open that just now. Nothing was changed. Please try again in a minute."))
	}
}
