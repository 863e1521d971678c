package bot

import (
	"context"

	"breachbot/workflow"
)

// complete adds to a command what only Slack can tell, after checking that the
// person may give it.
func (in *inbound) complete(ctx context.Context, p who, id workflow.IncidentID, cmd workflow.Command) (workflow.Command, error) {
	switch c := cmd.(type) {
	case workflow.AddEvidence:
		return in.exhibit(ctx, p, id, c)
	case workflow.AskHelp:
		return cmd, in.bot.people.chosen(ctx, c.User, "Only full members of the workspace can be asked. Please choose somebody else, or ask them yourself and add a note.")
	case workflow.AssignRole:
		return cmd, in.bot.people.chosen(ctx, c.User, "Only full members of the workspace can take a part, as nobody else can be in the channel. Please choose somebody else.")
	case workflow.AddAction:
		return cmd, in.bot.people.chosen(ctx, c.Owner, "Only full members of the workspace can be given an action, as nobody else can say here that it is done. Please choose somebody else.")
	}
	return cmd, nil
}
