package workflow

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Trend is what the register shows over time, in figures and closed lists: it
// holds nothing that anybody typed, so it may be shown where the register may
// not. It leaves out drills. Unless it says otherwise, it is about the reports
// of the last 12 months.
type Trend struct {
	Until      time.Time // in the organisation's zone
	Recent     int       // reported in the last 30 days
	Before     int       // reported in the 30 days before those
	Year       int       // reported in the last 12 months
	NearMisses int
	Notified   int         // notified to the regulator
	Late       int         // told or decided after the deadline, or still undecided after it
	Frequent   []Frequency // the most frequent kinds, at most three
	Kinds      []Frequency // every kind that was reported, those not known yet included, the most frequent first
	Months     []Month     // oldest first; the first one begins in its middle, like the 12 months
}

// Month is what was reported in a month of the calendar.
type Month struct {
	Begins  time.Time // in the organisation's zone
	N, Late int       // reported; of these, late as in Trend
}

// Frequency is how often a kind of event was reported.
type Frequency struct {
	Category Category
	N        int
}

const (
	trendDays = 30
	trendTop  = 3
	// recurring is how many reports a year make a kind of event a pattern that
	// belongs in the risk register. Product rule.
	recurring = 3
)

// Trends sums up lines of the register as of now. Days and months are those of
// the calendar in zone. The order of the entries makes no difference.
func Trends(entries []Entry, now time.Time, zone *time.Location) Trend {
	t := Trend{Until: now.In(zone)}
	recent, before, year := t.Until.AddDate(0, 0, -trendDays), t.Until.AddDate(0, 0, -2*trendDays), t.Until.AddDate(-1, 0, 0)
	kinds := map[Category]int{}
	month := func(at time.Time) time.Time {
		y, m, _ := at.In(zone).Date()
		return time.Date(y, m, 1, 0, 0, 0, 0, zone)
	}
	for m := month(year); !m.After(t.Until); m = m.AddDate(0, 1, 0) {
		t.Months = append(t.Months, Month{Begins: m})
	}
	for _, e := range entries {
		at := e.Times.Reported
		if e.Drill || at.After(now) || !at.After(year) {
			continue
		}
		t.Year++
		switch {
		case at.After(recent):
			t.Recent++
		case at.After(before):
			t.Before++
		}
		if e.NearMiss {
			t.NearMisses++
		}
		if e.Sent != nil && e.SentBack == nil {
			t.Notified++
		}
		of := slices.IndexFunc(t.Months, func(m Month) bool { return m.Begins.Equal(month(at)) })
		t.Months[of].N++
		if e.Late || e.Clock == ClockRunning && now.After(e.Deadline) {
			t.Late++
			t.Months[of].Late++
		}
		kinds[cmp.Or(e.Facts.Category, unknownKind)]++
	}
	for c, n := range kinds {
		t.Kinds = append(t.Kinds, Frequency{c, n})
	}
	slices.SortFunc(t.Kinds, func(a, b Frequency) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Category.Label(), b.Category.Label()))
	})
	for _, f := range t.Kinds {
		if f.Category != unknownKind && len(t.Frequent) < trendTop {
			t.Frequent = append(t.Frequent, f)
		}
	}
	return t
}

// unknownKind is the kind of an event of which the kind is not known yet.
const unknownKind Category = "unknown"

// InTime is how many of the reports of the last 12 months were not late.
func (t Trend) InTime() int { return t.Year - t.Late }

// Line is the trend in one line.
func (t Trend) Line() string {
	if t.Year == 0 {
		return "No reports in the last 12 months."
	}
	line := fmt.Sprintf("%d reported in the last 30 days, %d in the 30 before, %d in 12 months", t.Recent, t.Before, t.Year)
	switch t.NearMisses {
	case 0:
	case 1:
		line += ", 1 of them a near miss"
	default:
		line += fmt.Sprintf(", %d of them near misses", t.NearMisses)
	}
	if len(t.Frequent) > 0 && t.Frequent[0].N > 1 {
		line += ". Most often: " + t.Frequent[0].String()
	}
	return line + "."
}

// Sentences are the trend in whole sentences, ready for a risk register and its
// mitigation plan. The last ones name the patterns, if there are any.
func (t Trend) Sentences() []string {
	until := t.Until.Format("2 January 2006")
	if t.Year == 0 {
		return []string{"In the 12 months to " + until + " nothing was reported. That can also mean that people are not reporting."}
	}
	was := func(n int) string {
		if n == 1 {
			return fmt.Sprint(n, " was")
		}
		return fmt.Sprint(n, " were")
	}
	near := was(t.NearMisses) + " near misses"
	switch t.NearMisses {
	case 0:
		near = "none was a near miss"
	case 1:
		near = "1 was a near miss"
	}
	trend := "as many as before"
	switch {
	case t.Recent > t.Before:
		trend = "more than before"
	case t.Recent < t.Before:
		trend = "fewer than before"
	}
	out := []string{
		fmt.Sprintf("In the 12 months to %s there %s; %s.", until, reports(t.Year), near),
		fmt.Sprintf("In the last 30 days there %s and in the 30 days before %d: %s.", reports(t.Recent), t.Before, trend),
		fmt.Sprintf("Of %d in 12 months, %s notified to the regulator (%d%%) and %s late.", t.Year, was(t.Notified), percent(t.Notified, t.Year), was(t.Late)),
	}
	if len(t.Frequent) > 0 {
		var kinds []string
		for _, f := range t.Frequent {
			kinds = append(kinds, f.String())
		}
		out = append(out, "The most frequent kinds were: "+strings.Join(kinds, "; ")+".")
	}
	for _, f := range t.Frequent {
		if f.N >= recurring {
			out = append(out, fmt.Sprintf("%q was reported %d times in 12 months (%d%% of all reports). That is a pattern: the risk register should name it, and its mitigation plan should be looked at again.",
				f.Category.Label(), f.N, percent(f.N, t.Year)))
		}
	}
	return out
}

func (f Frequency) String() string { return fmt.Sprintf("%s (%d)", f.Category.Label(), f.N) }

func reports(n int) string {
	switch n {
	case 0:
		return "were no reports"
	case 1:
		return "was 1 report"
	}
	return fmt.Sprintf("were %d reports", n)
}

// percent is the percentage, rounded to the nearest whole number.
func percent(n, of int) int { return (200*n + of) / (2 * of) }
