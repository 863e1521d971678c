package sandbox

import (
	"strings"
	"testing"

	"github.com/slack-go/slack"
)

// A log is the end of a conversation as one person sees it, with what stands
// around its messages; nothing in it changes later.
func TestLog(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	ch := tw.room(t, "room", anaID, benID)
	ana, ben := tw.As(anaID), tw.As(benID)
	first := get(ana.Post(ch, "first"))
	get(ben.PostReply(ch, first.TS, "a reply"))
	get(tw.api.PostEphemeral(ch, benID, slack.MsgOptionText("for Ben alone", false)))
	get(ana.Share(ch, "", "with a file", []Upload{{"letter.txt", []byte("Dear all")}}))
	check(t, ana.Pin(ch, first.TS))
	words := func(log []Entry) string {
		var out []string
		for _, e := range log {
			if e.Subtype == "" {
				out = append(out, e.Text)
			}
		}
		return strings.Join(out, ", ")
	}
	all, before := ana.Log(ch, "", 100)
	if words(all) != "first, with a file" || before != 0 {
		t.Errorf("Ana sees %q after %d", words(all), before)
	}
	if log, before := ben.Log(ch, "", 2); words(log) != "for Ben alone, with a file" || before != len(all)-1 {
		t.Errorf("at last Ben sees %q after %d", words(log), before)
	}
	if log, _ := ben.Log(ch, first.TS, 100); words(log) != "first, a reply" {
		t.Errorf("the thread is %q", words(log))
	}
	if log, _ := tw.As(guestID).Log(ch, "", 100); len(log) != 0 {
		t.Errorf("the guest sees %q", words(log))
	}
	for _, one := range []struct {
		ts      string
		replies int
		pinned  bool
		files   int
	}{{first.TS, 1, true, 0}, {all[len(all)-1].TS, 0, false, 1}} {
		e, there := ben.Entry(ch, one.ts)
		if !there || e.Replies != one.replies || e.Pinned != one.pinned || len(e.Attached) != one.files {
			t.Errorf("of %q is told %+v", e.Text, e)
		}
		for _, f := range e.Attached {
			up, visible := ben.Download(f.ID)
			if !visible || string(up.Content) != "Dear all" || f.Size != len(up.Content) || f.Name != "letter.txt" || up.Name != f.Name {
				t.Errorf("the file is %+v with %q", f, up)
			}
			if up, visible := tw.As(guestID).Download(f.ID); visible || len(up.Content) > 0 {
				t.Errorf("the guest gets %q", up)
			}
		}
	}
	if _, there := tw.As(guestID).Entry(ch, first.TS); there {
		t.Error("the guest finds a message")
	}

	check(t, ben.React(ch, first.TS, "eyes"))
	check(t, ana.Edit(ch, first.TS, "changed"))
	if words(all) != "first, with a file" || len(all[len(all)-2].Reactions) != 0 {
		t.Errorf("later the same log is %q", words(all))
	}
}

// What others wrote since a moment is unread, what one wrote oneself is not.
func TestUnread(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	ch := tw.room(t, "room", anaID, benID)
	ana, ben := tw.As(anaID), tw.As(benID)
	since := map[string]string{ch: tw.LatestTS()}
	m := get(ana.Post(ch, "one"))
	get(ana.PostReply(ch, m.TS, "two"))
	get(tw.api.PostEphemeral(ch, benID, slack.MsgOptionText("three", false)))
	if n := ben.Unread(since)[ch]; n != 3 {
		t.Errorf("%d are unread", n)
	}
	if n := ana.Unread(since)[ch]; n != 0 {
		t.Errorf("%d of her own are unread", n)
	}
	if n := ben.Unread(map[string]string{ch: tw.LatestTS()})[ch]; n != 0 {
		t.Errorf("%d are unread after a look", n)
	}
	if got := tw.As(guestID).Unread(nil); len(got) != 0 {
		t.Errorf("the guest has %v", got)
	}
}
