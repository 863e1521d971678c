package bot_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"breachbot/bot"
	"breachbot/bot/sandbox"
	"breachbot/bot/view"
	"breachbot/workflow"
)

// opens has somebody open the report form, by the command.
func (w *world) opens(who string) *sandbox.View {
	w.tb.Helper()
	w.slash(who, "")
	v := w.form(who)
	w.bot.Settle()
	if again := w.as(who).Modal(); again != nil {
		v = again
	}
	return v
}

// closes has them close it with what is in it.
func (w *world) closes(who string) {
	w.tb.Helper()
	w.bot.Settle()
	if err := w.as(who).CloseModal(w.tb.Context()); err != nil {
		w.tb.Fatal(err)
	}
}

// holds is what a field of the form in front of somebody holds, in words.
func (w *world) holds(who string, f workflow.Field) string {
	w.tb.Helper()
	for id, actions := range w.as(who).Modal().State {
		if field, _, _ := strings.Cut(id, "~"); field == string(f) {
			a := actions["value"]
			for _, kept := range []string{"value", "selected_date_time"} {
				if a[kept] != nil {
					return fmt.Sprint(a[kept])
				}
			}
			if o, _ := a["selected_option"].(map[string]any); o != nil {
				return fmt.Sprint(o["value"])
			}
			return ""
		}
	}
	w.tb.Fatalf("the form has no %s", f)
	return ""
}

const keptLine = "We kept what you typed"

func (w *world) resumed(who string) bool {
	w.tb.Helper()
	return strings.Contains(w.as(who).RenderView(w.as(who).Modal()), keptLine)
}

var halfLetter = answers{workflow.FieldTitle: marker + " half", workflow.FieldWhat: marker + " a letter went", workflow.FieldRisk: "high"}

func TestAReportClosedByAccidentIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.opens(sandbox.Nia)
	if w.resumed(sandbox.Nia) {
		t.Error("there was nothing to keep")
	}
	noticed := w.holds(sandbox.Nia, workflow.FieldDetected)
	w.fill(sandbox.Nia, halfLetter)
	w.closes(sandbox.Nia)
	w.wantIncidents(0)

	// Nobody else gets it.
	w.opens(sandbox.Rob)
	if w.resumed(sandbox.Rob) || w.holds(sandbox.Rob, workflow.FieldTitle) != "" {
		t.Error("somebody else sees it")
	}
	w.closes(sandbox.Rob)

	// Its author does, however the form is opened, for a day.
	w.ws.Advance(23 * time.Hour)
	for name, open := range map[string]func(){
		"command":  func() { w.slash(sandbox.Nia, "report") },
		"shortcut": func() { _, err := w.as(sandbox.Nia).Shortcut(t.Context(), "breach_report"); w.must(err) },
	} {
		open()
		w.form(sandbox.Nia)
		w.wait("what was typed", func() bool { return w.resumed(sandbox.Nia) })
		for field, want := range halfLetter {
			if got := w.holds(sandbox.Nia, field); got != want {
				t.Errorf("by %s: %s holds %q, want %q", name, field, got, want)
			}
		}
		if got := w.holds(sandbox.Nia, workflow.FieldDetected); got != noticed {
			t.Errorf("by %s: noticed at %s, was %s", name, got, noticed)
		}
		w.closes(sandbox.Nia)
	}

	// It is sent like any other, and then gone.
	w.opens(sandbox.Nia)
	w.wait("what was typed", func() bool { return w.resumed(sandbox.Nia) })
	if res := w.submit(sandbox.Nia); res.Status != sandbox.Updated {
		t.Fatalf("%+v", res)
	}
	w.closes(sandbox.Nia)
	if got := w.incident(first).Report; got.Title != marker+" half" || got.Risk != workflow.RiskHigh {
		t.Errorf("stored: %+v", got)
	}
	w.opens(sandbox.Nia)
	if w.resumed(sandbox.Nia) {
		t.Error("what was sent is offered again")
	}
	w.closes(sandbox.Nia)
	w.wantIncidents(1)
	if strings.Contains(w.log.String(), marker) {
		t.Errorf("the log tells what was typed:\n%s", w.log)
	}
	w.verify()
}

func (w *world) must(err error) {
	w.tb.Helper()
	if err != nil {
		w.tb.Fatal(err)
	}
}

func TestADraftIsGoneAfterADay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.opens(sandbox.Nia)
	w.fill(sandbox.Nia, halfLetter)
	w.closes(sandbox.Nia)
	w.ws.Advance(24*time.Hour + time.Second)
	w.opens(sandbox.Nia)
	if w.resumed(sandbox.Nia) {
		t.Error("it is still offered")
	}
	w.closes(sandbox.Nia)
	// And from the store, once the scheduler has looked.
	if _, err := w.store.Draft(t.Context(), sandbox.Nia, "report", friday); err != nil {
		t.Errorf("it was gone before: %v", err)
	}
	if _, err := w.sched.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d, err := w.store.Draft(t.Context(), sandbox.Nia, "report", friday); err == nil {
		t.Errorf("the store still holds it: %s", d.Person)
	}
}

