package store

import (
	"context"
	"errors"
	"fmt"

	"breachbot/workflow"
)

// Rebuild makes again all rows that follow from the journal and tells for how many
// incidents. It can run while a bot is at work, and can be repeated.
func Rebuild(ctx context.Context, s Store, derive Derive) (int, error) {
	var ids []workflow.IncidentID
	err := s.Rows(ctx, func(r Rows) error {
		if r.Incident != "" {
			ids = append(ids, r.Incident)
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("rebuild: %w", err)
	}
	for n, id := range ids {
		if err := rebuild(ctx, s, derive, id); err != nil {
			return n, fmt.Errorf("rebuild %s: %w", id, err)
		}
	}
	return len(ids), nil
}

// rebuildTries limits the reloads while people work on the incident.
const rebuildTries = 16

func rebuild(ctx context.Context, s Store, derive Derive, id workflow.IncidentID) error {
	var err error
	for range rebuildTries {
		var records []workflow.Record
		c := workflow.Commit{Incident: id}
		records, err = s.Load(ctx, id)
		switch {
		case err == nil:
			c = derive(records)
		case !errors.Is(err, workflow.ErrNotFound):
			return err
		}
		if err = s.Rederive(ctx, c); !errors.Is(err, workflow.ErrConflict) {
			return err
		}
	}
	return err
}
