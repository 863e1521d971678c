package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"breachbot/store"
	"breachbot/workflow"
)

// planned is the setting that records how tasks were planned and under which
// rules. A bot that plans differently then plans again when it starts, and verify
// needs no configuration.
const planned = "planned_under"

// plan is the value of the setting. A time zone has no JSON of its own.
type plan struct {
	Plan  string         `json:"plan"` // workflow.PlanFingerprint; none before 2026-12
	Zone  string         `json:"zone"`
	Rules workflow.Rules `json:"rules"`
}

// planOf writes down rules. The same rules give the same words.
func planOf(r workflow.Rules) (string, error) {
	p := plan{Plan: workflow.PlanFingerprint, Zone: r.Zone.String(), Rules: r}
	p.Rules.Zone = nil
	words, err := json.Marshal(p)
	return string(words), err
}

// lastPlan is what the store's tasks were planned under; ok is false when
// nothing was ever planned.
func lastPlan(ctx context.Context, s store.Store) (p plan, ok bool, err error) {
	words, err := s.Setting(ctx, planned)
	if err != nil || words == "" {
		return plan{}, false, err
	}
	if err := json.Unmarshal([]byte(words), &p); err != nil {
		return plan{}, false, fmt.Errorf("setting %s: %w", planned, err)
	}
	if p.Rules.Zone, err = time.LoadLocation(p.Zone); err != nil {
		return plan{}, false, fmt.Errorf("setting %s: %w", planned, err)
	}
	return p, true, nil
}

// plannedRules are the rules the store's tasks were planned with, or the rules
// otherwise when nothing was ever planned.
func plannedRules(ctx context.Context, s store.Store, otherwise workflow.Rules) (workflow.Rules, error) {
	p, ok, err := lastPlan(ctx, s)
	if err != nil || !ok {
		return otherwise, err
	}
	return p.Rules, nil
}
