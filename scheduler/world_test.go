package scheduler_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"breachbot/scheduler"
	"breachbot/store"
	"breachbot/store/sqlite"
	"breachbot/workflow"
)

// The pool of go-redis looks once a second whether a stopped Redis is back, and
// finds out only then that it was closed itself.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/redis/go-redis/v9/internal/pool.(*ConnPool).tryDial"))
}

// typed is in every word that a person types; no log may hold it.
const typed = "CONFIDENTIAL"

var monday = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)

// clock is a clock that stands until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// world is an organisation: its store, its rules, its Slack.
type world struct {
	t     testing.TB
	path  string
	store store.Store
	rules workflow.Rules
	now   func() time.Time
	svc   *workflow.Service
	slack *slack
	log   *bytes.Buffer
	logMu sync.Mutex
}

// Write makes the world the place that logs go to.
func (w *world) Write(p []byte) (int, error) {
	w.logMu.Lock()
	defer w.logMu.Unlock()
	return w.log.Write(p)
}

func (w *world) logged() string {
	w.logMu.Lock()
	defer w.logMu.Unlock()
	return w.log.String()
}

func newWorld(t testing.TB, now func() time.Time) *world {
	t.Helper()
	rules := workflow.DefaultRules()
	rules.Roster = map[workflow.Role][]workflow.Principal{
		workflow.RoleDPO:    {"UDPO"},
		workflow.RoleIGLead: {"UIGLEAD"},
	}
	w := &world{t: t, path: filepath.Join(t.TempDir(), "breachbot.db"), rules: rules, now: now, log: &bytes.Buffer{}}
	w.slack = &slack{rules: rules, now: now, posted: map[string]int{}, shown: map[workflow.TaskKind]int{}, fault: func(workflow.Claim) error { return nil }}
	w.open()
	t.Cleanup(func() {
		w.store.Close()
		if strings.Contains(w.logged(), typed) {
			t.Errorf("what people typed is in the log:\n%s", w.logged())
		}
	})
	return w
}

func (w *world) open() {
	w.t.Helper()
	s, err := sqlite.Open(context.Background(), w.path)
	if err != nil {
		w.t.Fatal(err)
	}
	w.use(s)
}

// use goes on with a store, and closes the one before.
func (w *world) use(s store.Store) {
	if w.store != nil {
		w.store.Close()
	}
	w.store = s
	w.svc = &workflow.Service{Rules: w.rules, Journal: s, Now: w.now}
}

// restart closes the store and opens it again, as a new process does.
func (w *world) restart() {
	w.t.Helper()
	if err := w.store.Close(); err != nil {
		w.t.Fatal(err)
	}
	w.open()
}

// scheduler is a replica's.
func (w *world) scheduler() *scheduler.Scheduler {
	s := &scheduler.Scheduler{
		Queue: w.store, Courier: w.slack, Service: w.svc, Now: w.now, Zone: w.rules.Zone,
		Log: slog.New(slog.NewTextHandler(w, nil)),
	}
	w.svc.Committed = s.Wake
	return s
}

// report opens an incident that was noticed now.
func (w *world) report() workflow.IncidentID {
	w.t.Helper()
	r, err := w.svc.Report(context.Background(), "", workflow.SubmitReport{Report: workflow.Report{
		Title: typed + " letters", What: typed + " letters went to the wrong patients", Detected: w.now(),
		Risk: workflow.RiskLevels[0].Value, Facts: workflow.Facts{Category: workflow.Categories[0].Value},
	}}, workflow.Actor{User: "UNURSE"})
	if err != nil {
		w.t.Fatal(err)
	}
	return r.Incident.ID
}

