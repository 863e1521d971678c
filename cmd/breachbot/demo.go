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
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"breachbot/bot/sandbox"
	"breachbot/store"
	"breachbot/store/sqlite"
	"breachbot/workflow"
	"breachbot/workflow/document"
)

//go:embed story/misdirected_letter.txt
var story string

// storyStart is a Friday afternoon: the 72 hours run over the weekend.
var storyStart = time.Date(2026, 11, 20, 16, 40, 0, 0, time.UTC)

// demo plays an incident in one process: a workspace to stand in for Slack, the
// embedded store and the bot, over real HTTP and WebSocket.
func demo(ctx context.Context, p process, args []string) error {
	f := flags(p, "demo", "demo [-once]", `
Plays the story of a misdirected letter, from /breach to a recorded notification,
and prints what each person sees. Nothing but this program is needed: it brings a
workspace of its own instead of Slack, and an embedded store that is deleted at
the end. Time is moved by the story. Afterwards the workspace stays up until
Ctrl-C.`)
	once := f.Bool("once", false, "end after the story; the exit code is 0 only if every promise held")
	if err := parse(f, args); err != nil {
		return err
	}
	d, err := newDemo(ctx)
	if err != nil {
		return unable{err}
	}
	defer d.close()
	fmt.Fprintf(p.Stdout, "breachbot demo: %s, a workspace at %s, clock set to %s.\n\n", d.app.config.Organisation, d.server.URL, storyStart.Format("Monday 2 January 2006 15:04 UTC"))

	broken, err := d.play(ctx, p.Stdout)
	if err != nil {
		return err
	}
	if broken > 0 {
		return fmt.Errorf("%s did not hold", count(broken, "promise"))
	}
	if *once {
		return nil
	}
	fmt.Fprintf(p.Stdout, `
The workspace stays up until Ctrl-C. Act in it as one of its people, for example:
  curl -s -H '%s: %s' -d '{"as":"%s","command":"/breach","text":"help"}' %s/control/slash
`, sandbox.ControlHeader, d.workspace.ControlToken, sandbox.Nia, d.server.URL)
	select {
	case <-ctx.Done():
		return nil
	case err := <-d.ended:
		return err
	}
}

// demonstration is a running workspace, store and bot.
type demonstration struct {
	workspace *sandbox.Workspace
	server    *sandbox.Server
	store     store.Store
	app       *app
	log       *strings.Builder
	folder    string
	stop      context.CancelFunc
	ended     chan error
}

func newDemo(ctx context.Context) (_ *demonstration, err error) {
	d := &demonstration{ended: make(chan error, 1), log: &strings.Builder{}}
	d.workspace = sandbox.New(sandbox.Options{App: slackApp(), TeamName: "Brynteg Practice", Start: storyStart})
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
	if d.store, err = sqlite.Open(ctx, filepath.Join(d.folder, databaseFile)); err != nil {
		return nil, err
	}
	c, err := demoConfig(ctx, d.workspace, d.server)
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.NewTextHandler(&lockedWriter{w: d.log}, nil))
	d.app = newApp(c, d.store, nil, d.workspace.Now, prometheus.NewRegistry(), log)
	if err := d.app.bot.Connect(ctx); err != nil {
		return nil, err
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	d.stop = stop
	go func() { d.ended <- d.app.run(running) }()
	select {
	case <-d.app.bot.Connected():
		return d, nil
	case err := <-d.ended:
		d.ended <- nil
		return nil, errors.Join(errors.New("the bot stopped"), err)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// demoConfig is a configuration read as a real one is.
func demoConfig(ctx context.Context, ws *sandbox.Workspace, server *sandbox.Server) (Config, error) {
	return loadConfig(ctx, map[string]string{
		"SLACK_BOT_TOKEN":              ws.BotToken,
		"SLACK_APP_TOKEN":              ws.AppToken,
		"SLACK_API_URL":                server.APIURL(),
		"BREACHBOT_ORG":                "Brynteg Practice",
		"BREACHBOT_DPO":                sandbox.Dee,
		"BREACHBOT_DEPUTY_DPO":         sandbox.Dan,
		"BREACHBOT_IG_LEAD":            sandbox.Ivy,
		"BREACHBOT_CALDICOTT_GUARDIAN": sandbox.Cal,
		"BREACHBOT_SIRO":               sandbox.Sam,
		"BREACHBOT_RESPONDERS":         sandbox.Rob,
	}, needAll)
}

// close stops everything and deletes the store.
func (d *demonstration) close() {
	if d.stop != nil {
		d.stop()
		<-d.ended
	}
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
// promises held. It returns how many did not.
func (d *demonstration) play(ctx context.Context, out io.Writer) (broken int, err error) {
	script := &sandbox.Script{Workspace: d.workspace, Out: out, Settle: d.settle}
	if err := script.Play(ctx, story); err != nil {
		return 0, fmt.Errorf("the story stopped: %w", err)
	}
	entries, err := d.store.Entries(ctx, store.Filter{})
	if err != nil {
		return 0, err
	}
	fmt.Fprint(out, "\n--- The register (what breachbot register export writes)\n\n")
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
		mark := "held  "
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
		fmt.Fprintf(out, "\n%s: %s from the report to a ready channel and the reporter's message, besides %s.\n", e.ID, count(calls, "Slack call"), count(invitations, "invitation"))
	}
	return broken, nil
}

// settle waits until the bot has done what the last step of the story called for.
func (d *demonstration) settle(ctx context.Context) error {
	d.app.bot.Settle()
	_, err := d.app.scheduler.RunOnce(ctx)
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
