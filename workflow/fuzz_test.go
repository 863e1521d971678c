package workflow_test

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	. "breachbot/workflow"

	"github.com/google/go-cmp/cmp"
)

// dice turns fuzz bytes into choices; when they run out, everything is zero.
type dice struct{ bytes []byte }

func (d *dice) left() bool { return len(d.bytes) > 0 }

func (d *dice) n(max int) int {
	if len(d.bytes) == 0 {
		return 0
	}
	b := d.bytes[0]
	d.bytes = d.bytes[1:]
	return int(b) % max
}

func pick[T any](d *dice, from ...T) T { return from[d.n(len(from))] }

func (d *dice) text() string {
	return pick(d, "The letter came back.", "A diagnosis.", "", " ", "<b>&\u2028\"", "🔥 é \u202e", "x\x00\xff")
}

func (d *dice) before(now time.Time) time.Time {
	return pick(d, now, now.Add(-time.Minute), now.Add(-time.Hour), now.Add(-30*time.Hour), now.Add(-71*time.Hour), now.Add(-100*time.Hour),
		now.AddDate(-3, 0, 0), now.Add(time.Hour), time.Time{}, friday, friday.Add(time.Hour), friday.Add(24*time.Hour))
}

func (d *dice) facts() Facts {
	return Facts{
		Category: pick(d, Categories...).Value, Count: Count{Known: d.n(2) == 1, N: d.n(256) - 5}, NearMiss: d.n(2) == 1,
		Data: pick(d, nil, []DataCategory{"health"}, []DataCategory{"mental_health", "contact"}), Ongoing: pick(d, "", Yes, No, Unknown),
		Subjects: pick(d, nil, []SubjectKind{"patients"}, []SubjectKind{"children"}), Capacity: pick(d, "", Controller, Both),
		ExposedTo: pick(d, "", ExposedKnown, "the moon"), Recovered: pick(d, "", Yes, NotApplicable), Malicious: d.answer(), Disruption: pick(d, "", DisruptionSerious),
	}
}

func (d *dice) place() Place {
	return Place{Channel: pick(d, ChannelID("C1"), "C2"), TS: pick(d, "1795198500.000100", "1795198500.000200", "")}
}

func (d *dice) answer() Answer { return pick(d, No, Yes, Unknown, "") }

