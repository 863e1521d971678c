package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"
)

// state is what the health check asks about.
type state struct {
	mu        sync.Mutex
	connected map[int]bool
	streak    int              // connection errors in a row
	last      error            // the last of them, a *Failure
	refused   map[int]*Failure // sockets that Slack refuses, and trying again will not help
	unheard   map[int]int      // connections in a row that Slack ended before it said hello
	app       string           // id of our app, from the last hello
	dead      *Failure         // why the app no longer works at all: token revoked, app removed
	ready     chan struct{}
	once      sync.Once
}

// readLimit limits one frame from Slack; the largest seen are well below it.
const readLimit = 4 << 20

// When the bot stops, drainTime is how long handlers have to finish, and flushTime
// how long the acks they queued have to leave. The library has no flush.
const (
	drainTime = 8 * time.Second
	flushTime = 150 * time.Millisecond
)

// Run serves people until ctx ends. It keeps the sockets open; when ctx ends it
// takes no new acts, finishes those in hand and then closes. It then returns nil.
// When Slack no longer accepts this app, it returns the reason.
func (b *Bot) Run(ctx context.Context) error {
	// The sockets outlive ctx so that the acks of the last acts can leave.
	sockets, closeSockets := context.WithCancelCause(context.WithoutCancel(ctx))
	defer closeSockets(errShutdown)

	handlers := &b.handlers
	handlers.bot, handlers.slots = b, make(chan struct{}, b.Workers)
	fatal := make(chan error, b.Sockets)
	var loops sync.WaitGroup
	for n := range b.Sockets {
		client := b.socket()
		loops.Go(func() {
			if err := client.RunContext(sockets); sockets.Err() == nil {
				fatal <- fmt.Errorf("Slack ended the connection: %w", err)
			}
			b.state.set(n, false)
		})
		loops.Go(func() { b.read(sockets, ctx, n, client, handlers) })
	}

	var err error
	select {
	case <-ctx.Done():
	case err = <-fatal:
	}
	handlers.drain(drainTime)
	time.Sleep(flushTime)
	closeSockets(errShutdown)
	loops.Wait()
	return err
}

// socket makes one Socket Mode client.
func (b *Bot) socket() *socketmode.Client {
	o := b.Options
	api := o.client(10 * time.Second)
	return socketmode.New(api,
		socketmode.OptionDialer(&websocket.Dialer{
			Proxy:            http.ProxyFromEnvironment,
			HandshakeTimeout: 10 * time.Second,
			// One frame for the largest answer: Slack does not join continuation
			// frames (slack-go issue 1196).
			WriteBufferSize: 32 * 1024,
		}),
		socketmode.OptionReadLimit(readLimit),
		socketmode.OptionLog(log.New(io.Discard, "", 0)),
	)
}

// read takes what one socket brings. It never waits for the work to be done,
// because a stalled loop would kill the socket.
func (b *Bot) read(sockets, intake context.Context, n int, client *socketmode.Client, h *handlers) {
	for {
		select {
		case <-sockets.Done():
			return
		case evt := <-client.Events:
			b.take(intake, n, client, evt, h)
		}
	}
}

func (b *Bot) take(intake context.Context, n int, client *socketmode.Client, evt socketmode.Event, h *handlers) {
	switch evt.Type {
	case socketmode.EventTypeConnecting:
		b.state.set(n, false)
	case socketmode.EventTypeConnected:
		if b.state.opened(n) {
			b.Log.Error("Slack ends every new connection at once, as it does when the app has too many; end the other processes that use the same tokens", "code", tooManySockets)
		}
	case socketmode.EventTypeHello:
		b.state.hello(evt.Request.ConnectionInfo.AppID)
		b.state.set(n, true)
		b.measures.others.Set(float64(evt.Request.NumConnections))
		if evt.Request.NumConnections > b.Sockets {
			b.Log.Warn("Slack counts more connections of this app than this process has; other replicas, or a second process with the same token", "slack", evt.Request.NumConnections, "ours", b.Sockets)
		}
	case socketmode.EventTypeConnectionError, socketmode.EventTypeInvalidAuth:
		why := error(&Failure{code: unreadableOK})
		if failed, ok := evt.Data.(*slack.ConnectionErrorEvent); ok {
			why = failure(context.Background(), failed.ErrorObj)
		}
		b.state.failed(n, why)
		b.Log.Error("cannot connect to Slack; trying again", "why", codeOf(why), "streak", b.state.snapshot().streak)
	case socketmode.EventTypeErrorWriteFailed:
		b.measures.acks.Inc()
		b.Log.Error("an answer to Slack could not be sent; the person will be asked to try again")
	case socketmode.EventTypeErrorBadMessage:
		b.badMessage(client, evt)
	case socketmode.EventTypeSlashCommand, socketmode.EventTypeInteractive, socketmode.EventTypeEventsAPI:
		if intake.Err() != nil {
			return // not acknowledged: the person sees that and tries again, on another replica
		}
		h.start(&inbound{bot: b, client: client, request: evt.Request}, evt)
	}
	b.measures.sockets.Set(float64(b.state.count()))
}

