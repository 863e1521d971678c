package scheduler_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"breachbot/scheduler"
	"breachbot/workflow"
)

// Whatever Slack refuses for good is an error in the log, with what is not so while
// it lasts; what may pass is none.
func TestARefusalForGoodIsAnErrorWithWhatFollows(t *testing.T) {
	t.Parallel()
	for _, k := range workflow.TaskKinds() {
		if scheduler.Missing[k] == "" {
			t.Errorf("%s: nobody says what follows", k)
		}
	}
	c := &clock{now: monday}
	w := newWorld(t, c.Now)
	w.report()
	for _, tt := range []struct {
		permanent bool
		wanted    string
	}{
		{false, `level=INFO msg="a delivery failed and was put off" incident=BR-2026-0001 task=card attempt=%d code=restricted_action`},
		{true, `level=ERROR msg="Slack refuses a delivery for good; it is tried every hour, in case somebody has put it right" incident=BR-2026-0001 task=card attempt=%d code=restricted_action follows="the channel has no card"`},
	} {
		w.slack.fails(func(c workflow.Claim) error {
			if c.Task.Kind == workflow.KindCard {
				return refusal{code: "restricted_action", permanent: tt.permanent}
			}
			return nil
		})
		w.pass(w.scheduler())
		c.advance(time.Hour)
		found := false
		for n := range 9 {
			found = found || strings.Contains(w.logged(), fmt.Sprintf(tt.wanted, n))
		}
		if !found {
			t.Errorf("permanent %t: %s", tt.permanent, w.logged())
		}
	}
}