// dismiss ends an incident.
func (w *world) dismiss(id workflow.IncidentID) {
	w.t.Helper()
	inc := w.incident(id)
	dpo := workflow.Actor{User: "UDPO", Roles: []workflow.Role{workflow.RoleDPO}}
	if _, err := w.svc.Do(context.Background(), id, "", workflow.Dismiss{Facts: inc.FactsVersion, Reason: typed + " none"}, dpo); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) incident(id workflow.IncidentID) *workflow.Incident {
	w.t.Helper()
	inc, err := w.svc.Incident(context.Background(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return inc
}

// events are the records of an incident of one kind.
func events[E workflow.Event](w *world, id workflow.IncidentID) []E {
	w.t.Helper()
	records, err := w.store.Load(context.Background(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	var found []E
	for _, r := range records {
		if e, ok := r.Event.(E); ok {
			found = append(found, e)
		}
	}
	return found
}

func (w *world) pass(s *scheduler.Scheduler) scheduler.Report {
	w.t.Helper()
	r, err := s.RunOnce(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// slack is a courier with a workspace that remembers what was posted, and
// looks before it posts again.
type slack struct {
	rules  workflow.Rules
	now    func() time.Time
	fault  func(workflow.Claim) error // before the act
	unsure func(workflow.Claim) error // after the act
	during func(context.Context, workflow.Claim)

	mu     sync.Mutex
	posted map[string]int            // times each task was carried out
	shown  map[workflow.TaskKind]int // version of the incident that went out last
	calls  []workflow.Claim
	sought []workflow.Claim
	nudges []workflow.Nudged
}

func name(c workflow.Claim) string { return string(c.Incident) + " " + string(c.Task.Key) }

func (s *slack) Deliver(ctx context.Context, inc *workflow.Incident, c workflow.Claim) (workflow.Event, error) {
	s.mu.Lock()
	s.calls = append(s.calls, c)
	fault, during, unsure := s.fault, s.during, s.unsure
	s.mu.Unlock()
	if during != nil {
		during(ctx, c)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := fault(c); err != nil {
		return nil, err
	}
	s.mu.Lock()
	if c.Attempt == 1 || s.posted[name(c)] == 0 {
		s.posted[name(c)]++
	}
	s.mu.Unlock()
	if unsure != nil {
		if err := unsure(c); err != nil {
			return nil, err
		}
	}
	if inc == nil {
		return nil, nil
	}
	s.mu.Lock()
	s.shown[c.Task.Kind] = inc.Version
	s.mu.Unlock()
	return s.fact(inc, c), nil
}

// Seek finds what was posted.
func (s *slack) Seek(ctx context.Context, inc *workflow.Incident, c workflow.Claim) (workflow.Event, error) {
	s.mu.Lock()
	s.sought = append(s.sought, c)
	fault, posted := s.fault, s.posted[name(c)]
	s.mu.Unlock()
	if err := fault(c); err != nil || posted == 0 {
		return nil, err
	}
	return s.fact(inc, c), nil
}

// fact is what follows from a task that was carried out.
func (s *slack) fact(inc *workflow.Incident, c workflow.Claim) workflow.Event {
	place := workflow.Place{Channel: "C1", TS: "1." + string(c.Task.Key)}
	switch c.Task.Kind {
	case workflow.KindChannel:
		return workflow.ChannelOpened{Channel: workflow.ChannelID("C" + inc.ID), Name: inc.ID.ChannelName(1)}
	case workflow.KindCard:
		return workflow.CardPosted{Place: place, Shows: inc.Version}
	case workflow.KindInvite:
		return workflow.Invited{Principal: c.Task.Target.Principal(), Joined: []workflow.UserID{workflow.UserID(c.Task.Target)}}
	case workflow.KindNudge:
		m, missed := s.rules.Passed(inc, c.Task, s.now())
		n := workflow.Nudged{Task: c.Task.Key, Target: c.Task.Target, Deadline: c.Task.Deadline, Milestone: m, Missed: missed, Places: []workflow.Place{place}}
		s.mu.Lock()
		s.nudges = append(s.nudges, n)
		s.mu.Unlock()
		return n
	case workflow.KindFollowUp:
		return workflow.FollowUpNudged{Task: c.Task.Key, Target: c.Task.Target}
	case workflow.KindReceipt, workflow.KindAlert, workflow.KindAsk, workflow.KindSay, workflow.KindOutcome:
		return workflow.MessagePosted{Task: c.Task.Key, Shows: inc.Version, Target: c.Task.Target, Places: []workflow.Place{place}}
	}
	return nil
}

// fails sets what goes wrong from now on.
func (s *slack) fails(f func(workflow.Claim) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
}

func (s *slack) called(match func(workflow.Claim) bool) (found []workflow.Claim) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.calls {
		if match(c) {
			found = append(found, c)
		}
	}
	return found
}

func kind(k workflow.TaskKind) func(workflow.Claim) bool {
	return func(c workflow.Claim) bool { return c.Task.Kind == k }
}

// onceEach fails when anything was carried out twice.
func (s *slack) onceEach(t testing.TB) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for task, n := range s.posted {
		if n != 1 {
			t.Errorf("%s was carried out %d times", task, n)
		}
	}
}

// said lists the nudges of a target, the milestone first and what it missed.
func (s *slack) said(to workflow.Target) (said []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range s.nudges {
		if n.Target == to {
			said = append(said, fmt.Sprintf("%v missed %v", time.Duration(n.Milestone), len(n.Missed)))
		}
	}
	return said
}

// refusal is a courier's error.
type refusal struct {
	code      string
	after     time.Duration
	permanent bool
}

func (r refusal) Error() string             { return "slack: " + r.code }
func (r refusal) Code() string              { return r.code }
func (r refusal) RetryAfter() time.Duration { return r.after }
func (r refusal) Permanent() bool           { return r.permanent }

// between is a queue at which something happens between a claim and what
// follows from it.
type between struct {
	scheduler.Queue
	claimed func([]workflow.Claim)
}

func (q between) Claim(ctx context.Context, token string, now time.Time, lease time.Duration, lane workflow.Lane, limit int) ([]workflow.Claim, error) {
	claims, err := q.Queue.Claim(ctx, token, now, lease, lane, limit)
	if err == nil && len(claims) > 0 {
		q.claimed(claims)
	}
	return claims, err
}

// forgetful is a service that cannot record deliveries while broken says so.
type forgetful struct {
	scheduler.Service
	broken func() bool
}

func (f forgetful) Do(ctx context.Context, id workflow.IncidentID, key workflow.CommandKey, c workflow.Command, by workflow.Actor) (workflow.Receipt, error) {
	if f.broken() {
		return workflow.Receipt{}, fmt.Errorf("append: %w", workflow.ErrUnavailable)
	}
	return f.Service.Do(ctx, id, key, c, by)
}

// value reads a metric: the sum over the series whose labels are all given.
func value(t testing.TB, reg *prometheus.Registry, metric string, labels ...string) (sum float64) {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != metric {
			continue
		}
		for _, m := range f.GetMetric() {
			has := func(l string) bool {
				for _, p := range m.GetLabel() {
					if p.GetValue() == l {
						return true
					}
				}
				return false
			}
			if slices.ContainsFunc(labels, func(l string) bool { return !has(l) }) {
				continue
			}
			sum += m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
	}
	return sum
}

var errSlackDown = errors.New("connection reset")
