package workflow_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	. "breachbot/workflow"
)

// amending lives through amendments: each is what the nurse changes in her report.
type amending struct {
	t       *testing.T
	rules   Rules
	now     time.Time
	inc     *Incident
	records []Record
}

func amendable(t *testing.T) *amending {
	a := &amending{t: t, rules: testRules(), now: friday.Add(10 * time.Minute)}
	a.do(nurse, SubmitReport{Report: Report{Title: "A letter", What: "It went astray.", Detected: friday, Risk: RiskMedium, Facts: Facts{
		Category: "letter_wrong", Data: []DataCategory{"health", "basic_identifiers"}, Count: Count{Known: true, N: 1},
	}}})
	return a
}

func (a *amending) do(by Actor, c Command) []Event {
	a.t.Helper()
	if e, ok := c.(Erase); ok {
		e.Journal = a.records
		c = e
	}
	events, err := a.rules.Handle(a.inc, c, by, a.now)
	if err != nil {
		a.t.Fatalf("%s: %v", c.Name(), err)
	}
	for _, e := range events {
		a.records = append(a.records, Record{Incident: ref, Seq: len(a.records) + 1, At: a.now, Actor: by.User, Event: e})
	}
	a.inc = Replay(a.records)
	return events
}

func (a *amending) amend(change func(*Report), files ...Attachment) []Event {
	a.t.Helper()
	return a.do(nurse, a.amendment(change, files...))
}

func (a *amending) amendment(change func(*Report), files ...Attachment) Amend {
	rep := a.inc.Report
	change(&rep)
	return Amend{Seen: len(a.inc.Amendments), Report: rep, Files: files}
}

func (a *amending) triage(change func(*Facts)) {
	f := a.inc.Facts
	change(&f)
	a.do(responder, Triage{Facts: a.inc.FactsVersion, Severity: 3, Risk: RiskMedium, Reason: "One letter.", Known: f})
}

func TestAnAmendedReportKeepsEveryVersion(t *testing.T) {
	t.Parallel()
	a := amendable(t)
	a.now = a.now.Add(time.Hour)
	a.amend(func(r *Report) { r.What = "It went to the neighbour." })
	a.now = a.now.Add(time.Hour)
	a.amend(func(r *Report) { r.Title = "Two letters" })
	if version, since := a.inc.ReportVersion(); version != 3 || !since.Equal(a.now) {
		t.Errorf("version %d since %s", version, since)
	}
	if was := a.inc.Reported(); was.Title != "A letter" || was.What != "It went astray." {
		t.Errorf("the first version is %+v", was)
	}
	if a.inc.Report.Title != "Two letters" || a.inc.Report.What != "It went to the neighbour." {
		t.Errorf("the report is %+v", a.inc.Report)
	}
	if !Announced(Amended{}.Kind()) {
		t.Error("whoever handles the incident is not told")
	}
	a.do(dpo, Dismiss{Facts: a.inc.FactsVersion, Reason: "Not a breach."})
	if _, err := a.rules.Handle(a.inc, a.amendment(func(r *Report) { r.Title = "Three" }), nurse, a.now); !errors.Is(err, ErrConflict) {
		t.Errorf("a finished incident: %v", err)
	}
	a.do(dpo, Erase{Reason: "The period is over."})
	for _, m := range a.inc.Amendments {
		if m.Before.Title+m.Before.What+m.After.Title+m.After.What != "" {
			t.Errorf("words of version %d are left", m.Version)
		}
	}
	if version, _ := a.inc.ReportVersion(); version != 3 {
		t.Errorf("erasing made it version %d", version)
	}
}

func TestOnlyItsAuthorAmendsAReport(t *testing.T) {
	t.Parallel()
	a := amendable(t)
	for _, by := range []Actor{dpo, responder, stranger} {
		if _, err := a.rules.Handle(a.inc, a.amendment(func(r *Report) { r.Title = "Mine" }), by, a.now); !errors.Is(err, ErrForbidden) {
			t.Errorf("%s: %v", by.User, err)
		}
	}
	var refusal *Error
	if _, err := a.rules.Handle(a.inc, a.amendment(func(*Report) {}), nurse, a.now); !errors.As(err, &refusal) || refusal.Field != FieldTitle {
		t.Errorf("nothing changed: %v", err)
	}
	stale := a.amendment(func(r *Report) { r.Title = "Late" })
	a.amend(func(r *Report) { r.Title = "Soon" })
	if _, err := a.rules.Handle(a.inc, stale, nurse, a.now); !errors.Is(err, ErrStale) {
		t.Errorf("an older form: %v", err)
	}
}

