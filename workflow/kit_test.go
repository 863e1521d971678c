package workflow_test

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	. "breachbot/workflow"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// The people in the tests. Each holds the role in their name.
var (
	dpo       = Actor{User: "UDPO", Roles: []Role{RoleDPO}}
	deputy    = Actor{User: "UDEPUTY", Roles: []Role{RoleDeputy}}
	igLead    = Actor{User: "UIGLEAD", Roles: []Role{RoleIGLead}}
	caldicott = Actor{User: "UCALDICOTT", Roles: []Role{RoleCaldicott}}
	siro      = Actor{User: "USIRO", Roles: []Role{RoleSIRO}}
	board     = Actor{User: "UBOARD", Roles: []Role{RoleBoard}}
	responder = Actor{User: "URESPONDER", Roles: []Role{RoleResponder}}
	nurse     = Actor{User: "UNURSE"} // reports
	stranger  = Actor{User: "USTRANGER"}
)

// friday is when the nurse notices; she reports ten minutes later.
var friday = time.Date(2026, 11, 20, 16, 45, 0, 0, time.UTC)

const ref IncidentID = "BR-2026-0001"

func testRules() Rules {
	r := DefaultRules()
	r.Roster = map[Role][]Principal{
		RoleDPO: {"UDPO"}, RoleDeputy: {"UDEPUTY"}, RoleIGLead: {"UIGLEAD"}, RoleCaldicott: {"UCALDICOTT"},
		RoleSIRO: {"USIRO"}, RoleBoard: {"UBOARD"}, RoleResponder: {"URESPONDER"},
	}
	return r
}

func aReport() Report {
	return Report{Title: "Letter to the wrong address", What: "A clinic letter went to a former address.", Detected: friday, Risk: RiskMedium}
}

// story is an incident being lived through: commands given and tasks delivered
// at a clock of its own.
type story struct {
	t       testing.TB
	rules   Rules
	inc     *Incident
	now     time.Time
	records []Record
	done    map[TaskKey]bool // tasks that leave no fact
	said    []Task           // every delivered task, in order
}

func newStory(t testing.TB) *story {
	return &story{t: t, rules: testRules(), now: friday.Add(10 * time.Minute), done: map[TaskKey]bool{}}
}

func reported(t testing.TB) *story {
	return newStory(t).do(nurse, SubmitReport{Report: aReport()})
}

// fork is a copy of the story so far, to continue in another way.
func (s *story) fork(t testing.TB) *story {
	c := *s
	c.t, c.inc, c.records, c.said = t, Replay(s.records), slices.Clone(s.records), slices.Clone(s.said)
	c.done = map[TaskKey]bool{}
	for k := range s.done {
		c.done[k] = true
	}
	return &c
}

func (s *story) try(by Actor, c Command) error {
	s.t.Helper()
	if e, ok := c.(Erase); ok {
		e.Journal = s.records
		c = e
	}
	events, err := s.rules.Handle(s.inc, c, by, s.now)
	if err != nil {
		return err
	}
	if s.inc == nil {
		s.inc = &Incident{}
	}
	for _, e := range events {
		r := Record{Incident: ref, Seq: s.inc.Version + 1, At: Instant(s.now), Actor: by.User, Event: e}
		s.inc.Apply(r)
		s.records = append(s.records, r)
	}
	return nil
}

func (s *story) do(by Actor, c Command) *story {
	s.t.Helper()
	if err := s.try(by, c); err != nil {
		s.t.Fatalf("%s by %s: %v", c.Name(), by.User, err)
	}
	return s
}

func (s *story) last() Event { return s.records[len(s.records)-1].Event }

// refused expects a refusal of the kind at the field and gives its sentence.
func (s *story) refused(by Actor, c Command, kind error, field Field) string {
	s.t.Helper()
	before := len(s.records)
	err := s.try(by, c)
	var refusal *Error
	if !errors.As(err, &refusal) {
		s.t.Fatalf("%s by %s: got %v, want a refusal (%v)", c.Name(), by.User, err, kind)
	}
	if !errors.Is(err, kind) {
		s.t.Errorf("%s by %s: refused as %v (%s), want %v", c.Name(), by.User, refusal.Kind, refusal.Message, kind)
	}
	if refusal.Field != field {
		s.t.Errorf("%s by %s: refused at field %q (%s), want %q", c.Name(), by.User, refusal.Field, refusal.Message, field)
	}
	if len(s.records) != before {
		s.t.Errorf("%s by %s: refused, yet something was recorded", c.Name(), by.User)
	}
	if !strings.HasSuffix(refusal.Message, ".") || strings.Contains(refusal.Message, "!") {
		s.t.Errorf("a refusal is a calm sentence, got %q", refusal.Message)
	}
	return refusal.Message
}

