package sandbox

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// The faults the page can order, with the words that describe them.
const (
	pageSlow    = 2 * time.Second
	pageLimited = 20 // calls
	pageRetry   = 5 * time.Second
)

// fault breaks Slack, or mends it.
func (a *act) fault(context.Context) (answer, error) {
	ws := a.page.ws
	sockets := ws.Sockets()
	switch kind := a.get("kind"); kind {
	case "slow":
		ws.Fault(Fault{Kind: FaultDelay, Delay: pageSlow, Next: -1})
	case "down":
		ws.Fault(Fault{Kind: FaultStatus, Next: -1})
		sockets.Refuse()
		sockets.CutAll()
	case "limited":
		ws.Fault(Fault{Kind: FaultRateLimit, RetryAfter: pageRetry, Next: pageLimited})
	case "warning":
		sockets.Disconnect(Warning)
	case "refresh":
		sockets.Disconnect(RefreshRequested)
	case "cut":
		sockets.CutAll()
	case "clear":
		ws.ClearFaults()
		sockets.Enable()
	default:
		return answer{}, fmt.Errorf("there is no fault %q", kind)
	}
	a.page.changed()
	return answer{}, nil
}

// ordered are the faults that wait, in words.
func (ws *Workspace) ordered() []string {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	var out []string
	for _, f := range ws.faults {
		words := map[FaultKind]string{
			FaultDelay: "Slack is slow", FaultStatus: "Slack is down", FaultRateLimit: "Slack limits the rate",
		}[f.Kind]
		words = firstOf(words, string(f.Kind))
		if f.Next > 0 {
			words += ", " + strconv.Itoa(f.Next) + " calls more"
		}
		out = append(out, words)
	}
	if ws.sockets.refuse || ws.sockets.disabled {
		out = append(out, "new connections are refused")
	}
	return out
}

// bot kills the app or starts it anew.
func (a *act) bot(context.Context) (answer, error) {
	p := a.page
	do, doing := p.options.Kill, "Killing the bot"
	if a.get("do") == "restart" {
		do, doing = p.options.Restart, "Starting the bot"
	}
	if do == nil {
		return answer{}, errors.New("the bot cannot be stopped from here")
	}
	p.mu.Lock()
	busy := p.busy != ""
	if !busy {
		p.busy = doing
		p.changedLocked()
	}
	p.mu.Unlock()
	if busy {
		return answer{}, errors.New("one thing at a time, please")
	}
	err := do()
	p.mu.Lock()
	p.busy = ""
	p.changedLocked()
	p.mu.Unlock()
	return answer{}, err
}
