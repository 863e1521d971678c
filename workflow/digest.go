package workflow

import (
	"cmp"
	"slices"
	"time"
)

// Digest is what the board is told once a week, in figures and closed lists: how
// many reports there were, how grave and of which kinds, near misses among them, and
// what is still open. It holds nothing that anybody typed, and says of no incident
// more than the register does, which the board sees. It leaves out drills.
type Digest struct {
	From, Until time.Time // the week, from Monday to Monday, in the organisation's zone
	Reports     int       // of which the near misses are some
	NearMisses  int
	Severities  map[Severity]int // the others; 0 is not graded yet
	Kinds       []Frequency      // of all reports, the most frequent first
	Notified    int              // notices to the regulator in that week
	Open        int              // not closed, whenever they were reported
	Late        int              // of these, past the regulator's deadline without notice or decision
}

// Empty tells whether there is nothing to say.
func (d Digest) Empty() bool { return d.Reports == 0 && d.Notified == 0 && d.Open == 0 }

// WeekBefore is the week that ended before the one a day (2006-01-02) is in: from
// Monday to Monday, at midnight.
func WeekBefore(day string, zone *time.Location) (from, until time.Time, err error) {
	at, err := time.ParseInLocation(time.DateOnly, day, zone)
	if err != nil {
		return time.Time{}, time.Time{}, err
	}
	until = monday(at)
	return until.AddDate(0, 0, -7), until, nil
}

func monday(at time.Time) time.Time {
	return at.AddDate(0, 0, -(int(at.Weekday())+6)%7)
}

// OpensWeek tells whether a day is the first in its week to be anchored, when the
// day anchored before it is given, empty for none. The digest is planned with that
// anchor: on Monday morning, or as soon as the program runs again.
func OpensWeek(day, before string) bool {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return false
	}
	last, err := time.Parse(time.DateOnly, before)
	return err != nil || !monday(at).Equal(monday(last))
}

// DigestOf sums up lines of the register: those reported in the week or later, those
// still open and those notified. A line may be among them twice.
func DigestOf(entries []Entry, from, until, now time.Time) Digest {
	d := Digest{From: from, Until: until, Severities: map[Severity]int{}}
	in := func(t time.Time) bool { return !t.Before(from) && t.Before(until) }
	kinds := map[Category]int{}
	seen := map[IncidentID]bool{}
	for _, e := range entries {
		if e.Drill || seen[e.ID] {
			continue
		}
		seen[e.ID] = true
		if in(e.Times.Reported) {
			d.Reports++
			if e.NearMiss {
				d.NearMisses++
			} else {
				d.Severities[e.Severity]++
			}
			kinds[cmp.Or(e.Facts.Category, "unknown")]++
		}
		if e.Sent != nil && e.SentBack == nil && in(e.Sent.SentAt) {
			d.Notified++
		}
		if !e.Step.Over() {
			d.Open++
			if e.Clock == ClockRunning && now.After(e.Deadline) {
				d.Late++
			}
		}
	}
	for c, n := range kinds {
		d.Kinds = append(d.Kinds, Frequency{c, n})
	}
	slices.SortFunc(d.Kinds, func(a, b Frequency) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Category.Label(), b.Category.Label()))
	})
	return d
}

// hearsAtOnce tells whether the board is told of this report at once, and not only in
// the digest: of the severities it chose, until somebody triages by the reporter's
// first guess, and of every breach that is notified, but of no near miss.
func (r Rules) hearsAtOnce(i *Incident) bool {
	if i.Facts.NearMiss {
		return false
	}
	severity := i.Severity
	if !severity.Valid() {
		severity = i.assumed()
	}
	d := i.Standing(Regulator)
	return slices.Contains(r.BoardAtOnce, severity) || d != nil && d.Verdict == Notify
}
