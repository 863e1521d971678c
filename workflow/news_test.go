package workflow_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	. "breachbot/workflow"

	"github.com/google/go-cmp/cmp"
)

// told is who is still to be told which news, in words: "grave: UDPO UIGLEAD".
func (s *story) told() []string {
	who := map[News][]string{}
	for _, t := range s.plan() {
		if t.Kind == KindNews && !s.done[t.Key] {
			who[t.NewsOf()] = append(who[t.NewsOf()], string(t.Target))
		}
	}
	var out []string
	for news, targets := range who {
		slices.Sort(targets)
		out = append(out, string(news)+": "+strings.Join(targets, " "))
	}
	slices.Sort(out)
	return out
}

// led is an incident that Rob leads, with its channel, and everything sent.
func led(t *testing.T) *story {
	s := opened(t).do(responder, AssignRole{Role: RoleLead, User: "ULEAD"})
	return s.work().after(time.Hour)
}

var lead = Actor{User: "ULEAD"}

// News pushes whoever must act on it, and nobody who did it themselves.
func TestNewsGoesToWhoeverMustActOnIt(t *testing.T) {
	t.Parallel()
	asked := func(s *story) *story { return s.triage(3).after(time.Minute).assess(3, 3).work().after(time.Hour) }
	decided := func(s *story) *story {
		return asked(s).decide(Regulator, Notify).decide(DataSubjects, DoNotNotify).work().after(time.Hour)
	}
	earlier := func(s *story) CorrectTimes {
		c := s.times()
		c.Detected = friday.Add(-time.Hour)
		return c
	}
	graver := func(s *story) Command { return s.triaging(1) }
	counted := func(s *story) Investigate {
		return Investigate{Facts: s.inc.FactsVersion, Findings: Findings{Cause: "A list.", Certainty: Hypothesis}, Count: Count{Known: true, N: 3}}
	}
	harm := func(s *story) Investigate {
		v := counted(s)
		v.HarmReported = Yes
		return v
	}
	for _, c := range []struct {
		what string
		on   func(*story) *story
		by   Actor
		does func(*story) Command
		want []string
	}{
		{"severity 1 at the first triage", nil, igLead, graver, []string{"grave: UDPO ULEAD URESPONDER"}},
		{"severity 2", nil, lead, func(s *story) Command { return s.triaging(2) }, []string{"grave: UDPO UIGLEAD URESPONDER"}},
		{"severity 3", nil, igLead, func(s *story) Command { return s.triaging(3) }, nil},
		{"raised from 3 to 1", asked, responder, graver, []string{"grave: UDPO UIGLEAD ULEAD"}},
		{"the same severity again", func(s *story) *story { return s.triage(1).work().after(time.Hour) }, igLead, graver, nil},
		{"from 1 to 2", func(s *story) *story { return s.triage(1).work().after(time.Hour) }, igLead, func(s *story) Command { return s.triaging(2) }, nil},

		{"a note while nothing is to be decided", nil, responder, func(*story) Command { return AddNote{Text: "x"} }, nil},
		{"a note while a decision is open", asked, responder, func(*story) Command { return AddNote{Text: "x"} }, []string{"note: UDPO"}},
		{"their own note", asked, dpo, func(*story) Command { return AddNote{Text: "x"} }, nil},
		{"a change of the report while a decision is open", asked, nurse, func(s *story) Command {
			r := s.inc.Report
			r.What += " It was opened."
			return Amend{Seen: len(s.inc.Amendments), Report: r}
		}, []string{"note: UDPO"}},
		{"a note once it is decided", decided, responder, func(*story) Command { return AddNote{Text: "x"} }, nil},

		{"the deadline moved", nil, responder, func(s *story) Command { return earlier(s) }, []string{"deadline: UDPO ULEAD"}},
		{"by the DPO", nil, dpo, func(s *story) Command { return earlier(s) }, []string{"deadline: ULEAD"}},
		{"by the lead", nil, lead, func(s *story) Command { return earlier(s) }, []string{"deadline: UDPO"}},
		{"other times, the same deadline", nil, responder, func(s *story) Command {
			c := s.times()
			c.Occurred = Occurrence{From: friday.Add(-48 * time.Hour)}
			return c
		}, nil},

		{"approved", asked, dpo, func(s *story) Command { return s.deciding(Regulator, Notify) }, []string{"approved: ULEAD"}},
		{"refused", asked, dpo, func(s *story) Command { return s.deciding(Regulator, DoNotNotify) }, nil},
		{"a question", asked, dpo, func(s *story) Command { return s.deciding(Regulator, NeedMore) }, []string{"question: ULEAD"}},

		// The DPO is asked again with a new card; the lead must not send.
		{"facts changed after the approval", decided, responder, func(s *story) Command { return counted(s) }, []string{"fell: ULEAD"}},
		// No card comes before the risk is assessed again.
		{"so that it must be assessed again", decided, responder, func(s *story) Command { return harm(s) }, []string{"fell: UDPO ULEAD"}},
		{"facts changed before the decision", asked, responder, func(s *story) Command { return harm(s) }, []string{"again: ULEAD"}},
		{"by the lead, who sees it", asked, lead, func(s *story) Command { return harm(s) }, nil},
	} {
		s := led(t)
		if c.on != nil {
			s = c.on(s)
		}
		if left := s.told(); len(left) > 0 {
			t.Fatalf("%s: before it, %v", c.what, left)
		}
		s.do(c.by, c.does(s))
		if diff := cmp.Diff(c.want, s.told()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.what, diff)
		}
		if s.work(); len(s.told()) > 0 {
			t.Errorf("%s: told again: %v", c.what, s.told())
		}
	}
}

