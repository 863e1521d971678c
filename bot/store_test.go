package bot_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"breachbot/bot"
	"breachbot/bot/sandbox"
	"breachbot/store"
	"breachbot/workflow"
)

// ailing is a store of which the journal can be made to fail.
type ailing struct {
	store.Store
	mu     sync.Mutex
	append func(context.Context) error // before the real one; nil is healthy
	load   func(context.Context) error
}

func (a *ailing) set(append, load func(context.Context) error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.append, a.load = append, load
}

func (a *ailing) before(ctx context.Context, f *func(context.Context) error) error {
	a.mu.Lock()
	do := *f
	a.mu.Unlock()
	if do == nil {
		return nil
	}
	return do(ctx)
}

func (a *ailing) Append(ctx context.Context, c workflow.Commit) error {
	if err := a.before(ctx, &a.append); err != nil {
		return err
	}
	return a.Store.Append(ctx, c)
}

func (a *ailing) Load(ctx context.Context, id workflow.IncidentID) ([]workflow.Record, error) {
	if err := a.before(ctx, &a.load); err != nil {
		return nil, err
	}
	return a.Store.Load(ctx, id)
}

func newAiling(t *testing.T, change ...func(*setting)) (*world, *ailing) {
	t.Helper()
	sick := &ailing{}
	w := newWorld(t, append([]func(*setting){func(s *setting) {
		s.store = func(real store.Store) store.Store { sick.Store = real; return sick }
	}}, change...)...)
	return w, sick
}

func down(context.Context) error { return fmt.Errorf("disk: %w", workflow.ErrUnavailable) }

func hangs(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }

func TestAFormThatCannotBeStoredStaysOpenAndSaysSo(t *testing.T) {
	t.Parallel()
	for name, trouble := range map[string]func(context.Context) error{"down": down, "hanging": hangs} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, sick := newAiling(t)
			w.slash(sandbox.Nia, "")
			w.form(sandbox.Nia)
			w.fill(sandbox.Nia, letter())
			sick.set(trouble, nil)
			began := time.Now()
			res := w.submit(sandbox.Nia)
			if res.Status != sandbox.Faulty || !strings.Contains(fmt.Sprint(res.Errors), "could not be saved just now. What you typed is still here.") {
				t.Errorf("%+v", res)
			}
			if took := time.Since(began); took > 3*time.Second && name == "down" {
				t.Errorf("the answer took %s", took)
			}
			w.wantIncidents(0)
			w.deliver()
			if len(w.posts()) != 0 {
				t.Errorf("said: %v", w.posts())
			}
			sick.set(nil, nil)
			w.send(sandbox.Nia, nil)
			w.wantIncidents(1)
			if got := w.incident(first).Report.What; got != "The new occupant rang us." {
				t.Errorf("stored: %q", got)
			}

			// The same for a form about an incident, which is read first.
			w.deliver()
			w.press(sandbox.Rob, "note")
			w.form(sandbox.Rob)
			w.fill(sandbox.Rob, answers{workflow.FieldNote: "Collected."})
			sick.set(nil, trouble)
			if res := w.submit(sandbox.Rob); res.Status != sandbox.Faulty || !strings.Contains(fmt.Sprint(res.Errors), "What you typed is still here") {
				t.Errorf("%+v", res)
			}
			w.press(sandbox.Ivy, "details")
			if got := w.notice(sandbox.Ivy); !strings.Contains(got, "The record cannot be reached just now") {
				t.Errorf("a button shows:\n%s", got)
			}
			if out := w.slash(sandbox.Ivy, "status 2026"); out.Message == nil {
				t.Errorf("a command shows nothing: %+v", out)
			}
			if out := w.slash(sandbox.Ivy, "status BR-2026-1"); out.Message == nil || !strings.Contains(out.Message.Text, "The record cannot be reached") {
				t.Errorf("a command shows: %+v", out)
			}
			sick.set(nil, nil)
			w.send(sandbox.Rob, nil)
			if notes := w.incident(first).Notes; len(notes) != 1 {
				t.Errorf("%d notes", len(notes))
			}
		})
	}
}

