package bot_test

import (
	"context"
	"sync/atomic"

	"breachbot/bot"
	"breachbot/workflow"
)

type botOptions = bot.Options

// brokenIndex answers nothing once it is broken.
type brokenIndex struct {
	bot.Index
	broken atomic.Bool
}

func (b *brokenIndex) InChannel(ctx context.Context, c workflow.ChannelID) (workflow.IncidentID, error) {
	if b.broken.Load() {
		return "", errBroken
	}
	return b.Index.InChannel(ctx, c)
}

func (b *brokenIndex) Find(ctx context.Context, p workflow.UserID, words string, limit int) ([]workflow.Entry, error) {
	if b.broken.Load() {
		return nil, errBroken
	}
	return b.Index.Find(ctx, p, words, limit)
}

func (b *brokenIndex) Register(ctx context.Context, p workflow.Page, limit int) ([]workflow.Entry, error) {
	if b.broken.Load() {
		return nil, errBroken
	}
	return b.Index.Register(ctx, p, limit)
}
