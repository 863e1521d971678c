package bot_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"breachbot/bot"
	"breachbot/bot/sandbox"
	"breachbot/scheduler"
	"breachbot/store"
	"breachbot/store/sqlite"
	"breachbot/workflow"
)

// The pool of go-redis looks once a second whether a stopped Redis is back, and
// finds out only then that it was closed itself.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/redis/go-redis/v9/internal/pool.(*ConnPool).tryDial"))
}

// world is a practice with everything real but Slack itself: the bot over HTTP
// and WebSocket against the sandbox, the store, the scheduler. Its clock stands
// still unless a test moves it, and deliveries happen when a test says so.
type world struct {
	tb      testing.TB
	ws      *sandbox.Workspace
	srv     *sandbox.Server
	store   store.Store
	service *workflow.Service
	bot     *bot.Bot
	sched   *scheduler.Scheduler
	metrics *prometheus.Registry
	log     *syncBuffer
	set     setting
	raws    int // frames of our own
	ahead   *atomic.Int64
	stop    func()
}

// now is what the bot's own clock shows.
func (w *world) now() time.Time { return w.ws.Now().Add(time.Duration(w.ahead.Load())) }

// syncBuffer keeps the log for the tests that look for leaks in it.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// friday is a Friday afternoon in winter, a minute to spare before the weekend.
var friday = time.Date(2026, 11, 20, 16, 45, 0, 0, time.UTC)

func practiceRules() workflow.Rules {
	r := workflow.DefaultRules()
	r.Organisation = "Brynteg Practice"
	r.Roster = map[workflow.Role][]workflow.Principal{
		workflow.RoleDPO:       {sandbox.Dee},
		workflow.RoleDeputy:    {sandbox.Dan},
		workflow.RoleIGLead:    {sandbox.Ivy},
		workflow.RoleCaldicott: {sandbox.Cal},
		workflow.RoleSIRO:      {sandbox.Sam},
		workflow.RoleResponder: {sandbox.Rob},
	}
	return r
}

// setting is how a world differs from the usual one.
type setting struct {
	start   time.Time
	rules   func(*workflow.Rules)
	sandbox func(*sandbox.Options)
	store   func(store.Store) store.Store // put around the real one
	options func(*bot.Options)
	sockets int
	ahead   time.Duration // of the bot's clock, of Slack's
}

// unhurried is a limiter that never holds anything back, so that tests take the
// time of their work alone.
type unhurried struct{}

func (unhurried) Take(context.Context, bot.Caller, ...bot.Budget) time.Duration { return 0 }
func (unhurried) Empty(context.Context, bot.Budget, time.Duration)              {}

// emptyDatabase is the file of a store in which nothing has happened: its schema
// is brought up to date once, and each world begins with a copy.
var emptyDatabase = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "breachbot-empty-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "breachbot.db")
	s, err := sqlite.Open(context.Background(), path)
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil { // now nothing is left in the log beside it
		return nil, err
	}
	return os.ReadFile(path)
})