// Several notes in a short time are one push for one decision.
func TestSeveralNotesInAShortTimeAreOnePush(t *testing.T) {
	t.Parallel()
	s := led(t).triage(3).assess(3, 3).work()
	pushes := func() (n int) {
		for _, task := range s.said {
			if task.Kind == KindNews && task.Target == Target(dpo.User) {
				n++
			}
		}
		return n
	}
	for minutes, want := range []int{1, 1, 1, 1} { // every twenty minutes, for an hour
		if minutes > 0 {
			s.after(20 * time.Minute)
		}
		if s.do(responder, AddNote{Text: "x"}).work(); minutes < 3 && pushes() != want {
			t.Fatalf("after %d notes there were %d pushes", minutes+1, pushes())
		}
	}
	s.after(time.Minute).work()
	if pushes() != 2 {
		t.Errorf("an hour after the first, %d pushes, want the second", pushes())
	}
	if s.after(24 * time.Hour).work(); pushes() != 2 {
		t.Errorf("nothing new: %d pushes", pushes())
	}
	s.decide(Regulator, Notify).decide(DataSubjects, DoNotNotify).do(responder, AddNote{Text: "x"}).after(24 * time.Hour).work()
	if pushes() != 2 {
		t.Errorf("it is decided: %d pushes", pushes())
	}
}

// Somebody who asked for more facts is told of the first answer by a message of its
// own, and of later notes as of any others.
func TestAnAnswerIsNotAlsoNews(t *testing.T) {
	t.Parallel()
	s := led(t).triage(3).assess(3, 3).work()
	s.do(dpo, s.deciding(Regulator, NeedMore)).work().after(time.Minute)
	n := len(s.said)
	sent := func() []string {
		var out []string
		for _, task := range s.said[n:] {
			if task.Target == Target(dpo.User) {
				out = append(out, string(task.Kind))
			}
		}
		return out
	}
	s.do(responder, AddNote{Text: "x"}).work().after(time.Minute).do(responder, AddNote{Text: "y"}).work()
	if diff := cmp.Diff([]string{"answer"}, sent()); diff != "" {
		t.Error(diff)
	}
	s.after(time.Hour).work()
	if diff := cmp.Diff([]string{"answer", "news"}, sent()); diff != "" {
		t.Error(diff)
	}
}

