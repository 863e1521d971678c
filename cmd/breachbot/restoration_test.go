package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"breachbot/bot/sandbox"
	"breachbot/store/storetest"
	"breachbot/workflow"
)

// life is a bot at work on the clock of a workspace.
type life struct {
	*app
	said *output
	stop func()
}

func live(t *testing.T, ws *sandbox.Workspace, env map[string]string) *life {
	t.Helper()
	c, err := loadConfig(t.Context(), env, needAll)
	if err != nil {
		t.Fatal(err)
	}
	l := &life{said: &output{}}
	log := slog.New(slog.NewJSONHandler(l.said, nil))
	s, err := openStore(t.Context(), c, log)
	if err != nil {
		t.Fatal(err)
	}
	l.app = newApp(c, s, nil, ws.Now, prometheus.NewRegistry(), log)
	ctx, end := context.WithCancel(t.Context())
	group, ctx := errgroup.WithContext(ctx)
	start := &startup{log: log}
	if err := l.connect(ctx, start, func() {}); err != nil {
		t.Fatal(err)
	}
	if err := l.settle(ctx, start, group.Go); err != nil {
		t.Fatal(err)
	}
	group.Go(func() error { return l.run(ctx) })
	select {
	case <-l.bot.Connected():
	case <-time.After(20 * time.Second):
		t.Fatal("no connection to Slack")
	}
	stopped := false
	l.stop = func() {
		if stopped {
			return
		}
		stopped = true
		end()
		if err := group.Wait(); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(l.stop)
	return l
}

// reported has somebody report, and gives what they were shown.
func reported(t *testing.T, ws *sandbox.Workspace, who, title string) string {
	t.Helper()
	p := ws.As(who)
	if out, err := p.Slash(t.Context(), "/breach", ""); err != nil || out.Failed != "" {
		t.Fatal(out, err)
	}
	eventually(t, ws, "the form", func() bool { m := p.Modal(); return m != nil && m.Submit != "" })
	for input, value := range map[string]string{"title": title, "what": "A bag with a ward list was left on a bus.", "risk": "low"} {
		if err := p.Fill(input, value); err != nil {
			t.Fatal(err)
		}
	}
	if res, err := p.Submit(t.Context()); err != nil || res.Status != sandbox.Updated {
		t.Fatal(res, err)
	}
	shown := fmt.Sprint(p.Modal().Blocks)
	if err := p.CloseModal(t.Context()); err != nil {
		t.Fatal(err)
	}
	return shown
}

// seen counts the messages that somebody sees in a channel with these words, or in
// their direct messages if it is empty.
func seen(ws *sandbox.Workspace, who, channel, words string) (n int) {
	p := ws.As(who)
	all := p.DMs()
	if channel != "" {
		all = p.Messages(channel)
	}
	for _, m := range all {
		blocks := &strings.Builder{}
		e := json.NewEncoder(blocks)
		e.SetEscapeHTML(false)
		if e.Encode(m.Blocks) == nil && (strings.Contains(m.Text, words) || strings.Contains(blocks.String(), words)) {
			n++
		}
	}
	return n
}

// The life of a store that is lost and restored from a copy, on both engines: the copy
// verifies and resumes its clocks, says nothing twice, says what was missed, gives no
// reference twice, and people are told which incidents are missing.
func TestRestoredFromABackup(t *testing.T) {
	for _, engine := range []struct {
		name  string
		store func(t *testing.T) (env map[string]string)
		// restored puts the copy where there was nothing, and gives what names that.
		restored func(t *testing.T, file string) (env map[string]string)
	}{
		{"SQLite", func(t *testing.T) map[string]string { return map[string]string{"BREACHBOT_DATA": t.TempDir()} },
			func(t *testing.T, file string) map[string]string {
				data := t.TempDir()
				copyFile(t, file, filepath.Join(data, databaseFile))
				return map[string]string{"BREACHBOT_DATA": data}
			}},
		{"Postgres", func(t *testing.T) map[string]string { return map[string]string{"DATABASE_URL": storetest.Postgres(t)} },
			func(t *testing.T, file string) map[string]string {
				address := storetest.Postgres(t)
				restore, err := postgresTool("pg_restore")
				if err != nil {
					t.Fatal(err)
				}
				if out, err := exec.Command(restore.path, "--exit-on-error", "--dbname="+address, file).CombinedOutput(); err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
				return map[string]string{"DATABASE_URL": address}
			}},
	} {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			ws, server := practice(t)
			at := func(env map[string]string) map[string]string {
				all := serveEnv(t, ws, server, t.TempDir())
				all["BREACHBOT_DEPUTY_DPO"] = sandbox.Dan
				for name, value := range env {
					all[name] = value
				}
				return all
			}
			old := at(engine.store(t))
			first := live(t, ws, old)
			if shown := reported(t, ws, sandbox.Nia, "Bag left on a bus"); !strings.Contains(shown, "BR-2026-0001") && !strings.Contains(shown, "-0001") {
				t.Fatal(shown)
			}
			year := ws.Now().In(first.config.Zone).Year()
			id := func(n int) string { return string(workflow.NewIncidentID(workflow.SeriesReal, year, n)) }
			room := func(n int) string { return strings.ToLower(id(n)) }
			eventually(t, ws, "the channel", func() bool { return seen(ws, sandbox.Dee, room(1), id(1)) > 0 && seen(ws, sandbox.Dee, "", id(1)) == 1 })

			folder := t.TempDir()
			r := breachbot(t, old, "backup", folder)
			files, _ := filepath.Glob(filepath.Join(folder, "*"))
			if r.code != exitOK || len(files) != 1 || !strings.Contains(r.stdout, "Copied to "+files[0]+" and verified. All as it should be: 1 incident, ") {
				t.Fatalf("backup: exit %d, %s%s, files %v", r.code, r.stdout, r.stderr, files)
			}

			// After the backup: a reminder, an incident with a channel and one without.
			ws.Advance(25 * time.Hour)
			eventually(t, ws, "the reminder of 48 hours", func() bool {
				return seen(ws, sandbox.Dee, room(1), "48 hours left") == 1 || seen(ws, sandbox.Dee, room(1), "47 hours left") == 1
			})
			reported(t, ws, sandbox.Rob, "Letter to the wrong address")
			eventually(t, ws, "the second channel", func() bool { return seen(ws, sandbox.Dee, room(2), id(2)) > 0 })
			ws.Fault(sandbox.Fault{Method: "conversations.create", Kind: sandbox.FaultError, Error: "restricted_action", Next: -1})
			reported(t, ws, sandbox.Rob, "Email to everybody")
			eventually(t, ws, "the message about the third", func() bool { return seen(ws, sandbox.Dee, "", id(3)) > 0 })
			first.stop()
			ws.ClearFaults()
			reminders := seen(ws, sandbox.Dee, room(1), " left")

			// The store is lost. Two more reminders pass before the copy is in place.
			ws.Advance(36 * time.Hour)
			fresh := at(engine.restored(t, files[0]))
			if r := breachbot(t, fresh, "verify"); r.code != exitOK || !strings.Contains(r.stdout, "All as it should be: 1 incident, ") {
				t.Fatalf("verify of the copy: exit %d, %s%s", r.code, r.stdout, r.stderr)
			}
			second := live(t, ws, fresh)
			eventually(t, ws, "the news", func() bool {
				return seen(ws, sandbox.Dee, "", "is not in it") == 1 && seen(ws, sandbox.Dan, "", "is not in it") == 1 && seen(ws, sandbox.Dee, room(2), "no longer has a record of "+id(2)) > 0
			})
			for _, want := range []string{"2 incidents, known to Slack and not to the register", id(2) + " in ", id(3), id(14)} {
				if seen(ws, sandbox.Dee, "", want) == 0 {
					t.Errorf("the DPO is not told %q: %+v", want, ws.As(sandbox.Dee).DMs())
				}
			}
			eventually(t, ws, "the reminder that says what was missed", func() bool { return seen(ws, sandbox.Dee, room(1), "Not sent at the time") == 1 })
			if got := seen(ws, sandbox.Dee, room(1), " left"); got <= reminders {
				t.Errorf("%d reminders before, %d after", reminders, got)
			}
			shown := reported(t, ws, sandbox.Nia, "Wrong attachment")
			if !strings.Contains(shown, id(14)) {
				t.Errorf("the next report was not given %s: %s", id(14), shown)
			}
			eventually(t, ws, "its channel", func() bool { return seen(ws, sandbox.Dee, room(14), id(14)) > 0 })
			second.stop()

			// What was said before the store was lost was not said again.
			stamps := map[string]int{}
			for _, who := range []string{sandbox.Dee, sandbox.Dan, sandbox.Nia, sandbox.Rob} {
				for _, ch := range ws.As(who).Channels() {
					for _, m := range ws.As(who).Messages(ch.ID) {
						var meta struct {
							Payload struct {
								ID string `json:"id"`
							} `json:"event_payload"`
						}
						if json.Unmarshal(m.MetadataRaw, &meta) == nil && meta.Payload.ID != "" {
							stamps[who+" "+meta.Payload.ID]++
						}
					}
				}
			}
			for stamp, n := range stamps {
				if n > 1 {
					t.Errorf("%d messages are of one task: %s", n, stamp)
				}
			}
			if r := breachbot(t, fresh, "verify"); r.code != exitOK {
				t.Errorf("verify in the end: exit %d, %s%s", r.code, r.stdout, r.stderr)
			}
			// Another start has nothing to add.
			third := live(t, ws, fresh)
			reported(t, ws, sandbox.Nia, "Another one")
			eventually(t, ws, "its channel", func() bool { return seen(ws, sandbox.Dee, room(15), id(15)) > 0 })
			third.stop()
			if n := seen(ws, sandbox.Dee, "", "is not in it"); n != 1 {
				t.Errorf("the DPO is told %d times", n)
			}
		})
	}
}

