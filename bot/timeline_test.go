package bot_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"breachbot/bot"
	"breachbot/bot/sandbox"
	"breachbot/bot/view"
	"breachbot/workflow"
)

// says has somebody write in the incident's channel.
func (w *world) says(who, words string) workflow.Place {
	w.tb.Helper()
	m, err := w.as(who).Post(w.room().ID, words)
	if err != nil {
		w.tb.Fatal(err)
	}
	return workflow.Place{Channel: workflow.ChannelID(m.Channel), TS: m.TS}
}

// adds uses the shortcut that adds a message to the timeline.
func (w *world) adds(who string, at workflow.Place) {
	w.tb.Helper()
	out, err := w.as(who).MessageShortcut(w.tb.Context(), view.ShortcutTimeline, string(at.Channel), at.TS)
	if err != nil || out.Failed != "" {
		w.tb.Fatalf("%+v, %v", out, err)
	}
}

// edits has somebody change a message of theirs, and waits until it is known.
func (w *world) edits(who string, at workflow.Place, words string) {
	w.tb.Helper()
	if err := w.as(who).Edit(string(at.Channel), at.TS, words); err != nil {
		w.tb.Fatal(err)
	}
	w.heard()
}

// heard waits until all that Slack told was handled.
func (w *world) heard() {
	w.tb.Helper()
	w.wait("everything to be acknowledged", func() bool { return w.ws.Waiting() == 0 })
	w.bot.Settle()
}

func TestEvidenceIsWhatSlackSaysNotWhatTheFormCarries(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.report()
	at := w.says(sandbox.Rob, "Forty letters < fifty & counting.")
	w.adds(sandbox.Ivy, at)
	form := w.form(sandbox.Ivy)
	if strings.Contains(form.PrivateMetadata, "letters") || !strings.Contains(w.as(sandbox.Ivy).RenderView(form), "Forty letters < fifty & counting.") {
		t.Errorf("the form:\n%s\n%s", w.as(sandbox.Ivy).RenderView(form), form.PrivateMetadata)
	}
	w.send(sandbox.Ivy, answers{workflow.FieldComment: "The size of it."})
	w.heard()
	e := w.incident(id).Exhibit(at)
	if e == nil || e.Text != "Forty letters < fifty & counting." || e.Author != sandbox.Rob || e.By != sandbox.Ivy || e.Comment != "The size of it." {
		t.Fatalf("%+v", e)
	}
	// A second time it is refused, and so is the same form pointing elsewhere.
	w.adds(sandbox.Ivy, at)
	if got := w.notice(sandbox.Ivy); !strings.Contains(got, "already in the timeline") {
		t.Error(got)
	}
	version := w.incident(id).Version
	w.replay("view_submission", func(p map[string]any) {
		v := p["view"].(map[string]any)
		v["id"], v["private_metadata"] = "V0NEW", `{"i":"BR-2026-0001","c":"C0ELSEWHERE","m":"1795192000.000100"}`
	})
	if got := w.incident(id).Version; got != version {
		t.Error("a message of another channel was kept")
	}
}

func TestAMessageEditedWhileItIsShownIsNotKeptUnseen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.report()
	at := w.says(sandbox.Rob, "Forty letters.")
	w.adds(sandbox.Ivy, at)
	w.form(sandbox.Ivy)
	w.edits(sandbox.Rob, at, "Mrs Smith's letter.")
	if res := w.submit(sandbox.Ivy); !strings.Contains(res.Errors["comment"], "edited while this form was open") {
		t.Errorf("%+v", res)
	}
	if w.incident(id).Exhibit(at) != nil {
		t.Error("it was kept")
	}
}

func TestEvidenceFromAThreadAndItsTombstone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.report()
	root := w.says(sandbox.Rob, "Forty letters.")
	m, err := w.as(sandbox.Ivy).PostReply(string(root.Channel), root.TS, "Forty-one.")
	if err != nil {
		t.Fatal(err)
	}
	answer := workflow.Place{Channel: root.Channel, TS: m.TS}
	for _, at := range []workflow.Place{root, answer} {
		w.adds(sandbox.Ivy, at)
		w.send(sandbox.Ivy, nil)
	}
	if err := w.as(sandbox.Rob).Delete(string(root.Channel), root.TS); err != nil {
		t.Fatal(err)
	}
	w.heard()
	inc := w.incident(id)
	if e := inc.Exhibit(answer); e == nil || e.Text != "Forty-one." {
		t.Errorf("the answer: %+v", e)
	}
	if e := inc.Exhibit(root); e == nil || len(e.Changes) != 1 || !e.Changes[0].Deleted || e.Text != "Forty letters." {
		t.Errorf("the message with answers: %+v", e)
	}
}

