package sandbox

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// town is a served workspace with Ana, Ben and a guest.
type town struct {
	*Workspace
	srv  *Server
	api  *slack.Client
	http *http.Client
}

const (
	anaID, benID, guestID = "U0ANA", "W0BEN", "U0GUEST"
	testTimeout           = 20 * time.Second
)

var epoch = time.Date(2026, 11, 12, 14, 5, 0, 0, time.UTC)

func newTown(t *testing.T, change ...func(*Options)) *town {
	t.Helper()
	o := Options{Start: epoch, Frozen: true, NoRateLimits: true}
	for _, c := range change {
		c(&o)
	}
	ws := New(o)
	ws.AddUser(User{ID: anaID, Name: "ana", RealName: "Ana Ng"})
	ws.AddUser(User{ID: benID, Name: "ben", RealName: "Ben Okoro"})
	ws.AddUser(User{ID: guestID, Name: "gil", RealName: "Gil Guest", Kind: Guest})
	srv, err := Listen(ws, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	tw := &town{Workspace: ws, srv: srv, http: &http.Client{Transport: transport, Timeout: testTimeout}}
	tw.api = tw.client(ws.BotToken)
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	})
	return tw
}

func (tw *town) client(token string) *slack.Client {
	return slack.New(token, slack.OptionAPIURL(tw.srv.APIURL()), slack.OptionHTTPClient(tw.http),
		slack.OptionAppLevelToken(tw.AppToken))
}

func testContext(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), testTimeout)
	t.Cleanup(cancel)
	return ctx
}

// app runs a real socketmode client; handle is called for every event that carries a request.
func (tw *town) app(t *testing.T, handle func(*socketmode.Client, socketmode.Event)) {
	t.Helper()
	before := tw.Sockets().Count()
	ctx, cancel := context.WithCancel(context.Background())
	client := socketmode.New(tw.api)
	done := make(chan struct{}, 2)
	go func() {
		defer func() { done <- struct{}{} }()
		_ = client.RunContext(ctx)
	}()
	go func() {
		defer func() { done <- struct{}{} }()
		for {
			select {
			case e := <-client.Events:
				if e.Request != nil && e.Request.EnvelopeID != "" {
					handle(client, e)
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	t.Cleanup(func() { cancel(); <-done; <-done })
	if err := tw.WaitFor(testContext(t), func() bool { return tw.Sockets().Count() > before }); err != nil {
		t.Fatal(err)
	}
}

// check ends the test at an unexpected error.
func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// get unwraps a result that must not fail; the panic names the line.
func get[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