// A day goes on counting from the last change, not from the last look.
func TestLookingAtADraftDoesNotProlongIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.opens(sandbox.Nia)
	w.fill(sandbox.Nia, halfLetter)
	w.closes(sandbox.Nia)
	for range 2 {
		w.ws.Advance(11 * time.Hour)
		w.opens(sandbox.Nia)
		w.wait("what was typed", func() bool { return w.resumed(sandbox.Nia) })
		w.closes(sandbox.Nia)
	}
	w.ws.Advance(2*time.Hour + time.Second)
	w.opens(sandbox.Nia)
	if w.resumed(sandbox.Nia) {
		t.Error("it is still offered")
	}
}

func TestStartingAfreshEmptiesTheForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.opens(sandbox.Nia)
	w.fill(sandbox.Nia, halfLetter)
	w.closes(sandbox.Nia)
	w.opens(sandbox.Nia)
	w.wait("what was typed", func() bool { return w.resumed(sandbox.Nia) })
	if _, err := w.as(sandbox.Nia).Press(t.Context(), sandbox.InModal(), "afresh"); err != nil {
		t.Fatal(err)
	}
	w.wait("an empty form", func() bool { return !w.resumed(sandbox.Nia) })
	for field := range halfLetter {
		if got := w.holds(sandbox.Nia, field); got != "" {
			t.Errorf("%s holds %q", field, got)
		}
	}
	// Nothing is left, unless something is typed anew.
	w.closes(sandbox.Nia)
	w.opens(sandbox.Nia)
	if w.resumed(sandbox.Nia) {
		t.Error("it was thrown away and is offered")
	}
	w.fill(sandbox.Nia, answers{workflow.FieldTitle: "Another"})
	w.closes(sandbox.Nia)
	w.opens(sandbox.Nia)
	w.wait("what was typed anew", func() bool { return w.resumed(sandbox.Nia) })
	if got := w.holds(sandbox.Nia, workflow.FieldTitle) + w.holds(sandbox.Nia, workflow.FieldWhat); got != "Another" {
		t.Errorf("it holds %q", got)
	}
	// A refusal stands beside its field in such a form too.
	w.fillByLabel(sandbox.Nia, map[string]any{
		"What happened, and how was it found?": "It came back.", "How bad could it be for the people affected?": "low",
		"When was it noticed?": w.ws.Now().Add(time.Hour),
	})
	res := w.submit(sandbox.Nia)
	if res.Status != sandbox.Faulty || !strings.Contains(res.Errors["detected~1"], "in the future") {
		t.Errorf("%+v", res)
	}
	w.fillByLabel(sandbox.Nia, map[string]any{"When was it noticed?": w.ws.Now().Add(-time.Hour)})
	w.send(sandbox.Nia, nil)
	w.wantIncidents(1)
}

func (w *world) fillByLabel(who string, values map[string]any) {
	w.tb.Helper()
	for label, value := range values {
		w.must(w.as(who).Fill(label, value))
	}
}

// The hour that happens twice is asked about in a resumed form as in any other.
func TestAResumedFormIsAskedWhichHourItWas(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(s *setting) { s.start = time.Date(2026, 10, 25, 5, 0, 0, 0, time.UTC) })
	w.opens(sandbox.Nia)
	w.fill(sandbox.Nia, letter(answers{workflow.FieldDetected: time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC)}))
	w.closes(sandbox.Nia)
	w.opens(sandbox.Nia)
	w.wait("what was typed", func() bool { return w.resumed(sandbox.Nia) })
	res := w.submit(sandbox.Nia)
	if res.Status != sandbox.Updated || !strings.Contains(w.as(sandbox.Nia).RenderView(res.View), "One more question") {
		t.Fatalf("%+v", res)
	}
	for field, want := range letter() {
		if got := w.holds(sandbox.Nia, field); got != want {
			t.Errorf("%s holds %q", field, got)
		}
	}
	w.fill(sandbox.Nia, answers{workflow.FieldDetectedPass: "second"})
	w.send(sandbox.Nia, nil)
	if got := w.incident(first).Report.Detected; !got.Equal(time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC)) {
		t.Errorf("noticed at %v", got)
	}
}

// slowDrafts is a store of drafts that can be made to fail, and counts.
type slowDrafts struct {
	bot.Drafts
	mu    sync.Mutex
	fail  func(context.Context) error
	saved []workflow.Draft
}