func TestEventsToldAgainAreKeptOnceAndChatIsNotKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.report()
	at := w.says(sandbox.Rob, "Forty letters.")
	w.adds(sandbox.Ivy, at)
	w.send(sandbox.Ivy, nil)
	w.edits(sandbox.Rob, at, "Forty-two letters.")
	if err := w.as(sandbox.Ivy).Invite(string(at.Channel), sandbox.Gus); err != nil {
		t.Fatal(err)
	}
	w.heard()
	version := w.incident(id).Version
	for _, kind := range []string{"member_joined_channel", "message"} {
		w.replay(kind, func(map[string]any) {})
	}
	chat := w.says(sandbox.Rob, marker+" is chat.")
	w.edits(sandbox.Rob, chat, marker+" is chat still.")
	if err := w.as(sandbox.Rob).Delete(string(chat.Channel), chat.TS); err != nil {
		t.Fatal(err)
	}
	w.heard()
	if got := w.incident(id).Version; got != version {
		t.Errorf("the incident went from %d to %d", version, got)
	}
	if strings.Contains(w.log.String(), marker) {
		t.Error("the log tells chat")
	}
	w.verify()
}

// What cannot be stored is not acknowledged, so that Slack tells it again.
func TestWhatCannotBeStoredIsToldAgain(t *testing.T) {
	t.Parallel()
	var down atomic.Bool
	w := newWorld(t, func(s *setting) {
		s.sandbox = func(o *sandbox.Options) { o.AckTimeout = 500 * time.Millisecond }
		s.options = func(o *bot.Options) {
			o.Index = failing{o.Index, &down}
		}
	})
	id := w.report()
	down.Store(true)
	if err := w.as(sandbox.Ivy).Remove(w.room().ID, sandbox.Rob); err != nil {
		t.Fatal(err)
	}
	w.wait("a repetition", func() bool {
		all := w.ws.Envelopes()
		return all[len(all)-1].Kind == "member_left_channel" && all[len(all)-1].Attempt > 0
	})
	w.bot.Settle()
	down.Store(false)
	w.ws.Advance(time.Minute)
	w.wait("an acknowledgement", func() bool {
		all := w.ws.Envelopes()
		return all[len(all)-1].Attempt > 0 && all[len(all)-1].Acked
	})
	w.bot.Settle()
	left := 0
	for _, m := range w.incident(id).Moves {
		if !m.Joined && m.User == sandbox.Rob {
			left++
		}
	}
	if left != 1 {
		t.Errorf("leaving is on record %d times", left)
	}
}

func TestAQuestionIsForTheOneWhoWasAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.report()
	w.do(id, sandbox.Ivy, workflow.RoleIGLead, workflow.AskHelp{User: sandbox.Sam, Question: "Which printer?"})
	w.deliver()
	w.press(sandbox.Sam, "give_help")
	w.form(sandbox.Sam)
	// Somebody else presses a copy of the button.
	w.replay("block_actions", func(p map[string]any) { p["user"].(map[string]any)["id"] = sandbox.Nia })
	w.send(sandbox.Sam, answers{workflow.FieldAnswer: "The one in the corridor."})
	w.deliver()
	if h := w.incident(id).Helps[0]; h.Answer != "The one in the corridor." {
		t.Errorf("%+v", h)
	}
	if w.count(sandbox.Ivy, "your question was answered") != 1 {
		t.Errorf("the asker heard %q", w.said(sandbox.Ivy))
	}
}

// failing is an index that does not answer while it is down.
type failing struct {
	bot.Index
	down *atomic.Bool
}

func (f failing) InChannel(ctx context.Context, c workflow.ChannelID) (workflow.IncidentID, error) {
	if f.down.Load() {
		return "", workflow.ErrUnavailable
	}
	return f.Index.InChannel(ctx, c)
}

// A message that somebody forwarded has no words of its own: what is kept is what was
// forwarded, and that it was.
func TestAForwardedMessageIsKeptWithItsWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.report()
	said := w.says(sandbox.Rob, "The list of 40 < 50 patients is on the bus.")
	m, err := w.as(sandbox.Ivy).Forward(string(said.Channel), said.TS, string(said.Channel), "")
	if err != nil {
		t.Fatal(err)
	}
	at := workflow.Place{Channel: workflow.ChannelID(m.Channel), TS: m.TS}
	w.adds(sandbox.Ivy, at)
	if form := w.as(sandbox.Ivy).RenderView(w.form(sandbox.Ivy)); !strings.Contains(form, "on the bus") {
		t.Errorf("it is not shown before it is kept:\n%s", form)
	}
	w.send(sandbox.Ivy, answers{})
	w.heard()
	e := w.incident(id).Exhibit(at)
	if e == nil || e.Author != sandbox.Ivy || !strings.HasPrefix(e.Text, "[Forwarded, from <@"+sandbox.Rob+">, 20 Nov 2026 ") || !strings.HasSuffix(e.Text, "]\nThe list of 40 < 50 patients is on the bus.") {
		t.Errorf("kept: %+v", e)
	}
	// An edit is compared with all of it.
	w.edits(sandbox.Ivy, at, "See this")
	if e := w.incident(id).Exhibit(at); len(e.Changes) != 1 || !strings.HasPrefix(e.Changes[0].Text, "See this\n[Forwarded, from") || !strings.HasSuffix(e.Changes[0].Text, "on the bus.") {
		t.Errorf("after the edit: %+v", e)
	}
}
