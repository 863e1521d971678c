package workflow_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	. "breachbot/workflow"
)

func london(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestTheDeadlineIsSeventyTwoElapsedHoursAfterAwareness(t *testing.T) {
	t.Parallel()
	const shape = "Mon 2006-01-02 15:04 MST"
	for _, v := range []struct{ local, aware, deadline, deadlineLocal string }{
		{"Fri 2026-11-20 16:45 GMT", "2026-11-20T16:45:00Z", "2026-11-23T16:45:00Z", "Mon 2026-11-23 16:45 GMT"},
		{"Sat 2026-03-28 10:00 GMT", "2026-03-28T10:00:00Z", "2026-03-31T10:00:00Z", "Tue 2026-03-31 11:00 BST"},
		{"Fri 2026-10-23 17:00 BST", "2026-10-23T16:00:00Z", "2026-10-26T16:00:00Z", "Mon 2026-10-26 16:00 GMT"},
		{"Sun 2026-10-25 01:30 BST", "2026-10-25T00:30:00Z", "2026-10-28T00:30:00Z", "Wed 2026-10-28 00:30 GMT"},
		{"Sun 2026-10-25 01:30 GMT", "2026-10-25T01:30:00Z", "2026-10-28T01:30:00Z", "Wed 2026-10-28 01:30 GMT"},
		{"Sat 2027-03-27 23:59 GMT", "2027-03-27T23:59:00Z", "2027-03-30T23:59:00Z", "Wed 2027-03-31 00:59 BST"},
		{"Thu 2026-12-24 17:30 GMT", "2026-12-24T17:30:00Z", "2026-12-27T17:30:00Z", "Sun 2026-12-27 17:30 GMT"},
		{"Mon 2028-02-28 12:00 GMT", "2028-02-28T12:00:00Z", "2028-03-02T12:00:00Z", "Thu 2028-03-02 12:00 GMT"}, // leap day
		{"Wed 2026-12-30 09:15 GMT", "2026-12-30T09:15:00Z", "2027-01-02T09:15:00Z", "Sat 2027-01-02 09:15 GMT"}, // year end
	} {
		t.Run(v.local, func(t *testing.T) {
			zone := london(t)
			aware := utc(v.aware)
			if got := aware.In(zone).Format(shape); got != v.local {
				t.Errorf("aware in London: %s, want %s", got, v.local)
			}
			times := Times{Detected: aware.Add(-5 * time.Hour), Reported: aware, Aware: Awareness{At: aware}}
			deadline := times.Deadline()
			if !deadline.Equal(utc(v.deadline)) || deadline.Location() != time.UTC {
				t.Errorf("deadline %v, want %s in UTC", deadline, v.deadline)
			}
			if got := deadline.In(zone).Format(shape); got != v.deadlineLocal {
				t.Errorf("deadline in London: %s, want %s", got, v.deadlineLocal)
			}
			// The same instant in the local zone gives the same deadline.
			if local := (Times{Aware: Awareness{At: aware.In(zone)}}).Deadline(); !local.Equal(deadline) {
				t.Errorf("counted from the local time: %v", local)
			}
		})
	}
}

func TestSentOnTheDeadlineIsInTimeAndAMicrosecondLaterIsLate(t *testing.T) {
	t.Parallel()
	for _, v := range []struct {
		after time.Duration
		late  bool
	}{{NotificationPeriod - time.Microsecond, false}, {NotificationPeriod, false}, {NotificationPeriod + time.Microsecond, true}} {
		s := upTo(t, StepDecided)
		sent := s.inc.Times.Detected.Add(v.after)
		s.at(sent.Add(time.Hour))
		c := s.sending(Regulator)
		c.SentAt = sent
		if v.late {
			s.refused(dpo, c, ErrInvalid, FieldDelay)
			c.Delay, c.DelayReason = "facts_unclear", "The number of letters was unclear."
		}
		s.do(dpo, c)
		if got := s.inc.Sent(Regulator).Late; got != v.late {
			t.Errorf("sent after %v: late %v, want %v", v.after, got, v.late)
		}
		if got := s.inc.Late(s.now); got != v.late {
			t.Errorf("sent after %v: the incident is late %v, want %v", v.after, got, v.late)
		}
		clock := s.inc.Clock()
		if clock.State != ClockSent || !clock.Stopped.Equal(sent) {
			t.Errorf("the clock is %v, want stopped when it was sent, not when that was recorded", clock)
		}
		if e := s.inc.Entry(); e.Late != v.late || (e.DelayReasons != "") != v.late {
			t.Errorf("register: late %v, reasons %q", e.Late, e.DelayReasons)
		}
	}
}

func TestWhileAwarenessIsNotSetTheClockRunsFromDetectionElseFromTheReport(t *testing.T) {
	t.Parallel()
	c := reported(t).inc.Clock()
	if c.Basis != FromDetection || !c.Provisional() || !c.Deadline.Equal(friday.Add(72*time.Hour)) {
		t.Errorf("from detection: %+v", c)
	}
	start, basis := Times{Reported: friday}.Start()
	if basis != FromReport || !start.Equal(friday) {
		t.Errorf("with nothing else known: %v from %s", start, basis)
	}
	s := reported(t)
	aware := s.times()
	aware.Aware = friday.Add(5 * time.Minute)
	if c := s.do(dpo, aware).inc.Clock(); c.Basis != FromAwareness || c.Provisional() || !c.Start.Equal(friday.Add(5*time.Minute)) {
		t.Errorf("from awareness: %+v", c)
	}
}

func TestOnlyTheDPOOrDeputyMakesTheDeadlineLaterAndWithAReason(t *testing.T) {
	t.Parallel()
	later := func(s *story) CorrectTimes {
		c := s.times()
		c.Aware = friday.Add(2 * time.Hour)
		return c
	}
	for _, who := range []Actor{nurse, igLead, caldicott, siro, responder} {
		s := reported(t).after(3 * time.Hour)
		s.refused(who, later(s), ErrForbidden, FieldAware)
		detected := s.times()
		detected.Detected = friday.Add(time.Minute)
		s.refused(who, detected, ErrForbidden, FieldDetected)
	}
	for _, who := range []Actor{dpo, deputy} {
		s := reported(t).after(3 * time.Hour)
		c := later(s)
		c.Reason = " "
		s.refused(who, c, ErrInvalid, FieldReason)
		c = later(s)
		c.AwareReason = "\u200b"
		s.refused(who, c, ErrInvalid, FieldAwareReason)
		s.do(who, later(s))
		e := s.last().(TimesCorrected)
		if !e.Before.Equal(friday.Add(72*time.Hour)) || !e.After.Equal(friday.Add(74*time.Hour)) {
			t.Errorf("old and new deadline stay visible: got %v and %v", e.Before, e.After)
		}
		if a := s.inc.Times.Aware; a.By != who.User || a.Reason == "" || !a.SetAt.Equal(s.now) {
			t.Errorf("awareness is kept with who decided it, why and when: %+v", a)
		}
	}
}

func TestAnybodyWhoHandlesMayMakeTheDeadlineEarlier(t *testing.T) {
	t.Parallel()
	for _, who := range []Actor{nurse, igLead, caldicott, siro, responder, dpo, deputy} {
		s := reported(t)
		c := s.times()
		c.Detected = friday.Add(-3 * time.Hour)
		s.do(who, c)
		if got := s.inc.Clock().Deadline; !got.Equal(friday.Add(69 * time.Hour)) {
			t.Errorf("%s: deadline %v", who.User, got)
		}
	}
	for _, who := range []Actor{stranger, board} {
		s := reported(t)
		c := s.times()
		c.Detected = friday.Add(-3 * time.Hour)
		s.refused(who, c, ErrForbidden, "")
	}
}

func TestAwarenessIsCorrectedButNeverRemoved(t *testing.T) {
	t.Parallel()
	s := reported(t)
	c := s.times()
	c.Aware = friday.Add(time.Minute)
	s.do(dpo, c)
	c = s.times()
	c.Aware = time.Time{}
	s.refused(dpo, c, ErrInvalid, FieldAware)

	// Correcting another time leaves awareness with who first decided it.
	c = s.times()
	c.Occurred.From = friday.Add(-time.Hour)
	s.do(igLead, c)
	if s.inc.Times.Aware.By != dpo.User {
		t.Errorf("awareness is now recorded under %s", s.inc.Times.Aware.By)
	}
	s.refused(igLead, s.times(), ErrInvalid, FieldReason) // nothing changed
}

func TestWhatStopsAndRestartsTheClock(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepAssessed)
	running := func(why string) {
		t.Helper()
		if c := s.inc.Clock(); !c.Running() || !c.Stopped.IsZero() || !c.Deadline.Equal(friday.Add(72*time.Hour)) {
			t.Errorf("%s: the clock must run, unmoved; it is %+v", why, c)
		}
	}
	stopped := func(state ClockState) {
		t.Helper()
		if c := s.inc.Clock(); c.State != state || !c.Stopped.Equal(s.now) {
			t.Errorf("the clock is %s at %v, want %s at %v", c.State, c.Stopped, state, s.now)
		}
	}
	running("assessed")
	s.decide(Regulator, Notify)
	running("approval alone does not stop it")
	s.decide(DataSubjects, DoNotNotify)
	running("the decision about the people does not stop it")
	s.after(time.Hour).decide(Regulator, DoNotNotify)
	stopped(ClockNotDue)
	s.after(time.Hour).decide(Regulator, NeedMore)
	running("more facts are asked for")
	s.after(time.Hour).decide(Regulator, DoNotNotify)
	stopped(ClockNotDue)
	s.after(time.Hour).triage(1)
	running("the facts changed")
	s.decide(Regulator, DoNotNotify).after(time.Hour).assess(5, 5)
	running("the risk was assessed again")
	s.do(dpo, Dismiss{Facts: s.inc.FactsVersion, Reason: "It was test data."})
	stopped(ClockNoCase)
	s.after(time.Hour).do(dpo, Reopen{Reason: "It was not test data."})
	running("reopened")
	s.decide(Regulator, Notify).send(Regulator)
	stopped(ClockSent)
	at := s.now
	s.after(time.Hour).assess(1, 1).triage(4).after(time.Hour)
	if c := s.inc.Clock(); c.State != ClockSent || !c.Stopped.Equal(at) {
		t.Errorf("once sent it stays stopped: %+v", c)
	}
}

