package postgres_test

import (
	"fmt"
	"testing"

	"breachbot/store/storetest"
)

func BenchmarkAppend(b *testing.B) { storetest.BenchmarkAppend(b, create) }

func BenchmarkClaim(b *testing.B) {
	storetest.BenchmarkClaim(b, create, func(n int) []string {
		return []string{fmt.Sprintf(`
			INSERT INTO tasks (incident_id, key, kind, due_at, target, about, milestone, state, attempts, code, token, next_at, stored_at)
			SELECT 'BR-2026-' || i, 'nudge:' || k, 'nudge', t, 'channel', 0, 0, 'pending', 0, '', '', t, t
			FROM generate_series(1, %d) AS i,
			     generate_series(1, 12) AS k,
			     LATERAL (SELECT timestamptz '2027-07-10' + (i * 7919 + k) %% 1000003 * interval '1 second' AS t) AS due`, n), "ANALYZE tasks"}
	})
}
