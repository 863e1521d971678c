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

// Drafts keeps what people have typed but not sent. Errors wrap
// workflow.ErrNotFound when there is nothing.
type Drafts interface {
	SaveDraft(ctx context.Context, d workflow.Draft) error
	Draft(ctx context.Context, person workflow.UserID, kind string, since time.Time) (workflow.Draft, error)
	DropDraft(ctx context.Context, person workflow.UserID, kind string, at time.Time) error
}

// resumeTimeout limits the search for a draft: somebody who has begun to type by
// then should not see the form change.
const resumeTimeout = time.Second

// formKey is the command key under which a sent form is committed.
func formKey(viewID string) workflow.CommandKey { return workflow.CommandKey("view/" + viewID) }

// keep stores what a form holds while somebody fills it in. It is called for every
// letter, and Slack has its acknowledgement already.
func (in *inbound) keep(ctx context.Context, c slack.InteractionCallback, id workflow.UserID) {
	b := in.bot
	if b.Drafts == nil || view.ParseMeta(c.View.PrivateMetadata).Drill {
		return // practice is not kept, lest it gets in the way of a real report
	}
	// Nobody else may see a draft, so it is kept while Slack does not say who they are.
	if err := b.people.check(courtesy(ctx), id); err != nil && !unread(err) {
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

// made is when an act was done by Slack's clock, which puts acts in order.
func (b *Bot) made(c slack.InteractionCallback) time.Time {
	for _, a := range c.ActionCallback.BlockActions {
		seconds, rest, _ := strings.Cut(a.ActionTs, ".")
		s, err := strconv.ParseInt(seconds, 10, 64)
		micros, err2 := strconv.ParseInt(rest, 10, 64)
		if err == nil && err2 == nil {
			return time.Unix(s, micros*int64(time.Microsecond)).UTC()
		}
	}
	return workflow.Instant(b.atSlack(b.Now()))
}

// resume fills the report form that has just been opened with what the person
// typed before. The form works without it, so the person is not told if anything
// goes wrong here. m is what the form was opened with.
func (in *inbound) resume(ctx context.Context, id workflow.UserID, w window, m view.Meta) {
	b := in.bot
	if b.Drafts == nil {
		return
	}
	in.ack(nil)
	look, cancel := context.WithTimeout(ctx, resumeTimeout)
	defer cancel()
	d, err := b.Drafts.Draft(look, id, string(view.FormReport), b.atSlack(b.Now()).Add(-workflow.DraftLife))
	if err != nil {
		b.alarm("look for a draft", err)
		return
	}
	if d.Form == formKey(w.id) {
		return // typed into this same form, by somebody quick
	}
	v, err := view.Resume(b.desk(workflow.Actor{User: id}), d, m)
	if err != nil {
		b.Log.Error("a draft cannot be read") // the error would quote it
		return
	}
	// From now on it is the draft of this form, so that sending this form ends it.
	// That does not change it: its day still counts from the last change.
	d.Form, d.At = formKey(w.id), d.At.Add(time.Microsecond)
	err = b.Drafts.SaveDraft(look, d)
	if err == nil {
		var now workflow.Draft
		if now, err = b.Drafts.Draft(look, id, d.Kind, d.At); err == nil && now != d {
			return // they have begun to type already, and keep what they typed
		}
	}
	if err != nil {
		b.alarm("take up a draft", err)
		return
	}
	if !b.takings.take(w.id) {
		return // a letter has come in that the store does not have yet
	}
	if _, err := in.insist(ctx, w, v); err != nil {
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

// takings decide, for each open report form, which came first: a letter from its
// person, or their draft. Somebody who types keeps the form as it is. This process
// keeps its own; between replicas the store and the view's hash decide.
type takings struct {
	mu    sync.Mutex
	drawn map[string]bool // by view: true if a draft was filled in, false if somebody typed
}

// maxTakings limits what is remembered; a form is open for minutes.
const maxTakings = 10_000

// typed notes that somebody typed into a view. It tells whether that came too
// late: into the empty form, after a draft had taken its place.
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

// pens write drafts, one at a time for each person. What comes in while one is
// being written waits, and only the newest of those that wait is written. So a
// fast typist costs no more than the store can take, and a store that hangs holds
// one handler for each person.
type pens struct {
	mu   sync.Mutex
	busy map[workflow.UserID]*workflow.Draft // the next one to write, nil for none
}

func (p *pens) write(ctx context.Context, b *Bot, d workflow.Draft) {
	if !p.take(d) {
		return
	}
	defer p.lay(d.Person) // even when the store panics
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

// take tells whether the caller is to write; otherwise another handler does it for
// them.
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
