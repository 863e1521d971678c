package scheduler_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"breachbot/scheduler"
	"breachbot/workflow"
)

func TestAReportBecomesAReadyChannelInOnePass(t *testing.T) {
	t.Parallel()
	w := newWorld(t, (&clock{now: monday}).Now)
	id := w.report()
	s := w.scheduler()

	r := w.pass(s)

	inc := w.incident(id)
	if !inc.Room.Ready() || inc.Card.TS == "" || !inc.Invited["UDPO"] {
		t.Errorf("room %+v, card %+v, invited %v", inc.Room, inc.Card, inc.Invited)
	}
	if got := len(events[workflow.MessagePosted](w, id)); got == 0 {
		t.Error("nobody was told")
	}
	if r.Failed != 0 || r.Dropped != 0 || r.Delivered != len(w.slack.calls) {
		t.Errorf("report %+v for %d calls", r, len(w.slack.calls))
	}
	w.slack.onceEach(t)
	if again := w.pass(s); again != (scheduler.Report{}) {
		t.Errorf("a second pass did %+v", again)
	}
}

// triage says again how grave an incident is.
func (w *world) triage(id workflow.IncidentID, s workflow.Severity) {
	w.t.Helper()
	inc := w.incident(id)
	lead := workflow.Actor{User: "UIGLEAD", Roles: []workflow.Role{workflow.RoleIGLead}}
	c := workflow.Triage{Facts: inc.FactsVersion, Severity: s, Risk: workflow.RiskMedium, Reason: typed, Known: inc.Facts}
	if _, err := w.svc.Do(context.Background(), id, "", c, lead); err != nil {
		w.t.Fatal(err)
	}
}

// One replica is slow to bring the card up to date. Meanwhile the incident goes on,
// and another replica shows that first.
func TestWhatIsBroughtUpToDateShowsTheNewestInTheEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t, (&clock{now: monday}).Now)
	id := w.report()
	slow, other := w.scheduler(), w.scheduler()
	w.pass(slow)
	w.triage(id, 3)
	var begun atomic.Bool
	w.slack.during = func(_ context.Context, c workflow.Claim) {
		if c.Task.Kind == workflow.KindCardRefresh && begun.CompareAndSwap(false, true) {
			w.triage(id, 2)
			w.pass(other)
		}
	}
	w.pass(slow)
	if inc := w.incident(id); w.slack.shown[workflow.KindCardRefresh] < inc.CardSeq {
		t.Errorf("the card shows version %d, and it should show %d", w.slack.shown[workflow.KindCardRefresh], inc.CardSeq)
	}
}

// A replica brought the card up to date too late and was killed before it saw that.
func TestWhatWasShownTooLateIsPutRightAfterACrash(t *testing.T) {
	t.Parallel()
	c := &clock{now: monday}
	w := newWorld(t, c.Now)
	id := w.report()
	s := w.scheduler()
	w.pass(s)
	w.triage(id, 3)
	for _, lane := range workflow.Lanes() {
		if _, err := w.store.Claim(t.Context(), "doomed", c.Now(), time.Minute, lane, 100); err != nil {
			t.Fatal(err)
		}
	}
	w.triage(id, 2)
	w.pass(s)
	w.slack.shown[workflow.KindCardRefresh] = 1 // the last it did
	c.advance(2 * time.Minute)
	w.pass(s)
	if inc := w.incident(id); w.slack.shown[workflow.KindCardRefresh] < inc.CardSeq {
		t.Errorf("the card shows version %d, and it should show %d", w.slack.shown[workflow.KindCardRefresh], inc.CardSeq)
	}
}