// badMessage acknowledges what the library could not read, so that it does not
// keep coming back, and raises the alarm without its content.
func (b *Bot) badMessage(client *socketmode.Client, evt socketmode.Event) {
	b.measures.inbound.WithLabelValues("unknown").Inc()
	bad, ok := evt.Data.(*socketmode.ErrorBadMessage)
	if !ok {
		return
	}
	var frame struct {
		EnvelopeID string `json:"envelope_id"`
		Type       string `json:"type"`
	}
	if json.Unmarshal(bad.Message, &frame) != nil || frame.EnvelopeID == "" {
		b.Log.Error("Slack sent something unreadable")
		return
	}
	b.Log.Error("Slack sent something unknown; it was acknowledged and not handled", "envelope", frame.EnvelopeID)
	ctx, cancel := context.WithTimeout(context.Background(), ackTimeout)
	defer cancel()
	if err := client.AckCtx(ctx, frame.EnvelopeID, nil); err != nil {
		b.measures.acks.Inc()
	}
}

// handlers runs what comes in. It limits how many run, recovers them and waits for
// them. It has its own count, because a sync.WaitGroup may not grow while somebody
// waits for it.
type handlers struct {
	bot   *Bot
	slots chan struct{}

	mu      sync.Mutex
	running int
	quiet   chan struct{} // closed when none is running; nil before the first
}

// busy: what came in is not acknowledged. Slack tells the person, who tries again.
func (h *handlers) busy() {
	h.bot.measures.refused.WithLabelValues("busy").Inc()
	h.bot.Log.Error("too much at once; a person was asked to try again")
}

func (h *handlers) began() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.running == 0 {
		h.quiet = make(chan struct{})
	}
	h.running++
	return h.running
}

func (h *handlers) ended() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.running--; h.running == 0 {
		close(h.quiet)
	}
}

// settled is closed once no handler is running.
func (h *handlers) settled() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.quiet == nil {
		h.quiet = make(chan struct{})
		close(h.quiet)
	}
	return h.quiet
}

// crush is how many more may wait for a handler than there are: a whole organisation
// that is told to report at once.
const crush = 4096

// slotTimeout is how long one waits for a handler, so that there is time left to
// answer.
const slotTimeout = time.Second

func (h *handlers) start(in *inbound, evt socketmode.Event) {
	if h.began() > crush {
		h.ended()
		h.busy()
		return
	}
	go func() {
		defer h.ended()
		wait := time.NewTimer(slotTimeout)
		defer wait.Stop()
		select {
		case h.slots <- struct{}{}:
		case <-wait.C:
			h.busy()
			if c, command := evt.Data.(slack.SlashCommand); command {
				in.later(c)
			}
			return
		}
		defer func() { <-h.slots }()
		defer func() {
			if r := recover(); r != nil {
				h.bot.measures.panics.Inc()
				h.bot.Log.Error("a handler failed", "at", string(debug.Stack()))
			}
		}()
		ctx, cancel := context.WithTimeout(context.Background(), handleTimeout)
		defer cancel()
		switch data := evt.Data.(type) {
		case slack.SlashCommand:
			h.bot.measures.inbound.WithLabelValues("slash").Inc()
			in.slash(ctx, data)
		case slack.InteractionCallback:
			in.interaction(ctx, data)
		case slackevents.EventsAPIEvent:
			h.bot.measures.inbound.WithLabelValues("event").Inc()
			in.event(ctx, data)
		default:
			in.ack(nil)
		}
	}()
}

