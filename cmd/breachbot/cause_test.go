package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"breachbot/bot/sandbox"
	"breachbot/store"
	"breachbot/workflow"
)

// Whatever the cause, there is a cure, and both fit into the sentence that holds
// them.
func TestEveryCauseHasACure(t *testing.T) {
	t.Parallel()
	for n, c := range causes {
		fits(t, fmt.Sprint("cause ", n), "x"+c.words, c.cure) // without words, the error's own
	}
	unknown := fmt.Errorf("postgres://clerk:geheim@db: %w", workflow.ErrUnavailable)
	found := troubleWith("DATABASE_URL", "the database keeps nothing", unknown)
	if found.cause != "the database keeps nothing: it does not answer as it should" || found.cure != "look at its log, and whether DATABASE_URL is right" || !passes(unknown) {
		t.Errorf("of an unknown cause: %v", found)
	}
	if err := errors.New("something else"); passes(err) {
		t.Error("waiting for what nobody knows to pass")
	}
}

func fits(t *testing.T, which, words, cure string) {
	t.Helper()
	if words == "" || cure == "" || strings.HasSuffix(words, ".") || strings.HasSuffix(cure, ".") || !regexp.MustCompile(`^[a-z]`).MatchString(cure) ||
		strings.Count(cure, "%") != strings.Count(cure, "%s") {
		t.Errorf("%s: %q, %q", which, words, cure)
	}
}

// tried is a store whose trial ends so.
type tried struct {
	store.Store
	err error
}

func (p tried) Ping(context.Context) error { return p.err }

// A change that failed is named, though the trial succeeds.
func TestAFailedChangeIsNamedAtReadyz(t *testing.T) {
	t.Parallel()
	st := tried{err: &store.LastFailed{Kind: "append", Err: fmt.Errorf("geheim: %w", workflow.ErrUnavailable)}}
	found := storeCheck(Config{Data: "data"}, st).Func(t.Context())
	if found == nil || !strings.HasPrefix(found.cause, "the database did not keep the last change of a kind (append): ") || strings.Contains(found.Error(), "geheim") {
		t.Errorf("/readyz says %v", found)
	}
}

// Socket Mode switched off is said at /readyz with what to do; switched on, the bot
// connects by itself.
func TestReadyzSaysThatSocketModeIsOff(t *testing.T) {
	ws, server := practice(t)
	s := serveAt(t, ws, server, t.TempDir())
	ws.Sockets().Disconnect(sandbox.LinkDisabled)
	s.answersUntil(t, "no connection to Slack: Socket Mode is switched off for this app (link_disabled)", "switch it on at api.slack.com/apps, Socket Mode")
	ws.Sockets().Enable()
	s.isReady(t)
	if code := s.stop(); code != exitOK {
		t.Errorf("exit code %d\n%s", code, s.said)
	}
}

// Socket Mode that is off already when the bot starts is waited for.
func TestServeWaitsForSocketMode(t *testing.T) {
	t.Parallel()
	ws, server := practice(t)
	ws.Sockets().Disconnect(sandbox.LinkDisabled)
	s := begin(t, serveEnv(t, ws, server, t.TempDir()))
	s.answersUntil(t, "not ready: connecting to Slack: Socket Mode is switched off for this app (link_disabled)", "switch it on")
	ws.Sockets().Enable()
	s.isReady(t)
	if code := s.stop(); code != exitOK {
		t.Errorf("exit code %d\n%s", code, s.said)
	}
}

// answersUntil asks /readyz until it says all of this.
func (s *serving) answersUntil(t *testing.T, all ...string) {
	t.Helper()
	var body string
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		_, body = s.answers(t, "/readyz")
		said := true
		for _, want := range all {
			said = said && strings.Contains(body, want)
		}
		if said {
			return
		}
	}
	t.Fatalf("/readyz does not say %q:\n%s\n%s", all, body, s.said)
}
