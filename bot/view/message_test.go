package view_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breachbot/bot/view"
	"breachbot/workflow"
)

func rawOf(t testing.TB, m view.Message) string { return string(shown{message: &m}.json(t)) }

// A link to a private channel leads nowhere for those who are not in it.
func TestOnlyThoseInTheChannelAreSentThere(t *testing.T) {
	t.Parallel()
	bare := newStory(t, plainly).report()
	open := bare.fork().slack(workflow.ChannelOpened{Channel: "C0ROOM", Name: "br-2026-0014"})
	in := open.fork().slack(workflow.Invited{Principal: "U0NURSE", Joined: []workflow.UserID{"U0NURSE"}})
	refused := open.fork().slack(workflow.Invited{Principal: "U0NURSE", Refused: map[workflow.UserID]string{"U0NURSE": "user_is_restricted"}})
	for name, want := range map[string]struct {
		s    *story
		link bool
	}{"no channel": {bare, false}, "not invited": {open, false}, "in it": {in, true}, "could not be invited": {refused, false}} {
		for what, m := range map[string]view.Message{"receipt": view.Receipt(want.s.inc, want.s.rules), "alert": view.Alert(want.s.inc, "U0NURSE", want.s.rules, want.s.now)} {
			if got := strings.Contains(rawOf(t, m), "#C0ROOM"); got != want.link {
				t.Errorf("%s, %s: linked %v, want %v", what, name, got, want.link)
			}
		}
	}
}

// An announcement is about its own event, even if it is late and more has
// happened since.
func TestALateAnnouncementTellsOfItsOwnEvent(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report().triage(4)
	first := s.inc.Loud[len(s.inc.Loud)-1].Seq
	s.triage(1)
	if raw := rawOf(t, view.Say(s.inc, first, workflow.InChannel, s.rules)); !strings.Contains(raw, "severity 4 Low") {
		t.Error(raw)
	}
	s.aware()
	moved := s.inc.Loud[len(s.inc.Loud)-1].Seq
	if raw := rawOf(t, view.Say(s.inc, moved, workflow.InChannel, s.rules)); !strings.Contains(raw, "The old deadline was \\u003c!date^1795451700^{date_short_pretty} {time}|23 Nov 2026 16:35 UTC\\u003e.") {
		t.Error(raw)
	}
}

// What is announced as the day by which more follows is the day of the reminder.
func TestMoreInformationIsAnnouncedForTheDayItIsDue(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report().triage(3).assess(3, 3, workflow.No).decide(workflow.Regulator, workflow.Notify).after(48 * time.Hour)
	s.do(rob, workflow.RecordNotification{Recipient: workflow.Regulator, SentAt: s.now.Add(-24 * time.Hour), Method: "email"})
	due := s.inc.FollowUpDue(s.rules.FollowUpEvery)
	raw := rawOf(t, view.Say(s.inc, s.inc.Version, workflow.InChannel, s.rules))
	if want := fmt.Sprintf("More information will follow, by \\u003c!date^%d^", due.Unix()); !strings.Contains(raw, want) {
		t.Errorf("%s is not in %s", want, raw)
	}
}

// A message that says to press a button has the button.
func TestANudgeWithoutALeadOffersTheLead(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report()
	nudge := func() string {
		return rawOf(t, view.Nudge(s.inc, workflow.Task{Target: workflow.InChannel}, 0, nil, s.rules, s.now))
	}
	if raw := nudge(); !strings.Contains(raw, "Press *I have it*") || !strings.Contains(raw, `"text":"I have it"`) {
		t.Error(raw)
	}
	s.lead("U0ROB")
	if raw := nudge(); strings.Contains(raw, "I have it") {
		t.Error(raw)
	}
}

func TestAnErasedIncidentOffersNothingThatWouldBeRefused(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report().dismiss().erase()
	raw := rawOf(t, view.Card(s.inc, s.rules, s.now))
	if strings.Contains(raw, "reopen") || !strings.Contains(raw, "was erased on") {
		t.Error(raw)
	}
}

func TestManyProblemsAreCountedNotCutInTheMiddle(t *testing.T) {
	t.Parallel()
	s := crowded(t, plainly)
	raw := rawOf(t, view.Card(s.inc, s.rules, s.now))
	if !strings.Contains(raw, "and 69 more problems like these.") || strings.Contains(raw, "…") {
		t.Error(raw)
	}
}

