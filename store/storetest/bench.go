package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// BenchmarkAppend measures one command after the other on one incident after
// the other, as the bot gives them, and reports the median.
func BenchmarkAppend(b *testing.B, create func(t testing.TB) Database) {
	s := newScene(b, create(b).Open(b))
	id := s.report()
	var took []time.Duration
	for b.Loop() {
		if len(took)%20 == 19 {
			b.StopTimer()
			id = s.report()
			b.StartTimer()
		}
		c := s.commit(id, s.key())
		begin := time.Now()
		if err := s.Append(b.Context(), c); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(begin))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs/append")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs/append")
}

// openIncidents are the sizes that finding due work is compared at.
var openIncidents = []int{1_000, 100_000}

// BenchmarkClaim measures looking for due work when there is none, and prints
// how much longer that takes with a hundred times the open incidents. seed is
// SQL that fills tasks with n incidents of twelve pending tasks each, all due in
// a year.
func BenchmarkClaim(b *testing.B, create func(t testing.TB) Database, seed func(n int) []string) {
	median := map[int]time.Duration{}
	for _, n := range openIncidents {
		b.Run(fmt.Sprintf("open=%d", n), func(b *testing.B) {
			db := create(b)
			s := newScene(b, db.Open(b))
			for _, q := range seed(n) {
				if err := db.Exec(q); err != nil {
					b.Fatal(err)
				}
			}
			var took []time.Duration
			for b.Loop() {
				begin := time.Now()
				claims, err := Claims(b.Context(), s, "w", start, time.Minute, 50)
				if err != nil || len(claims) != 0 {
					b.Fatal(claims, err)
				}
				took = append(took, time.Since(begin))
			}
			slices.Sort(took)
			median[n] = took[len(took)/2]
			b.ReportMetric(float64(median[n].Nanoseconds())/1000, "p50-µs/claim")
		})
	}
	small, large := median[openIncidents[0]], median[openIncidents[1]]
	if small > 0 && large > 0 {
		fmt.Printf("claim with nothing due: %v at %d open, %v at %d open: ratio %.2f (at most 1.5 wanted)\n",
			small, openIncidents[0], large, openIncidents[1], float64(large)/float64(small))
	}
}
