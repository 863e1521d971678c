package sandbox

import (
	"fmt"
	"math"
	"net/http"
	"time"
)

const (
	// postEvery and postBurst: one message per second per channel, short bursts tolerated (Slack: Rate limits,
	// posting messages).
	postEvery = time.Second
	postBurst = 5
)

// rates counts calls by the workspace's clock, as Slack counts by its own: a jump of the clock ends every window.
type rates struct {
	off   bool
	calls map[string][]time.Time // per method, the calls of the last minute
	posts map[string]time.Time   // per channel, when its burst will be fully restored
}

func newRates(off bool) rates {
	return rates{off: off, calls: map[string][]time.Time{}, posts: map[string]time.Time{}}
}

// SetRateLimits switches all rate limits on or off and forgets what was counted.
func (ws *Workspace) SetRateLimits(on bool) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.rates = newRates(!on)
}

// take counts a call, or returns how long to wait when it is one too many. A refused call is not counted.
// The minute is one of the workspace's clock, which may be set back.
func (r *rates) take(now time.Time, method string, perMinute int, channel string) time.Duration {
	if r.off {
		return 0
	}
	recent := r.calls[method]
	for len(recent) > 0 && (now.Sub(recent[0]) >= time.Minute || recent[0].After(now)) {
		recent = recent[1:]
	}
	r.calls[method] = recent
	if len(recent) >= perMinute {
		return time.Minute - now.Sub(recent[0])
	}
	if channel != "" {
		restored := r.posts[channel]
		if restored.Before(now) || restored.Sub(now) > time.Minute {
			restored = now
		}
		if over := restored.Add(postEvery).Sub(now) - postBurst*postEvery; over > 0 {
			return over
		}
		r.posts[channel] = restored.Add(postEvery)
	}
	r.calls[method] = append(recent, now)
	return 0
}

// postTarget is the channel a call posts to, for the limit per channel.
func (ws *Workspace) postTarget(method string, a args) string {
	if method != "chat.postMessage" {
		return ""
	}
	return a.str("channel")
}

// limited is the error of a call that came too early; it was not executed.
type limited struct{ wait time.Duration }

func (l *limited) Error() string { return fmt.Sprintf("ratelimited, retry after %s", l.wait) }

// writeLimited answers 429; Retry-After is in whole seconds (Slack: Rate limits).
func writeLimited(w http.ResponseWriter, wait time.Duration) {
	if wait >= 0 {
		w.Header().Set("Retry-After", fmt.Sprint(max(1, int(math.Ceil(wait.Seconds())))))
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(http.StatusTooManyRequests)
	_, _ = w.Write([]byte(`{"ok":false,"error":"ratelimited"}`))
}