// One person gets one push for one thing.
func TestNobodyIsToldTwiceOfOneThing(t *testing.T) {
	t.Parallel()
	to := func(s *story, who Actor) []string {
		var out []string
		for _, task := range s.plan() {
			if task.Target == Target(who.User) && !s.done[task.Key] && !task.Due.After(s.now) && task.Kind != KindInvite && task.Kind != KindRemind {
				out = append(out, string(task.Kind))
			}
		}
		return out
	}
	for _, c := range []struct {
		what string
		s    *story
		who  Actor
		want []string
	}{
		{"severity 1 before the report reached them: the report says so", reported(t).triage(1).after(time.Minute), dpo, []string{"alert"}},
		{"the SIRO, as for every severity 1", led(t).triage(1), siro, []string{"alert"}},
		{"facts that change a decision: the request says so", led(t).triage(3).assess(3, 3).work().decide(Regulator, Notify).decide(DataSubjects, DoNotNotify).
			work().after(time.Hour).assess(4, 3), dpo, []string{"ask", "ask_refresh"}},
		{"without a channel, what is news is not announced as well", led(t).triage(3).noChannel().triage(1), dpo, []string{"news"}},
	} {
		if diff := cmp.Diff(c.want, to(c.s, c.who)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.what, diff)
		}
	}
}

// noChannel is the incident as if its channel could not be opened.
func (s *story) noChannel() *story {
	s.t.Helper()
	s.inc.Room = Room{Refused: "restricted_action"}
	return s.tell().after(time.Hour)
}

// tell delivers what is due except the channel.
func (s *story) tell() *story {
	s.t.Helper()
	for {
		due := slices.IndexFunc(s.plan(), func(t Task) bool { return t.Kind != KindChannel && !s.done[t.Key] && !t.Due.After(s.now) })
		if due < 0 {
			return s
		}
		s.deliver(s.plan()[due])
	}
}

// Somebody who takes over later is not told what happened before.
func TestALaterLeadIsNotToldOldNews(t *testing.T) {
	t.Parallel()
	s := led(t)
	c := s.times()
	c.Detected = friday.Add(-time.Hour)
	s.do(responder, c).work()
	s.after(time.Hour).do(igLead, AssignRole{Role: RoleLead, User: "UNEXT"})
	if left := s.told(); len(left) > 0 {
		t.Errorf("told %v", left)
	}
}

// If nobody who decides can be reached in person, the channel is told to find them.
func TestTheChannelIsCalledWhenNobodyWhoDecidesCanBeReached(t *testing.T) {
	t.Parallel()
	s := led(t).triage(3).work().after(time.Hour).assess(3, 3)
	ask := Subject{Kind: KindAsk, About: s.inc.Asking, To: Target(dpo.User)}.Key()
	s.system(DeliveryStalled{Task: ask, Code: "messages_tab_disabled", Attempts: 3})
	if diff := cmp.Diff([]string{"unreached: channel"}, s.told()); diff != "" {
		t.Error(diff)
	}
}

// What merely happened is on the card and in the timeline: the channel is told what
// somebody must act on or know now.
func TestTheChannelIsToldWhatCallsForSomebody(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what  string
		on    func() *story
		does  func(*story) *story
		posts int
	}{
		{"who has it", func() *story { return opened(t) }, func(s *story) *story { return s.do(responder, AssignRole{Role: RoleLead, User: "ULEAD"}) }, 1},
		{"triage", func() *story { return opened(t) }, func(s *story) *story { return s.triage(2) }, 0},
		{"containment", func() *story { return opened(t).triage(3) }, func(s *story) *story { return s.contain() }, 0},
		{"the assessment, for which the request is there", func() *story { return opened(t).triage(3) }, func(s *story) *story { return s.assess(3, 3) }, 0},
		{"a decision about the regulator", func() *story { return upTo(t, StepAssessed).work() }, func(s *story) *story { return s.decide(Regulator, DoNotNotify) }, 1},
		{"a question", func() *story { return upTo(t, StepAssessed).work() }, func(s *story) *story { return s.decide(Regulator, NeedMore) }, 1},
		{"whether to tell somebody else", func() *story { return upTo(t, StepDecided).work() }, func(s *story) *story { return s.decide(BoardReport, Notify) }, 0},
		{"sent", func() *story { return upTo(t, StepDecided).work() }, func(s *story) *story { return s.send(Regulator) }, 0},
		{"resolved", func() *story { return upTo(t, StepNotified).contain().work() }, func(s *story) *story {
			return s.do(igLead, Resolve{Summary: "x", RootCause: "y"})
		}, 0},
		{"closed", func() *story { return upTo(t, StepResolved).settle().work() }, func(s *story) *story { return s.do(igLead, Close{Reason: "x"}) }, 0},
		{"dismissed", func() *story { return upTo(t, StepTriaged).work() }, func(s *story) *story { return s.do(dpo, Dismiss{Facts: s.inc.FactsVersion, Reason: "x"}) }, 1},
		{"reopened", func() *story {
			return upTo(t, StepNotified).work().contain().do(igLead, Resolve{Summary: "x", RootCause: "y"}).settle().do(igLead, Close{Reason: "z"})
		}, func(s *story) *story { return s.do(dpo, Reopen{Reason: "x"}) }, 1},
		{"related", func() *story { return opened(t) }, func(s *story) *story { return s.do(igLead, LinkTo{Other: "BR-2026-0007", Reason: "x"}) }, 0},
		{"a duplicate", func() *story { return opened(t) }, func(s *story) *story {
			return s.do(deputy, LinkTo{Other: "BR-2026-0007", Duplicate: true, Reason: "x"})
		}, 1},
	} {
		s := c.on().work()
		before := s.inc.CardSeq
		if got := len(c.does(s).owed(KindSay)); got != c.posts {
			t.Errorf("%s: %d posts, want %d", c.what, got, c.posts)
		}
		if s.inc.CardSeq == before && s.inc.Room.Ready() {
			t.Errorf("%s: the card does not show it", c.what)
		}
	}
}