// command makes some command, mostly one that somebody could mean.
func (d *dice) command(s *story) Command {
	i := s.inc
	seen := i.FactsVersion - d.n(8)/7 // now and then stale
	to := pick(d, Regulator, DataSubjects)
	switch d.n(18) {
	case 0:
		return SubmitReport{Report: aReport()}
	case 1, 2:
		c := s.times()
		c.Facts, c.Reason, c.AwareReason, c.OrderIsRight = seen, d.text(), d.text(), d.n(4) > 0
		switch d.n(4) {
		case 0:
			c.Detected = d.before(s.now)
		case 1, 2:
			c.Aware = d.before(s.now)
		case 3:
			c.Occurred, c.ProcessorTold = Occurrence{d.before(s.now), d.before(s.now)}, d.before(s.now)
		}
		return c
	case 3:
		return Triage{Facts: seen, Severity: Severity(d.n(6)), Risk: pick(d, RiskLow, RiskHigh, ""), Reason: d.text(), Known: d.facts()}
	case 4, 5:
		return Assess{Facts: seen, Consequences: d.text(), Why: d.text(), Grading: Grading{
			Cell: Cell{d.n(7), d.n(7)}, Evidence: d.text(), Vulnerable: d.answer(), HighRisk: d.answer(), Exception: pick(d, "", Exception("encrypted"), "luck"), LiftFloor: d.n(5) == 4,
		}}
	case 6, 7:
		c := s.deciding(to, pick(d, Notify, DoNotNotify, NeedMore, ""))
		c.Facts, c.Reason, c.Advice, c.Supersedes = seen, d.text(), d.text(), c.Supersedes-d.n(8)/7
		c.Ground, c.Delay, c.DelayReason = pick(d, "", Ground("effort"), "hope"), pick(d, DelayReason("other"), "", "x"), d.text()
		return c
	case 8:
		return RecordNotification{Recipient: to, SentAt: d.before(s.now), Method: pick(d, Method("email"), "x"), Reference: d.text(), Complete: d.n(2) == 1,
			Delay: pick(d, DelayReason("other"), ""), DelayReason: d.text()}
	case 9:
		switch d.n(4) {
		case 2:
			return AskDPO{Question: d.text()}
		case 3:
			c := amendment(s)
			c.Report.Title, c.Report.What, c.Report.Detected, c.Seen = d.text(), d.text(), d.before(s.now), c.Seen-d.n(8)/7
			c.Report.Facts = d.facts()
			c.Files = pick(d, nil, []Attachment{{ID: "F1", Size: 3}}, []Attachment{{ID: ""}})
			return c
		}
		return AddNote{Text: d.text()}
	case 10:
		return AssignRole{Role: pick(d, RoleLead, RoleResponder, RoleDPO), User: pick(d, UserID("U1"), "U2", "UNURSE", ""), Note: d.text()}
	case 11:
		return Resolve{Summary: d.text(), RootCause: d.text()}
	case 12:
		return pick[Command](d, Close{d.text()}, Dismiss{seen, d.text()}, Reopen{d.text()}, Reopen{"x"}, Erase{Reason: d.text()}, Close{"x"})
	case 13:
		return AddEvidence{Place: d.place(), Author: "UNURSE", Said: d.before(s.now), Edited: d.before(s.now), Text: d.text(), Comment: d.text()}
	case 14:
		return RecordEdit{Place: d.place(), At: d.before(s.now), Text: d.text(), Deleted: d.n(4) == 3}
	case 15:
		if d.n(8) == 7 {
			return RecordShared{Team: pick(d, "T1", "T2"), At: d.before(s.now)}
		}
		return RecordMember{User: pick(d, UserID("U1"), "U2", ""), At: d.before(s.now), Joined: d.n(2) == 1, Why: pick(d, "", OutsiderGuest, OutsiderApp)}
	case 16:
		if request := openRequest(s); request > 0 && d.n(2) == 1 {
			return GiveHelp{Request: request, Text: d.text()}
		}
		return AskHelp{User: pick(d, UserID("UCLERK"), "UNURSE", ""), Question: d.text(), Due: pick(d, time.Time{}, s.now.Add(time.Hour), friday)}
	}
	return Deliver{pick[Event](d, ChannelRefused{"restricted_action"}, DeliveryStalled{Task: TaskChannel, Code: "x", Attempts: 9}, DeliveryStalled{Task: "topic:1"},
		DeliveryRecovered{Task: TaskChannel}, DeliveryDropped{Task: TaskChannel}, DeliveryDropped{Task: "topic:1", Code: "x"}, Noted{"x"}, Invited{Principal: "S1", Joined: []UserID{"U7"}, Refused: map[UserID]string{"U8": "no"}}, nil)}
}

// next is what usually comes next.
func (d *dice) next(s *story) Command {
	i := s.inc
	switch step := i.Step(); {
	case step.Over():
		return Reopen{"More came to light."}
	case step == StepResolved:
		if c := s.unsettled(); c != nil {
			return c
		}
		return Close{"Reviewed."}
	case step == StepReported:
		return s.triaging(Severity(1 + d.n(4)))
	case i.Assessment() == nil:
		return s.assessing(1+d.n(5), 1+d.n(5))
	}
	for _, to := range []Recipient{Regulator, DataSubjects} {
		late := func(delay *DelayReason, why *string) { *delay, *why = "other", "It took longer." }
		switch standing := i.Standing(to); {
		case standing == nil:
			c := s.deciding(to, pick(d, Notify, DoNotNotify))
			late(&c.Delay, &c.DelayReason)
			c.Ground = "measures"
			return c
		case standing.Verdict == Notify && (i.Notice(to) == nil || d.n(4) == 0):
			c := s.sending(to)
			c.Complete = d.n(4) > 0
			if i.Notice(to) != nil && d.n(4) == 0 {
				c.Withdraw, c.Reason = true, "It was somebody else's breach."
			}
			late(&c.Delay, &c.DelayReason)
			return c
		}
	}
	if i.ContainedAt().IsZero() {
		return s.containing()
	}
	if i.Severity.Valid() && i.Severity <= 2 && i.RecoveredAt().IsZero() {
		return recovering()
	}
	return Resolve{"It came back.", "Old address."}
}

