package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"breachbot/bot/sandbox"
	"breachbot/bot/sandbox/page"
	stories "breachbot/bot/sandbox/script"
	"breachbot/store"
	"breachbot/store/sqlite"
	"breachbot/workflow"
	"breachbot/workflow/document"
)

//go:embed story/misdirected_letter.txt
var story string

// storyStart is a Friday afternoon, so the 72 hours run over the weekend.
var storyStart = time.Date(2026, 11, 20, 16, 40, 0, 0, time.UTC)

// demo runs in one process: a workspace that stands in for Slack, the embedded
// store and the bot, over real HTTP and WebSocket.
func demo(ctx context.Context, p process, args []string) error {
	f := flags(p, "demo", "demo [-play | -practice | -cases FILE]", `
Opens a workspace in your browser, at the address it prints. It stays on this
machine and uses no network. You need nothing else: the demo has a workspace of
its own instead of Slack, and an embedded store that it deletes at the end. Be
any of the people, report a breach, move the clock, break Slack, or press "Play
the story". Ctrl-C ends it.`)
	inTerminal := f.Bool("play", false, "no page: play the story of a misdirected letter in this terminal; the exit code is 0 only if every promise is kept")
	withPast := f.Bool("practice", false, "start with "+count(len(practised), "incident")+" of all kinds and ages, so that lists, trends and the Home tab can be judged; there is no story to play then")
	file := f.String("cases", "", "no page: run the decided cases of this `FILE` through the guided assessment and compare")
	if err := parse(f, args); err != nil {
		return err
	}
	if *file != "" {
		return cases(ctx, p, *file)
	}
	if *withPast && *inTerminal {
		return usage("-play tells of a practice in which nothing has happened yet; leave out -practice")
	}
	begin := newDemo
	if *withPast {
		begin = newPracticeDemo
		fmt.Fprintf(p.Stdout, "%s of the last weeks are being lived through, which takes some seconds.\n", count(len(practised), "incident"))
	}
	d, err := begin(ctx)
	if err != nil {
		return unable{err}
	}
	defer d.close()
	if *inTerminal {
		return d.inTerminal(ctx, p.Stdout)
	}
	address, err := d.open(pageAddress)
	if err != nil {
		return unable{err}
	}
	fmt.Fprintf(p.Stdout, "%s is open until you press Ctrl-C. Open this address in a browser on this machine:\n\n  %s\n", d.app.config.Organisation, address)
	return d.wait(ctx)
}

// inTerminal plays the story and prints what each person sees. The error says how
// many promises were not kept.
func (d *demonstration) inTerminal(ctx context.Context, out io.Writer) error {
	fmt.Fprintf(out, "breachbot demo: %s, a workspace at %s, clock set to %s.\n\n", d.app.config.Organisation, d.server.URL, storyStart.Format("Monday 2 January 2006 15:04 UTC"))
	broken, err := d.play(ctx, out)
	if err == nil && broken > 0 {
		err = fmt.Errorf("%s not kept", count(broken, "promise"))
	}
	return err
}

// wait returns when the demo is to end: at Ctrl-C, or when the bot itself stops
// with an error.
func (d *demonstration) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-d.failed:
		return err
	}
}

// demonstration is a running workspace, store and bot.
type demonstration struct {
	workspace *sandbox.Workspace
	server    *sandbox.Server
	store     *counted
	app       *app // the parts of the bot that is or was running
	log       *strings.Builder
	folder    string
	page      *page.Page    // nil until it is open
	pace      time.Duration // between the steps of the story on the page; zero means the page's own pace
	failed    chan error    // a bot that stopped on its own
	unhurried bool          // no rate limits, neither Slack's nor the bot's own
	hasPast   bool          // incidents were there before anybody looked

	// The page kills and restarts the bot while the story, the clock and the promises use it.
	mu      sync.Mutex
	stop    context.CancelFunc // ends the running bot, nil when none runs
	stopped chan struct{}      // closed when it has ended

	coming coming
}