func (s *story) at(t time.Time) *story        { s.now = t; return s }
func (s *story) after(d time.Duration) *story { s.now = s.now.Add(d); return s }
func (s *story) left(d time.Duration) *story  { s.now = s.inc.Clock().Deadline.Add(-d); return s }
func (s *story) plan() []Task                 { return s.rules.Plan(s.inc) }
func (s *story) system(outcome Event) *story  { return s.do(SystemActor(), Deliver{outcome}) }
func (s *story) times() (c CorrectTimes) {
	return CorrectTimes{Facts: s.inc.FactsVersion, Occurred: s.inc.Times.Occurred, Detected: s.inc.Times.Detected,
		Aware: s.inc.Times.Aware.At, AwareReason: "The ward manager confirmed it.", ProcessorTold: s.inc.Times.ProcessorTold, Reason: "Checked against the email."}
}

func (s *story) triage(sev Severity) *story {
	s.t.Helper()
	return s.do(igLead, s.triaging(sev))
}

// as triages with our role for this data.
func (s *story) as(our Capacity) *story {
	s.t.Helper()
	c := s.triaging(3)
	c.Known.Capacity = our
	return s.do(dpo, c)
}

func (s *story) triaging(sev Severity) Triage {
	return Triage{Facts: s.inc.FactsVersion, Severity: sev, Risk: RiskHigh, Reason: "A clinic letter.", Known: s.inc.Facts}
}

func (s *story) assessing(likelihood, effect int) Assess {
	return Assess{Facts: s.inc.FactsVersion, Grading: Grading{Cell: Cell{Likelihood: likelihood, Effect: effect}, Vulnerable: No, HighRisk: No, Evidence: "Track and trace."}, Why: "The ward knows the recipient."}
}

func (s *story) assess(likelihood, effect int) *story {
	s.t.Helper()
	return s.do(igLead, s.assessing(likelihood, effect))
}

func (s *story) deciding(to Recipient, v Verdict) Decide {
	d := Decide{Facts: s.inc.FactsVersion, Recipient: to, Verdict: v, Reason: "The letter holds a diagnosis."}
	if latest := s.inc.Latest(to); latest != nil {
		d.Supersedes = latest.Seq
	}
	return d
}

func (s *story) decide(to Recipient, v Verdict) *story {
	s.t.Helper()
	return s.do(dpo, s.deciding(to, v))
}

func (s *story) sending(to Recipient) RecordNotification {
	return RecordNotification{Recipient: to, SentAt: s.now, Method: "dspt", Reference: "IC-123456-A1B2", Complete: true}
}

func (s *story) send(to Recipient) *story {
	s.t.Helper()
	return s.do(dpo, s.sending(to))
}

func (s *story) containing() Contain {
	return Contain{Facts: s.inc.FactsVersion, Steps: []ContainStep{EvidencePreserved, "retrieved"}, State: Contained, Evidence: "It came back unopened."}
}

func recovering() Recover {
	return Recover{Checks: []RecoveryCheck{"containment", "integrity", "fix", "monitoring", "communicated"}}
}

// contain records containment without new facts and, where severity asks for
// it, recovery.
func (s *story) contain() *story {
	s.t.Helper()
	s.do(igLead, s.containing())
	if s.inc.Severity == 1 || s.inc.Severity == 2 {
		s.do(igLead, recovering())
	}
	return s
}

func aReview() Review {
	return Review{ReviewFindings{What: "A letter went astray.", Impact: "None.", RootCause: "Old address.", WentWell: "Quick.", Slowed: "Nothing.", Documents: "None."}}
}

// settle does what closing waits for other than the decisions: duties and the
// review.
func (s *story) settle() *story {
	s.t.Helper()
	for _, d := range s.rules.Duties(s.inc) {
		if d.Stand == DutyOpen && !d.Recipient.Core() {
			s.do(dpo, AnswerDuties{Recipients: []Recipient{d.Recipient}, Reason: "Not needed here."})
		}
	}
	return s.do(igLead, aReview())
}

