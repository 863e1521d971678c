package bot

import (
	"context"
	"slices"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// about is the form that an act opens about an incident, once we know which one
// and that the person may see it. round is which form it is in its window.
func (in *inbound) about(p who, act view.Action, part string, inc *workflow.Incident, round int) slack.ModalViewRequest {
	b := in.bot
	form, meta, _ := view.Opens(act, part)
	meta.Round = round
	if err := b.rules.Permit(form.Command(), inc, p.actor); err != nil {
		b.measures.refused.WithLabelValues("role").Inc()
		return view.Notice("Not possible", b.sentence(err))
	}
	return form.Build(b.desk(p.actor), inc, meta)
}

// aboutWhich is the same when it must first find out which incident is meant: by
// the reference, by the channel, or because it can only be one. Otherwise the
// person chooses.
func (in *inbound) aboutWhich(ctx context.Context, p who, act view.Action, channel workflow.ChannelID, reference string) slack.ModalViewRequest {
	b := in.bot
	refused := func(err error) slack.ModalViewRequest { return view.Notice("Not possible", b.sentence(err)) }
	var id workflow.IncidentID
	if reference != "" {
		var err error
		if id, err = workflow.ParseIncidentID(reference); err != nil {
			return refused(err)
		}
	} else {
		here, err := in.here(ctx, p, channel)
		if err != nil {
			return refused(err)
		}
		if here != nil {
			return in.about(p, act, "", here, 0)
		}
		entries, err := in.candidates(ctx, p, act)
		if err != nil {
			return refused(err)
		}
		if len(entries) != 1 {
			return view.Choose(act, entries, b.Now())
		}
		id = entries[0].ID
	}
	inc, err := in.visible(ctx, p, id)
	if err != nil {
		return refused(err)
	}
	return in.about(p, act, "", inc, 0)
}

// candidates are the incidents that the person may see and whose step allows the
// act: open ones, and finished ones where the act is about those.
func (in *inbound) candidates(ctx context.Context, p who, act view.Action) ([]workflow.Entry, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	form, _, _ := view.Opens(act, "")
	look := in.bot.Index.Open
	if form.Ended() {
		look = func(ctx context.Context, person workflow.UserID, limit int) ([]workflow.Entry, error) {
			return in.bot.Index.Find(ctx, person, "", limit)
		}
	}
	const enough = 200
	entries, err := look(ctx, p.scope(), enough)
	in.bot.alarm("list incidents", err)
	var can []workflow.Entry
	for _, e := range entries {
		if workflow.Allowed(form.Command(), e.Step) {
			can = append(can, e)
		}
	}
	if !form.Ended() {
		slices.SortStableFunc(can, workflow.ByUrgency)
	}
	return can, err
}