func TestTasksOfOneIncidentGoOutOneAfterTheOtherInPlanOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, (&clock{now: monday}).Now)
	for range 5 {
		w.report()
	}
	var mu sync.Mutex
	busy := map[workflow.IncidentID]bool{}
	w.slack.during = func(_ context.Context, c workflow.Claim) {
		mu.Lock()
		if busy[c.Incident] {
			t.Errorf("%s: two tasks at once", c.Incident)
		}
		busy[c.Incident] = true
		mu.Unlock()
	}
	w.slack.unsure = func(c workflow.Claim) error {
		mu.Lock()
		defer mu.Unlock()
		delete(busy, c.Incident)
		return nil
	}
	w.pass(w.scheduler())
	var order []workflow.TaskKind
	for _, c := range w.slack.calls {
		if c.Incident == "BR-2026-0003" && !slices.Contains(order, c.Task.Kind) {
			order = append(order, c.Task.Kind)
		}
	}
	at := func(k workflow.TaskKind) int { return slices.Index(order, k) }
	if at(workflow.KindChannel) != 0 || at(workflow.KindTopic) > at(workflow.KindCard) || at(workflow.KindCard) > at(workflow.KindInvite) {
		t.Errorf("order was %v", order)
	}
}

func TestTheCourierIsHandedTheIncidentAndTheTaskAsTheyStand(t *testing.T) {
	t.Parallel()
	c := &clock{now: monday}
	w := newWorld(t, c.Now)
	w.report()
	w.pass(w.scheduler())
	for _, call := range w.slack.calls {
		if call.Token == "" || call.Attempt != 1 || call.Task.Due.IsZero() {
			t.Errorf("claim %+v", call)
		}
	}
}

func TestWhatIsNoLongerOwedIsNotSaid(t *testing.T) {
	t.Parallel()
	c := &clock{now: monday}
	w := newWorld(t, c.Now)
	id := w.report()
	w.pass(w.scheduler())
	c.advance(24 * time.Hour) // the 48-hour milestone

	s := w.scheduler()
	s.Queue = between{w.store, func(claims []workflow.Claim) {
		if slices.ContainsFunc(claims, kind(workflow.KindNudge)) {
			w.dismiss(id) // between the claim and the post
		}
	}}
	r := w.pass(s)
	if nudges := w.slack.called(kind(workflow.KindNudge)); len(nudges) != 0 {
		t.Errorf("the courier was sent out with %v", nudges)
	}
	if r.Dropped == 0 {
		t.Errorf("report %+v", r)
	}
	if again := w.pass(s); again != (scheduler.Report{}) {
		t.Errorf("what was dropped came back: %+v", again)
	}
}

func TestDownOverThreeMilestonesIsOneNudgeThatSaysSo(t *testing.T) {
	t.Parallel()
	c := &clock{now: monday}
	w := newWorld(t, c.Now)
	w.report()
	w.pass(w.scheduler())
	c.advance(66 * time.Hour) // over 48, 24 and 12 hours left, to 6
	w.restart()
	s := w.scheduler()
	w.pass(s)
	if diff := cmp.Diff([]string{"6h0m0s missed 3"}, w.slack.said(workflow.InChannel)); diff != "" {
		t.Error(diff)
	}
	w.pass(s)
	c.advance(3 * time.Hour)
	w.pass(s)
	if diff := cmp.Diff([]string{"6h0m0s missed 3", "3h0m0s missed 0"}, w.slack.said(workflow.InChannel)); diff != "" {
		t.Error(diff)
	}
}

func TestARestartOneMinuteBeforeAMilestoneSaysItOnce(t *testing.T) {
	t.Parallel()
	c := &clock{now: monday}
	w := newWorld(t, c.Now)
	w.report()
	w.pass(w.scheduler())
	c.advance(24*time.Hour - time.Minute)
	w.pass(w.scheduler())
	w.restart()
	s := w.scheduler()
	w.pass(s)
	if said := w.slack.said(workflow.InChannel); said != nil {
		t.Errorf("said early: %v", said)
	}
	c.advance(time.Minute)
	w.pass(s)
	w.pass(s)
	w.restart()
	w.pass(w.scheduler())
	if diff := cmp.Diff([]string{"48h0m0s missed 0"}, w.slack.said(workflow.InChannel)); diff != "" {
		t.Error(diff)
	}
}

