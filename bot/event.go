package bot

import (
	"context"

	"github.com/slack-go/slack/slackevents"
)

// event handles what Slack says about the workspace.
func (in *inbound) event(ctx context.Context, e slackevents.EventsAPIEvent) {
	b := in.bot
	if !b.ourTeam(e.TeamID) {
		b.measures.refused.WithLabelValues("team").Inc()
		in.ack(nil)
		return
	}
	if known, err := in.watch(ctx, e); err != nil {
		b.Log.Error("what happened in a channel could not be recorded; Slack will send it again", "event", e.InnerEvent.Type, "error", err)
		return // not acknowledged
	} else if known {
		in.ack(nil)
		return
	}
	in.ack(nil)
	if opened, ok := e.InnerEvent.Data.(*slackevents.AppHomeOpenedEvent); ok {
		in.homeOpened(ctx, opened)
		return
	}
	switch e.InnerEvent.Type {
	case "tokens_revoked":
		b.state.die("the app's token was revoked at Slack; put a new one into SLACK_BOT_TOKEN and restart")
	case "app_uninstalled":
		b.state.die("the app was removed from the workspace; install it again and restart")
	default:
		return
	}
	b.Log.Error("Slack took the app's access away; nobody can report until this is fixed", "event", e.InnerEvent.Type)
}

func (s *state) die(why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dead = why
}