// away lets others be served while a handler waits. It returns when the time is over
// and there is room again, or with the error of ctx.
func (h *handlers) away(ctx context.Context, d time.Duration) error {
	<-h.slots
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
	h.slots <- struct{}{}
	return ctx.Err()
}

// Settle waits until everything that has come in so far is handled. It is for
// programs that play a story step by step.
func (b *Bot) Settle() { <-b.handlers.settled() }

// drain waits until the handlers have finished, for at most d.
func (h *handlers) drain(d time.Duration) {
	limit := time.NewTimer(d)
	defer limit.Stop()
	select {
	case <-h.settled():
	case <-limit.C:
		h.bot.Log.Error("stopping although some people are still being served")
	}
}

func (s *state) set(n int, up bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.connected == nil {
		s.connected = map[int]bool{}
	}
	s.connected[n] = up
	if up {
		s.streak, s.last = 0, nil
		delete(s.refused, n)
		delete(s.unheard, n)
		s.once.Do(func() { close(s.wait()) })
	}
}

// wait is closed when the first socket is up. The caller holds the lock.
func (s *state) wait() chan struct{} {
	if s.ready == nil {
		s.ready = make(chan struct{})
	}
	return s.ready
}

// hello notes what Slack says when a socket is up: whose app this is.
func (s *state) hello(app string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.app = app
}

// ourApp tells whether something comes from our own app. Until Slack has said which
// app that is, anything counts as ours.
func (s *state) ourApp(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return id == "" || s.app == "" || id == s.app
}

func (s *state) failed(n int, why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.streak++
	s.last = why
	if f := (*Failure)(nil); errors.As(why, &f) && f.permanent {
		s.refuse(n, f)
	}
}

// refuse notes why a socket stays down. The caller holds the lock.
func (s *state) refuse(n int, f *Failure) {
	if s.refused == nil {
		s.refused = map[int]*Failure{}
	}
	s.refused[n] = f
}

// tooManySockets is Slack's code when an app has more than 10 connections (Slack:
// using Socket Mode). It comes in a frame that the library keeps to itself and then
// connects again; what shows is that no hello came. Once may be chance.
const (
	tooManySockets = "too_many_websockets"
	unheardMost    = 2
)

// opened notes that a connection was made, on which Slack now says hello or ends it.
// It tells whether it has just become clear that Slack refuses them.
func (s *state) opened(n int) (refused bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unheard == nil {
		s.unheard = map[int]int{}
	}
	s.unheard[n]++
	if s.unheard[n] <= unheardMost || s.refused[n] != nil {
		return false
	}
	s.refuse(n, &Failure{code: tooManySockets, permanent: true})
	return true
}

func (s *state) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, up := range s.connected {
		if up {
			n++
		}
	}
	return n
}

type health struct {
	up, streak    int
	last          error
	refused, dead *Failure
}

func (s *state) snapshot() health {
	n := s.count()
	s.mu.Lock()
	defer s.mu.Unlock()
	h := health{up: n, streak: s.streak, last: s.last, dead: s.dead}
	for _, f := range s.refused {
		h.refused = f
	}
	return h
}

// Ready says why people cannot be served now, or not by every connection; nil when
// they can. The error wraps a *Failure when Slack or the network gave a reason.
func (b *Bot) Ready(context.Context) error {
	h := b.state.snapshot()
	switch {
	case h.dead != nil:
		return h.dead
	case h.refused != nil && h.up == 0:
		return fmt.Errorf("no connection to Slack: %w", h.refused)
	case h.refused != nil:
		return fmt.Errorf("only %d of %d connections to Slack: %w", h.up, b.Sockets, h.refused)
	case h.up == 0 && h.last != nil:
		return fmt.Errorf("no connection to Slack after %d tries in a row: %w", h.streak, h.last)
	case h.up == 0:
		return errors.New("no connection to Slack yet")
	}
	return nil
}

// Connected is closed once the first socket is up.
func (b *Bot) Connected() <-chan struct{} {
	b.state.mu.Lock()
	defer b.state.mu.Unlock()
	return b.state.wait()
}