// A decision on older facts says why it fell back, without claiming an
// assessment that nobody made.
func TestADecisionFallsBackForTheRightReason(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report().triage(3).assess(3, 3, workflow.No).decide(workflow.Regulator, workflow.Notify).triage(2)
	raw := rawOf(t, view.Card(s.inc, s.rules, s.now))
	if !strings.Contains(raw, "the facts or the risk have changed since. Please decide again.") {
		t.Error(raw)
	}
}

// Nobody is asked on one screen to assess again first and to decide again now.
func TestWhatMustBeAssessedAgainIsNotAskedToBeDecidedNow(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report().triage(3).assess(3, 3, workflow.No).decide(workflow.Regulator, workflow.Notify).after(time.Minute)
	s.do(rob, workflow.Contain{Facts: s.inc.FactsVersion, State: workflow.ContainUnderWay, ExposedTo: workflow.ExposedPublic, Exfiltrated: workflow.Yes, Evidence: "It is on a website."})
	if s.rules.Outdated(s.inc) == nil {
		t.Fatal("the advice still holds")
	}
	for name, m := range map[string]view.Message{"card": view.Card(s.inc, s.rules, s.now), "request": view.Ask(s.inc, s.asking(), s.rules, s.now)} {
		raw := rawOf(t, m)
		if strings.Contains(raw, "Please decide again") || !strings.Contains(raw, "decided again after the risk has been assessed again") {
			t.Errorf("the %s: %s", name, raw)
		}
	}
}

// Where a person sees the risk differently from the rules, only what differs is named.
func TestOnlyWhatDiffersFromTheRulesIsNamed(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report().triage(3).assess(3, 3, workflow.No)
	raw := rawOf(t, view.Ask(s.inc, s.asking(), s.rules, s.now))
	if !strings.Contains(raw, "*The rules suggested* high risk: yes.") || !strings.Contains(raw, "sees it differently: high risk: no.") {
		t.Error(raw)
	}
}

// The advice of a risk level is for before the assessment: later the grid advises
// and a person decides, and the two must not contradict each other.
func TestALateAlertGivesNoAdviceThatIsOver(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report().triage(1)
	const advice = "Notify the ICO within 72 hours."
	if raw := rawOf(t, view.Alert(s.inc, "U0SIRO", s.rules, s.now)); !strings.Contains(raw, advice) {
		t.Error(raw)
	}
	s.assess(3, 3, workflow.No).decide(workflow.Regulator, workflow.Notify)
	raw := rawOf(t, view.Alert(s.inc, "U0SIRO", s.rules, s.now))
	if strings.Contains(raw, advice) || !strings.Contains(raw, "Weekends and bank holidays count.") {
		t.Error(raw)
	}
	s.send(workflow.Regulator, true)
	if raw := rawOf(t, view.Alert(s.inc, "U0SIRO", s.rules, s.now)); strings.Contains(raw, "bank holidays") {
		t.Error(raw)
	}
}

// Ids mean something to Slack alone; people read names, which only mentions give.
func TestNobodyReadsARawUserID(t *testing.T) {
	t.Parallel()
	for _, s := range everything(t, plainly) {
		if s.modal != nil {
			s.modal.PrivateMetadata = "" // nobody reads it
		}
		raw := string(s.json(t))
		for _, lead := range []string{"\\u003c@", `"initial_user":"`, `"user_id":"`} {
			raw = strings.ReplaceAll(raw, lead+"U0", "")
		}
		if strings.Contains(raw, "U0") {
			t.Errorf("%s shows an id", s.name)
		}
	}
}

