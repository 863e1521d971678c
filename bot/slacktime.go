package bot

import (
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Slack's time. What Slack dates is compared with Slack's own clock, never with ours:
// a clock that is wrong must not make us overlook what we have already sent. Every
// answer tells the time at Slack, and so how far our clock is from it.

// slackClock knows how far Slack's clock is ahead of ours. The zero value takes ours
// to be right.
type slackClock struct {
	ahead atomic.Int64 // time.Duration
	gauge prometheus.Gauge
}

// heard takes in the time of an answer that has just come in.
func (c *slackClock) heard(h http.Header, now time.Time) {
	at, err := http.ParseTime(h.Get("Date")) // RFC 9110, section 6.6.1: to the whole second
	if err != nil {
		return // without a date we are left with our own clock
	}
	ahead := at.Add(time.Second / 2).Sub(now)
	c.ahead.Store(int64(ahead))
	c.gauge.Set(ahead.Seconds())
}

// SlackAhead is how far Slack's clock was ahead of ours when it last answered, to
// about a second; below zero ours is ahead. It is zero before the first answer.
func (b *Bot) SlackAhead() time.Duration { return time.Duration(b.slackTime.ahead.Load()) }

// atSlack is what Slack's clock showed when ours showed t.
func (b *Bot) atSlack(t time.Time) time.Time { return t.Add(b.SlackAhead()) }

// reach is how much earlier than an attempt we look for what it has left. It is wide,
// for two replicas may differ in time, and a clock may have been put right between
// the attempt and the search; what is found is told by its stamp and not by its time,
// so a wide reach only costs a page of history or two.
const reach = 24 * time.Hour

// skew is how much Slack's clock may still differ from what we take it for.
const skew = time.Minute