func (s *slowDrafts) trouble(ctx context.Context) error {
	s.mu.Lock()
	fail := s.fail
	s.mu.Unlock()
	if fail == nil {
		return nil
	}
	return fail(ctx)
}

func (s *slowDrafts) set(fail func(context.Context) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = fail
}

func (s *slowDrafts) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.saved)
}

func (s *slowDrafts) SaveDraft(ctx context.Context, d workflow.Draft) error {
	s.mu.Lock()
	s.saved = append(s.saved, d)
	s.mu.Unlock()
	if err := s.trouble(ctx); err != nil {
		return err
	}
	return s.Drafts.SaveDraft(ctx, d)
}

func (s *slowDrafts) Draft(ctx context.Context, person workflow.UserID, kind string, since time.Time) (workflow.Draft, error) {
	if err := s.trouble(ctx); err != nil {
		return workflow.Draft{}, err
	}
	return s.Drafts.Draft(ctx, person, kind, since)
}

func newSlowDrafts(t *testing.T) (*world, *slowDrafts) {
	t.Helper()
	slow := &slowDrafts{}
	return newWorld(t, func(s *setting) {
		s.options = func(o *bot.Options) {
			if slow.Drafts == nil {
				slow.Drafts = o.Drafts
			}
			o.Drafts = slow
		}
	}), slow
}

func TestWithoutDraftsTheFormIsAsGoodAsEver(t *testing.T) {
	t.Parallel()
	for name, trouble := range map[string]func(context.Context) error{
		"down": down, "hanging": hangs, "panicking": func(context.Context) error { panic(marker) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, slow := newSlowDrafts(t)
			slow.set(trouble)
			w.slash(sandbox.Nia, "")
			w.form(sandbox.Nia)
			w.send(sandbox.Nia, letter())
			w.wantIncidents(1)
			if strings.Contains(w.log.String(), marker) || strings.Contains(w.log.String(), "Letter to the wrong") {
				t.Errorf("the log:\n%s", w.log)
			}
			// What is typed once it works again is kept again.
			w.bot.Settle()
			slow.set(nil)
			w.opens(sandbox.Nia)
			w.fill(sandbox.Nia, halfLetter)
			w.closes(sandbox.Nia)
			w.opens(sandbox.Nia)
			w.wait("what was typed", func() bool { return w.resumed(sandbox.Nia) })
		})
	}
}

// While one letter is being stored, those that come in meanwhile make one more
// write, of the last.
func TestAFastTypistIsNoBurden(t *testing.T) {
	t.Parallel()
	w, slow := newSlowDrafts(t)
	w.opens(sandbox.Nia)
	arrived, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	slow.set(func(context.Context) error { once.Do(func() { close(arrived); <-release }); return nil })
	text := ""
	for n := range 40 {
		text += string(rune('a' + n%26))
		w.fill(sandbox.Nia, answers{workflow.FieldWhat: text})
		if n == 0 {
			<-arrived
		}
	}
	// All are acknowledged, though nothing is stored yet; whoever is behind the first has handed over.
	w.wait("the other handlers to be done", func() bool { return w.metric("breachbot_inbound_total", "kind", "draft") == 40 })
	close(release)
	w.closes(sandbox.Nia)
	if n := slow.count(); n < 2 || n > 39 {
		t.Errorf("%d writes for 40 letters", n)
	}
	w.opens(sandbox.Nia)
	w.wait("what was typed", func() bool { return w.resumed(sandbox.Nia) })
	if got := w.holds(sandbox.Nia, workflow.FieldWhat); got != text {
		t.Errorf("kept %q", got)
	}
}

// What a guest types is nobody's report, also when their client says it is.
func TestAGuestLeavesNoDraft(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.opens(sandbox.Nia)
	nia, _ := w.ws.User(sandbox.Nia)
	nia.Kind = sandbox.Guest
	w.ws.AddUser(nia)
	w.ws.Advance(2 * time.Hour) // what was known of her is looked up anew
	w.fill(sandbox.Nia, halfLetter)
	w.bot.Settle()
	if _, err := w.store.Draft(t.Context(), sandbox.Nia, "report", friday); err == nil {
		t.Error("it was kept")
	}
}

