package workflow_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	. "breachbot/workflow"
)

// withMail gives everybody with a role an address but the Caldicott Guardian.
func (s *story) withMail() *story {
	s.rules.MailAfter = 5 * time.Minute
	for _, who := range []Actor{dpo, deputy, igLead, siro, board, responder} {
		s.rules.Mailable = append(s.rules.Mailable, Principal(who.User))
	}
	return s
}

// mails are the e-mails that are owed: what, to whom, how long from now.
func (s *story) mails() (all []string) {
	for _, t := range s.plan() {
		if t.Kind == KindMail {
			all = append(all, strings.TrimPrefix(string(t.Key), "mail:")+" in "+t.Due.Sub(s.now).String())
		}
	}
	slices.Sort(all)
	return all
}

func (s *story) mailed(key string, milestone time.Duration) *story {
	s.t.Helper()
	n := slices.IndexFunc(s.plan(), func(t Task) bool { return t.Key == TaskKey("mail:"+key) })
	if n < 0 {
		s.t.Fatalf("no e-mail %s is owed, but %v", key, s.mails())
	}
	t := s.plan()[n]
	return s.system(Mailed{Task: t.Key, Target: t.Target, Deadline: t.Deadline, Milestone: Countdown(milestone), To: []Principal{t.Target.Principal()}})
}

func (s *story) stall(key TaskKey) *story {
	return s.system(DeliveryStalled{Task: key, Code: "unreachable", Attempts: 5})
}

