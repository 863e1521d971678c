package bot_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"breachbot/bot/sandbox"
	"breachbot/bot/view"
	"breachbot/workflow"
)

// The benchmarks compare the bot with the least that a bot on slack-go can do:
// one that opens the same form and acknowledges, and keeps nothing. Both run in
// turns in the same process, each on a workspace of its own, so that what else
// the machine does hits both.

// BenchmarkForm measures how long a person waits from typing /breach until the
// report form stands on their screen.
func BenchmarkForm(b *testing.B) {
	for _, people := range []int{1, 20} {
		b.Run(fmt.Sprintf("people=%d", people), func(b *testing.B) {
			us, them := newWorld(b, asServed), newBare(b)
			ids := crowd(people, us.ws, them)
			var ours, theirs []time.Duration
			for b.Loop() {
				rounds := 2000 / people
				warm := rounds / 10 // people become known, connections are made
				for n := range warm + rounds {
					a, c := turns(n, us.ws, them, func(ws *sandbox.Workspace) []time.Duration { return openForms(b, ws, ids) })
					if n >= warm {
						ours, theirs = append(ours, a...), append(theirs, c...)
					}
				}
			}
			mine, base := median(ours), median(theirs)
			ratio := mine / base
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(mine, "p50-ms")
			b.ReportMetric(base, "bare-p50-ms")
			b.ReportMetric(ratio, "ratio")
			b.Logf("/breach to the open form, %d at a time, p50 of %d: %.2f ms; a bare slack-go bot: %.2f ms; ratio %.2f (target: at most 1.2)",
				people, len(ours), mine, base, ratio)
		})
	}
}

// BenchmarkSubmission measures how long a person waits from sending the report
// until the answer, which says that the report is on disk. Its tasks are stored
// with it and not delivered here.
func BenchmarkSubmission(b *testing.B) {
	us, them := newWorld(b, asServed), newBare(b)
	id := crowd(1, us.ws, them)[0]
	var ours, theirs []time.Duration
	for b.Loop() {
		const rounds, warm = 300, 10
		for n := range warm + rounds {
			a, c := turns(n, us.ws, them, func(ws *sandbox.Workspace) time.Duration {
				return sendForm(b, fillReport(b, ws, id))
			})
			if n >= warm {
				ours, theirs = append(ours, a), append(theirs, c)
			}
		}
	}
	mine, base := median(ours), median(theirs)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(mine, "p50-ms")
	b.ReportMetric(base, "bare-p50-ms")
	b.ReportMetric(mine-base, "more-ms")
	b.Logf("report sent, on disk and acknowledged, p50 of %d: %.2f ms; a bare slack-go bot that stores nothing: %.2f ms; %.2f ms more (target: at most 5)",
		len(ours), mine, base, mine-base)
}

// BenchmarkSlackCalls counts what a report costs at Slack until its channel is
// ready and its author has the receipt.
func BenchmarkSlackCalls(b *testing.B) {
	var calls, invitations, alerts int
	for b.Loop() {
		w := newWorld(b)
		nia := fillReport(b, w.ws, sandbox.Nia)
		before := len(w.ws.Requests())
		sendForm(b, nia)
		for settled := 0; settled < len(w.ws.Requests()); { // one delivery may call for another
			settled = len(w.ws.Requests())
			w.deliver()
		}
		calls, invitations, alerts = countCalls(nia, w.ws.Requests()[before:])
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(calls), "calls")
	b.ReportMetric(float64(invitations), "invitations")
	b.ReportMetric(float64(alerts), "alert-calls")
	b.Logf("from the report sent to a ready channel and the reporter's message: %d Slack calls (target: at most 6), besides %d invitations and %d calls that alert others",
		calls, invitations, alerts)
}

// countCalls sorts the calls that followed a report. What is neither an invitation
// nor a direct message to somebody else counts as part of the beginning.
func countCalls(reporter *sandbox.Person, requests []sandbox.Request) (calls, invitations, alerts int) {
	own := reporter.DMs()[0].Channel
	for _, r := range requests {
		channel := fmt.Sprint(r.Args["channel"])
		switch {
		case r.Method == "conversations.invite":
			invitations++
		case r.Method == "conversations.open" && r.Args["users"] != reporter.ID,
			r.Method == "chat.postMessage" && strings.HasPrefix(channel, "D") && channel != own:
			alerts++
		default:
			calls++
		}
	}
	return calls, invitations, alerts
}

// asServed gives the bot the two sockets that it has in service.
func asServed(s *setting) { s.sockets = 2 }

