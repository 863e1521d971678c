package sandbox

import (
	"fmt"
	"sync"
	"testing"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

// Many people at once, on two sockets of the real client: everybody gets their own modal and their own answer.
func TestManyPeopleAtOnce(t *testing.T) {
	t.Parallel()
	tw, ctx := newTown(t, func(o *Options) { o.AckTimeout = testTimeout }), testContext(t)
	handle := func(c *socketmode.Client, e socketmode.Event) {
		switch d := e.Data.(type) {
		case slack.SlashCommand:
			form := reportForm()
			form.PrivateMetadata = d.UserID
			if _, err := tw.api.OpenView(d.TriggerID, form); err != nil {
				t.Error(err)
			}
		case slack.InteractionCallback:
			if d.View.PrivateMetadata != d.User.ID {
				t.Errorf("%s submitted the form of %s", d.User.ID, d.View.PrivateMetadata)
			}
			if _, _, err := tw.api.PostMessage(d.User.ID, slack.MsgOptionText("Stored, "+d.User.ID, false)); err != nil {
				t.Error(err)
			}
		}
		_ = c.AckCtx(ctx, e.Request.EnvelopeID, nil)
	}
	tw.app(t, handle)
	tw.app(t, handle)
	var people sync.WaitGroup
	for i := range 25 {
		id := fmt.Sprintf("U1%03d", i)
		tw.AddUser(User{ID: id})
		people.Go(func() {
			p := tw.As(id)
			if out, err := p.Slash(ctx, "/breach", ""); err != nil || out.Failed != "" {
				t.Errorf("%s: %+v %v", id, out, err)
				return
			}
			if v := p.Modal(); v == nil || v.PrivateMetadata != id {
				t.Errorf("%s sees %+v", id, v)
				return
			}
			if err := p.Fill("what", "Letter from "+id); err != nil {
				t.Error(err)
			}
			if err := p.Fill("kind", "loss"); err != nil {
				t.Error(err)
			}
			if r, err := p.Submit(ctx); err != nil || r.Status != Closed {
				t.Errorf("%s: %+v %v", id, r, err)
			}
			if dms := p.DMs(); len(dms) != 1 || dms[0].Text != "Stored, "+id {
				t.Errorf("%s reads %+v", id, dms)
			}
		})
	}
	people.Wait()
}

// Guests are not in General; a command they type elsewhere reaches the app, which has to refuse it.
func TestGuestsCanType(t *testing.T) {
	t.Parallel()
	tw, ctx := newTown(t), testContext(t)
	tw.answering(t, func(obj) any { return obj{"text": "Only members of staff can do this."} })
	out := get(tw.As(guestID).Slash(ctx, "/breach", ""))
	if out.Message == nil {
		t.Fatalf("%+v", out)
	}
	want := "breachbot (app) 14:05, only visible to you\n  Only members of staff can do this."
	if got := tw.As(guestID).Transcript(out.Message.Channel); got != want {
		t.Errorf("the guest reads\n%s", got)
	}
}
