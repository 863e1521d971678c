package sqlite_test

import (
	"fmt"
	"testing"

	"breachbot/store/storetest"
)

func BenchmarkAppend(b *testing.B) { storetest.BenchmarkAppend(b, create) }

func BenchmarkClaim(b *testing.B) {
	storetest.BenchmarkClaim(b, create, func(n int) []string {
		return []string{fmt.Sprintf(`
			WITH RECURSIVE incident (i) AS (
				SELECT 1 UNION ALL SELECT i + 1 FROM incident WHERE i < %d
			), key (k) AS (
				SELECT 1 UNION ALL SELECT k + 1 FROM key WHERE k < 12
			)
			INSERT INTO tasks (incident_id, key, kind, due_at, target, about, milestone, state, attempts, code, token, next_at, stored_at)
			SELECT 'BR-2026-' || i, 'nudge:' || k, 'nudge', t, 'channel', 0, 0, 'pending', 0, '', '', t, t
			FROM (SELECT i, k, 1815000000000000 + (i * 7919 + k) %% 1000003 AS t FROM incident, key)`, n), "ANALYZE"}
	})
}
