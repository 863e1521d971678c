package workflow

import (
	"errors"
	"reflect"
	"slices"
	"time"
)

// CommandAmend is the person who reported an incident adding to their report or
// putting it right, or attaching files to it.
const CommandAmend CommandName = "Amend"

// Amend is the report as its author wants it to stand from now on, and files that
// belong to it. What their form does not ask stays as it was.
type Amend struct {
	Seen   int // how many amendments the author had seen
	Report Report
	Files  []Attachment
}

func (Amend) Name() CommandName { return CommandAmend }

// Amended is a new version of a report. The earlier ones stay in their events.
type Amended struct {
	Report  Report       `json:"report"`
	Version int          `json:"version"`         // of the report; as before if only files were attached
	Facts   Facts        `json:"facts,omitzero"`  // of the incident, from then on
	Risk    RiskLevel    `json:"risk,omitempty"`  // the same
	Apart   []Field      `json:"apart,omitempty"` // in what the record goes on saying otherwise
	Files   []Attachment `json:"files,omitempty"`
}

func (Amended) Kind() string { return "amended" }

var amendEvents = []eventRow{
	event(announced, texts("Report.Source.TS", "Files"), (*Incident).foldAmended), // of a file only Slack's id and its type
}

// Amendment is one change that its author made to a report. Every version is
// kept.
type Amendment struct {
	Seq     int       `json:"seq"`
	By      UserID    `json:"by"`
	At      time.Time `json:"at"`
	Was     int       `json:"was"`     // the version of the report before: the first was version 1
	Version int       `json:"version"` // the version it became
	Before  Report    `json:"before"`
	After   Report    `json:"after"`
	Apart   []Field   `json:"apart,omitempty"` // in what the record says otherwise
	Files   int       `json:"files,omitempty"` // how many were attached with it
}

// Reworded tells whether the report itself changed; otherwise files were attached
// to it and nothing else.
func (a Amendment) Reworded() bool { return a.Version > a.Was }

// Reported is the report as it was first sent.
func (i *Incident) Reported() Report {
	if len(i.Amendments) > 0 {
		return i.Amendments[0].Before
	}
	return i.Report
}

// ReportVersion is the version of the report that holds now, from 1, and when it
// was made.
func (i *Incident) ReportVersion() (version int, since time.Time) {
	version, since = 1, i.Times.Reported
	for _, a := range i.Amendments {
		if a.Version > version {
			version, since = a.Version, a.At
		}
	}
	return version, since
}

// guesses are the amendments made before anybody triaged: until then the reporter's
// guess sets the pace.
func (i *Incident) guesses() []Amendment {
	if len(i.Triages) == 0 {
		return i.Amendments
	}
	n := slices.IndexFunc(i.Amendments, func(a Amendment) bool { return a.Seq > i.Triages[0].Seq })
	if n < 0 {
		return i.Amendments
	}
	return i.Amendments[:n]
}

// raisedGuess is the last of these that raised the pace to severity 1 or 2, or nil if
// a later one lowered it again.
func (i *Incident) raisedGuess() *Amendment {
	var last *Amendment
	all := i.guesses()
	for n := range all {
		switch before, after := assumedFrom(all[n].Before.Risk), assumedFrom(all[n].After.Risk); {
		case after > 2:
			last = nil
		case after < before:
			last = &all[n]
		}
	}
	return last
}

// answerTo is the first note, or amendment of the report, that somebody else made after a
// question of whoever decides.
func (i *Incident) answerTo(d *Decision) (first happening, said bool) {
	for _, h := range i.written() {
		if h.seq > d.Seq && h.by != d.By {
			return h, true
		}
	}
	return happening{}, false
}

// written are the notes and the amendments of the report, in their order.
func (i *Incident) written() []happening {
	var all []happening
	for _, n := range i.Notes {
		all = append(all, happening{seq: n.Seq, by: n.By, at: n.At})
	}
	for _, a := range i.Amendments {
		all = append(all, happening{seq: a.Seq, by: a.By, at: a.At})
	}
	slices.SortFunc(all, func(a, b happening) int { return a.seq - b.seq })
	return all
}

// stated is one fact that the report asks for.
type stated struct {
	field Field
	of    func(*Facts) any // a pointer to it
}

// statedFacts are the facts that the author of a report states and may amend.
var statedFacts = []stated{
	{FieldCategory, func(f *Facts) any { return &f.Category }},
	{FieldAspects, func(f *Facts) any { return &f.Aspects }},
	{FieldData, func(f *Facts) any { return &f.Data }},
	{FieldSubjects, func(f *Facts) any { return &f.Subjects }},
	{FieldCount, func(f *Facts) any { return &f.Count }},
	{FieldOngoing, func(f *Facts) any { return &f.Ongoing }},
	{FieldSubjectsAware, func(f *Facts) any { return &f.SubjectsAware }},
	{FieldOthersAware, func(f *Facts) any { return &f.OthersAware }},
	{FieldNearMiss, func(f *Facts) any { return &f.NearMiss }},
}

// same tells whether two facts agree; the order of a choice of several does not
// matter.
func (s stated) same(a, b Facts) bool {
	x, y := reflect.ValueOf(s.of(&a)).Elem(), reflect.ValueOf(s.of(&b)).Elem()
	if x.Kind() != reflect.Slice {
		return x.Equal(y)
	}
	words := func(v reflect.Value) []string {
		var out []string
		for n := range v.Len() {
			out = append(out, v.Index(n).String())
		}
		slices.Sort(out)
		return out
	}
	return slices.Equal(words(x), words(y))
}

