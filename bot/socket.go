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
	streak    int    // connection errors in a row
	app       string // id of our app, from the last hello
	dead      string // why the app no longer works at all: token revoked, app removed
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
	case socketmode.EventTypeHello:
		b.state.hello(evt.Request.ConnectionInfo.AppID)
		b.state.set(n, true)
		b.measures.others.Set(float64(evt.Request.NumConnections))
		if evt.Request.NumConnections > b.Sockets {
			b.Log.Warn("Slack counts more connections of this app than this process has; other replicas, or a second process with the same token", "slack", evt.Request.NumConnections, "ours", b.Sockets)
		}
	case socketmode.EventTypeConnectionError, socketmode.EventTypeInvalidAuth:
		b.state.failed()
		why := unreadableOK
		if failed, ok := evt.Data.(*slack.ConnectionErrorEvent); ok {
			why = codeOf(failure(context.Background(), failed.ErrorObj))
		}
		b.Log.Error("cannot connect to Slack; trying again", "why", why, "streak", b.state.snapshot().streak)
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
		s.streak = 0
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

func (s *state) failed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.streak++
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
	up, streak int
	dead       string
}

func (s *state) snapshot() health {
	n := s.count()
	s.mu.Lock()
	defer s.mu.Unlock()
	return health{up: n, streak: s.streak, dead: s.dead}
}

// Ready says in words why people cannot be served now; nil when they can.
func (b *Bot) Ready(context.Context) error {
	h := b.state.snapshot()
	switch {
	case h.dead != "":
		return errors.New(h.dead)
	case h.up == 0:
		return fmt.Errorf("no connection to Slack; %d failed tries in a row", h.streak)
	}
	return nil
}

// Connected is closed once the first socket is up.
func (b *Bot) Connected() <-chan struct{} {
	b.state.mu.Lock()
	defer b.state.mu.Unlock()
	return b.state.wait()
}
