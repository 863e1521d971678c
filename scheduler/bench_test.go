package scheduler_test

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

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
		s, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "breachbot.db"))
		if err != nil {
			b.Fatal(err)
		}
		defer s.Close()
		compare(b, s, 1)
	})
	b.Run("Postgres", func(b *testing.B) {
		s, err := postgres.Open(b.Context(), storetest.PrivatePostgres(b).URL(), postgres.Options{Migrate: true})
		if err != nil {
			b.Fatal(err)
		}
		defer s.Close()
		compare(b, s, 8)
	})
}

func compare(b *testing.B, st bench, hands int) {
	rules := workflow.DefaultRules()
	rules.Roster = map[workflow.Role][]workflow.Principal{workflow.RoleDPO: {"UDPO"}}
	svc := &workflow.Service{Rules: rules, Journal: st, Now: func() time.Time { return monday }}
	s := &scheduler.Scheduler{Queue: st, Service: svc, Courier: liar{}, Now: func() time.Time { return monday.Add(-time.Hour) }}
	seed(b, svc, st, 1, 1_000, hands)
	few := median(b, s)
	seed(b, svc, st, 1_001, 100_000, hands)
	many := median(b, s)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(few.Nanoseconds()), "ns/1k")
	b.ReportMetric(float64(many.Nanoseconds()), "ns/100k")
	b.ReportMetric(float64(many)/float64(few), "ratio")
}

// seed opens incidents whose tasks all come due later.
func seed(b *testing.B, svc *workflow.Service, st bench, from, to, hands int) {
	b.Helper()
	var all errgroup.Group
	all.SetLimit(hands)
	for n := from; n <= to; n++ {
		all.Go(func() error {
			r := workflow.Record{Incident: workflow.NewIncidentID(2026, n), Seq: 1, At: monday, Actor: "UNURSE",
				Event: workflow.Reported{Report: workflow.Report{Title: "letters", What: "letters", Detected: monday, Risk: workflow.RiskLevels[0].Value}}}
			c := svc.Rederive([]workflow.Record{r})
			c.Base, c.At, c.Records = 0, monday, []workflow.Record{r}
			return st.Append(context.Background(), c)
		})
	}
	if err := all.Wait(); err != nil {
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