func (s *story) wants(what string, want ...string) {
	s.t.Helper()
	if diff := cmp.Diff(want, s.mails()); diff != "" {
		s.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestWhatSlackTakesGoesByNoMail(t *testing.T) {
	t.Parallel()
	s := newStory(t).withMail().do(nurse, SubmitReport{Report: aReport()})
	s.wants("before anything failed")
	s.work().triage(3).assess(3, 3).work()
	s.wants("when everything was delivered")
}

func TestAnAlertThatSlackDoesNotTakeGoesByMailAfterTheTimeSet(t *testing.T) {
	t.Parallel()
	s := newStory(t).withMail().do(nurse, SubmitReport{Report: aReport()}).after(3 * time.Minute)
	s.stall("alert:UDPO").stall("alert:UCALDICOTT").stall(TaskReceipt)
	// The alert waits for the channel for a minute, and then five for Slack.
	s.wants("three minutes after the report", "UDPO:alert:UDPO in 3m0s")
	if !s.rules.Unmailable("alert:UCALDICOTT") || s.rules.Unmailable("alert:UDPO") || s.rules.Unmailable(TaskReceipt) {
		t.Error("it is not known whose address is missing")
	}
	s.after(3*time.Minute).mailed("UDPO:alert:UDPO", 0)
	s.wants("once it was sent")
	if n := slices.IndexFunc(s.plan(), func(t Task) bool { return t.Key == "alert:UDPO" }); n < 0 {
		t.Error("Slack, where the buttons are, is not owed it any more")
	}
}

func TestNoMailIsOwedOnceSlackHasTakenTheMessage(t *testing.T) {
	t.Parallel()
	s := newStory(t).withMail().do(nurse, SubmitReport{Report: aReport()})
	s.stall("alert:UDPO")
	s.wants("while it fails", "UDPO:alert:UDPO in 6m0s")
	s.system(MessagePosted{Task: "alert:UDPO", Target: "UDPO", Shows: s.inc.Version})
	s.wants("once Slack has it")
}

func TestNoMailGoesWithoutAddressesOrToTheChannel(t *testing.T) {
	t.Parallel()
	s := newStory(t).do(nurse, SubmitReport{Report: aReport()})
	s.stall("alert:UDPO")
	s.wants("without any address")
	s = opened(t).withMail().left(48 * hour)
	s.stall(s.nudge(InChannel).Key)
	s.wants("the channel has none; the people who handle the incident are told in person")
	s.stall(s.nudge("UIGLEAD").Key)
	s.wants("and by e-mail, when that fails", "UIGLEAD:"+string(s.nudge("UIGLEAD").Key)+" in 5m0s")
}

// Slack is down for days: each milestone goes by e-mail, once, and when Slack is back
// it gets one message, which calls none of them missed.
func TestEveryMilestoneOfALongOutageGoesByMailOnce(t *testing.T) {
	t.Parallel()
	s := opened(t).withMail().left(24 * hour).work()
	s.left(12 * hour)
	task := s.nudge("UDPO")
	s.stall(task.Key)
	var went []time.Duration
	for range 5 {
		all := slices.DeleteFunc(s.plan(), func(t Task) bool { return t.Kind != KindMail || t.Target != "UDPO" })
		if len(all) != 1 {
			t.Fatalf("%d e-mails are owed to the DPO", len(all))
		}
		m := all[0]
		if want := m.Deadline.Add(-time.Duration(m.Milestone)).Add(5 * time.Minute); !m.Due.Equal(want) {
			t.Errorf("%v before the deadline: due at %v, want %v", time.Duration(m.Milestone), m.Due, want)
		}
		s.after(m.Due.Sub(s.now))
		went = append(went, time.Duration(m.Milestone))
		s.system(Mailed{Task: m.Key, Target: m.Target, Deadline: m.Deadline, Milestone: m.Milestone, To: []Principal{"UDPO"}})
	}
	if diff := cmp.Diff([]time.Duration{12 * hour, 6 * hour, 3 * hour, hour, 0}, went); diff != "" {
		t.Error(diff)
	}
	if m, missed := s.rules.Passed(s.inc, task, s.now); m != 0 || len(missed) != 0 {
		t.Errorf("Slack is told of %v, missed %v", time.Duration(m), missed)
	}
	s.deliver(task)
	if got := slices.DeleteFunc(s.plan(), func(t Task) bool { return t.Kind != KindMail }); len(got) != 0 {
		t.Errorf("still owed: %v", got)
	}
}

// What could not be said at the time, in Slack or by e-mail, was missed.
func TestAMilestoneThatNeitherTookWasMissed(t *testing.T) {
	t.Parallel()
	s := opened(t).withMail().left(24 * hour).work()
	s.left(12 * hour)
	task := s.nudge("UDPO")
	s.stall(task.Key)
	s.left(5 * hour) // the mail server was down too, for two milestones
	m := slices.DeleteFunc(s.plan(), func(t Task) bool { return t.Kind != KindMail })[0]
	said, _ := s.rules.Passed(s.inc, m.Message(), s.now)
	if time.Duration(said) != 6*hour {
		t.Fatalf("the e-mail says %v", time.Duration(said))
	}
	s.system(Mailed{Task: m.Key, Target: m.Target, Deadline: m.Deadline, Milestone: said, To: []Principal{"UDPO"}})
	if at, missed := s.rules.Passed(s.inc, task, s.now); time.Duration(at) != 6*hour || len(missed) != 1 || time.Duration(missed[0]) != 12*hour {
		t.Errorf("Slack is told of %v, missed %v", time.Duration(at), missed)
	}
}

// In a group each person has an e-mail of their own when Slack takes the message for
// the others only.
func TestSomebodyOfAGroupWhomSlackCannotWriteToGetsAMail(t *testing.T) {
	t.Parallel()
	s := teamwork(t).withMail()
	s.rules.Mailable = append(s.rules.Mailable, "U0GONE", Principal(late))
	s.system(MessagePosted{Task: "alert:S0TEAM", Target: team, Shows: 1, Reach: Reach{
		To: []UserID{"U0HAS"}, Owed: map[UserID]string{late: "timeout"}, Never: map[UserID]string{"U0GONE": "user_disabled", "U0PLAIN": "user_disabled"},
	}})
	s.wants("to whom Slack never writes", "U0GONE:alert:S0TEAM in 5m0s") // U0PLAIN has no address
	s.stall("person:U0LATE:alert:S0TEAM")
	s.wants("and to whom it does not write now", "U0GONE:alert:S0TEAM in 5m0s", "U0LATE:alert:S0TEAM in 5m0s")
	s.mailed("U0GONE:alert:S0TEAM", 0)
	s.wants("each once", "U0LATE:alert:S0TEAM in 5m0s")
	s.system(MessagePosted{Task: "person:U0LATE:alert:S0TEAM", Target: Target(late)})
	s.wants("until Slack takes it")
}

// Who is in a group is known only when the e-mail goes. Whoever it does not reach
// then is owed it alone.
func TestAGroupGetsAMailForEachPerson(t *testing.T) {
	t.Parallel()
	s := teamwork(t).withMail()
	s.stall("alert:S0TEAM")
	s.wants("to the group", "S0TEAM:alert:S0TEAM in 5m0s")
	s.rules.Mailable = append(s.rules.Mailable, Principal(late))
	s.system(Mailed{Task: "mail:S0TEAM:alert:S0TEAM", Target: team, To: []Principal{"U0HAS"}, Owed: map[Principal]string{Principal(late): "mail_deferred"}, Never: map[Principal]string{"U0PLAIN": NoAddress}})
	s.wants("to whoever is left", "U0LATE:alert:S0TEAM in 0s")
	s.mailed("U0LATE:alert:S0TEAM", 0)
	s.wants("to nobody any more")
	m := s.inc.MailsOf("alert:S0TEAM")
	if diff := cmp.Diff([]Principal{"U0HAS", "U0LATE"}, m.To); diff != "" || len(m.Owed) != 0 || m.Never["U0PLAIN"] != NoAddress {
		t.Errorf("%+v", m)
	}
	// Slack is back, and has lost one of them: they have it already.
	s.system(MessagePosted{Task: "alert:S0TEAM", Target: team, Shows: 1, Reach: Reach{To: []UserID{"U0LATE"}, Never: map[UserID]string{"U0HAS": "user_disabled"}}})
	s.wants("nobody gets two")
}

func TestARequestThatWentByMailHasReachedSomebody(t *testing.T) {
	t.Parallel()
	s := led(t).withMail().triage(3).work().after(time.Hour).assess(3, 3)
	ask := Subject{Kind: KindAsk, About: s.inc.Asking, To: Target(dpo.User)}.Key()
	s.stall(ask)
	s.mailed("UDPO:"+string(ask), 0)
	if got := s.told(); len(got) > 0 {
		t.Errorf("told %v", got)
	}
}

// The privacy team is told once of what was given up, in person, and no more once it
// has come about.
func TestThePrivacyTeamIsToldOfWhatWasGivenUp(t *testing.T) {
	t.Parallel()
	gone := DeliveryStalled{Task: "card:9", Code: "missing_scope", Attempts: 1, GivenUp: true}
	s := opened(t)
	s.stall("card:9")
	if got := s.told(); len(got) > 0 {
		t.Errorf("while it is still hoped for: told %v", got)
	}
	s.system(gone)
	if since := s.inc.Stalls["card:9"].Since; !since.Equal(s.now) || !s.inc.Stalls["card:9"].GivenUp {
		t.Errorf("%+v", s.inc.Stalls["card:9"])
	}
	if diff := cmp.Diff([]string{"given_up: UDPO UIGLEAD"}, s.told()); diff != "" {
		t.Error(diff)
	}
	s.work()
	s.after(time.Minute).system(gone)
	if got := s.told(); len(got) > 0 {
		t.Errorf("told again: %v", got)
	}

	s = opened(t).system(gone).system(DeliveryRecovered{Task: "card:9"})
	if got := s.told(); len(got) > 0 {
		t.Errorf("after it came about: %v", got)
	}
}

func TestOfSomebodyWhoCannotBeWrittenToTheOthersAreTold(t *testing.T) {
	t.Parallel()
	s := opened(t)
	lost := Reach{Never: map[UserID]string{"UIGLEAD": "user_disabled"}}
	s.system(MessagePosted{Task: "untaken:6:UIGLEAD", Target: "UIGLEAD", Reach: lost})
	if diff := cmp.Diff([]string{"given_up: UDPO"}, s.told()); diff != "" {
		t.Error(diff)
	}
	s.work()
	s.after(2 * time.Hour).system(MessagePosted{Task: "untaken:7:UIGLEAD", Target: "UIGLEAD", Reach: lost})
	if got := s.told(); len(got) > 0 {
		t.Errorf("told again: %v", got)
	}
}

// News of what was given up can itself fail. That is shown, and starts no circle.
func TestNewsOfWhatWasGivenUpIsNoNewsItself(t *testing.T) {
	t.Parallel()
	s := opened(t).withMail()
	s.system(DeliveryStalled{Task: "card:9", Code: "missing_scope", Attempts: 1, GivenUp: true})
	var news Task
	for _, task := range s.plan() {
		if task.Kind == KindNews && task.Target == "UDPO" {
			news = task
		}
	}
	s.system(DeliveryStalled{Task: news.Key, Code: "missing_scope", Attempts: 1, GivenUp: true})
	if n := len(s.inc.GivenUp); n != 1 {
		t.Errorf("%d things were given up", n)
	}
	s.wants("it goes by e-mail instead", "UDPO:"+string(news.Key)+" in 5m0s")
}

// The reminder at which the channel is found to be mute goes to those who stand in for
// it, though it was found only minutes later.
func TestTheReminderThatFailsInTheChannelReachesThoseWhoStandIn(t *testing.T) {
	t.Parallel()
	s := opened(t).left(48 * hour)
	room := s.nudge(InChannel)
	s.after(4 * time.Minute).stall(room.Key)
	for _, who := range []Target{"UDPO", "UIGLEAD"} {
		if n := s.nudge(who); time.Duration(n.Milestone) != 48*hour {
			t.Errorf("%s is next reminded at %v", who, time.Duration(n.Milestone))
		}
	}
}
