package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"breachbot/store"
	"breachbot/workflow"
)

// planned is the setting that remembers under which rules tasks were planned, so
// that a start under other rules plans anew, and verify needs no configuration.
// planVersion is raised when workflow.Rules.Plan itself changes.
const (
	planned     = "planned_under"
	planVersion = 1
)

// plan is the value of the setting. A time zone has no JSON of its own.
type plan struct {
	Version int            `json:"version"`
	Zone    string         `json:"zone"`
	Rules   workflow.Rules `json:"rules"`
}

// planOf writes rules down. The same rules give the same words.
func planOf(r workflow.Rules) (string, error) {
	p := plan{Version: planVersion, Zone: r.Zone.String(), Rules: r}
	p.Rules.Zone = nil
	words, err := json.Marshal(p)
	return string(words), err
}

// plannedRules are the rules the store's tasks were planned with, or otherwise
// when nothing was ever planned.
func plannedRules(ctx context.Context, s store.Store, otherwise workflow.Rules) (workflow.Rules, error) {
	words, err := s.Setting(ctx, planned)
	if err != nil || words == "" {
		return otherwise, err
	}
	var p plan
	if err := json.Unmarshal([]byte(words), &p); err != nil {
		return workflow.Rules{}, fmt.Errorf("setting %s: %w", planned, err)
	}
	if p.Rules.Zone, err = time.LoadLocation(p.Zone); err != nil {
		return workflow.Rules{}, fmt.Errorf("setting %s: %w", planned, err)
	}
	return p.Rules, nil
}
