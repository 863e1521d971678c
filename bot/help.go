package bot

import (
	"context"
	"errors"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// complete adds to a command what only Slack can tell, after checking that the
// person may give it.
func (in *inbound) complete(ctx context.Context, p who, id workflow.IncidentID, cmd workflow.Command) (workflow.Command, error) {
	switch c := cmd.(type) {
	case workflow.AddEvidence:
		return in.exhibit(ctx, p, id, c)
	case workflow.AskHelp:
		if c.User == "" {
			return c, nil
		}
		var not *errNotAllowed
		if err := in.bot.people.check(ctx, c.User); errors.As(err, &not) {
			return nil, workflow.Invalid(workflow.FieldUser, "Only full members of the workspace can be asked. Please choose somebody else, or ask them yourself and add a note.")
		} else if err != nil {
			return nil, err
		}
	}
	return cmd, nil
}

// answerForm shows somebody the question that was put to them, and nothing else
// of the incident.
func (in *inbound) answerForm(ctx context.Context, p who, value string) slack.ModalViewRequest {
	b := in.bot
	id, request := view.AnswerOf(value)
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	inc, err := b.Service.Incident(ctx, id)
	b.alarm("load incident", err)
	if err == nil && p.actor.Asked(inc, request) == nil {
		b.measures.refused.WithLabelValues("role").Inc()
		err = workflow.ErrNotFound
	}
	if err == nil {
		// Handled without an answer: only that is refused, or there is a reason.
		_, err = b.rules.Handle(inc, workflow.GiveHelp{Request: request}, p.actor, b.Now())
		if errors.Is(err, workflow.ErrInvalid) {
			err = nil
		}
	}
	switch {
	case errors.Is(err, workflow.ErrNotFound):
		return view.Notice("Not possible", "This question was not put to you, or is not known any more.")
	case err != nil:
		return view.Notice("Not possible", b.sentence(err))
	}
	return view.FormGiveHelp.Build(view.Desk{Rules: b.rules, Now: b.Now(), By: p.actor}, inc, view.Meta{Request: request})
}