// unsettled is what closing waits for other than the decisions; nil when
// nothing is left.
func (s *story) unsettled() Command {
	for _, d := range s.rules.Duties(s.inc) {
		switch {
		case d.Recipient.Core():
		case d.Stand == DutyOpen:
			return Decide{Recipient: d.Recipient, Verdict: DoNotNotify, Reason: "Not needed.", Supersedes: latestSeq(s, d.Recipient)}
		case d.Owed():
			return s.sending(d.Recipient)
		}
	}
	if s.inc.ReviewDone() == nil {
		return aReview()
	}
	return nil
}

func FuzzCommands(f *testing.F) {
	seeds := rand.New(rand.NewPCG(72, 33))
	for n := range 60 {
		seed := make([]byte, 50*(n+1))
		for b := range seed {
			seed[b] = byte(seeds.Uint32())
		}
		f.Add(seed)
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, seed []byte) {
		if len(seed) > 4000 {
			return
		}
		d := &dice{seed}
		s := reported(t)
		committed := map[TaskKey]bool{} // task keys the journal holds: it takes none twice
		var claimed []Task              // in the hands of a slow worker
		check := newChecker(s)
		check.step(t, s, committed)
		for d.left() {
			s.after(pick(d, 0, 0, time.Second, time.Minute, time.Minute, time.Hour, 10*time.Hour, 13*time.Hour, 7*24*time.Hour))
			switch d.n(4) {
			case 0: // a worker claims what is due
				for _, task := range s.plan() {
					if !task.Due.After(s.now) && !committed[task.Key] && !s.done[task.Key] && d.n(3) > 0 {
						claimed = append(claimed, task)
					}
				}
			case 1: // and delivers some of it, however late
				for n := d.n(6); n > 0 && len(claimed) > 0; n-- {
					at := d.n(len(claimed))
					task := claimed[at]
					claimed = append(claimed[:at:at], claimed[at+1:]...)
					e := s.outcome(task)
					if committed[task.Key] {
						continue
					}
					if e == nil {
						s.done[task.Key] = true
						continue
					}
					version := s.inc.Version
					s.system(e)
					committed[task.Key] = committed[task.Key] || s.inc.Version > version
				}
			default:
				by := pick(d, dpo, deputy, igLead, nurse, stranger, siro, Actor{User: "U1"}, SystemActor(), dpo, dpo, igLead)
				c := d.command(s)
				switch d.n(5) {
				case 0, 1:
					by, c = dpo, d.next(s)
				case 2: // one that somebody who knows the table would give
					given := pick(d, everyCommand(s)...)
					if n := given.c.Name(); n != "Dismiss" && n != "Erase" || d.n(6) == 5 {
						by, c = given.by, given.c
					}
				}
				if err := s.try(by, c); err != nil {
					var refusal *Error
					if !errors.As(err, &refusal) || refusal.Message == "" {
						t.Fatalf("%s: %v is no refusal for a person", c.Name(), err)
					}
				}
			}
			check.step(t, s, committed)
		}
		check.replay(t, s)
	})
}

// checker holds the promises that every story must keep.
type checker struct {
	seen     int // records checked
	deadline time.Time
	decoded  []Record
}

func newChecker(s *story) *checker { return &checker{deadline: s.inc.Clock().Deadline} }

