package postgres_test

import (
	"testing"

	"breachbot/store"
	"breachbot/store/storetest"
)

// Behind a PgBouncer that gives each transaction another session the store does
// all that it does without one, schema and locks included, and needs no setting.
// One connection is enough to work with, as no change waits for a second one while
// it holds its own; two are enough to start.
func TestStoreBehindPgBouncerWithFewConnections(t *testing.T) {
	storetest.Run(t, func(t testing.TB) storetest.Database {
		db := create(t)
		db.Address = storetest.PgBouncer(t, db.Address, 2)
		db.Open = func(t testing.TB) store.Store { return openWith(t, db.Address+"&pool_max_conns=1", 0) }
		return db
	})
}
