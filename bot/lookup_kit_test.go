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

// listing is an index that fails in its own way to list open incidents.
type listing struct {
	bot.Index
	fail func() error
}

func (l listing) Open(context.Context, workflow.UserID, int) ([]workflow.Entry, error) {
	return nil, l.fail()
}

func (l listing) Newest(context.Context, workflow.UserID, int) ([]workflow.Entry, error) {
	return nil, l.fail()
}
