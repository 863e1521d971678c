package bot_test

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"time"

	"breachbot/bot/sandbox"
	"breachbot/workflow"
)

// attaches has the nurse attach a file to her report, and gives it as the record has
// it before anything is delivered.
func (w *world) attaches(id workflow.IncidentID, name string, content []byte) workflow.AttachedFile {
	w.tb.Helper()
	w.press(sandbox.Nia, "amend")
	w.form(sandbox.Nia)
	if err := w.as(sandbox.Nia).Attach("files", []sandbox.Upload{{Name: name, Content: content}}); err != nil {
		w.tb.Fatal(err)
	}
	w.send(sandbox.Nia, nil)
	files := w.incident(id).Files
	return files[len(files)-1]
}

func TestAnAttachedFileIsKeptByItsHash(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.report()
	content := []byte("What the photograph shows.")
	w.attaches(id, "seat.png", content)
	w.deliver()
	f := w.incident(id).Files[0]
	if sum := sha256.Sum256(content); f.SHA256 != hex.EncodeToString(sum[:]) || f.Size != int64(len(content)) {
		t.Errorf("kept as %+v", f)
	}
	if strings.Contains(w.log.String(), "seat") {
		t.Error("the log names the file")
	}
	if len(w.ws.Requests("files.info")) == 0 {
		t.Error("Slack was not asked whose file it is")
	}
}

// The reference stays where there is no hash, and says why there is none.
func TestAFileThatCannotBeReadSaysWhy(t *testing.T) {
	t.Parallel()
	without := func(scope string) func(*setting) {
		return func(s *setting) {
			s.sandbox = func(o *sandbox.Options) {
				app := sandbox.DefaultApp()
				app.BotScopes = slices.DeleteFunc(app.BotScopes, func(s string) bool { return s == scope })
				o.App = app
			}
		}
	}
	for name, c := range map[string]struct {
		world  []func(*setting)
		before func(w *world, f workflow.AttachedFile)
		why    string
	}{
		"deleted":  {nil, func(w *world, f workflow.AttachedFile) { _ = w.as(sandbox.Nia).DeleteFile(f.ID) }, "the file is no longer at Slack"},
		"no scope": {[]func(*setting){without("files:read")}, nil, "breachbot may not read files in this workspace"},
		"gone when read": {nil, func(w *world, _ workflow.AttachedFile) {
			w.ws.Fault(sandbox.Fault{Method: "files.download", Kind: sandbox.FaultStatus, Status: 404})
		}, "the file is no longer at Slack"},
		"a page to sign in": {nil, func(w *world, _ workflow.AttachedFile) {
			w.ws.Fault(sandbox.Fault{Method: "files.download", Kind: sandbox.FaultStatus, Status: 302})
		}, "Slack says http_302"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, c.world...)
			id := w.report()
			f := w.attaches(id, "seat.png", []byte("x"))
			if c.before != nil {
				c.before(w, f)
			}
			w.deliver()
			got := w.incident(id).Files[0]
			if got.ID != f.ID || got.SHA256 != "" || got.Unhashed != c.why {
				t.Errorf("kept as %+v, want why %q", got, c.why)
			}
		})
	}
}

// An outage of Slack is no reason: the file is read when Slack is back.
func TestAFileIsReadAgainAfterAnOutage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.report()
	w.attaches(id, "seat.png", []byte("x"))
	w.ws.Fault(sandbox.Fault{Method: "files.download", Kind: sandbox.FaultStatus, Status: 503})
	w.deliver()
	if f := w.incident(id).Files[0]; f.Hashed() {
		t.Fatalf("given up at once: %+v", f)
	}
	w.ws.Advance(time.Hour)
	w.deliver()
	if f := w.incident(id).Files[0]; f.SHA256 == "" {
		t.Errorf("an hour later it is %+v", f)
	}
}
