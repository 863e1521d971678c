package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breachbot/store"
	"breachbot/workflow"
)

// owe commits an event whose tasks are those given, whatever the plan says.
func (s *scene) owe(id workflow.IncidentID, done workflow.TaskKey, tasks ...workflow.Task) {
	s.t.Helper()
	s.pass(time.Minute)
	c := s.commit(id, s.key())
	c.Tasks, c.Done = tasks, done
	if err := s.Append(s.t.Context(), c); err != nil {
		s.t.Fatal(err)
	}
}

func task(key workflow.TaskKey, due time.Time) workflow.Task {
	return workflow.Task{Key: key, Kind: workflow.KindSay, Due: due, Target: workflow.InChannel, About: 3}
}

// states are the tasks of an incident by key.
func (s *scene) states(id workflow.IncidentID) map[workflow.TaskKey]store.TaskRow {
	s.t.Helper()
	m := map[workflow.TaskKey]store.TaskRow{}
	for _, r := range s.rowsOf(id).Tasks {
		m[r.Task.Key] = r
	}
	return m
}

// claim takes everything due and wants these keys, in this order.
func (s *scene) claim(token string, now time.Time, want ...workflow.TaskKey) []workflow.Claim {
	s.t.Helper()
	claims, err := Claims(s.t.Context(), s, token, now, time.Minute, 1000)
	if err != nil {
		s.t.Fatal(err)
	}
	var got []workflow.TaskKey
	for _, c := range claims {
		got = append(got, c.Task.Key)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Fatalf("claimed (-want +got)\n%s", diff)
	}
	return claims
}

func testReconcile(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	id := s.report()
	due := start.Add(time.Hour)
	nudge := workflow.Task{
		Key: "nudge", Kind: workflow.KindNudge, Due: due, Target: "U0DPO",
		Milestone: workflow.Countdown(-12*time.Hour - time.Nanosecond), Deadline: due.Add(time.Hour),
	}
	s.owe(id, "", task("same", due), task("moved", due), task("done", due), task("gone", due), nudge)
	stored := s.clock()
	for _, r := range s.rowsOf(id).Tasks {
		if r.State != store.Pending {
			continue
		}
		if r.Attempts != 0 || r.Next != due || r.Stored != workflow.Instant(stored) {
			t.Errorf("new: %+v", r)
		}
	}
	if got := s.states(id)["nudge"].Task; got != nudge {
		t.Errorf("stored %+v, want %+v", got, nudge)
	}
	if got := s.states(id)["channel"].State; got != store.Dropped {
		t.Errorf("what the plan wanted before is %s", got)
	}

	// A first try of each fails.
	for _, c := range s.claim("w", due, "nudge", "same", "moved", "done", "gone") {
		if err := s.Postpone(t.Context(), c, due.Add(2*time.Hour), "ratelimited"); err != nil {
			t.Fatal(err)
		}
	}
	retargeted := task("same", due)
	retargeted.Target = "U0IVO"
	moved := due.Add(10 * time.Minute)
	s.owe(id, "done", retargeted, task("moved", moved))
	got := s.states(id)
	for key, want := range map[workflow.TaskKey]store.TaskRow{
		"same":  {Task: retargeted, State: store.Pending, Attempts: 1, Code: "ratelimited", Next: due.Add(2 * time.Hour)},
		"moved": {Task: task("moved", moved), State: store.Pending, Attempts: 1, Code: "ratelimited", Next: moved},
		"done":  {Task: task("done", due), State: store.Done, Attempts: 1, Code: "ratelimited", Next: due.Add(2 * time.Hour)},
		"gone":  {Task: task("gone", due), State: store.Dropped, Attempts: 1, Code: "ratelimited", Next: due.Add(2 * time.Hour)},
	} {
		want.Stored, want.Lane = workflow.Instant(stored), workflow.LanePeople
		if diff := cmp.Diff(want, got[key]); diff != "" {
			t.Errorf("%s (-want +got)\n%s", key, diff)
		}
	}

	// Wanted again: what was dropped starts again, except that an earlier attempt
	// may have got through and is remembered; what is done stays done.
	s.now = due.Add(30 * time.Minute)
	s.owe(id, "", task("done", due), task("gone", due))
	got = s.states(id)
	if r := got["done"]; r.State != store.Done {
		t.Errorf("done is %s", r.State)
	}
	want := store.TaskRow{Task: task("gone", due), Lane: workflow.LanePeople, State: store.Pending, Attempts: 1, Next: workflow.Instant(s.now), Stored: workflow.Instant(stored)}
	if diff := cmp.Diff(want, got["gone"]); diff != "" {
		t.Errorf("gone (-want +got)\n%s", diff)
	}
	s.owe(id, "")
	for key, r := range s.states(id) {
		if r.State == store.Pending {
			t.Errorf("%s is pending, though nothing is owed", key)
		}
	}
}

