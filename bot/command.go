package bot

import (
	"context"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// slash handles /breach: the words after it open the report form, another form or
// a modal, or are answered with a message.
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
	words := strings.Fields(c.Text)
	if len(words) == 0 {
		words = []string{"report"}
	}
	word, rest := strings.ToLower(words[0]), strings.Join(words[1:], " ")
	if word == "report" {
		in.slashReport(ctx, c)
	} else if act, ok := view.Worded(word); ok {
		again, _ := workflow.ParseIncidentID(rest) // anything else that was typed is not repeated
		in.held(ctx, c, act, string(again), func(ctx context.Context, p who) slack.ModalViewRequest {
			return in.aboutWhich(ctx, p, act, workflow.ChannelID(c.ChannelID), rest)
		})
	} else if act, ok := modalWords[word]; ok {
		in.held(ctx, c, act, "", func(ctx context.Context, p who) slack.ModalViewRequest { return general[act](in, ctx, p) })
	} else {
		in.slashMessage(ctx, c, word, rest)
	}
}

// modalWords are the words after /breach that open a modal about no incident. Those
// that open a form about one are in the form's row.
var modalWords = map[string]view.Action{"drill": view.ActDrill}

// messageWords are the words after /breach that are answered with a message. Each
// gets whatever else was typed.
var messageWords = map[string]func(in *inbound, ctx context.Context, p who, channel workflow.ChannelID, rest string) view.Message{
	"help": func(in *inbound, _ context.Context, _ who, _ workflow.ChannelID, _ string) view.Message {
		return view.HelpAt(in.bot.rules, in.bot.Now())
	},
	"list": func(in *inbound, ctx context.Context, p who, _ workflow.ChannelID, _ string) view.Message {
		return in.list(ctx, p)
	},
	"register": func(in *inbound, ctx context.Context, p who, _ workflow.ChannelID, _ string) view.Message {
		return in.registerTable(ctx, p)
	},
	"status": (*inbound).status,
	"find": func(in *inbound, ctx context.Context, p who, _ workflow.ChannelID, rest string) view.Message {
		return in.found(ctx, p, rest)
	},
}

// later answers a command that nobody has time for now, with a button that does what
// was asked for most often, so that the person need not guess.
func (in *inbound) later(c slack.SlashCommand) {
	b := in.bot
	if !in.tenant(c.TeamID, c.EnterpriseID, c.APIAppID) {
		return
	}
	m := view.Queued(view.ActReport, view.ReportValue(view.Meta{}), b.Now().Add(busyPause), b.Now(), b.rules)
	in.ack(answer(m))
}

// busyPause is how long somebody is asked to wait when there are too many at once.
const busyPause = 5 * time.Second

// slashReport opens the report form before anything slow happens: a trigger lives
// 3 seconds.
func (in *inbound) slashReport(ctx context.Context, c slack.SlashCommand) {
	if problem := in.reportForm(ctx, c.TriggerID, workflow.UserID(c.UserID), view.Meta{}); problem != nil {
		in.say(ctx, c.ResponseURL, *problem)
		return
	}
	in.ack(nil)
}

// held answers a command with a modal that takes longer to make than a trigger
// lives: an empty one is opened first, and then replaced. act is what a fresh
// button does when the trigger has expired.
func (in *inbound) held(ctx context.Context, c slack.SlashCommand, act view.Action, value string, build func(context.Context, who) slack.ModalViewRequest) {
	b := in.bot
	open, expired, err := b.open(ctx, c.TriggerID, view.Wait())
	if err != nil {
		in.say(ctx, c.ResponseURL, b.notOpened(expired, err, act, value, cannotOpen))
		return
	}
	in.ack(nil)
	var v slack.ModalViewRequest
	if person, err := in.person(ctx, workflow.UserID(c.UserID)); err != nil {
		v = view.Notice("Not possible", b.sentence(err))
	} else {
		v = build(ctx, person)
	}
	in.turn(ctx, open, v)
}

// slashMessage answers with a message, even a word that is not understood.
func (in *inbound) slashMessage(ctx context.Context, c slack.SlashCommand, word, rest string) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	person, err := in.person(ctx, workflow.UserID(c.UserID))
	if err != nil {
		in.say(ctx, c.ResponseURL, view.Sorry(in.bot.sentence(err)))
		return
	}
	m := view.Unknown(in.bot.rules)
	if message, ok := messageWords[word]; ok {
		m = message(in, ctx, person, workflow.ChannelID(c.ChannelID), rest)
	} else if view.Tabled(word) {
		m = in.table(ctx, person, workflow.ChannelID(c.ChannelID), word, rest)
	}
	in.say(ctx, c.ResponseURL, m)
}