func (s stated) copy(to *Facts, from Facts) {
	reflect.ValueOf(s.of(to)).Elem().Set(reflect.ValueOf(s.of(&from)).Elem())
}

// amend records a new version of the report. What its author says now is kept as
// they say it. The record moves with it only where nobody has corrected it: a fact
// moves if the record still says what the report said before, and so does the first
// guess at the risk. After the resolution nothing moves: it takes reopening.
//
// When it was noticed and when it happened follow the rule of CorrectTimes: they
// move if nobody has corrected them, the organisation's awareness is not set and the
// deadline does not become later. Otherwise they are a statement, and the
// announcement asks whoever may to correct the times: once awareness is set, somebody
// has decided what the clock is counted from.
func (r Rules) amend(inc *Incident, c Amend, by Actor, now time.Time) ([]Event, error) {
	if c.Seen != len(inc.Amendments) {
		return nil, &Error{Kind: ErrStale, Message: "You have changed this report since this form was opened. Nothing was saved now; please look at it again."}
	}
	was, rep := inc.Report, c.Report
	rep.Drill, rep.Source = was.Drill, was.Source
	facts := was.Facts
	for _, s := range statedFacts {
		if !s.same(facts, rep.Facts) {
			s.copy(&facts, rep.Facts)
		}
	}
	rep.Facts = facts
	if rep.Risk == "" {
		rep.Risk = was.Risk // it is asked only where there was none
	}
	rep.Detected, rep.Occurred.From, rep.Occurred.To = asBefore(rep.Detected, was.Detected), asBefore(rep.Occurred.From, was.Occurred.From), asBefore(rep.Occurred.To, was.Occurred.To)
	rep, err := checkedReport(rep, now)
	if err != nil {
		return nil, err
	}
	if err := checkFiles(inc, c.Files); err != nil {
		return nil, err
	}
	if reflect.DeepEqual(rep, was) && len(c.Files) == 0 {
		return nil, Invalid(FieldTitle, "Nothing was changed. Change something, attach a file, or close this form.")
	}

	e := Amended{Report: rep, Facts: inc.Facts, Risk: inc.Risk, Files: c.Files}
	e.Version, _ = inc.ReportVersion()
	if !reflect.DeepEqual(rep, was) {
		e.Version++
	}
	movable := slices.Contains(active, inc.Step())
	for _, s := range statedFacts {
		switch {
		case s.same(was.Facts, rep.Facts) || s.same(inc.Facts, rep.Facts):
		case movable && s.same(inc.Facts, was.Facts):
			s.copy(&e.Facts, rep.Facts)
		default:
			e.Apart = append(e.Apart, s.field)
		}
	}
	if movable && inc.Risk == was.Risk {
		e.Risk = rep.Risk
	}
	times, apart := r.amendTimes(inc, rep, by, now)
	e.Apart = append(e.Apart, apart...)
	return append([]Event{e}, times...), nil
}

// asBefore is a time as it was, if a form that knows no seconds says the same.
func asBefore(now, was time.Time) time.Time {
	if now.Unix() == was.Unix() {
		return was
	}
	return now
}

// amendTimes moves the times to what the report says now, where its author may do
// that, and names those that stay apart.
func (r Rules) amendTimes(inc *Incident, rep Report, by Actor, now time.Time) (moved []Event, apart []Field) {
	was, times := inc.Report, inc.Times
	c := CorrectTimes{
		Facts: inc.FactsVersion, Occurred: times.Occurred, Detected: times.Detected, Aware: times.Aware.At, AwareReason: times.Aware.Reason, ProcessorTold: times.ProcessorTold,
		Reason: "The person who reported it amended the report.", OrderIsRight: true,
	}
	free := inc.Clock().Running() && times.Aware.At.IsZero()
	noticed := !rep.Detected.Equal(was.Detected) && !rep.Detected.Equal(times.Detected)
	happened := rep.Occurred != was.Occurred && rep.Occurred != times.Occurred
	if happened {
		if free && times.Occurred == was.Occurred {
			c.Occurred = rep.Occurred
		} else {
			apart = append(apart, FieldOccurredFrom)
		}
	}
	if noticed {
		try := c
		try.Detected = rep.Detected
		if events, err := r.correctTimes(inc, try, by, now); free && times.Detected.Equal(was.Detected) && err == nil {
			return events, apart
		}
		apart = append(apart, FieldDetected)
	}
	if c.Occurred != times.Occurred {
		events, err := r.correctTimes(inc, c, by, now)
		var refused *Error
		if errors.As(err, &refused) {
			return nil, append(apart, FieldOccurredFrom)
		}
		return events, apart
	}
	return nil, apart
}

func (i *Incident) foldAmended(r Record, e Amended) {
	a := Amendment{Seq: r.Seq, By: r.Actor, At: r.At, Version: e.Version, Before: i.Report, After: e.Report, Apart: e.Apart, Files: len(e.Files)}
	a.Was, _ = i.ReportVersion()
	if a.Reworded() {
		i.FactsVersion = r.Seq // whoever decides must have read it
	}
	i.Amendments = append(slices.Clip(i.Amendments), a)
	i.Report, i.Risk = e.Report, e.Risk
	i.learn(r, e.Facts)
	i.attach(r, e.Files)
}
