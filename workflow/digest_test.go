package workflow_test

import (
	"slices"
	"testing"
	"time"

	. "breachbot/workflow"

	"github.com/google/go-cmp/cmp"
)

// The board hears of every breach on receipt, as the procedure has it, unless it chose
// some severities; of every breach that is notified; and of no near miss.
func TestTheBoardHearsAtOnceOfWhatItChose(t *testing.T) {
	t.Parallel()
	told := func(s *story) bool { return slices.Contains(s.owed(KindAlert), "alert:UBOARD") }
	report := func(chose []Severity, risk RiskLevel, nearMiss bool) *story {
		s := newStory(t)
		s.rules.BoardAtOnce = chose
		c := SubmitReport{Report: aReport()}
		c.Report.Risk, c.Report.Facts.NearMiss = risk, nearMiss
		return s.do(nurse, c)
	}
	usual := DefaultRules().BoardAtOnce
	for _, c := range []struct {
		what string
		s    *story
		want bool
	}{
		{"by default, on receipt", report(usual, RiskLow, false), true},
		{"a near miss", report(usual, RiskLow, true), false},
		{"severities 1 and 2, a report that sounds critical", report([]Severity{1, 2}, RiskCritical, false), true},
		{"one that sounds high", report([]Severity{1, 2}, RiskHigh, false), true},
		{"one that does not", report([]Severity{1, 2}, RiskMedium, false), false},
		{"and is found to be at triage", report([]Severity{1, 2}, RiskMedium, false).triage(2), true},
		{"none", report([]Severity{}, RiskCritical, false).triage(1), false},
		{"none, but the regulator is notified", report([]Severity{}, RiskMedium, false).triage(3).assess(3, 3).decide(Regulator, Notify), true},
		{"none, and it is not", report([]Severity{}, RiskMedium, false).triage(3).assess(3, 3).decide(Regulator, DoNotNotify), false},
	} {
		if got := told(c.s); got != c.want {
			t.Errorf("%s: told at once %v", c.what, got)
		}
	}
}

// The week runs from Monday to Monday where the organisation is, also when the clocks
// change, and its digest comes with the first anchor of the next.
func TestTheWeekOfTheDigest(t *testing.T) {
	t.Parallel()
	london := testRules().Zone
	for day, want := range map[string]string{ // the week before
		"2026-11-23": "2026-11-16T00:00:00Z", // a Monday
		"2026-11-24": "2026-11-16T00:00:00Z", // nothing ran on Monday
		"2026-11-29": "2026-11-16T00:00:00Z", // a Sunday
		"2026-10-26": "2026-10-18T23:00:00Z", // the clocks went back on the 25th
		"2026-03-30": "2026-03-23T00:00:00Z", // and forward on the 29th
	} {
		from, until, err := WeekBefore(day, london)
		if err != nil || !from.Equal(utc(want)) || until.In(london).Weekday() != time.Monday || until.In(london).Hour() != 0 {
			t.Errorf("%s: from %s until %s, %v", day, from.UTC(), until, err)
		}
	}
	for _, c := range []struct {
		day, before string
		want        bool
	}{
		{"2026-11-23", "2026-11-22", true}, {"2026-11-24", "2026-11-23", false}, {"2026-11-24", "2026-11-20", true},
		{"2026-11-29", "2026-11-23", false}, {"2026-11-18", "", true}, {"2027-01-01", "2026-12-31", false}, {"2026-11-30", "2026-11-16", true},
	} {
		if got := OpensWeek(c.day, c.before); got != c.want {
			t.Errorf("%s after %s: %v", c.day, c.before, got)
		}
	}
}

func TestTheDigestCounts(t *testing.T) {
	t.Parallel()
	from, until, err := WeekBefore("2026-11-23", testRules().Zone)
	if err != nil {
		t.Fatal(err)
	}
	entry := func(id IncidentID, reported time.Time, change ...func(*Entry)) Entry {
		e := Entry{ID: id, Step: StepTriaged, Severity: 3, Clock: ClockRunning, Times: Times{Reported: reported}, Deadline: reported.Add(NotificationPeriod), Title: "typed"}
		for _, c := range change {
			c(&e)
		}
		return e
	}
	closed := func(e *Entry) { e.Step, e.Clock = StepClosed, ClockNotDue }
	of := func(c Category) func(*Entry) { return func(e *Entry) { e.Facts.Category = c } }
	now := until.Add(9 * time.Hour)
	all := []Entry{
		entry("BR-1", from, of("ransomware"), func(e *Entry) { e.Severity = 1 }),          // open and late
		entry("BR-2", until.Add(-time.Minute), func(e *Entry) { e.Severity = 0 }, of("")), // not graded, kind not known
		entry("BR-3", from.Add(time.Hour), closed, of("phishing"), func(e *Entry) { e.NearMiss, e.Facts.NearMiss = true, true }),
		entry("BR-4", until, of("phishing")), // this week's
		entry("BR-5", from.Add(-time.Minute), closed, of("phishing"), func(e *Entry) { e.Sent = &Notification{SentAt: from.Add(time.Hour)} }),
		entry("BR-6", from.AddDate(0, -6, 0), of("phishing"), func(e *Entry) { e.Clock = ClockNotDue }), // long open, decided
		entry("BR-7", from.Add(time.Hour), of("ransomware"), closed),
		entry("DR-1", from.Add(time.Hour), func(e *Entry) { e.Drill = true }),
	}
	want := Digest{From: from, Until: until, Reports: 4, NearMisses: 1, Severities: map[Severity]int{0: 1, 1: 1, 3: 1},
		Kinds: []Frequency{{"ransomware", 2}, {"unknown", 1}, {"phishing", 1}}, Notified: 1, Open: 4, Late: 1}
	got := DigestOf(append(all, all[:3]...), from, until, now)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if quiet := DigestOf(nil, from, until, now); !quiet.Empty() || got.Empty() {
		t.Errorf("empty: %+v", quiet)
	}
}
