package bot_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"breachbot/bot"
	"breachbot/bot/sandbox"
	"breachbot/workflow"
)

// Connections end all the time: Slack recycles them, networks fail. A click in
// that moment is handled, or the person sees that it was not and repeats it.
func TestClicksWhileTheConnectionsAreRenewed(t *testing.T) {
	t.Parallel()
	for name, disturb := range map[string]func(sandbox.Sockets){
		"cut":     sandbox.Sockets.CutAll,
		"warning": func(s sandbox.Sockets) { s.Disconnect(sandbox.Warning) },
		"refresh": func(s sandbox.Sockets) { s.Disconnect(sandbox.RefreshRequested) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(s *setting) {
				s.sockets = 2
				s.sandbox = func(o *sandbox.Options) { o.AckTimeout = 1500 * time.Millisecond }
			})
			id := w.report()
			w.slash(sandbox.Nia, "help")
			var want []string
			for n := range 2 {
				text := fmt.Sprint("note ", n)
				w.insist("a form to note", func(again bool) bool {
					if !again {
						go disturb(w.ws.Sockets())
					}
					w.press(sandbox.Rob, "note")
					w.bot.Settle()
					m := w.as(sandbox.Rob).Modal()
					return m != nil && m.Submit != ""
				})
				w.fill(sandbox.Rob, answers{workflow.FieldNote: text})
				w.insist("the note to be saved", func(again bool) bool {
					if !again {
						go disturb(w.ws.Sockets())
					}
					res := w.submit(sandbox.Rob)
					if res.Status == sandbox.Updated && res.View.Submit == "" { // it was, and the answer was lost
						return w.as(sandbox.Rob).CloseModal(t.Context()) == nil
					}
					return res.Status == sandbox.Cleared
				})
				want = append(want, text)
			}
			var got []string
			for _, n := range w.incident(id).Notes {
				got = append(got, n.Text)
			}
			if !slices.Equal(got, want) {
				t.Errorf("noted: %q", got)
			}
		})
	}
}

// insist repeats an act until it succeeds, each time with a connection to try.
func (w *world) insist(what string, act func(again bool) bool) {
	w.tb.Helper()
	for n := range 20 {
		w.wait("a socket", func() bool { return w.ws.Sockets().Count() > 0 })
		if act(n > 0) {
			return
		}
	}
	w.tb.Fatalf("tried in vain: %s", what)
}

func TestReadyTellsOfTheConnections(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.bot.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	w.ws.Sockets().Refuse()
	w.ws.Sockets().CutAll()
	w.wait("the loss to show", func() bool { return w.bot.Ready(t.Context()) != nil }) // each new try is a change
	w.ws.Sockets().Enable()
	w.wait("the connection to return", func() bool { return w.ws.Sockets().Count() > 0 })
	w.report() // which comes after the greeting
	if err := w.bot.Ready(t.Context()); err != nil {
		t.Error(err)
	}
}

// What Slack refuses for good is said with its code, also while another connection
// still serves people, and no longer once Slack lets the app in again.
func TestReadySaysWhyConnectionsAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(s *setting) { s.sockets = 2 })
	wait := func(what string, so func() bool) { // the bot hears it after the workspace has changed
		t.Helper()
		for end := time.Now().Add(patience); !so(); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("waited in vain for %s: %v", what, w.bot.Ready(t.Context()))
			}
		}
	}
	says := func(what, words, code string) {
		t.Helper()
		wait(what, func() bool {
			err := w.bot.Ready(t.Context())
			var f *bot.Failure
			return err != nil && strings.HasPrefix(err.Error(), words) && errors.As(err, &f) && f.Code() == code && f.Permanent()
		})
	}
	well := func(what string) {
		t.Helper()
		wait(what, func() bool { return w.bot.Ready(t.Context()) == nil && w.ws.Sockets().Count() == 2 })
	}
	well("two connections")
	w.ws.Sockets().Disconnect(sandbox.LinkDisabled)
	says("Socket Mode switched off", "no connection to Slack: ", "link_disabled")
	w.ws.Sockets().Enable()
	well("Socket Mode switched on")

	w.ws.Sockets().Ghosts(9)
	w.ws.Sockets().CutAll()
	says("room for one", "only 1 of 2 connections to Slack: ", "too_many_websockets")
	w.ws.Sockets().Ghosts(10)
	w.ws.Sockets().CutAll()
	says("room for none", "no connection to Slack: ", "too_many_websockets")
	w.ws.Sockets().Ghosts(0)
	well("room again")
}

func TestFromSubmissionToTheReportersMessage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(s *setting) {
		s.sandbox = func(o *sandbox.Options) { o.NoRateLimits = false }
		s.options = func(o *bot.Options) { o.Limiter = bot.NewLocal(time.Now) } // as in production
	})
	w.slash(sandbox.Nia, "")
	w.form(sandbox.Nia)
	w.fill(sandbox.Nia, letter())
	before := len(w.ws.Requests())
	w.submit(sandbox.Nia)
	w.deliver()
	var calls []string
	for _, r := range w.ws.Requests()[before:] {
		if r.Error != "" {
			t.Errorf("%s: %s", r.Method, r.Error)
		}
		if r.Method != "conversations.invite" {
			calls = append(calls, r.Method)
		}
		if r.Method == "chat.postMessage" && r.Args["text"] == "Your report was received as BR-2026-0001" {
			break
		}
	}
	t.Logf("%d calls: %q", len(calls), calls)
	if len(calls) > 6 {
		t.Errorf("%d calls besides invitations, want at most 6", len(calls))
	}
}
