package bot_test

import (
	"context"

	"breachbot/bot"
	"breachbot/workflow"
)

type botOptions = bot.Options

// brokenIndex answers nothing.
type brokenIndex struct{ bot.Index }

func (brokenIndex) InChannel(context.Context, workflow.ChannelID) (workflow.IncidentID, error) {
	return "", errBroken
}
func (brokenIndex) Find(context.Context, workflow.UserID, string, int) ([]workflow.Entry, error) {
	return nil, errBroken
}
func (brokenIndex) Register(context.Context, workflow.Page, int) ([]workflow.Entry, error) {
	return nil, errBroken
}
