package page

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"breachbot/bot/sandbox"
)

// The faults the page can order, with the words that describe them.
const (
	pageSlow    = 2 * time.Second
	pageLimited = 20 // calls
	pageRetry   = 5 * time.Second
)

// fault breaks Slack, or repairs it.
func (a *act) fault(context.Context) (answer, error) {
	ws := a.page.ws
	sockets := ws.Sockets()
	switch kind := a.get("kind"); kind {
	case "slow":
		ws.Fault(sandbox.Fault{Kind: sandbox.FaultDelay, Delay: pageSlow, Next: -1})
	case "down":
		ws.Fault(sandbox.Fault{Kind: sandbox.FaultStatus, Next: -1})
		sockets.Refuse()
		sockets.CutAll()
	case "limited":
		ws.Fault(sandbox.Fault{Kind: sandbox.FaultRateLimit, RetryAfter: pageRetry, Next: pageLimited})
	case "warning":
		sockets.Disconnect(sandbox.Warning)
	case "refresh":
		sockets.Disconnect(sandbox.RefreshRequested)
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

// faultWords say what goes wrong with Slack.
var faultWords = map[sandbox.FaultKind]string{
	sandbox.FaultDelay: "Slack is slow", sandbox.FaultStatus: "Slack is down", sandbox.FaultRateLimit: "Slack limits the rate",
}

// ordered are the faults that wait, in words.
func (p *Page) ordered() []string {
	var out []string
	for _, f := range p.ws.Faults() {
		words := cmp.Or(faultWords[f.Kind], string(f.Kind))
		if f.Next > 0 {
			words += ", " + strconv.Itoa(f.Next) + " more calls"
		}
		out = append(out, words)
	}
	if p.ws.Sockets().Refusing() {
		out = append(out, "new connections are refused")
	}
	return out
}

// bot kills the app or starts it again.
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