func TestAnAmendmentMovesOnlyWhatNobodyHasCorrected(t *testing.T) {
	t.Parallel()
	a := amendable(t)
	a.triage(func(f *Facts) {
		f.Count = Count{Known: true, N: 40}
		f.Data = []DataCategory{"basic_identifiers", "health"}
	})
	risk := a.inc.RiskVersion
	e := a.amend(func(r *Report) {
		r.Facts.Count = Count{Known: true, N: 3}
		r.Facts.Category = "email_wrong"
		r.Facts.Data = []DataCategory{"basic_identifiers", "health"} // the same in another order
	})[0].(Amended)
	if a.inc.Facts.Count.N != 40 || a.inc.Report.Facts.Count.N != 3 || !slices.Equal(e.Apart, []Field{FieldCount}) {
		t.Errorf("triage said 40, the nurse 3: the record says %s, the report %s, apart are %v", a.inc.Facts.Count, a.inc.Report.Facts.Count, e.Apart)
	}
	if a.inc.Facts.Category != "email_wrong" || a.inc.RiskVersion <= risk {
		t.Errorf("nobody had corrected the kind: %s", a.inc.Facts.Category)
	}
	facts, risk := a.inc.FactsVersion, a.inc.RiskVersion
	a.amend(func(r *Report) { r.What = "In other words." })
	if a.inc.RiskVersion != risk || a.inc.FactsVersion <= facts {
		t.Error("other words must be read by whoever decides, and change no decision")
	}
}

func TestAnAmendedTimeFollowsTheRuleOfCorrectingTimes(t *testing.T) {
	t.Parallel()
	aware := func(a *amending) {
		a.do(dpo, CorrectTimes{Facts: a.inc.FactsVersion, Detected: friday, Aware: friday, AwareReason: "Certain then.", Reason: "Certain then.", OrderIsRight: true})
	}
	corrected := func(a *amending) {
		a.do(dpo, CorrectTimes{Facts: a.inc.FactsVersion, Detected: friday.Add(-time.Minute), Reason: "By the log.", OrderIsRight: true})
	}
	for name, c := range map[string]struct {
		before func(*amending)
		by     time.Duration
		moves  bool
	}{
		"earlier, provisional":   {nil, -time.Hour, true},
		"later, provisional":     {nil, 5 * time.Minute, false},
		"earlier, awareness set": {aware, -time.Hour, false},
		"corrected by others":    {corrected, -time.Hour, false},
	} {
		a := amendable(t)
		if c.before != nil {
			c.before(a)
		}
		was := a.inc.Times
		events := a.amend(func(r *Report) { r.Detected = r.Detected.Add(c.by) })
		if moved := a.inc.Times != was; moved != c.moves {
			t.Errorf("%s: the times moved: %v", name, moved)
		}
		if apart := slices.Contains(events[0].(Amended).Apart, FieldDetected); apart == c.moves {
			t.Errorf("%s: said to stand apart: %v", name, apart)
		}
		if a.inc.Times.Deadline().After(was.Deadline()) {
			t.Errorf("%s: the deadline moved later", name)
		}
		if c.moves && len(a.inc.Corrections) != 1 {
			t.Errorf("%s: %d corrections", name, len(a.inc.Corrections))
		}
	}
}

func TestAFileIsKeptByReferenceAndHash(t *testing.T) {
	t.Parallel()
	a := amendable(t)
	a.amend(func(*Report) {}, Attachment{ID: "F1", Type: "image/png", Size: 10}, Attachment{ID: "F2", Type: "application/pdf"})
	if version, _ := a.inc.ReportVersion(); version != 1 || len(a.inc.Files) != 2 {
		t.Fatalf("version %d, files %+v", version, a.inc.Files)
	}
	hashes := func() []TaskKey {
		var keys []TaskKey
		for _, task := range a.rules.Plan(a.inc) {
			if task.Kind == KindHash {
				keys = append(keys, task.Key)
			}
		}
		return keys
	}
	keys := hashes()
	if len(keys) != 2 || a.inc.FileOf(keys[1]).ID != "F2" {
		t.Fatalf("to be read: %v", keys)
	}
	a.do(SystemActor(), Deliver{Outcome: FileHashed{Task: keys[0], Size: 12, SHA256: "abc"}})
	a.do(SystemActor(), Deliver{Outcome: FileHashed{Task: keys[1], Why: "the file was deleted"}})
	if f := a.inc.Files; f[0].SHA256 != "abc" || f[0].Size != 12 || f[1].Unhashed == "" || len(hashes()) != 0 {
		t.Errorf("files %+v, still to be read: %v", f, hashes())
	}
	a.do(SystemActor(), Deliver{Outcome: ChannelOpened{Channel: "C1"}})
	a.do(responder, AddEvidence{Place: Place{Channel: "C1", TS: "1.1"}, Author: nurse.User, Said: friday, Text: "It lay there.", Attached: []Attachment{{ID: "F9"}}})
	if f := a.inc.Files[2]; f.ID != "F9" || f.By != responder.User || len(hashes()) != 1 {
		t.Errorf("beside a message: %+v", a.inc.Files)
	}
	var refusal *Error
	for name, files := range map[string][]Attachment{"too large": {{ID: "F3", Size: MaxFileSize + 1}}, "twice": {{ID: "F1"}}, "too many": make([]Attachment, MaxFiles+1)} {
		if _, err := a.rules.Handle(a.inc, a.amendment(func(*Report) {}, files...), nurse, a.now); !errors.As(err, &refusal) || refusal.Field != FieldFiles {
			t.Errorf("%s: %v", name, err)
		}
	}
}