func TestEveryAnswerComesInTimeWhenEverythingIsSlow(t *testing.T) {
	t.Parallel()
	// Slack drops an answer after three seconds. Here the person, two user groups
	// and the store all take their time.
	w, sick := newAiling(t, func(s *setting) {
		s.rules = func(r *workflow.Rules) {
			r.Roster[workflow.RoleResponder] = []workflow.Principal{"S0ONE"}
			r.Roster[workflow.RoleBoard] = []workflow.Principal{"S0TWO"}
		}
		s.sandbox = func(o *sandbox.Options) { o.AckTimeout = 4 * time.Second } // one more for a busy machine
	})
	w.ws.AddGroup("S0ONE", "one", sandbox.Rob)
	w.ws.AddGroup("S0TWO", "two", sandbox.Sam)
	w.slash(sandbox.Nia, "")
	w.form(sandbox.Nia)
	w.fill(sandbox.Nia, letter())
	w.ws.Advance(2 * time.Hour)
	for _, m := range []string{"users.info", "usergroups.users.list"} {
		w.ws.Fault(sandbox.Fault{Method: m, Next: -1, Kind: sandbox.FaultDelay, Delay: 1500 * time.Millisecond})
	}
	sick.set(hangs, hangs)
	if res := w.submit(sandbox.Nia); res.Status != sandbox.Faulty || !strings.Contains(fmt.Sprint(res.Errors), "What you typed is still here") {
		t.Errorf("%+v", res)
	}
	w.ws.Advance(2 * time.Hour)
	if out := w.slash(sandbox.Ivy, "status BR-2026-0001"); out.Failed != "" {
		t.Errorf("%+v", out)
	}
	sick.set(nil, nil)
	w.ws.ClearFaults()
	w.send(sandbox.Nia, nil)
}

func TestASubmissionInHandIsFinishedAtShutdown(t *testing.T) {
	t.Parallel()
	w, sick := newAiling(t)
	w.slash(sandbox.Nia, "")
	w.form(sandbox.Nia)
	w.fill(sandbox.Nia, letter())
	arrived, release := make(chan struct{}), make(chan struct{})
	sick.set(func(context.Context) error { close(arrived); <-release; return nil }, nil)
	result := make(chan sandbox.SubmitResult)
	go func() {
		res, _ := w.as(sandbox.Nia).Submit(t.Context())
		result <- res
	}()
	<-arrived
	stopped := make(chan struct{})
	go func() { w.stop(); close(stopped) }()
	close(release)
	if res := <-result; res.Status != sandbox.Updated {
		t.Errorf("%+v", res)
	}
	<-stopped
	w.wantIncidents(1)
	// What comes after is not half done: nobody answers, and the person sees that.
	if out := w.slash(sandbox.Rob, ""); out.Failed != "dispatch_failed" {
		t.Errorf("%+v", out)
	}
	sick.set(nil, nil)
	w.start()
	w.deliver()
	if n := w.count(sandbox.Nia, "Your report was received"); n != 1 {
		t.Errorf("%d receipts", n)
	}
}

func TestAPanicEndsNothingButItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(s *setting) {
		s.sandbox = func(o *sandbox.Options) { o.AckTimeout = time.Second }
		s.options = func(o *bot.Options) {
			o.Index = listing{o.Index, func() error { panic(marker) }}
		}
	})
	if out := w.slash(sandbox.Ivy, "list"); out.Failed != "dispatch_failed" {
		t.Errorf("%+v", out)
	}
	if w.metric("breachbot_handler_panics_total") != 1 {
		t.Error("not counted")
	}
	if strings.Contains(w.log.String(), marker) || !strings.Contains(w.log.String(), "a handler failed") {
		t.Errorf("the log:\n%s", w.log)
	}
	w.report()
}