func testReconcileClaimed(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	id := s.report()
	due := start.Add(time.Hour)
	s.owe(id, "", task("held", due), task("dropped", due))
	s.now = due
	claims := s.claim("w", due, "held", "dropped")
	// The commit is due+1m: past neither lease.
	s.now = due.Add(-30 * time.Second)
	s.owe(id, "", task("held", due.Add(-time.Hour)))
	s.claim("other", s.now)
	if err := s.Finish(t.Context(), claims[0]); err != nil {
		t.Errorf("the held one: %v", err)
	}
	if err := s.Finish(t.Context(), claims[1]); !errors.Is(err, workflow.ErrConflict) {
		t.Errorf("the dropped one: %v", err)
	}
	if got := s.states(id); got["held"].State != store.Done || got["dropped"].State != store.Dropped {
		t.Errorf("held %s, dropped %s", got["held"].State, got["dropped"].State)
	}
}

func testDoubtful(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	id := s.report()
	due := start.Add(time.Hour)
	names := []workflow.TaskKey{"held", "failed", "wanted", "done"}
	person := task("person:U0DEE:say:3:S0DPO", due.Add(time.Hour))
	person.Kind = workflow.KindPerson
	all := []workflow.Task{task("untried", due.Add(time.Hour)), person}
	for _, key := range names {
		all = append(all, task(key, due))
	}
	s.owe(id, "", all...)
	s.now = due
	for _, c := range s.claim("w", due, names...) {
		if c.Dropped {
			t.Errorf("%s is owed: %+v", c.Task.Key, c)
		}
		if c.Task.Key == "failed" {
			if err := s.Postpone(t.Context(), c, due.Add(5*time.Minute), "timeout"); err != nil {
				t.Fatal(err)
			}
		}
	}
	doubtful := func(at time.Time, want ...workflow.TaskKey) []workflow.Claim {
		t.Helper()
		claims, err := s.Doubtful(t.Context(), "seeker", at, time.Minute, 1000)
		if err != nil {
			t.Fatal(err)
		}
		var got []workflow.TaskKey
		for _, c := range claims {
			got = append(got, c.Task.Key)
			if !c.Dropped || c.Token != "seeker" || c.Until != workflow.Instant(at.Add(time.Minute)) || c.Stored.IsZero() || c.Task.Target != workflow.InChannel || c.Task.About != 3 {
				t.Errorf("claim %+v", c)
			}
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("in doubt at %v (-want +got)\n%s", at, diff)
		}
		return claims
	}
	s.now = due.Add(-time.Minute)
	doubtful(due.Add(time.Hour)) // all of them are owed
	s.owe(id, "")                // and now none is
	s.claim("other", due.Add(24*time.Hour))
	doubtful(due.Add(time.Minute - time.Microsecond))
	first := doubtful(due.Add(time.Minute), "done", "held", "wanted")
	by := map[workflow.TaskKey]workflow.Claim{}
	for _, c := range first {
		by[c.Task.Key] = c
		if c.Attempt != 2 {
			t.Errorf("claim %+v", c)
		}
	}
	doubtful(due.Add(2*time.Minute - time.Microsecond)) // they are in hand

	if err := s.Postpone(t.Context(), by["held"], due.Add(10*time.Minute), "ratelimited"); err != nil {
		t.Fatal(err)
	}
	s.now = due.Add(time.Minute)
	s.owe(id, "done", task("wanted", due)) // one is wanted again, one was found
	if err := s.Finish(t.Context(), by["wanted"]); !errors.Is(err, workflow.ErrConflict) {
		t.Errorf("the one that is wanted again was ended: %v", err)
	}
	if err := s.Postpone(t.Context(), by["done"], due, "x"); !errors.Is(err, workflow.ErrConflict) {
		t.Errorf("the one that was found: %v", err)
	}
	if c := s.claim("w", s.now, "wanted")[0]; c.Attempt != 2 || c.Dropped {
		t.Errorf("wanted again: %+v", c)
	}
	for _, c := range doubtful(due.Add(10*time.Minute), "failed", "held") {
		if err := s.Return(t.Context(), c, due.Add(11*time.Minute), c.Attempt-1); err != nil {
			t.Error(err)
		}
	}
	for _, c := range doubtful(due.Add(11*time.Minute), "failed", "held") {
		if want := map[workflow.TaskKey]string{"failed": "timeout", "held": "ratelimited"}[c.Task.Key]; c.Code != want {
			t.Errorf("%s: code %q", c.Task.Key, c.Code)
		}
		if err := s.Finish(t.Context(), c); err != nil {
			t.Error(err)
		}
	}
	if c := doubtful(due.Add(time.Hour), person.Key)[0]; c.Attempt != 2 { // it was tried with the group
		t.Errorf("one of a group: %+v", c)
	} else if err := s.Finish(t.Context(), c); err != nil {
		t.Error(err)
	}
	doubtful(due.Add(24 * time.Hour))
	for key, want := range map[workflow.TaskKey]store.State{"held": store.Dropped, "failed": store.Dropped, "untried": store.Dropped, "done": store.Done, "wanted": store.Pending} {
		if got := s.states(id)[key].State; got != want {
			t.Errorf("%s is %s, want %s", key, got, want)
		}
	}
}