func TestOneFailingTaskHoldsUpNoOtherStallsAndRecovers(t *testing.T) {
	t.Parallel()
	c := &clock{now: monday}
	w := newWorld(t, c.Now)
	id := w.report()
	other := w.report()
	s := w.scheduler()
	bad := func(c workflow.Claim) bool { return c.Incident == id && c.Task.Kind == workflow.KindReceipt }
	w.slack.fails(func(c workflow.Claim) error {
		if bad(c) {
			return refusal{code: "fatal_error"}
		}
		return nil
	})

	if r := w.pass(s); r.Failed != 1 {
		t.Fatalf("report %+v", r)
	}
	for _, i := range []workflow.IncidentID{id, other} {
		if inc := w.incident(i); !inc.Room.Ready() || inc.Card.TS == "" {
			t.Errorf("%s was held up", i)
		}
	}
	for attempt := 2; attempt <= 7; attempt++ {
		c.advance(15 * time.Minute)
		w.pass(s)
		stall, stalled := w.incident(id).Stalls[workflow.TaskReceipt]
		if !stalled { // by the second attempt it is a quarter of an hour late
			t.Errorf("attempt %d: not stalled", attempt)
		}
		if stall.Code != "fatal_error" || stall.Attempts != 2 || stall.GivenUp {
			t.Errorf("attempt %d: %+v", attempt, stall)
		}
	}
	if got := len(events[workflow.DeliveryStalled](w, id)); got != 1 {
		t.Errorf("shown %d times", got)
	}
	failing, err := w.store.Failing(t.Context(), 5)
	if err != nil || len(failing) != 1 || failing[0].Code != "fatal_error" {
		t.Errorf("queue shows %+v, %v", failing, err)
	}

	w.slack.fails(func(workflow.Claim) error { return nil })
	c.advance(15 * time.Minute)
	w.pass(s)
	if inc := w.incident(id); len(inc.Stalls) != 0 || len(inc.Posts[workflow.TaskReceipt].Places) != 1 {
		t.Errorf("stalls %v, receipt %+v", inc.Stalls, inc.Posts[workflow.TaskReceipt])
	}
	w.slack.onceEach(t)
}

func TestATopicThatRecoversEndsItsStall(t *testing.T) {
	t.Parallel()
	c := &clock{now: monday}
	w := newWorld(t, c.Now)
	id := w.report()
	s := w.scheduler()
	w.slack.fails(func(c workflow.Claim) error {
		if c.Task.Kind == workflow.KindTopic {
			return refusal{code: "missing_scope", permanent: true}
		}
		return nil
	})
	w.pass(s)
	if got := w.incident(id).Stalls; len(got) != 1 {
		t.Fatalf("stalls %v", got)
	}
	w.slack.fails(func(workflow.Claim) error { return nil })
	c.advance(time.Hour)
	w.pass(s)
	if got := w.incident(id).Stalls; len(got) != 0 {
		t.Errorf("stalls %v", got)
	}
	if got := len(events[workflow.DeliveryRecovered](w, id)); got != 1 {
		t.Errorf("%d recoveries", got)
	}
}

func TestTheStallOfATaskNobodyOwesAnyMoreEnds(t *testing.T) {
	t.Parallel()
	c := &clock{now: monday}
	w := newWorld(t, c.Now)
	id := w.report()
	s := w.scheduler()
	w.slack.fails(func(c workflow.Claim) error {
		if c.Task.Kind == workflow.KindAlert && c.Task.Target == "UDPO" {
			return refusal{code: "user_not_found", permanent: true}
		}
		return nil
	})
	w.pass(s)
	if got := w.incident(id).Stalls; len(got) != 1 {
		t.Fatalf("stalls %v", got)
	}
	w.dismiss(id)
	w.pass(s)
	if got := w.incident(id).Stalls; len(got) != 0 {
		t.Errorf("stalls %v", got)
	}
	if got := events[workflow.DeliveryDropped](w, id); len(got) != 1 || got[0].Task != "alert:UDPO" || got[0].Code != "" {
		t.Errorf("dropped: %+v", got)
	}
	if got := events[workflow.DeliveryRecovered](w, id); len(got) != 0 {
		t.Errorf("never delivered, but recorded as: %+v", got)
	}
}

