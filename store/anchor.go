package store

import (
	"context"
	"fmt"

	"breachbot/workflow"
)

// AnchorOf gives the anchor of a day (2006-01-02). ErrNotFound when there is none.
func AnchorOf(ctx context.Context, s interface {
	Anchors(context.Context) ([]workflow.Anchor, error)
}, day string) (workflow.Anchor, error) {
	anchors, err := s.Anchors(ctx)
	if err != nil {
		return workflow.Anchor{}, err
	}
	for n := len(anchors) - 1; n >= 0; n-- {
		if anchors[n].Day == day {
			return anchors[n], nil
		}
	}
	return workflow.Anchor{}, fmt.Errorf("anchor of %s: %w", day, workflow.ErrNotFound)
}
