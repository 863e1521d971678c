package workflow_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	. "breachbot/workflow"
)

// lineOf is a register line, dated a number of days before the Friday of these
// tests.
func lineOf(days int, change ...func(*Entry)) Entry {
	e := Entry{ID: "BR-2026-0001", Times: Times{Reported: friday.AddDate(0, 0, -days)}, Clock: ClockNotDue}
	e.Facts.Category = "email_wrong"
	for _, c := range change {
		c(&e)
	}
	return e
}

func ofKind(c Category) func(*Entry) { return func(e *Entry) { e.Facts.Category = c } }

func TestTrendsSumUpTheRegister(t *testing.T) {
	t.Parallel()
	london := must[*time.Location](t)(time.LoadLocation("Europe/London"))
	near := func(e *Entry) { e.NearMiss = true }
	told := func(e *Entry) { e.Sent, e.Clock = &Notification{}, ClockSent }
	late := func(e *Entry) { e.Late = true }
	drill := func(e *Entry) { e.Drill = true }
	running := func(left time.Duration) func(*Entry) {
		return func(e *Entry) { e.Clock, e.Deadline = ClockRunning, friday.Add(left) }
	}
	at := func(when time.Time) func(*Entry) { return func(e *Entry) { e.Times.Reported = when } }
	for name, c := range map[string]struct {
		entries   []Entry
		want      Trend
		line      string
		sentences []string
	}{
		"nothing": {
			line:      "No reports in the last 12 months.",
			sentences: []string{"In the 12 months to 20 November 2026 nothing was reported. That can also mean that people are not reporting."},
		},
		"only drills and what is long ago or still to come": {
			entries: []Entry{lineOf(1, drill), lineOf(366), lineOf(-1)},
			line:    "No reports in the last 12 months.",
			sentences: []string{
				"In the 12 months to 20 November 2026 nothing was reported. That can also mean that people are not reporting.",
			},
		},
		"one": {
			entries: []Entry{lineOf(0, near, ofKind(""))},
			want:    Trend{Recent: 1, Year: 1, NearMisses: 1},
			line:    "1 reported in the last 30 days, 0 in the 30 before, 1 in 12 months, 1 of them a near miss.",
			sentences: []string{
				"In the 12 months to 20 November 2026 there was 1 report; 1 was a near miss.",
				"In the last 30 days there was 1 report and in the 30 days before 0: more than before.",
				"Of 1 in 12 months, 0 were notified to the regulator (0%) and 0 were late.",
			},
		},
		"a year of it": {
			entries: []Entry{
				lineOf(29, told), lineOf(1, near), lineOf(2, ofKind("unknown")), lineOf(3, drill),
				lineOf(31, told, late), lineOf(59), lineOf(45, ofKind("letter_wrong"), running(-time.Minute)),
				lineOf(61, ofKind("letter_wrong"), running(time.Minute)), lineOf(364, ofKind("device_lost")),
				lineOf(200, ofKind("ransomware"), told), lineOf(200, ofKind("device_lost"), near),
			},
			want: Trend{Recent: 3, Before: 3, Year: 10, NearMisses: 2, Notified: 3, Late: 2, Frequent: []Frequency{
				{"email_wrong", 4}, {"device_lost", 2}, {"letter_wrong", 2},
			}},
			line: "3 reported in the last 30 days, 3 in the 30 before, 10 in 12 months, 2 of them near misses. Most often: Email to the wrong recipient (4).",
			sentences: []string{
				"In the 12 months to 20 November 2026 there were 10 reports; 2 were near misses.",
				"In the last 30 days there were 3 reports and in the 30 days before 3: as many as before.",
				"Of 10 in 12 months, 3 were notified to the regulator (30%) and 2 were late.",
				"The most frequent kinds were: Email to the wrong recipient (4); Device lost or stolen (2); Letter or fax to the wrong recipient (2).",
				"\"Email to the wrong recipient\" was reported 4 times in 12 months (40% of all reports). That is a pattern: the risk register should name it, and its mitigation plan should be looked at again.",
			},
		},
		"days are calendar days, even when the clocks change": {
			entries: []Entry{
				// Thirty days ago the clocks were an hour ahead: it was 16:45 then too.
				lineOf(0, at(time.Date(2026, 10, 21, 16, 45, 1, 0, london))),
				lineOf(0, at(time.Date(2026, 10, 21, 16, 45, 0, 0, london))),
				lineOf(0, at(time.Date(2025, 11, 20, 16, 45, 0, 0, london))),
			},
			want: Trend{Recent: 1, Before: 1, Year: 2, Frequent: []Frequency{{"email_wrong", 2}}},
			line: "1 reported in the last 30 days, 1 in the 30 before, 2 in 12 months. Most often: Email to the wrong recipient (2).",
			sentences: []string{
				"In the 12 months to 20 November 2026 there were 2 reports; none was a near miss.",
				"In the last 30 days there was 1 report and in the 30 days before 1: as many as before.",
				"Of 2 in 12 months, 0 were notified to the regulator (0%) and 0 were late.",
				"The most frequent kinds were: Email to the wrong recipient (2).",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := Trends(c.entries, friday, london)
			slices.Reverse(c.entries)
			if diff := cmp.Diff(got, Trends(c.entries, friday, london)); diff != "" {
				t.Errorf("the order counts:\n%s", diff)
			}
			if line := got.Line(); line != c.line {
				t.Errorf("line\n%s\nwant\n%s", line, c.line)
			}
			if diff := cmp.Diff(c.sentences, got.Sentences()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if !got.Until.Equal(friday) {
				t.Errorf("until %v", got.Until)
			}
			got.Until, got.Kinds, got.Months = time.Time{}, nil, nil // the test below is about these
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// The months and the kinds of a trend add up to the year, whichever day it is and
// whatever is not known yet.
func TestTheMonthsOfATrendAddUpToTheYear(t *testing.T) {
	t.Parallel()
	london := must[*time.Location](t)(time.LoadLocation("Europe/London"))
	late := func(e *Entry) { e.Late = true }
	entries := []Entry{lineOf(0), lineOf(19, late), lineOf(20), lineOf(21, ofKind("")), lineOf(364, ofKind("unknown")), lineOf(365), lineOf(200, late, ofKind("phishing"))}
	got := Trends(entries, friday, london)
	if got.Year != 6 || got.InTime() != 4 {
		t.Fatalf("%d in the year, %d in time", got.Year, got.InTime())
	}
	n, lates := 0, 0
	for _, m := range got.Months {
		if m.Begins.Day() != 1 || m.Begins.Location() != london {
			t.Errorf("a month begins on %v", m.Begins)
		}
		n, lates = n+m.N, lates+m.Late
	}
	if len(got.Months) != 13 || n != 6 || lates != 2 {
		t.Errorf("%d months hold %d, %d of them late", len(got.Months), n, lates)
	}
	if diff := cmp.Diff([]Frequency{{"email_wrong", 3}, {"unknown", 2}, {"phishing", 1}}, got.Kinds); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if first, last := got.Months[0], got.Months[12]; first.N != 1 || last.N != 2 || last.Late != 1 {
		t.Errorf("the first month holds %+v, the last %+v", first, last)
	}
}
