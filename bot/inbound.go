package bot

import (
	"context"

	"github.com/slack-go/slack/socketmode"

	"breachbot/workflow"
)

// inbound is one thing that came in, with the way to answer it.
type inbound struct {
	bot     *Bot
	client  *socketmode.Client
	request *socketmode.Request
	acked   bool
}

// ack answers Slack once, with a payload or nil. When it returns, the answer is
// only queued here. It tells whether the answer was too large for the socket; if
// so, nothing was sent.
func (in *inbound) ack(payload any) (tooLarge bool) {
	if in.acked {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), ackTimeout)
	defer cancel()
	err := in.client.AckCtx(ctx, in.request.EnvelopeID, payload)
	switch {
	case err == nil:
		in.acked = true
	case ctx.Err() == nil && payload != nil:
		return true
	default:
		in.bot.measures.acks.Inc()
		in.bot.Log.Error("an answer to Slack could not be queued")
	}
	return false
}

// tenant refuses what comes from another workspace or app, whether an act or an
// event: it is acknowledged, counted, logged and dropped. What an organisation's own
// installation sends may name the organisation and no workspace. Whether the person
// belongs here is checked afterwards.
func (in *inbound) tenant(team, enterprise, app string) bool {
	b := in.bot
	ours := b.ourTeam(team) || team == "" && enterprise != "" && enterprise == b.enterprise
	if !ours || !b.state.ourApp(app) {
		b.measures.refused.WithLabelValues("team").Inc()
		b.Log.Warn("something from another workspace or app was refused; BREACHBOT_TEAM_IDS says whose people are served",
			"kind", in.request.Type, "team", team, "enterprise", enterprise, "app", app)
		in.ack(nil)
		return false
	}
	return true
}

// who is a person whose act came in, checked against the workspace and allowed
// to use breachbot at all.
type who struct {
	id    workflow.UserID
	actor workflow.Actor
}

// person checks who is acting. The error is the sentence for them.
func (in *inbound) person(ctx context.Context, id workflow.UserID) (who, error) {
	if err := in.bot.people.check(ctx, id); err != nil {
		in.bot.measures.refused.WithLabelValues("person").Inc()
		return who{}, err
	}
	actor, err := in.bot.roster.actor(ctx, id)
	if err != nil {
		// We cannot tell now which roles a group gives, so none are assumed.
		in.bot.Log.Error("members of a user group could not be read", "code", codeOf(err))
	}
	return who{id, actor}, nil
}

// scope is whose incidents a person sees in lists: their own or, if empty, all.
func (p who) scope() workflow.UserID {
	if p.actor.MaySeeRegister() || p.actor.Holds(nil, workflow.RoleResponder) {
		return ""
	}
	return p.id
}
