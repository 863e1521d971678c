package bot_test

import (
	"context"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breachbot/bot/sandbox"
	"breachbot/bot/sandbox/script"
	"breachbot/scheduler"
	"breachbot/workflow"
)

var update = flag.Bool("update", false, "rewrite what the stories say was seen")

// Every story in testdata is played against the real bot, store and scheduler,
// and says what each person sees. Where Slack has the blocks of 2026 not at all, or
// in messages only, people can do the same and get the same messages, each once.
func TestStories(t *testing.T) {
	files, err := stories()
	if err != nil || len(files) == 0 {
		t.Fatal("no stories", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			story, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var told strings.Builder
			w := played(t, file, string(story), sandbox.AllBlocks2026, &told)
			texts := w.texts()
			got := strings.TrimRight(told.String(), "\n") + "\n"
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(story), got); diff != "" {
				t.Errorf("people see something else now (-want +got); read it before you use -update:\n%s", diff)
			}
			for _, has := range []sandbox.Blocks2026{sandbox.MessageBlocks2026, sandbox.NoBlocks2026} {
				w := played(t, file, string(story), has, nil)
				if diff := cmp.Diff(texts, w.texts()); diff != "" {
					t.Errorf("with blocks of 2026 %q people get other messages than with all (-all +these):\n%s", has, diff)
				}
			}
		})
	}
}

// storyWorld is the world of a story.
func storyWorld(t *testing.T, file string, change ...func(*setting)) *world {
	t.Helper()
	w := newWorld(t, append(slices.Clone(worldOf[file]), change...)...)
	if file == "ransomware.txt" {
		w.ws.AddUser(sandbox.User{ID: "U11TOM", Name: "tom", RealName: "Tom Evans"})
	}
	return w
}

// played is the world after a story, in a workspace that has these blocks of 2026.
func played(t *testing.T, file, story string, has sandbox.Blocks2026, out io.Writer) *world {
	t.Helper()
	w := storyWorld(t, filepath.Base(file), func(s *setting) {
		s.sandbox = func(o *sandbox.Options) { o.Policy.Blocks2026 = has }
	})
	player := &script.Player{Workspace: w.ws, Out: out, Settle: w.settle}
	if err := player.Play(t.Context(), story); err != nil {
		t.Fatalf("with blocks of 2026 %q: %v\n%v", has, err, out)
	}
	w.verify()
	w.stop()
	return w
}

// texts are what notifications and screen readers say of every message of the app,
// in every conversation.
func (w *world) texts() []string {
	var out []string
	for _, m := range w.posts() {
		out = append(out, m.Channel+" "+m.Text)
	}
	slices.Sort(out)
	return out
}

// withBoard is a practice of which a member of the board hears.
func withBoard(s *setting) {
	s.rules = func(r *workflow.Rules) { r.Roster[workflow.RoleBoard] = []workflow.Principal{sandbox.Bea} }
}

// worldOf is how the world of a story differs from the usual one.
var worldOf = map[string][]func(*setting){
	"ransomware.txt":         {withBoard},
	"near_miss_learning.txt": {withBoard},
	"dpo_away.txt": {func(s *setting) {
		s.rules = func(r *workflow.Rules) { r.DPOContact = "01792 496 0123, at weekends 07700 900 456" }
	}},
	"one_person.txt": {func(s *setting) {
		s.rules = func(r *workflow.Rules) {
			r.Roster = map[workflow.Role][]workflow.Principal{}
			for _, role := range []workflow.Role{workflow.RoleIGLead, workflow.RoleResponder, workflow.RoleDPO, workflow.RoleSIRO} {
				r.Roster[role] = []workflow.Principal{sandbox.Dee}
			}
		}
	}},
	"dpo_reports_no_deputy.txt": {func(s *setting) {
		s.rules = func(r *workflow.Rules) { delete(r.Roster, workflow.RoleDeputy) }
	}},
	"two_clock_changes_and_christmas.txt": {func(s *setting) {
		s.start = time.Date(2026, 3, 28, 9, 0, 0, 0, time.UTC)
		s.rules = func(r *workflow.Rules) { // bank holidays of England; 26 December 2026 is a Saturday
			r.Holidays = []string{"2026-04-03", "2026-04-06", "2026-05-04", "2026-05-25", "2026-08-31", "2026-12-25", "2026-12-28", "2027-01-01"}
		}
	}},
	"home.txt": {func(s *setting) {
		s.start = friday.Add(-8 * time.Hour)
		s.rules = func(r *workflow.Rules) {
			r.Roster[workflow.RoleBoard] = []workflow.Principal{sandbox.Bea}
			r.DPOContact = "01792 496 0123, at weekends 07700 900 456"
			r.Procedure = workflow.Procedure{Version: "1.1", Owner: "Medical Director", Review: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)}
		}
	}},
}

// settle lets the bot finish what came in, and delivers what is due.
func (w *world) settle(ctx context.Context) error {
	for {
		if err := w.ws.WaitFor(ctx, func() bool { return w.ws.Waiting() == 0 }); err != nil {
			return err
		}
		w.bot.Settle()
		if report, err := w.sched.RunOnce(ctx); err != nil || report == (scheduler.Report{}) {
			return err
		}
	}
}

// stories are the ones of this package and the one that the demo plays.
func stories() ([]string, error) {
	ours, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		return nil, err
	}
	demo, err := filepath.Glob("../cmd/breachbot/story/*.txt")
	return append(ours, demo...), err
}
