package page

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"go.uber.org/goleak"

	"breachbot/bot/sandbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// town is a served workspace with Ana and Ben in it.
type town struct {
	*sandbox.Workspace
	api *slack.Client
}

const anaID, benID = "U0ANA", "W0BEN"

func newTown(t *testing.T) *town {
	t.Helper()
	ws := sandbox.New(sandbox.Options{Start: time.Date(2026, 11, 12, 14, 5, 0, 0, time.UTC), Frozen: true, NoRateLimits: true})
	ws.AddUser(sandbox.User{ID: anaID, Name: "ana", RealName: "Ana Ng"})
	ws.AddUser(sandbox.User{ID: benID, Name: "ben", RealName: "Ben Okoro"})
	srv, err := sandbox.Listen(ws, "127.0.0.1:0")
	check(t, err)
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(func() { client.CloseIdleConnections(); check(t, srv.Close()) })
	return &town{ws, slack.New(ws.BotToken, slack.OptionAPIURL(srv.APIURL()), slack.OptionAppLevelToken(ws.AppToken), slack.OptionHTTPClient(client))}
}

// app runs an app that is the client of slack-go; handle is called with every request.
func (tw *town) app(t *testing.T, handle func(*socketmode.Client, socketmode.Event)) {
	t.Helper()
	ctx, end := context.WithCancel(context.Background())
	client := socketmode.New(tw.api)
	var running sync.WaitGroup
	running.Go(func() { _ = client.RunContext(ctx) }) // ends with the context
	running.Go(func() {
		for ctx.Err() == nil {
			select {
			case <-ctx.Done():
			case e := <-client.Events:
				if r := e.Request; r != nil && r.EnvelopeID != "" {
					handle(client, e)
				}
			}
		}
	})
	t.Cleanup(func() { end(); running.Wait() })
	check(t, tw.WaitFor(t.Context(), func() bool { return tw.Sockets().Count() > 0 }))
}

// opened runs an app that opens a modal for Ana and has nothing to say to what
// she does in it. It returns the id of the modal.
func (tw *town) opened(t *testing.T, modal string) string {
	t.Helper()
	var view slack.ModalViewRequest
	check(t, json.Unmarshal([]byte(modal), &view))
	tw.app(t, func(c *socketmode.Client, e socketmode.Event) {
		if command, typed := e.Data.(slack.SlashCommand); typed {
			if _, err := tw.api.OpenView(command.TriggerID, view); err != nil {
				t.Error(err)
			}
		}
		c.Ack(*e.Request)
	})
	_, err := tw.As(anaID).Slash(t.Context(), "/breach", "")
	check(t, err)
	return tw.As(anaID).Modal().ID
}

// check ends the test at an unexpected error.
func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
