package store

import (
	"context"
	"fmt"

	"breachbot/workflow"
)

// InChannel gives the incident that is worked on in a channel, also one that has
// ended and a drill. ErrNotFound when the channel is none of ours.
func InChannel(ctx context.Context, s interface {
	Entries(context.Context, Filter) ([]workflow.Entry, error)
}, channel workflow.ChannelID) (workflow.IncidentID, error) {
	if channel == "" {
		return "", fmt.Errorf("no channel: %w", workflow.ErrNotFound)
	}
	entries, err := s.Entries(ctx, Filter{Channel: channel, Drills: WithDrills, Newest: true, Limit: 1})
	if err != nil {
		return "", err
	}
	if len(entries) == 0 {
		return "", fmt.Errorf("channel %s: %w", channel, workflow.ErrNotFound)
	}
	return entries[0].ID, nil
}