// inTurn lets the calls to the store of drafts through one by one as the test
// says: the n-th waits for its gate, if it has one. It tells of each that comes.
func (s *slowDrafts) inTurn(gates map[int]chan struct{}) (come <-chan struct{}) {
	var calls atomic.Int64
	arrivals := make(chan struct{}, 100)
	s.set(func(ctx context.Context) error {
		gate := gates[int(calls.Add(1))]
		arrivals <- struct{}{}
		if gate == nil {
			return nil
		}
		select {
		case <-gate:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	return arrivals
}

// Somebody types while their draft is being looked for, and the letter is not in
// the store yet: the form in front of them stays as it is.
func TestADraftNeverTakesTheFormFromSomebodyWhoTypes(t *testing.T) {
	t.Parallel()
	w, slow := newSlowDrafts(t)
	w.opens(sandbox.Nia)
	w.fill(sandbox.Nia, halfLetter)
	w.closes(sandbox.Nia)
	looking, writing := make(chan struct{}), make(chan struct{})
	come := slow.inTurn(map[int]chan struct{}{1: looking, 2: writing})
	updates := len(w.ws.Requests("views.update"))
	w.slash(sandbox.Nia, "")
	w.wait("a form", func() bool { m := w.as(sandbox.Nia).Modal(); return m != nil && m.Submit != "" })
	<-come // the draft is looked for
	w.fill(sandbox.Nia, answers{workflow.FieldTitle: "New words"})
	<-come // the letters are on their way to the store
	close(looking)
	close(writing)
	w.bot.Settle()
	if n := len(w.ws.Requests("views.update")) - updates; n != 0 {
		t.Errorf("the form was replaced %d times", n)
	}
	if got := w.holds(sandbox.Nia, workflow.FieldTitle); got != "New words" {
		t.Errorf("what was typed is gone: %q", got)
	}
}

// Another replica has shown something in the window meanwhile: Slack itself
// refuses the older view, and the form is left alone.
func TestADraftGivesWayToANewerView(t *testing.T) {
	t.Parallel()
	w, slow := newSlowDrafts(t)
	w.opens(sandbox.Nia)
	w.fill(sandbox.Nia, halfLetter)
	w.closes(sandbox.Nia)
	looking := make(chan struct{})
	come := slow.inTurn(map[int]chan struct{}{1: looking})
	before := len(w.ws.Requests("views.update"))
	w.slash(sandbox.Nia, "")
	w.wait("a form", func() bool { m := w.as(sandbox.Nia).Modal(); return m != nil && m.Submit != "" })
	<-come // the draft is looked for
	other := view.FormReport.Build(view.Desk{Rules: w.service.Rules, Now: w.ws.Now()}, nil, view.Meta{Round: 7})
	_, err := slack.New(w.ws.BotToken, slack.OptionAPIURL(w.srv.APIURL())).UpdateViewContext(t.Context(), other, "", "", w.as(sandbox.Nia).Modal().ID)
	w.must(err)
	close(looking)
	w.bot.Settle()
	if all := w.ws.Requests("views.update")[before:]; len(all) != 2 || all[0].Error != "" || all[1].Error != "hash_conflict" {
		t.Errorf("%d updates, the last one %s", len(all), all[len(all)-1].Error)
	}
	if w.resumed(sandbox.Nia) || strings.Contains(w.log.String(), "could not be shown") {
		t.Errorf("it was replaced or complained of:\n%s", w.log)
	}
	// And the form is kept as any other.
	slow.set(nil)
	w.ws.Advance(time.Second)
	w.fillByLabel(sandbox.Nia, map[string]any{"In one line": "New words"})
	w.closes(sandbox.Nia)
	w.opens(sandbox.Nia)
	w.wait("what was typed", func() bool { return w.resumed(sandbox.Nia) })
	if got := w.holds(sandbox.Nia, workflow.FieldTitle); got != "New words" {
		t.Errorf("kept: %q", got)
	}
}

// A letter that was typed into the empty form in the moment in which the draft
// took its place does not wipe the draft out.
func TestALetterThatComesTooLateDoesNotReplaceTheDraft(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.opens(sandbox.Nia)
	w.fill(sandbox.Nia, halfLetter)
	w.closes(sandbox.Nia)
	w.opens(sandbox.Nia)
	w.wait("what was typed", func() bool { return w.resumed(sandbox.Nia) })
	w.ws.Advance(time.Second)
	w.replay("block_actions", func(p map[string]any) {
		v := p["view"].(map[string]any)
		v["id"], v["private_metadata"] = w.as(sandbox.Nia).Modal().ID, "{}"
		v["state"] = map[string]any{"values": map[string]any{"title": map[string]any{"value": map[string]any{"type": "plain_text_input", "value": "x"}}}}
		p["actions"].([]any)[0].(map[string]any)["action_ts"] = fmt.Sprintf("%d.000001", w.ws.Now().Unix())
	})
	w.closes(sandbox.Nia)
	w.opens(sandbox.Nia)
	w.wait("what was typed", func() bool { return w.resumed(sandbox.Nia) })
	if got := w.holds(sandbox.Nia, workflow.FieldTitle); got != halfLetter[workflow.FieldTitle] {
		t.Errorf("kept: %q", got)
	}
}
