package bot

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"breachbot/workflow"
)

// Limiter holds calls back so that Slack does not have to. Nobody waits in it: it
// answers at once, and whoever is held back comes again. Safe for concurrent use.
type Limiter interface {
	// Take takes one call out of every budget, or out of none. It returns zero when
	// the call may be made now, or else how long it may not.
	Take(ctx context.Context, c Caller, budgets ...Budget) time.Duration

	// Empty notes that Slack allows no call out of a budget for a while.
	Empty(ctx context.Context, b Budget, d time.Duration)
}

// Budget names one allowance: so many calls in any window of time.
type Budget struct {
	Name   string
	Calls  int
	Window time.Duration
}

// Caller is who asks for a call.
type Caller struct {
	// Lane gives the share of a budget that the caller may use up; the zero value
	// may use all.
	Lane workflow.Lane

	// Returns says that the caller comes back when told to. It gets a place in the
	// line of its lane, so that those who are held back do not all come at once.
	Returns bool

	// Turn says that the caller was held back before and its time has come. Others
	// do not go before those who stand in line.
	Turn bool
}

func (c Caller) share(b Budget) int {
	if c.Lane == 0 {
		return b.Calls
	}
	return c.Lane.Share(b.Calls)
}

// minute is the window that Slack counts calls in (Slack: rate limits), and a little
// more, because a call is counted when it arrives.
const minute = time.Minute + time.Second

// allowance is what Slack allows of one method.
type allowance struct {
	perMinute int
	once      bool // a call that may have got through is looked for, and not just repeated
}

// allowances are Slack's tiers (Slack: rate limits, and the method's page). A method
// without a row is not called: a test looks for it.
var allowances = map[string]allowance{
	"chat.postMessage":       {300, true},
	"chat.update":            {50, false},
	"conversations.create":   {20, true},
	"conversations.history":  {50, false},
	"conversations.info":     {50, false},
	"conversations.invite":   {50, false},
	"conversations.members":  {100, false},
	"conversations.open":     {50, false},
	"conversations.replies":  {50, false},
	"conversations.setTopic": {20, false},
	"files.info":             {100, false},
	"pins.add":               {20, false},
	"usergroups.users.list":  {20, false},
	"users.conversations":    {50, false},
	"users.info":             {100, false},
	"views.open":             {100, false},
	"views.publish":          {100, false},
	"views.update":           {100, false},
}

// Of messages Slack takes about one a second for each channel, with short bursts
// (Slack: rate limits, posting messages).
const (
	postsInRow  = 3
	postsWindow = postsInRow * time.Second
)

// budgets are the budgets that one call uses: its method's, and for a message its
// channel's.
func budgets(method, channel string) []Budget {
	out := []Budget{{Name: method, Calls: allowances[method].perMinute, Window: minute}}
	if method == "chat.postMessage" {
		out = append(out, Budget{Name: method + "/" + channel, Calls: postsInRow, Window: postsWindow})
	}
	return out
}

// Local limits only the calls of this process.
type Local struct {
	now func() time.Time

	mu    sync.Mutex
	books map[string]*book
}

// book is what is known of one budget. Both lists are in the order of time.
type book struct {
	taken []time.Time                   // calls of the last window
	lines map[workflow.Lane][]time.Time // when those who were held back come again
}

// NewLocal makes a limiter for a single replica. now is the time by which Slack counts.
func NewLocal(now func() time.Time) *Local { return &Local{now: now, books: map[string]*book{}} }

// keep is how many budgets are remembered before those that nobody uses are
// forgotten.
const keep = 4096

// open is the book of a budget, with what has run out struck off.
func (l *Local) open(b Budget, c Caller, now time.Time) *book {
	k, ok := l.books[b.Name]
	if !ok {
		if len(l.books) >= keep {
			maps.DeleteFunc(l.books, func(_ string, k *book) bool { return len(after(k.taken, now.Add(-minute))) == 0 })
		}
		k = &book{lines: map[workflow.Lane][]time.Time{}}
		l.books[b.Name] = k
	}
	k.taken = after(k.taken, now.Add(-b.Window))
	k.lines[c.Lane] = after(k.lines[c.Lane], now)
	return k
}

// after leaves out of a list what is not after an instant.
func after(times []time.Time, from time.Time) []time.Time {
	n := slices.IndexFunc(times, func(t time.Time) bool { return t.After(from) })
	if n < 0 {
		return nil
	}
	return times[n:]
}

// Take implements Limiter.
func (l *Local) Take(_ context.Context, c Caller, budgets ...Budget) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	var wait time.Duration
	for _, b := range budgets {
		k := l.open(b, c, now)
		line, share := k.lines[c.Lane], c.share(b)
		if len(k.taken) < share && (c.Turn || len(k.taken)+len(line) < share) {
			continue
		}
		// Each call made and each one promised ends a window later.
		at := now
		if all := slices.Concat(k.taken, line); len(all) >= share {
			at = all[len(all)-share].Add(b.Window)
		}
		if c.Returns {
			k.lines[c.Lane] = append(line, at)
		}
		wait = max(wait, at.Sub(now), time.Microsecond)
	}
	if wait > 0 {
		return wait
	}
	for _, b := range budgets {
		k := l.books[b.Name]
		k.taken = append(k.taken, now)
	}
	return 0
}

// Empty implements Limiter.
func (l *Local) Empty(_ context.Context, b Budget, d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	k := l.open(b, Caller{}, now)
	k.taken = slices.Repeat([]time.Time{now.Add(d - b.Window)}, b.Calls)
}
