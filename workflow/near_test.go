package workflow_test

import (
	"errors"
	"testing"

	. "breachbot/workflow"
)

func TestANearMissNeedsNoLevelOfRisk(t *testing.T) {
	t.Parallel()
	rules := DefaultRules()
	for _, near := range []bool{true, false} {
		c := SubmitReport{Report: Report{Title: "A trolley", What: "It stood open.", Detected: friday, Facts: Facts{NearMiss: near}}}
		events, err := rules.Handle(nil, c, Actor{User: "U1"}, friday)
		if near {
			if err != nil || events[0].(Reported).Report.Risk != "" {
				t.Errorf("a near miss: %v, %v", events, err)
			}
			continue
		}
		var refusal *Error
		if !errors.As(err, &refusal) || refusal.Field != FieldRisk {
			t.Errorf("a breach without a first guess: %v", err)
		}
	}
}
