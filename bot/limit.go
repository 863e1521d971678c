package bot

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limiter holds calls back so that Slack does not have to. Wait returns when a
// call may be made, or an error when ctx ends first. Safe for concurrent use.
type Limiter interface {
	Wait(ctx context.Context, b Budget) error
}

// Budget names one allowance with its pace.
type Budget struct {
	Name  string
	Every time.Duration // one call per
	Burst int
}

// Paces of Slack's tiers in calls per minute (Slack: rate limits), and of posting:
// about one message a second to each channel, with short bursts.
var tiers = map[string]int{
	"conversations.create":      20,
	"conversations.setTopic":    20,
	"conversations.invite":      50,
	"conversations.open":        50,
	"conversations.history":     50,
	"conversations.members":     100,
	"users.conversations":       50,
	"users.info":                100,
	"usergroups.users.list":     20,
	"pins.add":                  20,
	"files.info":                100,
	"chat.update":               50,
	"chat.postMessage":          300,
	"chat.postMessage/channel/": 60,
}

// budgets are the budgets that one call uses: its method's, and for a message its
// channel's.
func budgets(method, channel string) []Budget {
	budget := func(name, pace string, burst int) Budget {
		return Budget{Name: name, Every: time.Minute / time.Duration(tiers[pace]), Burst: burst}
	}
	out := []Budget{budget(method, method, max(1, tiers[method]/2))}
	if method == "chat.postMessage" {
		out = append(out, budget(method+"/channel/"+channel, method+"/channel/", 3))
	}
	return out
}

// Local limits only the calls of this process.
type Local struct {
	mu       sync.Mutex
	limiters map[string]*rate.Limiter
}

// NewLocal makes a limiter for a single replica.
func NewLocal() *Local { return &Local{limiters: map[string]*rate.Limiter{}} }

// keep limits how many channels are remembered; a forgotten one starts again.
const keep = 4096

// Wait waits until the budget allows one more call.
func (l *Local) Wait(ctx context.Context, b Budget) error {
	l.mu.Lock()
	if len(l.limiters) > keep {
		clear(l.limiters)
	}
	limiter, ok := l.limiters[b.Name]
	if !ok {
		limiter = rate.NewLimiter(rate.Every(b.Every), b.Burst)
		l.limiters[b.Name] = limiter
	}
	l.mu.Unlock()
	return limiter.Wait(ctx)
}
