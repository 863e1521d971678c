package sandbox

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Workspace is one Slack team with one installed app. Make it with [New]. Safe for concurrent use.
type Workspace struct {
	// Fixed at creation.
	TeamID, TeamName       string
	Enterprise             string
	AppID                  string
	BotUserID, BotID       string
	BotToken, AppToken     string
	ControlToken           string
	ackTimeout, pingPeriod time.Duration

	mu          sync.Mutex
	app         App
	policy      Policy
	clock       clock
	agenda      agenda
	change      chan struct{} // closed and replaced at every change
	closed      bool
	uninstalled bool
	revoked     bool
	baseURL     string // where the handler is reachable, learnt from Listen or from the first request

	directory
	chanIDs []string
	serial  int // for ids
	lastTS  int64

	views     map[string]*view
	stacks    map[string][]*view // modal stack per user
	homes     map[string]*view
	triggers  map[string]*trigger
	responses map[string]*responseURL
	notices   []Notification
	files     map[string]*file
	cursors   map[string]*cursor
	offered   map[string][]obj // offerKey -> options the app offered last

	sockets   sockets
	envelopes []*envelope
	requests  []Request
	faults    []*Fault
	rates     rates

	background sync.WaitGroup
}

// New makes a workspace with the app installed, Slackbot, and nobody else.
func New(o Options) *Workspace {
	o = o.withDefaults()
	ws := &Workspace{
		TeamID: o.TeamID, TeamName: o.TeamName, Enterprise: o.Enterprise, AppID: o.AppID,
		BotUserID: o.BotUserID, BotID: "B0" + strings.TrimLeft(o.BotUserID, "UW0"),
		BotToken: o.BotToken, AppToken: o.AppToken, ControlToken: o.ControlToken,
		ackTimeout: o.AckTimeout, pingPeriod: o.PingInterval,
		app: o.App, policy: o.Policy,
		clock:  newClock(o.Start, o.Frozen),
		change: make(chan struct{}),
		directory: directory{
			team: o.TeamID, users: map[string]*User{}, groups: map[string]*group{}, channels: map[string]*channel{},
		},
		views: map[string]*view{}, stacks: map[string][]*view{}, homes: map[string]*view{},
		triggers: map[string]*trigger{}, responses: map[string]*responseURL{},
		files: map[string]*file{}, cursors: map[string]*cursor{}, offered: map[string][]obj{},
		rates: newRates(o.NoRateLimits),
	}
	ws.channels[General] = &channel{id: General, name: "general", kind: public, created: ws.clock.now(), creator: "USLACKBOT"}
	ws.chanIDs = []string{General}
	ws.AddUser(User{ID: ws.BotUserID, Name: o.App.Name, RealName: o.App.Name, Kind: Bot, TZ: "Etc/UTC"})
	ws.AddUser(User{ID: "USLACKBOT", Name: "slackbot", RealName: "Slackbot", Kind: Slackbot, TZ: "Etc/UTC"})
	return ws
}

// Close ends all sockets and timers. [Server.Close] calls it.
func (ws *Workspace) Close() {
	ws.mu.Lock()
	ws.closed = true
	ws.agenda.stop()
	for _, s := range ws.sockets.open {
		s.cut()
	}
	ws.changedLocked()
	ws.mu.Unlock()
	ws.background.Wait()
}

// Changes returns a channel that is closed at the next change of anything in the workspace.
func (ws *Workspace) Changes() <-chan struct{} {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return ws.change
}

// WaitFor returns nil as soon as condition holds. It is evaluated now and again after every change of the workspace, in
// the caller's goroutine and without a lock held, so it may call any method. The error is the context's.
func (ws *Workspace) WaitFor(ctx context.Context, condition func() bool) error {
	for {
		changed := ws.Changes()
		if condition() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("sandbox: condition not reached: %w", ctx.Err())
		}
	}
}

func (ws *Workspace) changedLocked() {
	close(ws.change)
	ws.change = make(chan struct{})
}

// Uninstall removes the app from the workspace: tokens_revoked and app_uninstalled are sent, then every call answers
// account_inactive and the sockets are closed with link_disabled.
func (ws *Workspace) Uninstall() {
	ws.mu.Lock()
	ws.emitLocked("tokens_revoked", obj{"tokens": obj{"oauth": []any{}, "bot": []any{ws.BotUserID}}}, nil)
	ws.emitLocked("app_uninstalled", obj{}, nil)
	ws.uninstalled = true
	ws.changedLocked()
	ws.mu.Unlock()
	ws.Sockets().Disconnect(LinkDisabled)
}

// Revoke makes the bot token and the app token invalid (token_revoked). Open sockets stay.
func (ws *Workspace) Revoke() {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.emitLocked("tokens_revoked", obj{"tokens": obj{"oauth": []any{}, "bot": []any{ws.BotUserID}}}, nil)
	ws.revoked = true
	ws.changedLocked()
}

// id makes a new opaque id of Slack's shape. They are numbered, so a scripted run gives the same ids each time.
func (ws *Workspace) id(prefix string) string {
	ws.serial++
	return fmt.Sprintf("%s0SB%06d", prefix, ws.serial)
}

// timestamp makes the ts of a new message: unique and increasing in the whole workspace, in Slack's form
// "seconds.microseconds".
func (ws *Workspace) timestamp() string {
	us := ws.clock.now().UnixMicro()
	if us <= ws.lastTS {
		us = ws.lastTS + 1
	}
	ws.lastTS = us
	return formatTS(us)
}

func formatTS(us int64) string { return fmt.Sprintf("%d.%06d", us/1_000_000, us%1_000_000) }

func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails since Go 1.24
	return hex.EncodeToString(b)
}

// obj is a JSON object.
type obj = map[string]any

func str(v any) string { s, _ := v.(string); return s }

func asObj(v any) obj { o, _ := v.(map[string]any); return o }

func asList(v any) []any { l, _ := v.([]any); return l }

// clone copies a JSON value deeply, so that nobody outside holds a piece of the workspace.
func clone(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if v == nil {
			return v
		}
		c := make(obj, len(v))
		for k, x := range v {
			c[k] = clone(x)
		}
		return c
	case []any:
		if v == nil {
			return v
		}
		c := make([]any, len(v))
		for i, x := range v {
			c[i] = clone(x)
		}
		return c
	}
	return v
}

func cloneObj(o obj) obj { return asObj(clone(o)) }

func cloneBlocks(blocks []Block) []Block {
	c := make([]Block, len(blocks))
	for i, b := range blocks {
		c[i] = cloneObj(b)
	}
	return c
}

func anys[T any](in []T) []any {
	out := make([]any, len(in))
	for i, v := range in {
		out[i] = v
	}
	return out
}

func contains(list []string, s string) bool { return slices.Contains(list, s) }