// newDemo is a demo in which nothing has happened yet.
func newDemo(ctx context.Context) (*demonstration, error) {
	return newDemoAt(ctx, storyStart, false)
}

// newDemoAt is a demo whose clock starts then. An unhurried one has no rate limits.
func newDemoAt(ctx context.Context, start time.Time, unhurried bool) (_ *demonstration, err error) {
	d := &demonstration{failed: make(chan error, 1), log: &strings.Builder{}, unhurried: unhurried}
	d.workspace = sandbox.New(sandbox.Options{App: slackApp(), TeamName: "Elmfield Practice", Start: start, NoRateLimits: unhurried})
	d.workspace.Practice()
	if d.server, err = sandbox.Listen(d.workspace, "127.0.0.1:0"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			d.close()
		}
	}()
	if d.folder, err = os.MkdirTemp("", "breachbot-demo-"); err != nil {
		return nil, err
	}
	st, err := sqlite.Open(ctx, filepath.Join(d.folder, databaseFile))
	if err != nil {
		return nil, err
	}
	d.store = &counted{Store: st}
	return d, d.start(ctx)
}

// start puts a bot on the store and waits until it listens.
func (d *demonstration) start(ctx context.Context) error {
	c, err := demoConfig(ctx, d.workspace, d.server)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(&lockedWriter{w: d.log}, nil))
	bot := newApp(c, d.store, nil, d.workspace.Now, prometheus.NewRegistry(), log)
	if d.unhurried {
		bot.bot.Limiter = unlimited{}
	}
	if err := bot.bot.Connect(ctx); err != nil {
		return err
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended, stopped := make(chan error, 1), make(chan struct{})
	d.mu.Lock()
	d.app, d.stop, d.stopped = bot, stop, stopped
	d.mu.Unlock()
	go func() {
		err := bot.run(running)
		close(stopped)
		ended <- err
		if running.Err() == nil {
			select {
			case d.failed <- errors.Join(errors.New("the bot stopped"), err):
			default:
			}
		}
	}()
	select {
	case <-bot.bot.Connected():
		return nil
	case err := <-ended:
		return errors.Join(errors.New("the bot stopped"), err)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// kill ends the bot, if one runs. The store stays as it is.
func (d *demonstration) kill() {
	d.mu.Lock()
	stop, stopped := d.stop, d.stopped
	d.stop = nil
	d.mu.Unlock()
	if stop == nil {
		return
	}
	stop()
	<-stopped
}

// current is the bot as it is now.
func (d *demonstration) current() (_ *app, alive bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.app, d.stop != nil
}

// demoConfig is the demo's configuration, read as a real one is.
func demoConfig(ctx context.Context, ws *sandbox.Workspace, server *sandbox.Server) (Config, error) {
	return loadConfig(ctx, map[string]string{
		"SLACK_BOT_TOKEN":              ws.BotToken,
		"SLACK_APP_TOKEN":              ws.AppToken,
		"SLACK_API_URL":                server.APIURL(),
		"BREACHBOT_ORG":                "Elmfield Practice",
		"BREACHBOT_DPO":                sandbox.Dee,
		"BREACHBOT_DEPUTY_DPO":         sandbox.Dan,
		"BREACHBOT_IG_LEAD":            sandbox.Ivy,
		"BREACHBOT_CALDICOTT_GUARDIAN": sandbox.Cal,
		"BREACHBOT_SIRO":               sandbox.Sam,
		"BREACHBOT_BOARD":              sandbox.Bea,
		"BREACHBOT_DPO_CONTACT":        "01792 496 0123, at weekends 07700 900 456",
		"BREACHBOT_PROCEDURE":          "1.1; Practice Manager; 2027-02-01",
		"BREACHBOT_RESPONDERS":         sandbox.Rob,
	}, needAll)
}

// close stops everything and deletes the store.
func (d *demonstration) close() {
	if d.page != nil {
		d.page.Close()
	}
	d.kill()
	if d.store != nil {
		_ = d.store.Close()
	}
	if d.server != nil {
		_ = d.server.Close()
	}
	if d.folder != "" {
		_ = os.RemoveAll(d.folder)
	}
}

// play plays the story, then shows the register, what verify says and which
// promises were kept. It returns how many were not.
func (d *demonstration) play(ctx context.Context, out io.Writer) (broken int, err error) {
	player := &stories.Player{Workspace: d.workspace, Out: out, Settle: d.settle}
	if err := player.Play(ctx, story); err != nil {
		return 0, fmt.Errorf("the story stopped: %w", err)
	}
	entries, err := d.store.Entries(ctx, store.Filter{})
	if err != nil {
		return 0, err
	}
	fmt.Fprint(out, "\n--- The register (the columns of breachbot register export, one to a line)\n\n")
	if err := document.RegisterText(out, entries, d.app.config.Zone); err != nil {
		return 0, err
	}
	report, err := store.Verify(ctx, d.store, d.app.service.Rederive)
	if err != nil {
		return 0, err
	}
	fmt.Fprintf(out, "\n--- breachbot verify\n\n%s, %s: ", count(report.Incidents, "incident"), count(report.Events, "event"))
	if report.Broken == nil {
		fmt.Fprintln(out, "all as it should be.")
	} else {
		fmt.Fprintf(out, "first broken row: %s.\n", report.Broken)
	}
	fmt.Fprint(out, "\n--- The promises\n\n")
	for _, promise := range d.promises(ctx, report.Broken) {
		mark := "kept  "
		if promise.broken != "" {
			mark, broken = "BROKEN", broken+1
		}
		fmt.Fprintf(out, "%s  %s\n", mark, promise.words)
		if promise.broken != "" {
			fmt.Fprintf(out, "        %s\n", promise.broken)
		}
	}
	for _, e := range entries {
		calls, invitations := d.calls(e.ID)
		fmt.Fprintf(out, "\n%s: %s from the report to a ready channel and the reporter's message, plus %s.\n", e.ID, count(calls, "Slack call"), count(invitations, "invitation"))
	}
	return broken, nil
}

// settle waits until the bot has done what the last step of the story called for, and
// what Slack's limits hold back for a while.
func (d *demonstration) settle(ctx context.Context) error {
	bot, _ := d.current()
	if err := d.workspace.WaitFor(ctx, func() bool { return d.workspace.Waiting() == 0 }); err != nil {
		return err
	}
	bot.bot.Settle()
	for {
		if _, err := bot.scheduler.RunOnce(ctx); err != nil {
			return err
		}
		held, err := d.store.Next(ctx)
		left := held.Sub(d.workspace.Now())
		if err != nil || held.IsZero() || left > heldAtMost {
			return err
		}
		if err := pauseFor(ctx, left); err != nil {
			return err
		}
	}
}

// heldAtMost is longer than Slack's limits hold anything back: they are for a minute.
const heldAtMost = 65 * time.Second

// counted is a store that counts what is committed through it. Nothing else
// writes to the demo's.
type counted struct {
	store.Store
	commits atomic.Int64
}

// Append implements workflow.Journal.
func (c *counted) Append(ctx context.Context, commit workflow.Commit) error {
	err := c.Store.Append(ctx, commit)
	c.commits.Add(1)
	return err
}

// records is the journal of all incidents.
func (d *demonstration) records(ctx context.Context) (map[workflow.IncidentID][]workflow.Record, error) {
	entries, err := d.store.Entries(ctx, store.Filter{})
	if err != nil {
		return nil, err
	}
	all := map[workflow.IncidentID][]workflow.Record{}
	for _, e := range entries {
		if all[e.ID], err = d.store.Load(ctx, e.ID); err != nil {
			return nil, err
		}
	}
	return all, nil
}