func testClaim(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	first, second := s.report(), s.report()
	s.owe(first, "", task("c", start.Add(3*time.Hour)), task("a", start.Add(time.Hour)), task("later", start.Add(9*time.Hour)))
	s.owe(second, "", task("z", start.Add(2*time.Hour)), task("b", start.Add(2*time.Hour)))
	s.claim("early", start.Add(time.Hour-time.Microsecond))
	now := start.Add(3 * time.Hour)
	var got []workflow.TaskKey
	for {
		claims, err := s.Claim(t.Context(), "w", now, time.Minute, workflow.LanePeople, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(claims) == 0 {
			break
		}
		for _, c := range claims {
			got = append(got, c.Task.Key)
			if c.Attempt != 1 || c.Token != "w" || c.Until != now.Add(time.Minute) || c.Code != "" || c.Stored.IsZero() || c.Task.About != 3 {
				t.Errorf("claim %+v", c)
			}
		}
	}
	// Those of the same instant come in the order they were planned in.
	if diff := cmp.Diff([]workflow.TaskKey{"a", "z", "b", "c"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Each lane is handed out for itself, however much is due in the others.
func testLanes(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	id := s.report()
	of := func(kind workflow.TaskKind, key workflow.TaskKey, due time.Time) workflow.Task {
		k := task(key, due)
		k.Kind = kind
		return k
	}
	s.owe(id, "",
		of(workflow.KindTopic, "t", start), of(workflow.KindAlert, "a", start.Add(time.Minute)),
		of(workflow.KindNudge, "late", start.Add(3*time.Minute)), of(workflow.KindNudge, "n", start.Add(2*time.Minute)))
	now := start.Add(2 * time.Minute)
	for lane, want := range map[workflow.Lane]workflow.TaskKey{workflow.LaneClock: "n", workflow.LanePeople: "a", workflow.LaneBulk: "t"} {
		claims, err := s.Claim(t.Context(), "w", now, time.Hour, lane, 10)
		if err != nil || len(claims) != 1 || claims[0].Task.Key != want {
			t.Errorf("lane %d: %v, %v", lane, claims, err)
		}
	}
	if next, err := s.Next(t.Context()); err != nil || !next.Equal(start.Add(3*time.Minute)) {
		t.Errorf("the next is due at %v, %v", next, err)
	}
	// A kind that is in another lane by now moves there with the next commit.
	db.Tamper(t, "UPDATE tasks SET lane = 3 WHERE key = 'late'")
	s.owe(id, "", of(workflow.KindNudge, "late", start.Add(3*time.Minute)))
	if got := s.states(id)["late"].Lane; got != workflow.LaneClock {
		t.Errorf("it stayed in lane %d", got)
	}
	s.owe(id, "")
	if next, err := s.Next(t.Context()); err != nil || !next.IsZero() {
		t.Errorf("nothing is owed, and the next is due at %v, %v", next, err)
	}
}

// What is given back untouched was not tried, and is not odd to a verifier.
func testReturn(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	id := s.report()
	now := s.clock().Add(time.Hour)
	first := claimed(t, s.Store, now, "channel")
	until := now.Add(time.Minute)
	if err := s.Return(t.Context(), first, until, 0); err != nil {
		t.Fatal(err)
	}
	if r := s.states(id)["channel"]; r.Attempts != 0 || r.Code != workflow.HeldBack || !r.Next.Equal(workflow.Instant(until)) || r.Token != "" {
		t.Errorf("returned %+v", r)
	}
	s.verify()
	if err := s.Return(t.Context(), first, until, 0); !errors.Is(err, workflow.ErrConflict) {
		t.Errorf("returned again: %v", err)
	}
	again := claimed(t, s.Store, until, "channel")
	if again.Attempt != 1 || again.Code != workflow.HeldBack {
		t.Errorf("again %+v", again)
	}
	if err := s.Postpone(t.Context(), again, until, "timeout"); err != nil {
		t.Fatal(err)
	}
	again = claimed(t, s.Store, until, "channel")
	if err := s.Return(t.Context(), again, until, 1); err != nil {
		t.Fatal(err)
	}
	if r := s.states(id)["channel"]; r.Attempts != 1 || r.Code != "timeout" {
		t.Errorf("why it failed is forgotten: %+v", r)
	}
}

// claimed takes everything due and gives the claim of one task.
func claimed(t *testing.T, s store.Store, now time.Time, key workflow.TaskKey) workflow.Claim {
	t.Helper()
	claims, err := Claims(t.Context(), s, "w", now, time.Minute, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range claims {
		if c.Task.Key == key {
			return c
		}
	}
	t.Fatalf("%s is not among %v", key, claims)
	return workflow.Claim{}
}

func testClaimAtOnce(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	const incidents, each = 5, 20
	for range incidents {
		var tasks []workflow.Task
		for n := range each {
			tasks = append(tasks, task(workflow.TaskKey(fmt.Sprintf("say:%02d", n)), start))
		}
		s.owe(s.report(), "", tasks...)
	}
	var mu sync.Mutex
	taken := map[workflow.CommandKey]int{}
	together(8, func(n int) {
		for {
			claims, err := s.Claim(t.Context(), fmt.Sprintf("worker-%d", n), s.clock(), time.Hour, workflow.LanePeople, 3)
			if err != nil {
				t.Error(err)
				return
			}
			if len(claims) == 0 {
				return
			}
			for _, c := range claims {
				mu.Lock()
				taken[c.Command()]++
				mu.Unlock()
				if err := s.Finish(t.Context(), c); err != nil {
					t.Error(err)
				}
			}
		}
	})
	// With rows locked by another, Postgres may hand out fewer than there are.
	for _, c := range s.leftover() {
		taken[c.Command()]++
	}
	if len(taken) != incidents*each {
		t.Errorf("%d tasks were claimed", len(taken))
	}
	for key, times := range taken {
		if times != 1 {
			t.Errorf("%s was claimed %d times", key, times)
		}
	}
}

func (s *scene) leftover() []workflow.Claim {
	s.t.Helper()
	claims, err := Claims(s.t.Context(), s, "last", s.clock(), time.Hour, 1000)
	if err != nil {
		s.t.Fatal(err)
	}
	return claims
}

func testLease(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	id := s.report()
	s.owe(id, "", task("a", start))
	now := s.clock()
	first := s.claim("first", now, "a")
	s.claim("second", now.Add(time.Minute-time.Microsecond))
	second := s.claim("second", now.Add(time.Minute), "a")
	if second[0].Attempt != 2 || second[0].Until != workflow.Instant(now.Add(2*time.Minute)) {
		t.Errorf("second claim %+v", second[0])
	}
	if err := s.Finish(t.Context(), first[0]); !errors.Is(err, workflow.ErrConflict) {
		t.Errorf("the first hand: %v", err)
	}
	if err := s.Finish(t.Context(), second[0]); err != nil {
		t.Errorf("the second hand: %v", err)
	}
	s.claim("third", now.Add(time.Hour))
}

func testLostClaim(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	id := s.report()
	s.owe(id, "", task("a", start))
	now := s.clock()
	c := s.claim("w", now, "a")[0]
	stranger, unclaimed := c, c
	stranger.Token, unclaimed.Token = "other", ""
	for _, lost := range []workflow.Claim{stranger, unclaimed, {Incident: id, Task: task("never", start), Token: "w"}} {
		if err := s.Finish(t.Context(), lost); !errors.Is(err, workflow.ErrConflict) {
			t.Errorf("finish: %v", err)
		}
		if err := s.Postpone(t.Context(), lost, now, "x"); !errors.Is(err, workflow.ErrConflict) {
			t.Errorf("postpone: %v", err)
		}
	}
	until := now.Add(time.Hour)
	if err := s.Postpone(t.Context(), c, until, "channel_not_found"); err != nil {
		t.Fatal(err)
	}
	if err := s.Finish(t.Context(), c); !errors.Is(err, workflow.ErrConflict) {
		t.Errorf("finish what was given back: %v", err)
	}
	s.claim("w", until.Add(-time.Microsecond))
	again := s.claim("w", until, "a")[0]
	if again.Attempt != 2 || again.Code != "channel_not_found" {
		t.Errorf("again %+v", again)
	}
	if err := s.Finish(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	if err := s.Postpone(t.Context(), again, until, ""); !errors.Is(err, workflow.ErrConflict) {
		t.Errorf("postpone what is done: %v", err)
	}
}

func testFailing(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	id := s.report()
	s.owe(id, "", task("bad", start), task("good", start), task("future", start.Add(1000*time.Hour)))
	now := s.clock()
	age := func(at time.Time, want time.Duration) {
		t.Helper()
		if got, err := s.Oldest(t.Context(), at); got != want || err != nil {
			t.Errorf("oldest at %v: %v, %v; want %v", at, got, err, want)
		}
	}
	age(now.Add(-time.Second), 0)
	age(now.Add(time.Second), time.Second)
	for n := range 3 {
		claims := s.leftover()
		for _, c := range claims {
			var err error
			if c.Task.Key == "good" {
				err = s.Finish(t.Context(), c)
			} else {
				err = s.Postpone(t.Context(), c, now, fmt.Sprintf("error_%d", n))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	age(now.Add(time.Hour), time.Hour)
	for attempts, want := range map[int]int{0: 1, 1: 1, 3: 1, 4: 0} {
		claims, err := s.Failing(t.Context(), attempts)
		if err != nil {
			t.Fatal(err)
		}
		if len(claims) != want {
			t.Errorf("%d tasks failed %d times, want %d", len(claims), attempts, want)
		}
	}
	claims, err := s.Failing(t.Context(), 3)
	if err != nil || len(claims) != 1 {
		t.Fatal(claims, err)
	}
	if c := claims[0]; c.Incident != id || c.Task.Key != "bad" || c.Attempt != 3 || c.Code != "error_2" || c.Until != workflow.Instant(now) {
		t.Errorf("failing %+v", c)
	}
}