func TestCorrectingTimesDoesNotMakeADecisionFall(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepAssessed).decide(Regulator, DoNotNotify)
	c := s.times()
	c.Occurred.From = friday.Add(-time.Hour)
	s.do(igLead, c)
	if s.inc.Standing(Regulator) == nil {
		t.Error("the decision fell back to pending; only the risk makes it")
	}
}

func TestAClockRunningPastItsDeadlineIsOverdue(t *testing.T) {
	t.Parallel()
	s := reported(t)
	c := s.inc.Clock()
	for _, v := range []struct {
		left    time.Duration
		overdue bool
	}{{time.Microsecond, false}, {0, false}, {-time.Microsecond, true}} {
		now := c.Deadline.Add(-v.left)
		if c.Overdue(now) != v.overdue || s.inc.Late(now) != v.overdue || c.Left(now) != v.left {
			t.Errorf("%v left: overdue %v, late %v, left %v", v.left, c.Overdue(now), s.inc.Late(now), c.Left(now))
		}
	}
}

func TestAnHourThatOccursTwiceIsAskedAbout(t *testing.T) {
	t.Parallel()
	zone := london(t)
	bst, gmt := utc("2026-10-25T00:30:00Z"), utc("2026-10-25T01:30:00Z")
	for _, given := range []time.Time{bst, gmt, bst.In(zone), gmt.In(zone), time.Date(2026, 10, 25, 1, 30, 0, 0, zone)} {
		first, second, twice := Twice(given, zone)
		if !twice || !first.Equal(bst) || !second.Equal(gmt) {
			t.Errorf("%v: %v and %v, twice %v", given, first, second, twice)
		}
	}
	for _, at := range []string{
		"2026-10-24T23:59:59Z", // 00:59:59 BST, before
		"2026-10-25T02:00:00Z", // 02:00 GMT, after
		"2026-10-24T00:30:00Z", // the day before
		"2026-10-26T01:30:00Z", // the day after
		"2027-03-28T00:30:00Z", // spring: 00:30 GMT
		"2027-03-28T01:30:00Z", // spring: 02:30 BST
		"2026-07-01T12:00:00Z",
	} {
		if _, _, twice := Twice(utc(at), zone); twice {
			t.Errorf("%s occurs once", at)
		}
	}
	for _, edge := range []string{"2026-10-25T00:00:00Z", "2026-10-25T00:59:59Z", "2026-10-25T01:00:00Z", "2026-10-25T01:59:59Z"} {
		if _, _, twice := Twice(utc(edge), zone); !twice {
			t.Errorf("%s occurs twice", edge)
		}
	}
	if _, _, twice := Twice(bst, time.UTC); twice {
		t.Error("UTC shows no hour twice")
	}
	lord, err := time.LoadLocation("Australia/Lord_Howe") // half an hour
	if err != nil {
		t.Fatal(err)
	}
	if first, second, twice := Twice(utc("2026-04-04T14:45:00Z"), lord); !twice || second.Sub(first) != 30*time.Minute {
		t.Errorf("Lord Howe: %v %v %v", first, second, twice)
	}
}

func TestInstantsAreKeptInUTCToTheMicrosecond(t *testing.T) {
	t.Parallel()
	got := Instant(time.Date(2026, 7, 1, 10, 0, 0, 123456789, london(t)))
	if want := time.Date(2026, 7, 1, 9, 0, 0, 123456000, time.UTC); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if !Instant(time.Time{}).IsZero() {
		t.Error("the zero time stays zero")
	}
}
