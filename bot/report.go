package bot

import (
	"context"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// reportOn opens the report form for a button or a shortcut, about a message if it
// came from one.
func (in *inbound) reportOn(ctx context.Context, c slack.InteractionCallback, id workflow.UserID, m view.Meta) {
	problem := in.reportForm(ctx, c.TriggerID, id, m)
	in.ack(nil)
	if problem != nil {
		in.reply(ctx, c, *problem)
	}
}

// reportInstead shows the report form in place of the modal that asked for it.
func (in *inbound) reportInstead(ctx context.Context, c slack.InteractionCallback, p who) {
	b := in.bot
	v := view.FormReport.Build(b.desk(p.actor), nil, view.Meta{})
	w, err := b.replace(ctx, window{id: c.View.ID}, v)
	if err != nil {
		b.Log.Error("a view could not be replaced", "code", codeOf(err))
		return
	}
	in.resume(ctx, p.id, w, view.Meta{})
}

// reportForm opens the empty report form, or gives what to tell the person. Somebody
// who is not known yet first gets an empty view, so that the trigger is used in time.
// Whoever Slack cannot tell us about just now gets the form: it says nothing of any
// incident, and what they may do is checked again when it is sent (report.submitted).
func (in *inbound) reportForm(ctx context.Context, trigger string, id workflow.UserID, m view.Meta) (problem *view.Message) {
	b := in.bot
	build := func() slack.ModalViewRequest {
		return view.FormReport.Build(b.desk(workflow.Actor{User: id}), nil, m)
	}
	first, known := build, b.people.known(id)
	if known {
		if err := b.people.check(ctx, id); err != nil {
			b.measures.refused.WithLabelValues("person").Inc()
			m := view.Sorry(b.sentence(err))
			return &m
		}
	} else {
		first = view.Wait
	}
	cannot := func(expired bool, err error) *view.Message {
		m := b.notOpened(expired, err, view.ActReport, view.ReportValue(m),
			"Slack could not open the report form just now. Nothing was lost, as nothing was typed yet. Please type /breach again in a minute; "+b.urgent())
		return &m
	}
	open, expired, err := b.open(ctx, trigger, first())
	if err != nil {
		return cannot(expired, err)
	}
	if !known {
		in.ack(nil)
		form := build
		refused := b.people.check(ctx, id)
		if refused != nil && !unread(refused) {
			b.measures.refused.WithLabelValues("person").Inc()
			form = func() slack.ModalViewRequest { return view.Notice("Not possible", b.sentence(refused)) }
		} else {
			refused = nil
		}
		if open, err = in.insist(ctx, open, form()); err != nil {
			return cannot(false, err)
		}
		if refused != nil {
			return nil
		}
	}
	in.resume(ctx, id, open, m)
	return nil
}

// reshape changes the questions of a report form when an answer asks for it. It
// gives way to a newer form, and a submission puts right what it could not show.
func (in *inbound) reshape(ctx context.Context, c slack.InteractionCallback, id workflow.UserID) {
	if v, differs := view.Reshape(in.bot.desk(workflow.Actor{User: id}), c); differs {
		in.turn(courtesy(ctx), window{c.View.ID, c.View.Hash}, v)
	}
}

// knowMore opens the rest of the report form, with what was typed kept.
func (in *inbound) knowMore(ctx context.Context, c slack.InteractionCallback, id workflow.UserID) {
	if view.Form(c.View.CallbackID) == view.FormReport {
		in.turn(ctx, window{c.View.ID, c.View.Hash}, view.KnowMore(in.bot.desk(workflow.Actor{User: id}), c.View))
	}
}
