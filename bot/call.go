package bot

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"breachbot/workflow"
)

// Every call to Slack goes through Bot.call, which asks the limiter and never waits
// for it. A delivery that is held back returns to the queue until its turn comes. A
// person who is held back is told so.

// HeldBack is why a call was not made: Slack's limits are used up for now, or enough
// of our calls hang in the same channel. It is no failure.
type HeldBack struct {
	after time.Duration
	begun bool
}

func (h *HeldBack) Error() string { return workflow.HeldBack }

// After is how long to stay away.
func (h *HeldBack) After() time.Duration { return h.after }

// Begun says that the delivery sent something before that may not be sent twice.
func (h *HeldBack) Begun() bool { return h.begun }

// errand is what the calls of one delivery share. It travels in their context.
type errand struct {
	caller Caller
	begun  bool // something was sent that may not be sent twice
}

type errandKey struct{}

// withErrand begins the errand of a task.
func withErrand(ctx context.Context, c workflow.Claim) context.Context {
	return withCaller(ctx, Caller{Lane: c.Lane(), Returns: true, Turn: c.Code != ""})
}

func withCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, errandKey{}, &errand{caller: c})
}

// courtesy is for what nobody asked for, such as a Home brought up to date: it leaves
// room for the forms of others, and is left out when there is none.
func courtesy(ctx context.Context) context.Context {
	return withCaller(ctx, Caller{Lane: workflow.LaneBulk, Turn: true})
}

// errandOf is the errand of a context. A call without one is for a person who waits
// now: it takes what there is, before all lanes, and does not stand in line.
func errandOf(ctx context.Context) *errand {
	if e, ok := ctx.Value(errandKey{}).(*errand); ok {
		return e
	}
	return &errand{caller: Caller{Turn: true}}
}

// call makes a call if Slack's limits allow it now, and sorts its error. channel is
// the conversation that it is about, empty for none.
func (b *Bot) call(ctx context.Context, method, channel string, f func() error) (err error) {
	e := errandOf(ctx)
	uses := budgets(method, channel)
	if e.caller.Lane != 0 && channel != "" {
		if hangs, room := b.crowd.enter(channel, b.Now()); !room {
			b.measures.held.WithLabelValues(method).Inc()
			return &HeldBack{b.crowded(ctx, e, hangs, uses), e.begun}
		}
		defer func() { b.crowd.leave(channel, codeOf(err) == "timeout", b.Now()) }()
	}
	if wait := b.Limiter.Take(ctx, e.caller, uses...); wait > 0 {
		b.measures.held.WithLabelValues(method).Inc()
		return &HeldBack{wait, e.begun}
	}
	err = failure(ctx, f())
	if allowances[method].once && !refused(err) {
		e.begun = true
	}
	if wait, limited := heldBack(err); limited {
		// Whatever we count, Slack counts otherwise, and it would refuse others too.
		b.Limiter.Empty(ctx, uses[len(uses)-1], wait)
	}
	if err != nil {
		b.measures.failures.WithLabelValues(method).Inc()
	}
	return err
}

// A conversation that hangs at Slack holds few workers, whoever writes there, and it
// holds up what its own incident has to say elsewhere for no longer than one call.
const (
	inChannel    = 2                // calls under way in one conversation
	crowdedPause = 5 * time.Second  // how long others stay away then
	hangPause    = 15 * time.Second // how long all stay away once a call was not answered
	longestPause = 2 * time.Minute  // it doubles up to this
)

// crowded is how long to stay away from a conversation that hangs, or in which enough
// calls are under way. Messages get a place in the conversation's line.
func (b *Bot) crowded(ctx context.Context, e *errand, hangs time.Duration, uses []Budget) time.Duration {
	pause := max(hangs, crowdedPause)
	if len(uses) > 1 {
		b.Limiter.Empty(ctx, uses[1], pause)
		if wait := b.Limiter.Take(ctx, e.caller, uses[1]); wait > 0 {
			return wait
		}
	}
	return pause + rand.N(crowdedPause) // spread, so that they do not all come back at once
}

// crowd counts the calls under way in each conversation, and knows which hang.
type crowd struct {
	mu   sync.Mutex
	in   map[string]int
	hung map[string]hang
}

// hang is a conversation in which a call was not answered.
type hang struct {
	until time.Time
	pause time.Duration
}

// enter tells whether a call may be made, or else for how long the conversation is
// left alone.
func (c *crowd) enter(channel string, now time.Time) (hangs time.Duration, room bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.in == nil {
		c.in, c.hung = map[string]int{}, map[string]hang{}
	}
	if h := c.hung[channel]; h.until.After(now) {
		return h.until.Sub(now), false
	}
	if c.in[channel] >= inChannel {
		return 0, false
	}
	c.in[channel]++
	return 0, true
}

// leave ends a call. One that was not answered closes the conversation for a while,
// and one that was opens it again.
func (c *crowd) leave(channel string, hangs bool, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.in[channel]--; c.in[channel] == 0 {
		delete(c.in, channel)
	}
	if !hangs {
		delete(c.hung, channel)
		return
	}
	pause := min(max(2*c.hung[channel].pause, hangPause), longestPause)
	c.hung[channel] = hang{now.Add(pause), pause}
}
