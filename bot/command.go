package bot

import (
	"context"
	"errors"
	"strings"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// slash handles /breach. The report form opens before anything slow happens: a
// trigger lives 3 seconds.
func (in *inbound) slash(ctx context.Context, c slack.SlashCommand) {
	b := in.bot
	if !in.tenant(c.TeamID, c.EnterpriseID, c.APIAppID) {
		return
	}
	if b.seen.before(b.Now(), in.request.EnvelopeID, c.TriggerID) {
		b.measures.refused.WithLabelValues("duplicate").Inc()
		in.ack(nil)
		return
	}
	id := workflow.UserID(c.UserID)
	words := strings.Fields(c.Text)
	if len(words) == 0 || strings.EqualFold(words[0], "report") {
		again, problem := in.reportForm(ctx, c.TriggerID, id, view.Meta{})
		switch {
		case again:
			in.say(ctx, c.ResponseURL, view.TryAgain(view.ActReport, view.ReportValue(view.Meta{})))
		case problem != "":
			in.say(ctx, c.ResponseURL, view.Sorry(problem))
		default:
			in.ack(nil)
		}
		return
	}
	word, rest := strings.ToLower(words[0]), strings.Join(words[1:], " ")
	if act, ok := formWords[word]; ok {
		again, _ := workflow.ParseIncidentID(rest) // anything else that was typed is not repeated
		in.held(ctx, c, act, string(again), func(ctx context.Context, p who) slack.ModalViewRequest {
			return in.aboutWhich(ctx, p, act, workflow.ChannelID(c.ChannelID), rest)
		})
		return
	}
	switch word {
	case "register":
		in.held(ctx, c, view.ActRegister, "", func(ctx context.Context, p who) slack.ModalViewRequest { return in.register(ctx, p, workflow.Page{}) })
		return
	case "drill":
		in.held(ctx, c, view.ActDrill, "", func(_ context.Context, p who) slack.ModalViewRequest { return in.drill(p) })
		return
	}
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	person, err := in.person(ctx, id)
	if err != nil {
		in.say(ctx, c.ResponseURL, view.Sorry(b.sentence(err)))
		return
	}
	switch word {
	case "help":
		in.say(ctx, c.ResponseURL, view.HelpAt(b.rules, b.Now()))
	case "list":
		in.say(ctx, c.ResponseURL, in.list(ctx, person))
	case "status":
		in.say(ctx, c.ResponseURL, in.status(ctx, person, workflow.ChannelID(c.ChannelID), rest))
	case "find":
		in.say(ctx, c.ResponseURL, in.found(ctx, person, rest))
	default:
		in.say(ctx, c.ResponseURL, view.Unknown(b.rules))
	}
}

// say answers a command on the ack, or, when that has gone or the answer is too
// large for the socket, through the response URL.
func (in *inbound) say(ctx context.Context, url string, m view.Message) {
	if in.acked || in.ack(answer(m)) {
		in.ack(nil)
		in.bot.whisper(ctx, url, m)
	}
}

// listMost is how many incidents a list asks the store for: one more than is shown.
const listMost = 21

func (in *inbound) list(ctx context.Context, p who) view.Message {
	entries, more, err := in.open(ctx, p)
	if err != nil {
		return view.Sorry(in.bot.sentence(err))
	}
	return view.List(entries, more, in.bot.Now())
}

// open are the open incidents a person sees in lists, and whether there are more.
func (in *inbound) open(ctx context.Context, p who) (entries []workflow.Entry, more bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	entries, err = in.bot.Index.Open(ctx, p.scope(), listMost)
	in.bot.alarm("list incidents", err)
	return entries, len(entries) == listMost, err
}

func (in *inbound) status(ctx context.Context, p who, channel workflow.ChannelID, reference string) view.Message {
	if reference == "" {
		if inc, err := in.here(ctx, p, channel); err == nil && inc != nil {
			return view.Status(inc, in.bot.rules, p.actor.MayRead(inc))
		}
		return in.list(ctx, p)
	}
	id, err := workflow.ParseIncidentID(reference)
	if err != nil {
		return view.Sorry(in.bot.sentence(err))
	}
	inc, err := in.visible(ctx, p, id)
	if err != nil {
		return view.Sorry(in.bot.sentence(err))
	}
	return view.Status(inc, in.bot.rules, p.actor.MayRead(inc))
}

// visible loads an incident that this person may see. One that they may not see
// is not told apart from one that does not exist.
func (in *inbound) visible(ctx context.Context, p who, id workflow.IncidentID) (*workflow.Incident, error) {
	return in.load(ctx, id, p.actor.MaySeeReport)
}

// shown loads an incident of which this person may see the part that a form is
// about: whoever owns an action sees that action, whoever was asked a question
// sees the question, and nothing else.
func (in *inbound) shown(ctx context.Context, p who, id workflow.IncidentID, form view.Form, m view.Meta) (*workflow.Incident, error) {
	return in.load(ctx, id, func(inc *workflow.Incident) bool {
		switch form {
		case view.FormFinish:
			if a := inc.Action(m.Number); a != nil && a.Owner == p.id {
				return true
			}
		case view.FormGiveHelp:
			return p.actor.Asked(inc, m.Request) != nil
		}
		return p.actor.MaySeeReport(inc)
	})
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
