package main

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"breachbot/bot/sandbox"
	"breachbot/store"
	"breachbot/store/storetest"
	"breachbot/workflow"
)

// asProgram makes the test binary be breachbot, for replicas of their own.
const asProgram = "TEST_AS_BREACHBOT"

// arena is a workspace with real processes of breachbot around one store.
type arena struct {
	t        *testing.T
	ws       *sandbox.Workspace
	server   *sandbox.Server
	postgres *storetest.Server // nil: SQLite
	redis    *storetest.Server // nil: one process
	env      map[string]string
	config   Config
	replicas []*replica
	began    time.Time

	mu     sync.Mutex
	counts map[string]int // what was done to it
}

// newArena makes a workspace with so many replicas on Postgres and Redis, or one
// process on SQLite for none. Nothing runs yet.
func newArena(t *testing.T, replicas int, settings map[string]string) *arena {
	t.Helper()
	a := &arena{t: t, began: time.Now(), counts: map[string]int{}}
	a.ws = sandbox.New(sandbox.Options{App: slackApp(), TeamName: "Elmfield Practice"})
	a.ws.Practice()
	var err error
	if a.server, err = sandbox.Listen(a.ws, "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.server.Close() })
	a.env = map[string]string{
		"SLACK_BOT_TOKEN": a.ws.BotToken, "SLACK_APP_TOKEN": a.ws.AppToken,
		"BREACHBOT_DPO": sandbox.Dee, "BREACHBOT_DEPUTY_DPO": sandbox.Dan, "BREACHBOT_IG_LEAD": sandbox.Ivy,
		"BREACHBOT_CALDICOTT_GUARDIAN": sandbox.Cal, "BREACHBOT_SIRO": sandbox.Sam, "BREACHBOT_RESPONDERS": sandbox.Rob,
	}
	if replicas > 0 {
		a.postgres, a.redis = storetest.PrivatePostgres(t), storetest.PrivateRedis(t)
		a.env["DATABASE_URL"], a.env["REDIS_URL"] = a.postgres.URL(), a.redis.URL()
	} else {
		a.env["BREACHBOT_DATA"] = t.TempDir()
	}
	maps.Copy(a.env, settings)
	if a.config, err = loadConfig(t.Context(), a.env, needAll); err != nil {
		t.Fatal(err)
	}
	for n := range max(replicas, 1) {
		a.replicas = append(a.replicas, newReplica(a, n))
	}
	return a
}

// happened counts something for the report.
func (a *arena) happened(what string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.counts[what]++
}

func (a *arena) count(what string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.counts[what]
}

// start starts the replicas that do not run.
func (a *arena) start() {
	for _, r := range a.replicas {
		r.start()
	}
}

// stop stops them all with a signal.
func (a *arena) stop(sig syscall.Signal) {
	for _, r := range a.replicas {
		r.wanted.Store(false)
		r.signal(sig)
	}
	for _, r := range a.replicas {
		r.supervised.Wait()
	}
}

// serving waits until a number of replicas can serve people.
func (a *arena) serving(sockets int) {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(a.t.Context(), time.Minute)
	defer cancel()
	if err := a.ws.WaitFor(ctx, func() bool { return a.ws.Sockets().Count() >= sockets }); err != nil {
		a.t.Fatalf("%d of %d sockets are open\n%s", a.ws.Sockets().Count(), sockets, a.replicas[0].said())
	}
}

// open opens the store to read from it, beside the bots at work.
func (a *arena) open() store.Store {
	a.t.Helper()
	s, err := openExisting(a.t.Context(), a.config, quietLog(process{Stderr: &output{}}))
	if err != nil {
		a.t.Fatal(err)
	}
	return s
}

// forward lets the time pass that tasks wait for which were tried: leases of the
// dead and pauses between attempts. Nothing may run meanwhile.
func (a *arena) forward() {
	a.t.Helper()
	ctx := a.t.Context()
	const tried = " WHERE state <> 'done' AND (attempts > 0 OR due_at < next_at) AND next_at > "
	var err error
	if a.postgres != nil {
		var db *pgx.Conn
		if db, err = pgx.Connect(ctx, a.env["DATABASE_URL"]); err == nil {
			_, err = db.Exec(ctx, "UPDATE tasks SET next_at = now()"+tried+"now()")
			err = errors.Join(err, db.Close(ctx))
		}
	} else {
		var db *sql.DB
		if db, err = sql.Open("sqlite", filepath.Join(a.env["BREACHBOT_DATA"], databaseFile)); err == nil {
			now := time.Now().UnixMicro()
			_, err = db.ExecContext(ctx, "UPDATE tasks SET next_at = ?"+tried+"?", now, now)
			err = errors.Join(err, db.Close())
		}
	}
	if err != nil {
		a.t.Fatal(err)
	}
}

// waiting counts what is due, what was tried and is still owed, and what is no
// longer owed but may have got through, so that it is looked for.
func waiting(ctx context.Context, s store.Store) (n int, err error) {
	now := time.Now()
	err = s.Rows(ctx, func(r store.Rows) error {
		for _, t := range r.Tasks {
			if t.State == store.Pending && (t.Attempts > 0 || !t.Task.Due.After(now)) || t.State == store.Dropped && t.Attempts > 0 {
				n++
			}
		}
		return nil
	})
	return n, err
}

// calm waits until nothing is owed any more. It tells whether that came about.
func (a *arena) calm(most time.Duration) bool {
	a.t.Helper()
	s := a.open()
	defer s.Close()
	still := 0
	for end := time.Now().Add(most); time.Now().Before(end) && still < 3; {
		n, err := waiting(a.t.Context(), s)
		if err != nil {
			a.t.Fatal(err)
		}
		if still++; n > 0 {
			still = 0
		}
		time.Sleep(time.Second)
	}
	return still >= 3
}

// ease waits until all is calm; what waits for longer than that is brought forward.
func (a *arena) ease(most time.Duration, again int) bool {
	a.t.Helper()
	for range again {
		if a.calm(most) {
			return true
		}
		a.stop(syscall.SIGTERM)
		a.forward()
		a.happened("times that waiting was cut short")
		a.start()
		most = max(most, 45*time.Second)
	}
	return a.calm(most)
}

// replica is one process of breachbot, started again whenever it ends.
type replica struct {
	arena  *arena
	n      int
	door   *httptest.Server // its own way to the workspace
	env    []string
	url    string // health and metrics
	client *http.Client

	wanted     atomic.Bool
	supervised sync.WaitGroup
	trap       atomic.Pointer[trap]
	hold       atomic.Pointer[hold]

	mu  sync.Mutex
	cmd *exec.Cmd // nil: none runs
	log *bytes.Buffer
}

// trap kills a process after Slack has done what it asked for, before it hears so.
type trap struct {
	method string // a method of Slack; empty: any that changes something
	sprung chan struct{}
}

// hold keeps calls of a method waiting until it ends.
type hold struct {
	method string
	held   atomic.Int64
	over   chan struct{}
}

// changing are the methods by which something appears in Slack.
var changing = []string{
	"chat.postMessage", "chat.update", "conversations.create", "conversations.invite", "conversations.setTopic", "pins.add", "conversations.open", "views.open",
}

func newReplica(a *arena, n int) *replica {
	r := &replica{arena: a, n: n, log: &bytes.Buffer{}, client: &http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}}
	slack := a.ws.Handler()
	r.door = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		method := strings.TrimPrefix(req.URL.Path, "/api/")
		if h := r.hold.Load(); h != nil && h.method == method {
			h.held.Add(1)
			select {
			case <-h.over:
			case <-req.Context().Done():
			}
			panic(http.ErrAbortHandler)
		}
		if t := r.trap.Load(); t != nil && (t.method == method || t.method == "" && slices.Contains(changing, method)) && r.trap.CompareAndSwap(t, nil) {
			defer close(t.sprung) // also when the reply is lost, which is a panic
			defer r.signal(syscall.SIGKILL)
			slack.ServeHTTP(httptest.NewRecorder(), req)
			panic(http.ErrAbortHandler)
		}
		slack.ServeHTTP(w, req)
	}))
	r.door.Config.ErrorLog = nil
	a.t.Cleanup(r.door.Close)
	env := maps.Clone(a.env)
	env["SLACK_API_URL"] = r.door.URL + "/api/"
	env["BREACHBOT_HTTP_ADDR"] = nobody(a.t)
	env["GOTRACEBACK"], env[asProgram], env["PATH"], env["HOME"] = "all", "1", os.Getenv("PATH"), a.t.TempDir()
	r.url = "http://" + env["BREACHBOT_HTTP_ADDR"]
	for name, value := range env {
		r.env = append(r.env, name+"="+value)
	}
	a.t.Cleanup(func() { r.wanted.Store(false); r.signal(syscall.SIGKILL); r.supervised.Wait() })
	return r
}

