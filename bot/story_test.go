package bot_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
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
// and says what each person sees.
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
			w := storyWorld(t, filepath.Base(file))
			var told strings.Builder
			player := &script.Player{Workspace: w.ws, Out: &told, Settle: w.settle}
			err = player.Play(t.Context(), string(story))
			if err != nil {
				t.Fatalf("%v\n%s", err, told.String())
			}
			w.verify()
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
		})
	}
}

// storyWorld is the world of a story.
func storyWorld(t *testing.T, file string) *world {
	t.Helper()
	w := newWorld(t, worldOf[file]...)
	if file == "ransomware.txt" {
		w.ws.AddUser(sandbox.User{ID: "U11TOM", Name: "tom", RealName: "Tom Evans"})
	}
	return w
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