// emptyStore opens a store of its own for a world.
func emptyStore(tb testing.TB) store.Store {
	tb.Helper()
	empty, err := emptyDatabase()
	if err != nil {
		tb.Fatal(err)
	}
	path := filepath.Join(tb.TempDir(), "breachbot.db")
	if err := os.WriteFile(path, empty, 0o600); err != nil {
		tb.Fatal(err)
	}
	s, err := sqlite.Open(tb.Context(), path)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func newWorld(tb testing.TB, change ...func(*setting)) *world {
	tb.Helper()
	set := setting{start: friday, sockets: 1}
	for _, c := range change {
		c(&set)
	}
	opts := sandbox.Options{Start: set.start, Frozen: true, AckTimeout: 20 * time.Second, NoRateLimits: true}
	if set.sandbox != nil {
		set.sandbox(&opts)
	}
	w := &world{tb: tb, ws: sandbox.New(opts), log: &syncBuffer{}, metrics: prometheus.NewRegistry(), ahead: &atomic.Int64{}}
	w.ahead.Store(int64(set.ahead))
	w.ws.Practice()
	var err error
	if w.srv, err = sandbox.Listen(w.ws, "127.0.0.1:0"); err != nil {
		tb.Fatal(err)
	}
	w.store = emptyStore(tb)
	if set.store != nil {
		w.store = set.store(w.store)
	}
	w.set = set
	tb.Cleanup(func() {
		if err := w.srv.Close(); err != nil {
			tb.Error(err)
		}
		w.store.Close()
		if tb.Failed() {
			tb.Logf("log of the bot:\n%s", w.log)
		}
	})
	w.start()
	return w
}

// start starts the bot with its scheduler. A second start on the same store is
// a restart when w.stop was called before, and another replica when not: then
// copy the world first, so that both are at hand.
func (w *world) start() {
	tb := w.tb
	rules := practiceRules()
	if w.set.rules != nil {
		w.set.rules(&rules)
	}
	w.metrics = prometheus.NewRegistry()
	w.service = &workflow.Service{Rules: rules, Journal: w.store, Now: w.now}
	opts := bot.Options{
		BotToken: w.ws.BotToken, AppToken: w.ws.AppToken, APIURL: w.srv.APIURL(),
		Service: w.service, Limiter: unhurried{}, Now: w.now,
		Log: slog.New(slog.NewTextHandler(w.log, nil)), Metrics: w.metrics, Sockets: w.set.sockets,
		Index:         store.Index{Store: w.store, Now: w.now, Zone: rules.Zone},
		SettingsSince: func(context.Context) (time.Time, error) { return w.set.start, nil },
		Drafts:        w.store,
		Anchor: func(ctx context.Context, day string) (workflow.Anchor, error) {
			return store.AnchorOf(ctx, w.store, day)
		},
	}
	if w.set.options != nil {
		w.set.options(&opts)
	}
	w.bot = bot.New(opts)
	w.sched = &scheduler.Scheduler{
		Queue: w.store, Courier: w.bot, Service: w.service, Now: w.now, Zone: rules.Zone,
		Log: slog.New(slog.NewTextHandler(w.log, nil)), Metrics: scheduler.NewMetrics(w.metrics),
	}
	if err := w.bot.Connect(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	sockets := w.ws.Sockets().Count() + max(1, w.set.sockets)
	served := w.bot
	ctx, cancel := context.WithCancel(context.WithoutCancel(tb.Context()))
	done := make(chan error, 1)
	go func() { done <- served.Run(ctx) }()
	select {
	case <-served.Connected():
	case err := <-done:
		tb.Fatalf("bot stopped: %v", err)
	}
	w.wait("all sockets", func() bool { return w.ws.Sockets().Count() >= sockets })
	var once sync.Once
	w.stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				tb.Errorf("bot: %v", err)
			}
		})
	}
	tb.Cleanup(w.stop)
}

// newStoreFor starts the bot on an empty store in the same workspace.
func newStoreFor(w *world) *world {
	w.tb.Helper()
	again := *w
	again.store = emptyStore(w.tb)
	w.tb.Cleanup(func() { again.store.Close() })
	again.start()
	return &again
}

func (w *world) as(id string) *sandbox.Person { return w.ws.As(id) }

// deliver carries out everything that is due.
func (w *world) deliver() {
	w.tb.Helper()
	w.bot.Settle()
	if _, err := w.sched.RunOnce(w.tb.Context()); err != nil {
		w.tb.Fatal(err)
	}
	w.wait("what the deliveries led to", func() bool { return w.ws.Waiting() == 0 })
	w.bot.Settle()
}

// patience is how long a busy machine may take to do what is waited for.
const patience = time.Minute

// wait waits until something is so, and looks whenever anything changes at Slack.
func (w *world) wait(what string, condition func() bool) {
	w.tb.Helper()
	ctx, cancel := context.WithTimeout(w.tb.Context(), patience)
	defer cancel()
	if err := w.ws.WaitFor(ctx, condition); err != nil {
		w.tb.Fatalf("waited in vain for %s: %v", what, err)
	}
}

// incident is one as it stands in the store.
func (w *world) incident(id workflow.IncidentID) *workflow.Incident {
	w.tb.Helper()
	inc, err := w.service.Incident(w.tb.Context(), id)
	if err != nil {
		w.tb.Fatal(err)
	}
	return inc
}

// verify recomputes the store's hashes.
func (w *world) verify() {
	w.tb.Helper()
	report, err := store.Verify(w.tb.Context(), w.store, w.service.Rederive)
	if err != nil || report.Broken != nil {
		w.tb.Fatalf("verify: %v, %v", report.Broken, err)
	}
}
