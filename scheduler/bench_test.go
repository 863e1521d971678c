package scheduler_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"breachbot/scheduler"
	"breachbot/store/postgres"
	"breachbot/store/sqlite"
	"breachbot/store/storetest"
	"breachbot/workflow"
)

// bench is what the benchmark needs of a store.
type bench interface {
	scheduler.Queue
	workflow.Journal
}

// BenchmarkNothingDue compares a pass with nothing due over a thousand and over
// a hundred thousand open incidents. Its cost is to grow with what is due, not
// with what is open: the ratio of the medians is to stay below 1.5.
func BenchmarkNothingDue(b *testing.B) {
	b.Run("SQLite", func(b *testing.B) {
		path := filepath.Join(b.TempDir(), "breachbot.db")
		s, err := sqlite.Open(b.Context(), path)
		if err != nil {
			b.Fatal(err)
		}
		defer s.Close()
		compare(b, s, func(query string) error { return execute(b.Context(), "sqlite", "file:"+path, query) })
	})
	b.Run("Postgres", func(b *testing.B) {
		url := storetest.PrivatePostgres(b).URL()
		s, err := postgres.Open(b.Context(), url, postgres.Options{Migrate: true})
		if err != nil {
			b.Fatal(err)
		}
		defer s.Close()
		compare(b, s, func(query string) error { return execute(b.Context(), "pgx", url, query+"; ANALYZE tasks") })
	})
}

func execute(ctx context.Context, driver, address, query string) error {
	db, err := sql.Open(driver, address)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, query)
	return err
}

func compare(b *testing.B, st bench, exec func(string) error) {
	rules := workflow.DefaultRules()
	rules.Roster = map[workflow.Role][]workflow.Principal{workflow.RoleDPO: {"UDPO"}}
	svc := &workflow.Service{Rules: rules, Journal: st, Now: func() time.Time { return monday }}
	s := &scheduler.Scheduler{Queue: st, Service: svc, Courier: liar{}, Now: func() time.Time { return monday.Add(-time.Hour) }}
	report := workflow.SubmitReport{Report: workflow.Report{Title: "letters", What: "letters", Detected: monday, Risk: workflow.RiskLevels[0].Value}}
	first, err := svc.Report(b.Context(), "report", report, workflow.Actor{User: "UNURSE"})
	if err != nil {
		b.Fatal(err)
	}
	seed(b, exec, first.Incident.ID, 2, 1_000)
	few := median(b, s)
	seed(b, exec, first.Incident.ID, 1_001, 100_000)
	many := median(b, s)
	ratio := float64(many) / float64(few)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(few.Nanoseconds()), "ns/1k")
	b.ReportMetric(float64(many.Nanoseconds()), "ns/100k")
	b.ReportMetric(ratio, "ratio")
	b.Logf("a tick with nothing due, p50: %v at 1,000 open incidents, %v at 100,000; ratio %.2f (target: at most 1.5)", few, many, ratio)
}

// seed copies the tasks of an incident to others: a pass with nothing due reads
// nothing else.
func seed(b *testing.B, exec func(string) error, of workflow.IncidentID, from, to int) {
	b.Helper()
	const columns = "key, kind, due_at, target, about, milestone, deadline_at, state, attempts, code, token, next_at, stored_at"
	err := exec(fmt.Sprintf(`
		WITH RECURSIVE n (i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i < %d)
		INSERT INTO tasks (incident_id, %s)
		SELECT 'BR-2026-' || i, %[3]s FROM tasks, n WHERE incident_id = '%s'`, from, to, columns, of))
	if err != nil {
		b.Fatal(err)
	}
}

// median is the usual time of a pass.
func median(b *testing.B, s *scheduler.Scheduler) time.Duration {
	b.Helper()
	took := make([]time.Duration, 0, 1000)
	for range cap(took) {
		start := time.Now()
		if r, err := s.RunOnce(b.Context()); err != nil || r != (scheduler.Report{}) {
			b.Fatalf("a pass did %+v, %v", r, err)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	return took[len(took)/2]
}