func TestHowLongThereIs(t *testing.T) {
	t.Parallel()
	got := map[string]string{}
	for _, d := range []string{"72h", "25h59m", "24h", "23h59m31s", "13h55m", "2h", "1h30m", "1h", "59m", "1m", "29s", "0s", "-1s", "-90m", "-12h7m", "-160h", "-192h"} {
		left, err := time.ParseDuration(d)
		if err != nil {
			t.Fatal(err)
		}
		got[d] = view.Left(left)
	}
	want := map[string]string{
		"72h": "72 hours left", "25h59m": "25 hours left", "24h": "24 hours left", "23h59m31s": "24 hours left", "13h55m": "13 hours 55 minutes left",
		"2h": "2 hours left", "1h30m": "90 minutes left", "1h": "1 hour left", "59m": "59 minutes left", "1m": "1 minute left",
		"29s": "less than a minute left", "0s": "less than a minute left", "-1s": "less than a minute over the deadline",
		"-90m": "90 minutes over the deadline", "-12h7m": "12 hours 7 minutes over the deadline", "-160h": "160 hours over the deadline", "-192h": "8 days over the deadline",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// What pushes says how bad it is, what kind, which, and whether somebody has it. It
// holds nothing that anybody typed.
func TestTheNewsOfAReportSaysHowBadWhatKindAndWhetherSomebodyHasIt(t *testing.T) {
	t.Parallel()
	fresh := newStory(t, plainly).report()
	ransomware := fresh.fork().known(func(f *workflow.Facts) { f.Category = "ransomware" }).triage(1)
	but := func(change func(*workflow.Facts)) *story {
		s, inc := fresh.fork(), *fresh.inc
		change(&inc.Facts)
		s.inc = &inc
		return s
	}
	near := but(func(f *workflow.Facts) { f.NearMiss = true })
	unknown := but(func(f *workflow.Facts) { f.Category = "" })
	kind := "letter or fax to the wrong recipient"
	for _, test := range []struct {
		s    *story
		want string
	}{
		{fresh, fresh.inc.Risk.Name() + ": " + kind + ", BR-2026-0014, nobody has it yet"},
		{fresh.fork().lead("U0ROB"), fresh.inc.Risk.Name() + ": " + kind + ", BR-2026-0014, somebody has it"},
		{near, "Near miss: " + kind + ", BR-2026-0014, nobody has it yet"},
		{unknown, fresh.inc.Risk.Name() + ": kind not known yet, BR-2026-0014, nobody has it yet"},
		{ransomware, "Critical: ransomware, BR-2026-0014, triaged, waiting for assessment"},
	} {
		if got := view.Alert(test.s.inc, "U0ROB", test.s.rules, test.s.now).Text; got != test.want {
			t.Errorf("it pushes %q, want %q", got, test.want)
		}
	}
}

// What pushes to the DPO says how bad it is and what kind, like the news of the report.
func TestARequestForADecisionPushesHowBadAndWhatKind(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report().known(func(f *workflow.Facts) { f.Category = "ransomware" }).triage(1).assess(3, 3, workflow.No)
	if got, want := view.Ask(s.inc, s.asking(), s.rules, s.now).Text, "Critical: ransomware, BR-2026-0014, needs your decision"; got != want {
		t.Errorf("it pushes %q, want %q", got, want)
	}
}

// A reminder says how bad it is and what kind, as the news of the report does: whoever
// handles several knows at once which one it is about.
func TestARemindersFirstWordsSayWhichIncident(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report().known(func(f *workflow.Facts) { f.Category = "ransomware" }).triage(1)
	deadline := s.inc.Clock().Deadline
	task := workflow.Task{Kind: workflow.KindNudge, Target: workflow.InChannel, Deadline: deadline}
	nudge := view.Nudge(s.inc, task, workflow.Countdown(24*time.Hour), nil, s.rules, deadline.Add(-24*time.Hour))
	if want := "Critical: ransomware, BR-2026-0014, 24 hours left"; nudge.Text != want || !strings.Contains(rawOf(t, nudge), "*"+want+"*") {
		t.Errorf("it pushes %q, want %q", nudge.Text, want)
	}
	task = workflow.Task{Key: "remind:containment:0:0:channel", Kind: workflow.KindRemind, Target: workflow.InChannel, Deadline: deadline}
	remind := view.Remind(s.inc, task, 0, nil, s.rules, deadline)
	if want := "Critical: ransomware, BR-2026-0014. Containment: due now"; remind.Text != want || strings.Count(rawOf(t, remind), " due ") != 1 {
		t.Errorf("it pushes %q, want %q", remind.Text, want)
	}
}

// Told in person that nobody has it, people read for how long; once somebody has
// it, the same message says who.
func TestThatNobodyHasItSaysForHowLong(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report()
	grade := s.inc.Risk.Name() + ": letter or fax to the wrong recipient, BR-2026-0014, "
	for waited, want := range map[time.Duration]string{
		5*time.Minute + 20*time.Second: "nobody has it after 5 minutes", time.Hour: "nobody has it after 1 hour",
		17*time.Hour + 15*time.Minute: "nobody has it after 17 hours 15 minutes",
	} {
		if got := view.Untaken(s.inc, "U0SIRO", s.rules, s.inc.Times.Reported.Add(waited)); got.Text != grade+want || !strings.Contains(rawOf(t, got), want) {
			t.Errorf("after %s it pushes %q", waited, got.Text)
		}
	}
	led := s.fork().lead("U0ROB")
	for name, m := range map[string]view.Message{
		"the news": view.Alert(led.inc, "U0SIRO", led.rules, led.now), "that nobody has it": view.Untaken(led.inc, "U0SIRO", led.rules, led.now),
		"what was sent before": view.Held(led.inc, "U0SIRO", led.rules, led.now),
	} {
		if raw := rawOf(t, m); strings.Contains(raw, "obody") || strings.Contains(raw, "I have it") || !strings.Contains(raw, `@U0ROB\u003e has it`) || strings.Contains(m.Text, "U0ROB") {
			t.Errorf("%s, once somebody has it: %s", name, raw)
		}
	}
	if raw := rawOf(t, view.Card(s.inc, s.rules, s.now)); strings.Count(raw, "*Nobody has it yet*, reported") != 1 {
		t.Errorf("the card does not say once, in bold and since when, that nobody has it: %s", raw)
	}
	if raw := rawOf(t, view.Card(led.inc, led.rules, led.now)); strings.Contains(raw, "Nobody has it") {
		t.Error("the card says that nobody has it, and somebody has")
	}
	list := func(s *story) string {
		return rawOf(t, view.List([]workflow.Entry{s.inc.Entry()}, false, s.rules, s.now))
	}
	if !strings.Contains(list(s), "Nobody has it yet") || strings.Contains(list(led), "Nobody has it") {
		t.Error("the list does not say whether somebody has it")
	}
	if raw := rawOf(t, view.Held(s.inc, "U0ROB", s.rules, s.now)); !strings.Contains(raw, "I have it") {
		t.Error("reopened, and nobody can take it from the news")
	}
}

// News says a deadline once, although what moved it was announced with the deadline too.
func TestNewsOfADeadlineSaysItOnce(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report().triage(3).aware()
	task := workflow.Task{Kind: workflow.KindNews, About: s.inc.Version, Target: "U0ROB",
		Key: workflow.Subject{Kind: workflow.KindNews, News: workflow.NewsDeadline, About: s.inc.Version, To: "U0ROB"}.Key()}
	raw := rawOf(t, view.Tell(s.inc, task, s.rules, s.now))
	if n := strings.Count(raw, "{date_long_pretty}"); n != 1 || !strings.Contains(raw, "The old deadline was") {
		t.Errorf("the deadline stands there %d times: %s", n, raw)
	}
}

// A report that has ended asks nobody to keep or stop anything.
func TestTheReceiptOfWhatHasEndedAsksForNothing(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report()
	const helps = "What helps now"
	if !strings.Contains(rawOf(t, view.Receipt(s.inc, s.rules)), helps) {
		t.Error("it does not say what helps now")
	}
	s.triage(4).dismiss()
	if raw := rawOf(t, view.Receipt(s.inc, s.rules)); strings.Contains(raw, helps) {
		t.Error(raw)
	}
}

// Whoever may take the lead can do so from the news, while nobody has it.
func TestTheNewsOfferTheLeadToThoseWhoMayTakeIt(t *testing.T) {
	t.Parallel()
	s := newStory(t, plainly).report()
	offers := func(s *story, to workflow.Target) bool {
		return strings.Contains(rawOf(t, view.Alert(s.inc, to, s.rules, s.now)), "I have it")
	}
	if !offers(s, "U0ROB") || offers(s, "U0BOARD") || offers(s.fork().lead("U0ROB"), "U0ROB") {
		t.Error("responder, board, and once somebody leads")
	}
}
