package scheduler

import (
	"context"
	"fmt"
	"testing"
	"time"
)

func TestTheWaitGrowsToAQuarterOfAnHour(t *testing.T) {
	t.Parallel()
	for attempt, middle := range map[int]time.Duration{
		1: 5 * time.Second, 2: 10 * time.Second, 3: 20 * time.Second, 4: 40 * time.Second,
		5: 80 * time.Second, 6: 160 * time.Second, 7: 320 * time.Second, 8: 640 * time.Second,
		9: 15 * time.Minute, 1000: 15 * time.Minute,
	} {
		for range 200 {
			got := wait(attempt)
			if got < middle*8/10 || got > min(middle*12/10+1, longestWait) {
				t.Errorf("attempt %d waits %v, want about %v", attempt, got, middle)
			}
		}
	}
}

type refused struct {
	after     time.Duration
	permanent bool
}

func (refused) Error() string               { return "refused" }
func (refused) Code() string                { return "ratelimited" }
func (r refused) RetryAfter() time.Duration { return r.after }
func (r refused) Permanent() bool           { return r.permanent }

func TestWhatAnErrorSaysAboutTheNextAttempt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err       error
		code      string
		at1, most time.Duration
		stalls    bool
	}{
		{fmt.Errorf("post: %w", refused{after: 90 * time.Second}), "ratelimited", 90 * time.Second, 90 * time.Second, false},
		{refused{permanent: true}, "ratelimited", time.Hour, time.Hour, true},
		{refused{permanent: true, after: 2 * time.Hour}, "ratelimited", 2 * time.Hour, 2 * time.Hour, true},
		{fmt.Errorf("post: %w", context.DeadlineExceeded), "timeout", 4 * time.Second, 7 * time.Second, false},
		{errPanicked, "panic", 4 * time.Second, 7 * time.Second, false},
		{fmt.Errorf("anything"), "internal", 4 * time.Second, 7 * time.Second, false},
	} {
		f := failureOf(c.err)
		got := f.wait(1)
		if f.code != c.code || got < c.at1 || got > c.most || f.stalls(1, 0, got) != c.stalls || !f.stalls(5, 0, got) {
			t.Errorf("%v: code %s, waits %v, stalls %v", c.err, f.code, got, f.stalls(1, 0, got))
		}
	}
}

func TestAFailureIsShownWhenItLastsAndGivenUpWhenTryingAgainWillHardlyHelp(t *testing.T) {
	t.Parallel()
	passing, forGood := failure{code: "timeout"}, failure{code: "restricted_action", permanent: true}
	for _, c := range []struct {
		name            string
		f               failure
		attempt         int
		late, pause     time.Duration
		stalls, givenUp bool
	}{
		{"a first slip", passing, 1, time.Second, 5 * time.Second, false, false},
		{"a first slip after an outage of ours", passing, 1, 9 * time.Hour, 5 * time.Second, false, false},
		{"a second one when it is late", passing, 2, 5 * time.Minute, 10 * time.Second, true, false},
		{"Slack asks for a long wait", passing, 1, time.Second, 2 * time.Minute, true, false},
		{"it lasts", passing, 5, time.Minute, 80 * time.Second, true, false},
		{"it lasts for more than an hour", passing, 12, 80 * time.Minute, 15 * time.Minute, true, true},
		{"refused for good", forGood, 1, 0, time.Hour, true, true},
	} {
		if stalls, givenUp := c.f.stalls(c.attempt, c.late, c.pause), c.f.hopeless(c.attempt); stalls != c.stalls || givenUp != c.givenUp {
			t.Errorf("%s: shown %v, given up %v", c.name, stalls, givenUp)
		}
	}
}
