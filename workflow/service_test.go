package workflow_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	. "breachbot/workflow"

	"github.com/google/go-cmp/cmp"
)

// memory is a journal that keeps payloads as a store does: encoded.
type memory struct {
	mu      sync.Mutex
	rows    map[IncidentID][]row
	keys    map[CommandKey]IncidentID
	commits []Commit
	skip    int    // references left out before the next one
	before  func() // called once before the next append, outside the lock
}

type row struct {
	record  Record
	kind    string
	payload []byte
}

func newMemory() *memory {
	return &memory{rows: map[IncidentID][]row{}, keys: map[CommandKey]IncidentID{}}
}

func (m *memory) Load(ctx context.Context, id IncidentID) ([]Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.rows[id]) == 0 {
		return nil, fmt.Errorf("load %s: %w", id, ErrNotFound)
	}
	var records []Record
	for _, row := range m.rows[id] {
		e, err := Decode(row.kind, row.payload)
		if err != nil {
			return nil, err
		}
		row.record.Event = e
		records = append(records, row.record)
	}
	return records, nil
}

func (m *memory) Append(_ context.Context, c Commit) error {
	m.mu.Lock()
	hook := m.before
	m.before = nil
	m.mu.Unlock()
	if hook != nil {
		hook()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, repeated := m.keys[c.Key]; repeated && c.Key != "" {
		return fmt.Errorf("append %s: %w", c.Incident, ErrRepeated)
	}
	if len(m.rows[c.Incident]) != c.Base {
		return fmt.Errorf("append %s: %w", c.Incident, ErrConflict)
	}
	for _, r := range c.Records {
		payload, err := Encode(r.Event)
		if err != nil {
			return err
		}
		m.rows[c.Incident] = append(m.rows[c.Incident], row{r, r.Event.Kind(), payload})
	}
	if c.Key != "" {
		m.keys[c.Key] = c.Incident
	}
	m.commits = append(m.commits, c)
	return nil
}

func (m *memory) Committed(_ context.Context, key CommandKey) (IncidentID, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if id, ok := m.keys[key]; ok {
		return id, nil
	}
	return "", fmt.Errorf("key %s: %w", key, ErrNotFound)
}

func (m *memory) NextNumber(_ context.Context, series Series, year int) (int, int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 1
	for m.rows[NewIncidentID(series, year, n)] != nil {
		n++
	}
	n += m.skip
	return n, m.skip, nil
}

func newService() (*Service, *memory) {
	m := newMemory()
	return &Service{Rules: testRules(), Journal: m, Now: func() time.Time { return friday.Add(10 * time.Minute) }}, m
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestAReportIsStoredWholeAndAnnounced(t *testing.T) {
	t.Parallel()
	s, m := newService()
	var woken []IncidentID
	s.Committed = func(id IncidentID) { woken = append(woken, id) }
	r := must[Receipt](t)(s.Report(t.Context(), "view-1", SubmitReport{aReport()}, nurse))
	if r.Incident.ID != ref || r.Incident.Version != 1 || r.Repeated || len(r.Events) != 1 {
		t.Errorf("%+v", r)
	}
	c := m.commits[0]
	if c.Base != 0 || c.Key != "view-1" || len(c.Tasks) == 0 || c.Entry.ID != ref || c.Records[0].Seq != 1 || c.Records[0].Actor != nurse.User {
		t.Errorf("%+v", c)
	}
	if d := cmp.Diff([]IncidentID{ref}, woken); d != "" {
		t.Error(d)
	}
}

func TestARepeatedKeyChangesNothingAndGivesTheFirstResult(t *testing.T) {
	t.Parallel()
	s, m := newService()
	first := must[Receipt](t)(s.Report(t.Context(), "view-1", SubmitReport{aReport()}, nurse))
	again := must[Receipt](t)(s.Report(t.Context(), "view-1", SubmitReport{aReport()}, nurse))
	if !again.Repeated || len(again.Events) != 0 || len(m.commits) != 1 {
		t.Errorf("repeated %v, %d commits", again.Repeated, len(m.commits))
	}
	if d := cmp.Diff(first.Incident, again.Incident); d != "" {
		t.Error(d)
	}
	if _, err := s.Do(t.Context(), ref, "note", AddNote{Text: "x"}, igLead); err != nil {
		t.Fatal(err)
	}
	note := must[Receipt](t)(s.Do(t.Context(), ref, "note", AddNote{Text: "x"}, igLead))
	if !note.Repeated || len(note.Incident.Notes) != 1 {
		t.Errorf("%+v", note)
	}
}

func TestARefusalThatEchoesACommittedCommandIsItsFirstResult(t *testing.T) {
	t.Parallel()
	s, _ := newService()
	inc := must[Receipt](t)(s.Report(t.Context(), "r", SubmitReport{aReport()}, nurse)).Incident
	assess := Assess{Facts: inc.FactsVersion, Grading: Grading{Cell: Cell{3, 3}, Vulnerable: No, HighRisk: No}, Why: "The recipient is known."}
	inc = must[Receipt](t)(s.Do(t.Context(), ref, "a", assess, igLead)).Incident
	decide := Decide{Facts: inc.FactsVersion, Recipient: Regulator, Verdict: Notify, Reason: "High risk."}
	must[Receipt](t)(s.Do(t.Context(), ref, "button", decide, dpo))
	// Slack sends the press again: it is stale because of itself.
	if r := must[Receipt](t)(s.Do(t.Context(), ref, "button", decide, dpo)); !r.Repeated || len(r.Incident.Decisions) != 1 {
		t.Errorf("%+v", r)
	}
	// A different press is refused on its own merits.
	if _, err := s.Do(t.Context(), ref, "button-2", decide, dpo); !errors.Is(err, ErrStale) {
		t.Errorf("got %v", err)
	}
}

func TestAConflictLoadsAgainAndDecidesAgain(t *testing.T) {
	t.Parallel()
	s, m := newService()
	inc := must[Receipt](t)(s.Report(t.Context(), "r", SubmitReport{aReport()}, nurse)).Incident
	m.before = func() { must[Receipt](t)(s.Do(context.Background(), ref, "other", AddNote{Text: "first"}, igLead)) }
	r := must[Receipt](t)(s.Do(t.Context(), ref, "mine", AddNote{Text: "second"}, dpo))
	if r.Incident.Version != 3 || r.Incident.Notes[1].Text != "second" {
		t.Errorf("%+v", r.Incident.Notes)
	}
	// If somebody else changed something in between, a form filled in before is
	// refused.
	stale := Assess{Facts: inc.FactsVersion, Grading: Grading{Cell: Cell{1, 1}, Vulnerable: No, HighRisk: No}, Why: "The recipient is known."}
	m.before = func() {
		must[Receipt](t)(s.Do(context.Background(), ref, "theirs", Assess{Facts: inc.FactsVersion, Grading: Grading{Cell: Cell{5, 5}, Vulnerable: No, HighRisk: No}, Why: "The recipient is known."}, dpo))
	}
	if _, err := s.Do(t.Context(), ref, "late", stale, igLead); !errors.Is(err, ErrStale) {
		t.Errorf("got %v", err)
	}
	if _, err := m.Committed(t.Context(), "late"); !errors.Is(err, ErrNotFound) {
		t.Error("a refused command leaves no key: it may be tried again")
	}
}

type broken struct {
	*memory
	err error
}

func (b broken) Append(context.Context, Commit) error { return b.err }

func TestWhatTheJournalCannotDoIsSaid(t *testing.T) {
	t.Parallel()
	s, m := newService()
	for _, id := range []IncidentID{"", "BR-2026-0099"} {
		if _, err := s.Do(t.Context(), id, "k", AddNote{Text: "x"}, igLead); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q: %v", id, err)
		}
	}
	s.Journal = broken{m, ErrConflict}
	if _, err := s.Report(t.Context(), "k", SubmitReport{aReport()}, nurse); !errors.Is(err, ErrUnavailable) {
		t.Errorf("conflicts without end: %v", err)
	}
	s.Journal = broken{m, fmt.Errorf("append: %w", ErrUnavailable)}
	if _, err := s.Report(t.Context(), "k", SubmitReport{aReport()}, nurse); !errors.Is(err, ErrUnavailable) {
		t.Errorf("store down: %v", err)
	}
	if len(m.commits) != 0 {
		t.Error("something was kept")
	}
}

func TestReferencesHaveNoGapsUnderConcurrentReports(t *testing.T) {
	t.Parallel()
	s, m := newService()
	const reports = 20
	ids := make([]IncidentID, 2*reports)
	var wg sync.WaitGroup
	for n := range 2 * reports { // each submitted twice at once
		wg.Go(func() {
			r, err := s.Report(t.Context(), CommandKey(fmt.Sprint("view-", n/2)), SubmitReport{aReport()}, nurse)
			if err != nil {
				t.Error(err)
				return
			}
			ids[n] = r.Incident.ID
		})
	}
	wg.Wait()
	for n := 0; n < 2*reports; n += 2 {
		if ids[n] != ids[n+1] {
			t.Errorf("one submission led to %s and %s", ids[n], ids[n+1])
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	for n, id := range ids {
		if id != NewIncidentID(SeriesReal, 2026, n+1) {
			t.Errorf("%s at place %d", id, n+1)
		}
	}
	if len(ids) != reports || len(m.commits) != reports {
		t.Errorf("%d references, %d commits for %d reports", len(ids), len(m.commits), reports)
	}
}

func TestNotesGivenAtOnceAllGetThrough(t *testing.T) {
	t.Parallel()
	s, _ := newService()
	must[Receipt](t)(s.Report(t.Context(), "r", SubmitReport{aReport()}, nurse))
	var wg sync.WaitGroup
	for n := range 20 {
		wg.Go(func() {
			if _, err := s.Do(t.Context(), ref, CommandKey(fmt.Sprint(n)), AddNote{Text: fmt.Sprint(n)}, igLead); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	inc := must[*Incident](t)(s.Incident(t.Context(), ref))
	if len(inc.Notes) != 20 || inc.Version != 21 {
		t.Errorf("%d notes at version %d", len(inc.Notes), inc.Version)
	}
}

func TestTheYearOfAReferenceIsTheOrganisations(t *testing.T) {
	t.Parallel()
	s, _ := newService()
	s.Now = func() time.Time { return utc("2026-12-31T23:30:00Z") }
	s.Rules.Zone = time.FixedZone("ahead", 3600)
	if r := must[Receipt](t)(s.Report(t.Context(), "k", SubmitReport{aReport()}, nurse)); r.Incident.ID != "BR-2027-0001" {
		t.Errorf("%s", r.Incident.ID)
	}
}

func TestADeliveryNamesTheTaskItEnds(t *testing.T) {
	t.Parallel()
	s, m := newService()
	must[Receipt](t)(s.Report(t.Context(), "r", SubmitReport{aReport()}, nurse))
	story := reported(t)
	for _, task := range story.plan() {
		e := story.outcome(task)
		if e == nil {
			continue
		}
		must[Receipt](t)(s.Do(t.Context(), ref, TaskCommand(ref, task.Key), Deliver{e}, SystemActor()))
		if got := m.commits[len(m.commits)-1].Done; got != task.Key {
			t.Errorf("%s ended %q", task.Key, got)
		}
		if _, _, ok, err := s.Owed(t.Context(), ref, task.Key); ok || err != nil {
			t.Errorf("%s is still owed (%v)", task.Key, err)
		}
	}
	if _, task, ok, err := s.Owed(t.Context(), ref, "topic:1"); !ok || err != nil || task.Kind != KindTopic {
		inc := must[*Incident](t)(s.Incident(t.Context(), ref))
		t.Errorf("%v %v; topic seq %d", ok, err, inc.TopicSeq)
	}
}

func TestWhatFollowsFromTheRecordsCanBeDerivedAgain(t *testing.T) {
	t.Parallel()
	s, m := newService()
	must[Receipt](t)(s.Report(t.Context(), "r", SubmitReport{aReport()}, nurse))
	inc := must[Receipt](t)(s.Do(t.Context(), ref, "a", Assess{Facts: 1, Grading: Grading{Cell: Cell{3, 3}, Vulnerable: No, HighRisk: No}, Why: "The recipient is known."}, igLead)).Incident
	must[Receipt](t)(s.Do(t.Context(), ref, "d", Decide{Facts: inc.FactsVersion, Recipient: Regulator, Verdict: Notify, Reason: "x"}, dpo))
	must[Receipt](t)(s.Do(t.Context(), ref, "n", RecordNotification{Recipient: Regulator, SentAt: s.Now(), Method: "dspt"}, dpo))
	last := m.commits[len(m.commits)-1]
	again := s.Rederive(must[[]Record](t)(m.Load(t.Context(), ref)))
	for _, pair := range [][2]any{{last.Tasks, again.Tasks}, {last.Entry, again.Entry}, {last.Decisions, again.Decisions}, {last.Notifications, again.Notifications}} {
		if d := cmp.Diff(pair[0], pair[1]); d != "" {
			t.Error(d)
		}
	}
}

func TestFourDaysOfNudgesThroughTheServiceLoseAndRepeatNone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, m := newService()
		s.Now = time.Now // the bubble's
		start := Instant(time.Now())
		report := aReport()
		report.Detected = start
		id := must[Receipt](t)(s.Report(t.Context(), "r", SubmitReport{report}, nurse)).Incident.ID
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for range 2 { // two replicas, both awake every ten minutes
			wg.Go(func() {
				for ctx.Err() == nil {
					inc := must[*Incident](t)(s.Incident(t.Context(), id))
					st := &story{t: t, rules: s.Rules, inc: inc, now: s.Now()}
					for _, task := range st.plan() {
						if e := st.outcome(task); e != nil && !task.Due.After(s.Now()) {
							if _, err := s.Do(t.Context(), id, TaskCommand(id, task.Key), Deliver{e}, SystemActor()); err != nil {
								t.Error(err)
							}
						}
					}
					time.Sleep(10 * time.Minute)
				}
			})
		}
		time.Sleep(96*time.Hour + time.Second)
		stop()
		wg.Wait()
		heard := map[Target][]time.Duration{}
		for _, r := range must[[]Record](t)(m.Load(t.Context(), id)) {
			if n, ok := r.Event.(Nudged); ok {
				heard[n.Target] = append(heard[n.Target], time.Duration(n.Milestone))
			}
		}
		if d := cmp.Diff([]time.Duration{48 * hour, 24 * hour, 12 * hour, 6 * hour, 3 * hour, hour, 0, -12 * hour, -24 * hour}, heard[InChannel]); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff([]time.Duration{3 * hour, hour, 0, -12 * hour, -24 * hour}, heard["USIRO"]); d != "" {
			t.Error(d)
		}
	})
}
