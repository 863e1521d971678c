package bot_test

import (
	"testing"
	"time"

	"breachbot/bot/sandbox"
)

func TestStorySmoke(t *testing.T) {
	w := newWorld(t)
	nia := w.as(sandbox.Nia)
	out, err := nia.Slash(t.Context(), "/breach", "")
	if err != nil || out.Failed != "" {
		t.Fatal(out, err)
	}
	w.wait("the form", func() bool { m := nia.Modal(); return m != nil && m.Submit != "" })
	t.Log(nia.RenderView(nia.Modal()))
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(nia.Fill("title", "Discharge letter to a previous address"))
	must(nia.Fill("what", "Letter went to the old address. The new occupant rang us."))
	must(nia.Fill("risk", "medium"))
	res, err := nia.Submit(t.Context())
	must(err)
	t.Log(res)
	t.Log(nia.RenderView(nia.Modal()))
	w.deliver()
	for _, m := range nia.DMs() {
		t.Log(nia.Render(m))
	}
	dee := w.as(sandbox.Dee)
	for _, c := range dee.Channels() {
		t.Log(c.Name, c.Topic, c.Members, c.Pins)
		for _, m := range dee.Messages(c.ID) {
			t.Log(dee.Render(m))
		}
	}
	for _, r := range w.ws.Requests() {
		t.Log(r.Method, r.Error)
	}
	w.ws.Advance(25 * time.Hour)
	w.deliver()
	for _, m := range dee.DMs() {
		t.Log(dee.Render(m))
	}
	w.verify()
}