// A message to be brought up to date is gone for good, and then nothing more is to
// be brought up to date: its stall does not stay on the card for ever.
func TestTheStallOfARefreshThatNothingFollowsEnds(t *testing.T) {
	t.Parallel()
	c := &clock{now: monday}
	w := newWorld(t, c.Now)
	id := w.report()
	s := w.scheduler()
	w.pass(s)
	w.slack.fails(func(c workflow.Claim) error {
		switch {
		case c.Task.Kind == workflow.KindAlertRefresh:
			return refusal{code: "message_not_found", permanent: true}
		case c.Task.Kind == workflow.KindOutcome && c.Attempt == 1: // after which no alert is changed
			return errSlackDown
		}
		return nil
	})
	w.dismiss(id)
	w.pass(s)
	c.advance(time.Hour)
	w.pass(s)
	w.pass(s)
	if got := w.incident(id).Stalls; len(got) != 0 {
		t.Errorf("stalls %v", got)
	}
	if len(events[workflow.DeliveryStalled](w, id)) == 0 || len(events[workflow.DeliveryRecovered](w, id)) != 0 {
		t.Error("it did not stall, or was recorded as delivered")
	}
}

func TestACardThatCannotBeRefreshedStallsOnceAndDoesNotSpin(t *testing.T) {
	t.Parallel()
	c := &clock{now: monday}
	w := newWorld(t, c.Now)
	id := w.report()
	s := w.scheduler()
	w.slack.fails(func(c workflow.Claim) error {
		if c.Task.Kind == workflow.KindCardRefresh {
			return refusal{code: "cant_update_message", permanent: true}
		}
		return nil
	})
	w.pass(s)
	assign := func(u workflow.UserID) {
		t.Helper()
		lead := workflow.Actor{User: "UIGLEAD", Roles: []workflow.Role{workflow.RoleIGLead}}
		if _, err := w.svc.Do(t.Context(), id, "", workflow.AssignRole{Role: workflow.RoleResponder, User: u}, lead); err != nil {
			t.Fatal(err)
		}
	}
	assign("UONE")
	w.pass(s)
	assign("UTWO")
	w.pass(s)
	if got := len(events[workflow.DeliveryStalled](w, id)); got != 1 {
		t.Errorf("shown %d times", got)
	}
	if got := len(events[workflow.DeliveryRecovered](w, id)); got != 0 {
		t.Errorf("recovered %d times without having", got)
	}
	w.slack.fails(func(workflow.Claim) error { return nil })
	c.advance(time.Hour)
	w.pass(s)
	if got := w.incident(id).Stalls; len(got) != 0 {
		t.Errorf("stalls %v", got)
	}
}

func TestAnIncidentGoesOnWithoutAChannel(t *testing.T) {
	t.Parallel()
	c := &clock{now: monday}
	w := newWorld(t, c.Now)
	id := w.report()
	s := w.scheduler()
	w.slack.fails(func(c workflow.Claim) error {
		if c.Task.Kind == workflow.KindChannel {
			return refusal{code: "restricted_action", permanent: true}
		}
		return nil
	})
	w.pass(s)
	inc := w.incident(id)
	if inc.Room.Refused != "restricted_action" || inc.Stalls[workflow.TaskChannel].Code != "restricted_action" {
		t.Errorf("room %+v, stalls %+v", inc.Room, inc.Stalls)
	}
	if _, told := inc.Posts[workflow.TaskReceipt]; !told {
		t.Error("the reporter waits for a channel that does not come")
	}
	before := len(w.slack.called(kind(workflow.KindChannel)))
	c.advance(59 * time.Minute)
	w.pass(s)
	if got := len(w.slack.called(kind(workflow.KindChannel))); got != before {
		t.Error("a permanent refusal was tried again within the hour")
	}
	w.slack.fails(func(workflow.Claim) error { return nil })
	c.advance(time.Minute)
	w.pass(s)
	if inc := w.incident(id); !inc.Room.Ready() || len(inc.Stalls) != 0 {
		t.Errorf("room %+v, stalls %v", inc.Room, inc.Stalls)
	}
}