// Pauses before a process that ended is started again.
const (
	afterAKill = 100 * time.Millisecond
	afterAFall = time.Second // it ended by itself
)

// start starts the process and keeps it running until it is no longer wanted.
func (r *replica) start() {
	if r.wanted.Swap(true) {
		return
	}
	r.supervised.Wait()
	r.supervised.Go(func() {
		for r.wanted.Load() {
			state, err := r.once()
			if err != nil {
				r.arena.t.Errorf("replica %d cannot be started: %v", r.n, err)
				return
			}
			if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
				time.Sleep(afterAKill)
				continue
			}
			if r.wanted.Load() {
				r.arena.happened(fmt.Sprintf("starts that ended by themselves, exit status %d", state.ExitCode()))
				time.Sleep(afterAFall)
			}
		}
	})
}

// once runs the process until it ends.
func (r *replica) once() (*os.ProcessState, error) {
	program := *builtProgram
	if program == "" {
		program = os.Args[0]
	}
	cmd := exec.Command(program, "serve")
	cmd.Env = r.env
	r.mu.Lock()
	r.log.Reset()
	cmd.Stderr = &lockedWriter{w: r.log}
	gone, err := storetest.Spawn(cmd)
	if err == nil {
		r.cmd = cmd
	}
	r.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if !r.wanted.Load() { // called off meanwhile
		r.signal(syscall.SIGKILL)
	}
	<-gone
	r.mu.Lock()
	r.cmd = nil
	r.mu.Unlock()
	if text := r.said(); strings.Contains(text, "DATA RACE") || strings.Contains(text, "panic:") || strings.Contains(text, "a handler failed") || strings.Contains(text, "a delivery panicked") {
		r.arena.t.Errorf("replica %d said:\n%s", r.n, text)
	}
	return cmd.ProcessState, nil
}

