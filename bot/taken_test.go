package bot_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"breachbot/bot/sandbox"
	"breachbot/workflow"
)

// critical is a report that the reporter takes for the worst.
var critical = answers{workflow.FieldRisk: string(workflow.RiskCritical)}

// direct are the direct messages in front of a person that say so.
func (w *world) direct(who, words string) (out []sandbox.Message) {
	for _, m := range w.as(who).DMs() {
		if strings.Contains(w.as(who).Render(m), words) {
			out = append(out, m)
		}
	}
	return out
}

// Two people press at once: one of them has it, and the other is told who.
func TestOfTwoWhoTakeItAtOnceOneHasIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for n := range 3 {
		id := w.report()
		var both sync.WaitGroup
		for _, who := range []string{sandbox.Rob, sandbox.Ivy} {
			m, button := w.button(who, "lead")
			both.Go(func() {
				if _, err := w.as(who).PressMessage(t.Context(), m.Channel, m.TS, button); err != nil {
					t.Errorf("%s: %v", who, err)
				}
			})
		}
		both.Wait()
		w.bot.Settle()
		inc := w.incident(id)
		if len(inc.Handovers) != 1 || inc.Lead == "" {
			t.Fatalf("%d: %s has it after %d handovers", n, inc.Lead, len(inc.Handovers))
		}
		other, lead := sandbox.Ivy, "@Rob Sharma"
		if inc.Lead == sandbox.Ivy {
			other, lead = sandbox.Rob, "@Ivy Osei"
		}
		if got := w.notice(other); !strings.Contains(got, lead+" has it already") {
			t.Errorf("%d: the other one is told:\n%s", n, got)
		}
		if err := w.as(other).CloseModal(t.Context()); err != nil {
			t.Error(err)
		}
		w.deliver()
	}
}

// Once somebody has it, every message that offered it says who, where it stands:
// nobody is sent another one.
func TestTheMessagesAlreadySentSayWhoHasItWithoutAPush(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.report(critical)
	w.later(15 * time.Minute)
	for who, count := range map[string]int{sandbox.Rob: 1, sandbox.Dee: 1, sandbox.Ivy: 2, sandbox.Dan: 2, sandbox.Cal: 2, sandbox.Sam: 1} {
		if got := w.direct(who, "[I have it]"); len(got) != count {
			t.Errorf("%s was told %d times that nobody has it, want %d", who, len(got), count)
		}
	}
	before := map[string]int{}
	for _, who := range everybody {
		before[who] = len(w.as(who).DMs())
	}
	w.press(sandbox.Sam, "lead")
	w.later(time.Hour)
	for _, who := range everybody {
		if got := w.direct(who, "I have it"); len(got) > 0 {
			t.Errorf("%s can still take it: %s", who, w.as(who).Render(got[0]))
		}
		if got := len(w.as(who).DMs()); got != before[who] {
			t.Errorf("%s was sent %d more messages:\n%s", who, got-before[who], w.as(who).Render(w.as(who).DMs()[got-1]))
		}
		if who != sandbox.Nia && before[who] > 0 && len(w.direct(who, "@Sam Lindqvist has it")) == 0 {
			t.Errorf("%s is not told who has it", who)
		}
	}
}

// The rounds are in the journal: whatever restarts in between, each is said once.
func TestTheRoundsSurviveARestart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.report(critical)
	for range 4 {
		w.stop()
		w.start()
		w.later(5 * time.Minute)
		w.deliver()
	}
	for minutes, who := range map[int]string{5: sandbox.Ivy, 10: sandbox.Cal, 15: sandbox.Sam, 20: sandbox.Rob} {
		if got := w.direct(who, fmt.Sprintf("nobody has it after %d minutes", minutes)); len(got) != 1 {
			t.Errorf("after %d minutes %s was told %d times", minutes, who, len(got))
		}
	}
}