// newBare is a workspace that the least of bots serves.
func newBare(b *testing.B) *sandbox.Workspace {
	b.Helper()
	ws := sandbox.New(sandbox.Options{Start: friday, Frozen: true, AckTimeout: 20 * time.Second, NoRateLimits: true})
	ws.Practice()
	srv, err := sandbox.Listen(ws, "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	// A transport with Go's defaults, as http.DefaultClient has, to close at the end.
	transport := http.DefaultTransport.(*http.Transport).Clone()
	api := slack.New(ws.BotToken, slack.OptionAppLevelToken(ws.AppToken), slack.OptionAPIURL(srv.APIURL()),
		slack.OptionHTTPClient(&http.Client{Transport: transport}))
	client := socketmode.New(api, socketmode.OptionLog(log.New(io.Discard, "", 0)))
	form := view.FormReport.Build(view.Desk{Rules: practiceRules(), Now: friday}, nil, view.Meta{})

	ctx, stop := context.WithCancel(context.WithoutCancel(b.Context()))
	var running sync.WaitGroup
	running.Go(func() { _ = client.RunContext(ctx) })
	running.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case e := <-client.Events:
				if e.Type == socketmode.EventTypeSlashCommand || e.Type == socketmode.EventTypeInteractive {
					running.Go(func() { serveBare(ctx, b, api, client, e, form) })
				}
			}
		}
	})
	b.Cleanup(func() {
		stop()
		running.Wait()
		transport.CloseIdleConnections()
		if err := srv.Close(); err != nil {
			b.Error(err)
		}
	})
	if err := ws.WaitFor(b.Context(), func() bool { return ws.Sockets().Count() == 1 }); err != nil {
		b.Fatal(err)
	}
	return ws
}

// serveBare acknowledges after the form is open, as the bot does: a command that
// is acknowledged has its form for both.
func serveBare(ctx context.Context, b *testing.B, api *slack.Client, client *socketmode.Client, e socketmode.Event, form slack.ModalViewRequest) {
	if command, ok := e.Data.(slack.SlashCommand); ok {
		if _, err := api.OpenViewContext(ctx, command.TriggerID, form); err != nil {
			b.Error(err)
		}
	}
	if err := client.AckCtx(ctx, e.Request.EnvelopeID, nil); err != nil {
		b.Error(err)
	}
}

// crowd adds people to workspaces and gives their ids.
func crowd(n int, to ...*sandbox.Workspace) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("U1%03d", i)
		for _, ws := range to {
			ws.AddUser(sandbox.User{ID: ids[i], Name: fmt.Sprintf("person%d", i)})
		}
	}
	return ids
}

// turns does the same on two workspaces. They take turns in being the first.
func turns[T any](n int, a, b *sandbox.Workspace, do func(*sandbox.Workspace) T) (ofA, ofB T) {
	if n%2 == 0 {
		ofA = do(a)
		return ofA, do(b)
	}
	ofB = do(b)
	return do(a), ofB
}

// openForms lets people type /breach at the same moment, and gives for each how
// long it was until their form was open.
func openForms(b *testing.B, ws *sandbox.Workspace, ids []string) []time.Duration {
	took := make([]time.Duration, len(ids))
	start := make(chan struct{})
	var all sync.WaitGroup
	for n, id := range ids {
		all.Go(func() {
			<-start
			took[n] = openForm(b, ws, id)
		})
	}
	close(start)
	all.Wait()
	for _, id := range ids {
		if err := ws.As(id).CloseModal(b.Context()); err != nil {
			b.Error(err)
		}
	}
	return took
}

// openForm types /breach and gives how long it was until the form was open.
func openForm(b *testing.B, ws *sandbox.Workspace, id string) time.Duration {
	p := ws.As(id)
	form := func() bool {
		v := p.Modal()
		return v != nil && v.CallbackID == string(view.FormReport)
	}
	begin := time.Now()
	out, err := p.Slash(b.Context(), "/breach", "")
	took := time.Since(begin)
	if err != nil || out.Failed != "" || out.Message != nil {
		b.Errorf("/breach: %+v %v", out, err)
	} else if !form() { // somebody not known yet
		if err := ws.WaitFor(b.Context(), form); err != nil {
			b.Error(err)
		}
		took = time.Since(begin)
	}
	return took
}

// fillReport opens the form and answers the four questions that must be.
func fillReport(b *testing.B, ws *sandbox.Workspace, id string) *sandbox.Person {
	b.Helper()
	openForm(b, ws, id)
	p := ws.As(id)
	for field, value := range map[workflow.Field]any{
		workflow.FieldTitle:    "Letter to a previous address",
		workflow.FieldWhat:     "The new occupant rang us. She had opened the letter and read it.",
		workflow.FieldDetected: friday.Add(-time.Hour),
		workflow.FieldRisk:     string(workflow.RiskLevels[0].Value),
	} {
		if err := p.Fill(string(field), value); err != nil {
			b.Fatal(err)
		}
	}
	return p
}

// sendForm sends the form, gives how long the answer took, and closes what is shown.
func sendForm(b *testing.B, p *sandbox.Person) time.Duration {
	b.Helper()
	begin := time.Now()
	r, err := p.Submit(b.Context())
	took := time.Since(begin)
	if err != nil || r.Status != sandbox.Updated && r.Status != sandbox.Closed {
		b.Fatalf("the form was answered by %+v, %v", r, err)
	}
	if p.Modal() != nil {
		if err := p.CloseModal(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	return took
}

// median is in milliseconds.
func median(took []time.Duration) float64 {
	slices.Sort(took)
	return float64(took[len(took)/2].Microseconds()) / 1000
}