func TestSlacksOwnWaitIsALowerBound(t *testing.T) {
	t.Parallel()
	c := &clock{now: monday}
	w := newWorld(t, c.Now)
	w.report()
	s := w.scheduler()
	w.slack.fails(func(c workflow.Claim) error {
		if c.Task.Kind == workflow.KindChannel && c.Attempt == 1 {
			return fmt.Errorf("create: %w", refusal{code: "ratelimited", after: 42 * time.Second})
		}
		return nil
	})
	w.pass(s)
	c.advance(42*time.Second - time.Millisecond)
	w.pass(s)
	if got := len(w.slack.called(kind(workflow.KindChannel))); got != 1 {
		t.Errorf("tried %d times before the wait was over", got)
	}
	c.advance(time.Millisecond)
	w.pass(s)
	if got := len(w.slack.called(kind(workflow.KindChannel))); got != 2 {
		t.Errorf("tried %d times when it was over", got)
	}
}

func TestAPanickingCourierIsAPassingFault(t *testing.T) {
	t.Parallel()
	c := &clock{now: monday}
	w := newWorld(t, c.Now)
	id := w.report()
	s := w.scheduler()
	reg := prometheus.NewRegistry()
	s.Metrics = scheduler.NewMetrics(reg)
	w.slack.fails(func(c workflow.Claim) error {
		if c.Task.Kind == workflow.KindCard && c.Attempt == 1 {
			panic(typed + " in a panic")
		}
		return nil
	})
	if r := w.pass(s); r.Failed != 1 {
		t.Errorf("report %+v", r)
	}
	c.advance(time.Minute)
	w.pass(s)
	if w.incident(id).Card.TS == "" {
		t.Error("the card was never posted")
	}
	if got := value(t, reg, "breachbot_delivery_panics_total"); got != 1 {
		t.Errorf("%v panics counted", got)
	}
	if got := value(t, reg, "breachbot_deliveries_total", "card", "failed"); got != 1 {
		t.Errorf("%v failures of the card counted", got)
	}
	w.slack.onceEach(t)
}

func TestAnIncidentThatCannotBePlannedEndsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, (&clock{now: monday}).Now)
	bad, good := w.report(), w.report()
	s := w.scheduler()
	s.Service = poisoned{w.svc, bad}
	if r := w.pass(s); r.Failed != 1 {
		t.Errorf("report %+v", r)
	}
	if !w.incident(good).Room.Ready() {
		t.Error("the other incident was kept back")
	}
}

// poisoned is a service that one incident panics.
type poisoned struct {
	scheduler.Service
	id workflow.IncidentID
}

func (p poisoned) Owed(ctx context.Context, id workflow.IncidentID, key workflow.TaskKey) (*workflow.Incident, workflow.Task, bool, error) {
	if id == p.id {
		panic(typed)
	}
	return p.Service.Owed(ctx, id, key)
}

func TestARecordingThatFailsForAMomentLosesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, (&clock{now: monday}).Now)
	id := w.report()
	s := w.scheduler()
	var n atomic.Int32
	s.Service = forgetful{w.svc, func() bool { return n.Add(1) <= 2 }}
	if r := w.pass(s); r.Failed != 0 {
		t.Errorf("report %+v", r)
	}
	if !w.incident(id).Room.Ready() {
		t.Error("the channel was not recorded")
	}
	w.slack.onceEach(t)
}

func TestAnOutcomeLostWithTheReplyIsReconciled(t *testing.T) {
	t.Parallel()
	c := &clock{now: monday}
	w := newWorld(t, c.Now)
	id := w.report()
	s := w.scheduler()
	w.slack.unsure = func(c workflow.Claim) error {
		if c.Attempt == 1 {
			return errSlackDown // Slack has it, the reply is lost
		}
		return nil
	}
	for range 12 {
		w.pass(s)
		c.advance(time.Minute)
	}
	inc := w.incident(id)
	if !inc.Room.Ready() || inc.Card.TS == "" || len(inc.Posts) < 3 {
		t.Errorf("room %+v, card %+v, posts %v", inc.Room, inc.Card, inc.Posts)
	}
	w.slack.onceEach(t)
}