// What one form says is one push to a person, also when one of its two answers comes
// to matter no more before the other.
func TestOneFormIsOnePush(t *testing.T) {
	t.Parallel()
	asked := led(t).triage(3).after(time.Minute).assess(3, 3).work().after(time.Hour)
	answers := func(s *story, v Verdict) Decisions {
		return Decisions{Facts: s.inc.FactsVersion, Answers: []Decide{s.deciding(Regulator, v), s.deciding(DataSubjects, v)}}
	}
	told := func(what string, s *story, want ...string) {
		t.Helper()
		if got := s.told(); !slices.Equal(got, want) {
			t.Errorf("%s: told %q, want %q", what, got, want)
		}
		s.work().after(time.Hour)
	}
	s := asked.fork(t)
	s.do(dpo, answers(s, Notify))
	told("notify both", s, "approved: ULEAD")
	told("the regulator's notice is sent", s.do(lead, s.sending(Regulator)))
	s = asked.fork(t)
	s.do(dpo, answers(s, NeedMore))
	told("more facts for both", s, "question: ULEAD")
	s.do(responder, AddNote{Text: "x"}).work()
	told("one of the two is decided after an answer", s.decide(Regulator, Notify), "approved: ULEAD")
	if again := s.owed(KindAnswer); len(again) > 0 {
		t.Errorf("the DPO is told of the same answer again: %v", again)
	}
	for _, v := range []Verdict{Notify, NeedMore} {
		s = asked.fork(t)
		c := answers(s, v)
		c.From, c.Aware, c.AwareReason, c.OrderIsRight = ReadingOther, friday.Add(-time.Hour), "The ward knew.", true
		s.do(dpo, c)
		told("with another time of awareness", s, map[Verdict]string{Notify: "approved: ULEAD", NeedMore: "question: ULEAD"}[v])
	}
	s = asked.fork(t)
	c := Decisions{Facts: s.inc.FactsVersion, From: ReadingOther, Aware: friday.Add(-time.Hour), AwareReason: "The ward knew.", OrderIsRight: true}
	told("awareness alone", s.do(dpo, c), "deadline: ULEAD")
}

// Responders contain a severity 1 or 2: they are told of it also when it was triaged
// before the news of the report reached them.
func TestRespondersAreToldOfASeverity1ThatIsTriagedAtOnce(t *testing.T) {
	t.Parallel()
	for guess, sev := range map[RiskLevel]Severity{RiskCritical: 1, RiskHigh: 2, RiskMedium: 1} {
		s := newStory(t)
		r := aReport()
		r.Risk = guess
		s.do(nurse, SubmitReport{Report: r}).triage(sev)
		owes(t, s.work(), []TaskKind{KindAlert, KindNews})
		var got []TaskKind
		for _, m := range s.said {
			if m.Target == Target(responder.User) && (m.Kind == KindAlert || m.Kind == KindNews) {
				got = append(got, m.Kind)
			}
		}
		if !slices.Equal(got, []TaskKind{KindAlert}) {
			t.Errorf("guessed %s, triaged %d at once: the responder is sent %v, want the news of the report and no more", guess, sev, got)
		}
	}
	s := reported(t).triage(3).work()
	if told := s.inc.Posts[Subject{Kind: KindAlert, To: Target(responder.User)}.Key()]; told.Target != "" {
		t.Error("somebody has a severity 3, and the responders are told")
	}
}