// signal tells the process to end; false if none runs.
func (r *replica) signal(sig syscall.Signal) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.cmd != nil && r.cmd.Process.Signal(sig) == nil
}

func (r *replica) pid() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cmd == nil {
		return 0
	}
	return r.cmd.Process.Pid
}

// said is the end of the log of the process at work, or of the last one.
func (r *replica) said() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := r.log.Bytes()
	return string(b[max(0, len(b)-4000):])
}

// connected tells whether the process has a connection to Slack.
func (r *replica) connected() bool {
	m, err := r.metrics()
	return err == nil && m["breachbot_sockets"] > 0
}

// metrics are those of the process that have no labels.
func (r *replica) metrics() (map[string]float64, error) {
	res, err := r.client.Get(r.url + "/metrics")
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	out := map[string]float64{}
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), " ")
		if v, err := strconv.ParseFloat(value, 64); err == nil {
			out[name] = v
		}
	}
	return out, lines.Err()
}

// kill ends a process at once: now, or in the middle of its next act at Slack,
// which Slack then has done and it has not heard of.
func (r *replica) kill(dice *rand.Rand) {
	if dice.IntN(3) > 0 {
		method := ""
		if dice.IntN(3) == 0 {
			method = changing[dice.IntN(len(changing))]
		}
		t := &trap{method: method, sprung: make(chan struct{})}
		r.trap.Store(t)
		select {
		case <-t.sprung:
			r.arena.happened("kills between an act at Slack and its answer")
			return
		case <-time.After(2 * time.Second):
		}
		if !r.trap.CompareAndSwap(t, nil) {
			<-t.sprung
			r.arena.happened("kills between an act at Slack and its answer")
			return
		}
	}
	if r.signal(syscall.SIGKILL) {
		r.arena.happened("kills at any moment")
	}
}

// records are the journal and the tasks as the store has them.
type records struct {
	incidents map[workflow.IncidentID][]workflow.Record
	tasks     map[workflow.IncidentID][]store.TaskRow
	keys      []workflow.CommandKey
}

func (a *arena) read() records {
	a.t.Helper()
	s := a.open()
	defer s.Close()
	all := records{incidents: map[workflow.IncidentID][]workflow.Record{}, tasks: map[workflow.IncidentID][]store.TaskRow{}}
	err := s.Rows(a.t.Context(), func(r store.Rows) error {
		all.tasks[r.Incident] = r.Tasks
		for _, c := range r.Commands {
			all.keys = append(all.keys, c.Key)
		}
		if r.Incident == "" {
			return nil
		}
		var err error
		all.incidents[r.Incident], err = store.Records(r.Events)
		return err
	})
	if err != nil {
		a.t.Fatal(err)
	}
	return all
}