func TestADeliveryThatIsNoDeliveryIsPutOffAndSeen(t *testing.T) {
	t.Parallel()
	c := &clock{now: monday}
	w := newWorld(t, c.Now)
	id := w.report()
	s := w.scheduler()
	s.Courier = liar{}
	if r := w.pass(s); r.Failed == 0 || r.Delivered != 0 {
		t.Errorf("report %+v", r)
	}
	failing, err := w.store.Failing(t.Context(), 1)
	if err != nil || len(failing) == 0 || failing[0].Code != "record_refused" || failing[0].Incident != id {
		t.Errorf("queue shows %+v, %v", failing, err)
	}
}

// liar reports what no delivery may report.
type liar struct{}

func (liar) Deliver(context.Context, *workflow.Incident, workflow.Claim) (workflow.Event, error) {
	return workflow.Noted{Text: "hello"}, nil
}

func (liar) Seek(context.Context, *workflow.Incident, workflow.Claim) (workflow.Event, error) {
	return nil, nil
}

func TestTheLabelsOfTheMetricsAreNoPeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t, (&clock{now: monday}).Now)
	w.report()
	s := w.scheduler()
	reg := prometheus.NewRegistry()
	s.Metrics = scheduler.NewMetrics(reg)
	w.pass(s)
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if text := m.String(); strings.Contains(text, "BR-2026") || strings.Contains(text, "UDPO") || strings.Contains(text, typed) {
				t.Errorf("%s: %s", f.GetName(), text)
			}
		}
	}
	if got := value(t, reg, "breachbot_delivery_attempts_total", "channel", "first"); got != 1 {
		t.Errorf("%v attempts", got)
	}
}

// lose has Slack carry out the first attempts at tasks of a kind and the answers lost.
func (w *world) lose(k workflow.TaskKind) {
	w.slack.unsure = func(c workflow.Claim) error {
		if c.Task.Kind == k && c.Attempt == 1 {
			return errSlackDown
		}
		return nil
	}
}

// An alert got through, the answer was lost, and before it was tried again the incident
// was dismissed: it is in the journal all the same, and nothing is sent.
func TestWhatGotThroughBeforeItWasDroppedIsRecorded(t *testing.T) {
	t.Parallel()
	c := &clock{now: monday}
	w := newWorld(t, c.Now)
	id := w.report()
	s := w.scheduler()
	w.lose(workflow.KindAlert)
	w.pass(s)
	if got := len(w.slack.called(kind(workflow.KindAlert))); got != 2 {
		t.Fatalf("%d alerts", got)
	}
	w.dismiss(id)
	c.advance(time.Minute)
	w.pass(s)
	inc := w.incident(id)
	for _, key := range []workflow.TaskKey{"alert:UDPO", "alert:UIGLEAD"} {
		if len(inc.Posts[key].Places) != 1 {
			t.Errorf("%s is not in the journal", key)
		}
	}
	if got := len(w.slack.called(kind(workflow.KindAlert))); got != 2 {
		t.Errorf("%d alerts were sent", got)
	}
	w.slack.onceEach(t)
	sought := len(w.slack.sought)
	c.advance(24 * time.Hour)
	w.pass(s)
	if sought != 2 || len(w.slack.sought) != sought {
		t.Errorf("looked for %d times, then %d", sought, len(w.slack.sought))
	}
}