func (c *checker) step(t *testing.T, s *story, committed map[TaskKey]bool) {
	moved := !s.inc.Clock().Deadline.Equal(c.deadline)
	for _, r := range s.records[c.seen:] {
		c.seen++
		if r.Seq != c.seen {
			t.Fatalf("record %d has seq %d", c.seen, r.Seq)
		}
		payload, err := Encode(r.Event)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := Canonical(payload); err != nil || string(again) != string(payload) {
			t.Fatalf("not canonical (%v): %s", err, payload)
		}
		e, err := Decode(r.Event.Kind(), payload)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := Encode(e); err != nil || string(again) != string(payload) {
			t.Fatalf("encoded again (%v):\n%s\n%s", err, payload, again)
		}
		r.Event = e
		c.decoded = append(c.decoded, r)
		switch e := e.(type) {
		case TimesCorrected:
			if e.Reason == "" || !e.Before.Equal(c.deadline) {
				t.Fatalf("times corrected for %q, from %v while the deadline was %v", e.Reason, e.Before, c.deadline)
			}
			if e.After.After(e.Before) && r.Actor != dpo.User && r.Actor != deputy.User {
				t.Fatalf("%s made the deadline later", r.Actor)
			}
			c.deadline, moved = e.After, false
		case Decided:
			ok := false
			for _, a := range s.inc.Assessments {
				ok = ok || a.Seq == e.Assessment && a.Seq < r.Seq
			}
			if e.Recipient.Core() && !ok || e.Role == "" {
				t.Fatalf("decided at %d without an assessment before it: %+v", r.Seq, e)
			}
		}
	}
	if moved || !s.inc.Clock().Deadline.Equal(c.deadline) {
		t.Fatalf("the deadline is %v, recorded was %v", s.inc.Clock().Deadline, c.deadline)
	}
	if s.inc.Version != c.seen {
		t.Fatalf("version %d after %d records", s.inc.Version, c.seen)
	}
	keys := map[TaskKey]bool{}
	running := s.inc.Clock().Running() && !s.inc.Step().Over()
	for _, task := range s.plan() {
		if keys[task.Key] {
			t.Fatalf("%s is planned twice", task.Key)
		}
		keys[task.Key] = true
		if task.Due.IsZero() {
			t.Fatalf("%s is never due", task.Key)
		}
		if committed[task.Key] {
			t.Fatalf("%s was delivered and is owed still: no store would deliver it again", task.Key)
		}
		if task.Kind == KindNudge && (!running || !task.Deadline.Equal(c.deadline)) {
			t.Fatalf("%s is owed while the clock stands: %+v", task.Key, s.inc.Clock())
		}
	}
	if running && len(s.nudges()) == 0 {
		t.Fatal("the clock runs and nobody is to be nudged")
	}
	if s.inc.Step() == StepClosed && s.inc.Clock().Running() {
		t.Fatal("closed with the clock running")
	}
	if s.inc.Step() != StepNone && !s.inc.Erased.IsZero() && !s.inc.Step().Over() {
		t.Fatal("erased and not over")
	}
}

func (c *checker) replay(t *testing.T, s *story) {
	replayed := Replay(c.decoded)
	if d := cmp.Diff(s.inc, replayed); d != "" {
		t.Fatalf("replayed from what is stored (-live +replayed): %s", d)
	}
	for _, task := range s.plan() {
		if !task.Due.Equal(Instant(task.Due)) || !task.Deadline.Equal(Instant(task.Deadline)) {
			t.Fatalf("%s is due %v, which no store can keep", task.Key, task.Due)
		}
	}
	if d := cmp.Diff(s.plan(), s.rules.Plan(replayed)); d != "" {
		t.Fatalf("planned from what is stored: %s", d)
	}
	if d := cmp.Diff(s.inc.Entry(), replayed.Entry()); d != "" {
		t.Fatalf("register line from what is stored: %s", d)
	}
}
