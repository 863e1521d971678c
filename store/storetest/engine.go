package storetest

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"go.uber.org/goleak"

	"breachbot/store"
	"breachbot/workflow"
)

// Database is one empty database of an engine, with what the suite needs to
// treat it badly.
type Database struct {
	// Address is what Open opens.
	Address string
	// Open opens the database; also again, after the store was closed.
	Open func(t testing.TB) store.Store
	// Reopen opens the database as a binary would and gives the refusal.
	Reopen func() error
	// Exec runs SQL as any user of the database might, and gives the refusal.
	Exec func(query string) error
	// Tamper runs SQL as an intruder with every right would: no trigger, no
	// foreign key and no check is in the way.
	Tamper func(t testing.TB, query string)
	// Columns lists the columns of every table, in order.
	Columns func(t testing.TB) map[string][]Column
}

// Column is a column and what an intruder might write into it.
type Column struct {
	Name    string
	Changed string // an SQL expression that differs from the value there
}

// writerAddress, when set, makes a test binary a writer that is there to be killed.
const writerAddress = "BREACHBOT_STORETEST_WRITER"

// Main runs the tests of an engine's package, stops the servers and looks for
// goroutines left behind. It does not return.
func Main(m *testing.M, open func(ctx context.Context, address string) (store.Store, error)) {
	if address := os.Getenv(writerAddress); address != "" {
		fmt.Fprintln(os.Stderr, write(open, address))
		os.Exit(1)
	}
	code := m.Run()
	Stop()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// write reports incidents and adds notes to them without end, and says of each
// command that it was acknowledged.
func write(open func(context.Context, string) (store.Store, error), address string) error {
	ctx := context.Background()
	s, err := open(ctx, address)
	if err != nil {
		return err
	}
	svc := service(s, func() time.Time { return start })
	for n := 0; ; n++ {
		key := workflow.CommandKey(fmt.Sprintf("report-%d", n))
		r, err := svc.Report(ctx, key, report(n), ana)
		if err != nil {
			return err
		}
		fmt.Println(key)
		key = workflow.CommandKey(fmt.Sprintf("note-%d", n))
		if _, err := svc.Do(ctx, r.Incident.ID, key, workflow.AddNote{Text: "Called back."}, ana); err != nil {
			return err
		}
		fmt.Println(key)
	}
}

// killedWriter lets a process write to the database until it has acknowledged
// some commands, kills it in mid-flight and gives all it acknowledged.
func killedWriter(t *testing.T, address string, commands int) []workflow.CommandKey {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), writerAddress+"="+address)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var keys []workflow.CommandKey
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		keys = append(keys, workflow.CommandKey(lines.Text()))
		if len(keys) == commands {
			cmd.Process.Kill()
		}
	}
	cmd.Wait()
	if len(keys) < commands {
		t.Fatalf("the writer ended by itself after %d commands", len(keys))
	}
	return keys
}

// Claims takes up to limit due tasks of every lane, the most urgent first.
func Claims(ctx context.Context, s store.Store, token string, now time.Time, lease time.Duration, limit int) ([]workflow.Claim, error) {
	var all []workflow.Claim
	for _, lane := range workflow.Lanes() {
		if len(all) == limit {
			break
		}
		claims, err := s.Claim(ctx, token, now, lease, lane, limit-len(all))
		if err != nil {
			return nil, err
		}
		all = append(all, claims...)
	}
	return all, nil
}