// The process is killed after the act; meanwhile the incident is dismissed.
func TestWhatAKilledProcessSentBeforeItWasDroppedIsRecorded(t *testing.T) {
	t.Parallel()
	c := &clock{now: monday}
	w := newWorld(t, c.Now)
	id := w.report()
	claims, err := w.store.Claim(t.Context(), "doomed", c.Now(), time.Minute, workflow.KindChannel.Lane(), 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, cl := range claims {
		if cl.Task.Kind == workflow.KindChannel {
			if _, err := w.slack.Deliver(t.Context(), w.incident(id), cl); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.dismiss(id)
	s := w.scheduler()
	w.pass(s)
	if w.incident(id).Room.Ready() || len(w.slack.sought) != 0 {
		t.Error("it was looked for while the other process may still be at it")
	}
	c.advance(time.Minute)
	w.pass(s)
	if !w.incident(id).Room.Ready() {
		t.Error("the channel that was made is not in the journal")
	}
	w.slack.onceEach(t)
}

func TestWhatNeverGotThroughIsDroppedWithoutAWord(t *testing.T) {
	t.Parallel()
	c := &clock{now: monday}
	w := newWorld(t, c.Now)
	id := w.report()
	s := w.scheduler()
	w.slack.fails(func(c workflow.Claim) error {
		if c.Task.Kind == workflow.KindAlert {
			return errSlackDown
		}
		return nil
	})
	w.pass(s)
	w.dismiss(id)
	w.slack.fails(func(workflow.Claim) error { return nil })
	c.advance(time.Minute)
	w.pass(s)
	c.advance(time.Hour)
	w.pass(s)
	if got := len(w.slack.sought); got != 2 {
		t.Errorf("looked for %d times", got)
	}
	if got := events[workflow.DeliveryDropped](w, id); len(got) != 0 {
		t.Errorf("recorded: %+v", got)
	}
	if _, posted := w.incident(id).Posts["alert:UDPO"]; posted {
		t.Error("an alert that was never sent is in the journal")
	}
}

// Where Slack never lets us look, the journal says so, once, and that is the end of it.
func TestADoubtThatCannotBeClearedUpIsSaid(t *testing.T) {
	t.Parallel()
	c := &clock{now: monday}
	w := newWorld(t, c.Now)
	id := w.report()
	s := w.scheduler()
	w.lose(workflow.KindAlert)
	w.pass(s)
	w.dismiss(id)
	w.slack.fails(func(c workflow.Claim) error {
		if c.Task.Kind == workflow.KindAlert {
			return refusal{code: "missing_scope", permanent: true}
		}
		return nil
	})
	for range 24 {
		c.advance(time.Hour)
		w.pass(s)
	}
	got := events[workflow.DeliveryDropped](w, id)
	if len(got) != 2 || got[0].Code != "missing_scope" || got[0].Of != workflow.KindAlert {
		t.Errorf("recorded: %+v", got)
	}
	if n := len(w.slack.sought); n < 4 || n > 10 {
		t.Errorf("looked for %d times", n)
	}
	if got := w.incident(id).Stalls; len(got) != 0 {
		t.Errorf("stalls %v", got)
	}
}

// It is wanted again before anybody has looked: then it is looked for as ever, and sent
// if it is not there.
func TestWhatIsOwedAgainIsNotForgottenByTheSearch(t *testing.T) {
	t.Parallel()
	c := &clock{now: monday}
	w := newWorld(t, c.Now)
	id := w.report()
	s := w.scheduler()
	w.lose(workflow.KindAlert)
	w.pass(s)
	w.dismiss(id)
	s.Queue = seeking{w.store, func() {
		dpo := workflow.Actor{User: "UDPO", Roles: []workflow.Role{workflow.RoleDPO}}
		if _, err := w.svc.Do(t.Context(), id, "", workflow.Reopen{Reason: typed}, dpo); err != nil {
			t.Error(err)
		}
	}}
	c.advance(time.Minute)
	w.pass(s)
	s.Queue = w.store
	c.advance(2 * time.Minute)
	w.pass(s)
	for _, key := range []workflow.TaskKey{"alert:UDPO", "alert:UIGLEAD"} {
		if len(w.incident(id).Posts[key].Places) != 1 {
			t.Errorf("%s is not in the journal", key)
		}
	}
	w.slack.onceEach(t)
}

// seeking is a queue at which something happens once tasks in doubt were handed out.
type seeking struct {
	scheduler.Queue
	claimed func()
}

func (q seeking) Doubtful(ctx context.Context, token string, now time.Time, lease time.Duration, limit int) ([]workflow.Claim, error) {
	claims, err := q.Queue.Doubtful(ctx, token, now, lease, limit)
	if err == nil && len(claims) > 0 {
		q.claimed()
	}
	return claims, err
}
