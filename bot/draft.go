package bot

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"breachbot/bot/view"
	"breachbot/workflow"
)

// Drafts keeps what people have typed and not sent. Errors wrap
// workflow.ErrNotFound when there is nothing.
type Drafts interface {
	SaveDraft(ctx context.Context, d workflow.Draft) error
	Draft(ctx context.Context, person workflow.UserID, kind string, since time.Time) (workflow.Draft, error)
	DropDraft(ctx context.Context, person workflow.UserID, kind string, at time.Time) error
}

// resumeTimeout bounds the look for a draft: whoever has begun to type by then
// should not see the form change.
const resumeTimeout = time.Second

// formKey is what sending a form is committed under.
func formKey(viewID string) workflow.CommandKey { return workflow.CommandKey("view/" + viewID) }

// keep stores what a form holds while it is being filled in. It comes with every
// letter and asks for nothing but an acknowledgement, which it got already.
func (in *inbound) keep(ctx context.Context, c slack.InteractionCallback, id workflow.UserID) {
	b := in.bot
	if b.Drafts == nil {
		return
	}
	if err := b.people.check(ctx, id); err != nil {
		b.measures.refused.WithLabelValues("person").Inc()
		return
	}
	if b.takings.typed(c.View.ID, view.Filled(c.View)) {
		return // into the empty form, while the draft was on its way to it
	}
	b.pens.write(ctx, b, workflow.Draft{
		Person: id, Kind: c.View.CallbackID, At: b.made(c), Form: formKey(c.View.ID), Entered: view.ValuesOf(c.View.State).Encode(),
	})
}

// made is when an act was done by Slack's clock, in whose order acts are.
func (b *Bot) made(c slack.InteractionCallback) time.Time {
	for _, a := range c.ActionCallback.BlockActions {
		seconds, rest, _ := strings.Cut(a.ActionTs, ".")
		s, err := strconv.ParseInt(seconds, 10, 64)
		micros, err2 := strconv.ParseInt(rest, 10, 64)
		if err == nil && err2 == nil {
			return time.Unix(s, micros*int64(time.Microsecond)).UTC()
		}
	}
	return workflow.Instant(b.Now())
}

// resume fills what somebody typed before into the report form that has just
// been opened for them. Without it the form is as good as ever, so nothing that
// goes wrong here is theirs to hear of. m is what the form was opened with.
func (in *inbound) resume(ctx context.Context, id workflow.UserID, w window, m view.Meta) {
	b := in.bot
	if b.Drafts == nil {
		return
	}
	in.ack(nil)
	look, cancel := context.WithTimeout(ctx, resumeTimeout)
	defer cancel()
	d, err := b.Drafts.Draft(look, id, string(view.FormReport), b.Now().Add(-workflow.DraftLife))
	if err != nil {
		b.alarm("look for a draft", err)
		return
	}
	if d.Form == formKey(w.id) {
		return // typed into this very form, by somebody quick
	}
	v, err := view.Resume(b.desk(workflow.Actor{User: id}), d, m)
	if err != nil {
		b.Log.Error("a draft cannot be read") // the error would quote it
		return
	}
	// From now on it is the draft of this form, so that sending this form ends it.
	// That is no change of it: a day goes on counting from the last one.
	d.Form, d.At = formKey(w.id), d.At.Add(time.Microsecond)
	err = b.Drafts.SaveDraft(look, d)
	if err == nil {
		var now workflow.Draft
		if now, err = b.Drafts.Draft(look, id, d.Kind, d.At); err == nil && now != d {
			return // they have begun to type in it already, and keep that
		}
	}
	if err != nil {
		b.alarm("take up a draft", err)
		return
	}
	if !b.takings.take(w.id) {
		return // a letter has come in that is not in the store yet
	}
	if _, err := b.replace(ctx, w, v); err != nil {
		b.takings.leave(w.id)
		if codeOf(err) != newer {
			b.Log.Error("a draft could not be shown", "code", codeOf(err))
		}
	}
}

// afresh empties the report form and throws the draft away.
func (in *inbound) afresh(ctx context.Context, c slack.InteractionCallback, id workflow.UserID) {
	b := in.bot
	if view.Form(c.View.CallbackID) != view.FormReport {
		return
	}
	if b.Drafts != nil {
		ctx, cancel := context.WithTimeout(ctx, storeTimeout)
		b.alarm("throw a draft away", b.Drafts.DropDraft(ctx, id, string(view.FormReport), b.made(c)))
		cancel()
	}
	v := view.Afresh(b.desk(workflow.Actor{User: id}), view.ParseMeta(c.View.PrivateMetadata))
	in.turn(ctx, window{id: c.View.ID}, v)
}

// takings decide, for each report form that is open, who came first: its person
// with a letter, or a draft of theirs. Who types keeps the form as it is. It is
// of this process alone; across replicas the store and the view's hash tell.
type takings struct {
	mu    sync.Mutex
	drawn map[string]bool // by view: true when a draft was filled in, false when somebody typed
}

// maxTakings bounds what is remembered; a form is open for minutes.
const maxTakings = 10_000

// typed notes that something was typed into a view. It tells whether that came
// too late: into the empty form, after a draft has taken its place.
func (t *takings) typed(viewID string, filled bool) (late bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	drawn, known := t.drawn[viewID]
	if !known {
		t.set(viewID, false)
	}
	return drawn && !filled
}

// take gives a view to the draft, unless somebody has typed in it.
func (t *takings) take(viewID string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, known := t.drawn[viewID]; known {
		return false
	}
	t.set(viewID, true)
	return true
}

// leave gives it back.
func (t *takings) leave(viewID string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.drawn, viewID)
}

func (t *takings) set(viewID string, drawn bool) {
	if t.drawn == nil || len(t.drawn) >= maxTakings {
		t.drawn = map[string]bool{}
	}
	t.drawn[viewID] = drawn
}

// pens write drafts, one at a time a person: whatever comes in while one is
// being written waits, and of those that wait only the newest is written. So a
// fast typist costs no more than the store can take, and a store that hangs
// holds one handler a person.
type pens struct {
	mu   sync.Mutex
	busy map[workflow.UserID]*workflow.Draft // the next one to write, nil for none
}

func (p *pens) write(ctx context.Context, b *Bot, d workflow.Draft) {
	if !p.take(d) {
		return
	}
	defer p.lay(d.Person) // also when the store panics
	for more := true; more; {
		write, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
		err := b.Drafts.SaveDraft(write, d)
		cancel()
		if !errors.Is(err, context.Canceled) {
			b.alarm("keep a draft", err)
		}
		d, more = p.next(d)
	}
}

// take tells whether the caller is to write; else somebody does it for them.
func (p *pens) take(d workflow.Draft) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.busy == nil {
		p.busy = map[workflow.UserID]*workflow.Draft{}
	}
	waiting, busy := p.busy[d.Person]
	switch {
	case !busy:
		p.busy[d.Person] = nil
	case waiting == nil || d.At.After(waiting.At):
		p.busy[d.Person] = &d
	}
	return !busy
}

// next is what came in while done was written, if it is worth another write.
func (p *pens) next(done workflow.Draft) (workflow.Draft, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	d := p.busy[done.Person]
	if d == nil || !d.At.After(done.At) || d.Form == done.Form && d.Entered == done.Entered {
		delete(p.busy, done.Person)
		return workflow.Draft{}, false
	}
	p.busy[done.Person] = nil
	return *d, true
}

func (p *pens) lay(person workflow.UserID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.busy, person)
}
