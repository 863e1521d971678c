package bot

import (
	"context"

	"github.com/slack-go/slack/slackevents"
)

// event handles what Slack says about the workspace.
func (in *inbound) event(ctx context.Context, e slackevents.EventsAPIEvent) {
	b := in.bot
	if !in.tenant(e.TeamID, e.EnterpriseID, e.APIAppID) {
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
	code, ends := endings[e.InnerEvent.Type]
	if !ends {
		return
	}
	b.state.die(refusal(code))
	b.Log.Error("Slack took the app's access away; nobody can report until this is fixed", "event", e.InnerEvent.Type)
}

// endings are the events after which the app can do nothing, with the code that says
// so.
var endings = map[string]string{"tokens_revoked": "token_revoked", "app_uninstalled": "app_uninstalled"}

func (s *state) die(why *Failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dead = why
}