// A near miss that turns out to be none, and grave, is told to those who act when its
// reporter says so, whoever has it, and the next people wait from then.
func TestANearMissThatIsNoneIsToldToThoseWhoAct(t *testing.T) {
	t.Parallel()
	near := func(t *testing.T) *story {
		s := newStory(t)
		r := aReport()
		r.Facts.NearMiss, r.Risk = true, ""
		return s.do(nurse, SubmitReport{Report: r}).work().after(time.Hour)
	}
	amend := func(s *story, risk RiskLevel) *story {
		r := s.inc.Report
		r.Facts.NearMiss, r.Risk = false, risk
		return s.do(nurse, Amend{Seen: len(s.inc.Amendments), Report: r})
	}
	s := amend(near(t), RiskCritical)
	if got, want := s.told(), []string{"grave: UDPO UIGLEAD URESPONDER"}; !slices.Equal(got, want) {
		t.Errorf("nobody has it: told %q, want %q", got, want)
	}
	if due := s.dueOf(KindUntaken, "UIGLEAD"); !due.Equal(s.now.Add(5 * time.Minute)) {
		t.Errorf("the IG lead is told that nobody has it %s after that, want 5m", due.Sub(s.now))
	}
	s = near(t).do(responder, AssignRole{Role: RoleLead, User: "ULEAD"}).work().after(time.Hour)
	amend(s, RiskHigh)
	if got, want := s.told(), []string{"grave: UDPO UIGLEAD ULEAD URESPONDER"}; !slices.Equal(got, want) {
		t.Errorf("somebody has it: told %q, want %q", got, want)
	}
	if s.work().triage(2); len(s.told()) > 0 {
		t.Errorf("triaged as that: told again %q", s.told())
	}
	if s.triage(1); !slices.Equal(s.told(), []string{"grave: UDPO ULEAD URESPONDER"}) {
		t.Errorf("then raised: told %q", s.told())
	}
	s = amend(near(t), RiskMedium)
	if got := s.told(); len(got) > 0 {
		t.Errorf("no near miss, but not grave: told %q", got)
	}
	s = amend(near(t).triage(3).work().after(time.Hour), RiskCritical)
	if got := s.told(); len(got) > 0 {
		t.Errorf("triaged already, so the guess sets no pace: told %q", got)
	}
}

// Whoever was to send a notice must hear that the decision is no longer ours.
func TestTheSenderHearsThatTheDecisionIsTheControllers(t *testing.T) {
	t.Parallel()
	for verdict, want := range map[Verdict][]string{Notify: {"fell: ULEAD"}, DoNotNotify: nil} {
		s := led(t).triage(3).after(time.Minute).assess(3, 3).decide(Regulator, verdict).decide(DataSubjects, DoNotNotify).work().after(time.Hour)
		if s.as(Processor); !slices.Equal(s.told(), want) {
			t.Errorf("after %s: told %q, want %q", verdict, s.told(), want)
		}
	}
	s := led(t).triage(3).assess(3, 3).decide(Regulator, Notify).decide(DataSubjects, DoNotNotify).work()
	s.do(lead, s.sending(Regulator)).work().after(time.Hour)
	if s.as(Processor); len(s.told()) > 0 {
		t.Errorf("sent already: told %q", s.told())
	}
}

// An incident may live long: what is planned after each event must not take a time
// that grows with the square of what was written and sent.
func BenchmarkPlanOfALongStory(b *testing.B) {
	for _, n := range []int{500, 5000} {
		s := reported(b).work().do(responder, AssignRole{Role: RoleLead, User: "ULEAD"}).triage(3).assess(3, 3).work()
		for k := range n {
			s.after(time.Minute).do(responder, AddNote{Text: "x"})
			s.system(MessagePosted{Task: TaskKey("help:" + itoa(1_000_000+k) + ":0"), Target: "UHELPER", Shows: 3})
		}
		b.Run(itoa(n), func(b *testing.B) {
			for b.Loop() {
				s.plan()
			}
		})
	}
}