// A snapshot of the whole machine leaves no trace in the store: then somebody says it.
func TestRestoredAsSomebodySays(t *testing.T) {
	t.Parallel()
	for name, env := range map[string]map[string]string{
		"SQLite": {"BREACHBOT_DATA": t.TempDir()}, "Postgres": {"DATABASE_URL": storetest.Postgres(t)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ws, server := practice(t)
			all := serveEnv(t, ws, server, t.TempDir())
			maps.Copy(all, env)
			first := live(t, ws, all)
			first.stop()
			if r := breachbot(t, all, "restored"); r.code != exitOK || r.stdout != "Noted. The next start asks Slack what came after.\n" {
				t.Fatalf("exit %d, %s%s", r.code, r.stdout, r.stderr)
			}
			second := live(t, ws, all)
			eventually(t, ws, "the news", func() bool { return seen(ws, sandbox.Dee, "", "There is nothing on record in it") == 1 })
			shown := reported(t, ws, sandbox.Nia, "Bag left on a bus")
			second.stop()
			if !strings.Contains(shown, "-0011") {
				t.Errorf("the first report after it was shown %s", shown)
			}
			if r := breachbot(t, all, "verify"); r.code != exitOK {
				t.Errorf("verify: exit %d, %s%s", r.code, r.stdout, r.stderr)
			}
		})
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}
