package bot

import (
	"context"
	"errors"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// visible loads an incident that this person may see. One they may not see looks
// the same as one that does not exist.
func (in *inbound) visible(ctx context.Context, p who, id workflow.IncidentID) (*workflow.Incident, error) {
	return in.load(ctx, id, p.actor.MaySeeReport)
}

// shown loads an incident if this person may see the part of it that a form is
// about.
func (in *inbound) shown(ctx context.Context, p who, id workflow.IncidentID, form view.Form, m view.Meta) (*workflow.Incident, error) {
	return in.load(ctx, id, func(inc *workflow.Incident) bool { return form.Shows(p.actor, inc, m) })
}

func (in *inbound) load(ctx context.Context, id workflow.IncidentID, may func(*workflow.Incident) bool) (*workflow.Incident, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	inc, err := in.bot.Service.Incident(ctx, id)
	if err != nil {
		in.bot.alarm("load incident", err)
		if ctx.Err() != nil {
			return nil, errors.Join(workflow.ErrUnavailable, err)
		}
		return nil, err
	}
	if !may(inc) {
		in.bot.measures.refused.WithLabelValues("role").Inc()
		return nil, workflow.ErrNotFound
	}
	return inc, nil
}

// here is the incident whose channel this is, if the person may see it; nil in
// any other conversation.
func (in *inbound) here(ctx context.Context, p who, channel workflow.ChannelID) (*workflow.Incident, error) {
	look, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	id, err := in.bot.Index.InChannel(look, channel)
	if err == nil {
		var inc *workflow.Incident
		if inc, err = in.visible(ctx, p, id); err == nil {
			return inc, nil
		}
	}
	if errors.Is(err, workflow.ErrNotFound) {
		return nil, nil
	}
	in.bot.alarm("look for the incident of a channel", err)
	return nil, err
}
