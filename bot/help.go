package bot

import (
	"context"
	"errors"

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