// upTo is an incident that has just reached a step in the usual way, after the
// changes given.
func upTo(t testing.TB, step Step, then ...func(*story)) *story {
	t.Helper()
	s := newStory(t)
	if step == StepNone {
		return s
	}
	s.do(nurse, SubmitReport{Report: aReport()})
	for _, f := range then {
		f(s)
	}
	for _, next := range []struct {
		step Step
		go_  func()
	}{
		{StepReported, func() {}},
		{StepTriaged, func() {
			if step == StepTheirs {
				s.as(Processor)
			} else {
				s.triage(3)
			}
		}},
		{StepAssessed, func() { s.assess(3, 3) }},
		{StepTheirs, func() {}},
		{StepDecided, func() { s.decide(Regulator, Notify).decide(DataSubjects, DoNotNotify) }},
		{StepNotified, func() { s.send(Regulator) }},
		{StepResolved, func() {
			s.contain().do(igLead, Resolve{Summary: "The letter came back unopened.", RootCause: "Old address on file."})
		}},
		{StepClosed, func() { s.settle().do(igLead, Close{Reason: "Reviewed."}) }},
	} {
		if step == StepDuplicate && next.step == StepTriaged {
			s.do(deputy, LinkTo{Other: "BR-2026-0007", Duplicate: true, Reason: "The same letter."})
			break
		}
		if step == StepDismissed && next.step == StepTriaged {
			s.do(deputy, Dismiss{Facts: s.inc.FactsVersion, Reason: "The letter was about nobody."})
			break
		}
		s.after(time.Minute)
		next.go_()
		if next.step == step {
			break
		}
	}
	if got := s.inc.Step(); got != step {
		t.Fatalf("the story led to %s, want %s", got, step)
	}
	return s
}

// outcome is the result of a task when Slack works.
func (s *story) outcome(t Task) Event { return s.reaching(t, Reach{}) }

// reaching is the result of a task that reaches these people of a group.
func (s *story) reaching(t Task, reach Reach) Event {
	places := []Place{{Channel: "C1", TS: fmt.Sprintf("%d.%06d", s.now.Unix(), len(s.said))}}
	switch of := t.Message(); of.Kind {
	case KindChannel:
		return ChannelOpened{Channel: "C1", Name: ref.ChannelName(1)}
	case KindInvite:
		return Invited{Principal: t.Target.Principal(), Joined: []UserID{UserID(t.Target)}}
	case KindCard:
		return CardPosted{Place: places[0], Shows: s.inc.Version}
	case KindReceipt, KindAlert, KindUntaken, KindAsk, KindSay, KindOutcome, KindHelp, KindHelped, KindAnswer, KindGiven, KindNews, KindQuestion:
		return MessagePosted{Task: t.Key, Shows: s.inc.Version, Target: t.Target, Places: places, Reach: reach}
	case KindNudge:
		m, missed := s.rules.Passed(s.inc, of, s.now)
		return Nudged{Task: t.Key, Target: t.Target, Deadline: t.Deadline, Milestone: m, Missed: missed, Places: places, Reach: reach}
	case KindRemind:
		m, missed := s.rules.PassedReminder(s.inc, of, s.now)
		return Reminded{Task: t.Key, Clock: of.ClockOf(), Target: t.Target, Deadline: t.Deadline, Milestone: m, Missed: missed, Places: places, Reach: reach}
	case KindFollowUp:
		return FollowUpNudged{Task: t.Key, Target: t.Target, Places: places, Reach: reach}
	}
	return nil // repeatable: leaves no fact
}

func (s *story) deliver(t Task) {
	s.t.Helper()
	s.said = append(s.said, t)
	if e := s.outcome(t); e != nil {
		s.system(e)
	} else {
		s.done[t.Key] = true
	}
}

// work delivers what is due until nothing is.
func (s *story) work() *story {
	s.t.Helper()
	for range 1000 {
		due := slices.IndexFunc(s.plan(), func(t Task) bool { return !s.done[t.Key] && !t.Due.After(s.now) })
		if due < 0 {
			return s
		}
		s.deliver(s.plan()[due])
	}
	s.t.Fatalf("the plan never shrinks; still due: %v", s.owed())
	return s
}

// owed are the keys of the tasks planned and not done, in order.
func (s *story) owed(kinds ...TaskKind) []string {
	var keys []string
	for _, t := range s.plan() {
		if !s.done[t.Key] && (len(kinds) == 0 || slices.Contains(kinds, t.Kind)) {
			keys = append(keys, string(t.Key))
		}
	}
	return keys
}

// nudges are the countdown nudges of the plan by target.
func (s *story) nudges() map[Target]time.Duration {
	m := map[Target]time.Duration{}
	for _, t := range s.plan() {
		if t.Kind == KindNudge {
			m[t.Target] = time.Duration(t.Milestone)
		}
	}
	return m
}

func (s *story) nudge(to Target) Task {
	s.t.Helper()
	for _, t := range s.plan() {
		if t.Kind == KindNudge && t.Target == to {
			return t
		}
	}
	s.t.Fatalf("no nudge to %s in %v", to, s.owed())
	return Task{}
}

func utc(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}
