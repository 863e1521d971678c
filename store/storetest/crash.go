package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"breachbot/store"
	"breachbot/workflow"
)

func testRestart(t *testing.T, db Database) {
	first := db.Open(t)
	s := newScene(t, first)
	s.breach()
	s.erased()
	if _, _, err := s.Anchor(t.Context(), "2026-07-10", s.clock()); err != nil {
		t.Fatal(err)
	}
	if err := s.SetSetting(t.Context(), "rules", "abc"); err != nil {
		t.Fatal(err)
	}
	before := s.snapshot()
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	s.Store = db.Open(t)
	s.svc.Journal = s.Store
	if diff := cmp.Diff(before, s.snapshot()); diff != "" {
		t.Errorf("(-before +after)\n%s", diff)
	}
	if v, err := s.Setting(t.Context(), "rules"); v != "abc" || err != nil {
		t.Errorf("setting %q, %v", v, err)
	}
	s.report()
	s.verify()
}

func testKilled(t *testing.T, db Database) {
	keys := killedWriter(t, db.Address, 40)
	s := newScene(t, db.Open(t))
	for _, key := range keys {
		id, err := s.Committed(t.Context(), key)
		if err != nil {
			t.Fatalf("%s was acknowledged and is lost: %v", key, err)
		}
		if _, err := s.svc.Incident(t.Context(), id); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	s.verify()
	s.report()
	s.verify()
}

func testNewerSchema(t *testing.T, db Database) {
	s := db.Open(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db.Tamper(t, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, true)")
	err := db.Reopen()
	var newer *store.NewerSchema
	if !errors.As(err, &newer) || newer.Found != 99 {
		t.Errorf("open: %v", err)
	}
}

func testClosed(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	id := s.report()
	claim := s.leftover()[0]
	c := s.commit(id, "late")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	Unavailable(t, s.Store, c, claim)
}

// Unavailable wants every method of a store that is gone to say so.
func Unavailable(t *testing.T, s store.Store, c workflow.Commit, claim workflow.Claim) {
	t.Helper()
	ctx := t.Context()
	for name, call := range map[string]func() error{
		"load":       func() error { _, err := s.Load(ctx, c.Incident); return err },
		"append":     func() error { return s.Append(ctx, c) },
		"committed":  func() error { _, err := s.Committed(ctx, c.Key); return err },
		"number":     func() error { _, _, err := s.NextNumber(ctx, workflow.SeriesReal, 2026); return err },
		"moved":      func() error { _, _, err := s.Moved(ctx); return err },
		"restored":   func() error { return s.Restored(ctx, workflow.Restoration{At: start}) },
		"restores":   func() error { _, err := s.Restorations(ctx); return err },
		"claim":      func() error { _, err := s.Claim(ctx, "w", start, 1, workflow.LaneClock, 1); return err },
		"finish":     func() error { return s.Finish(ctx, claim) },
		"postpone":   func() error { return s.Postpone(ctx, claim, start, "x") },
		"return":     func() error { return s.Return(ctx, claim, start, 0) },
		"next":       func() error { _, err := s.Next(ctx); return err },
		"failing":    func() error { _, err := s.Failing(ctx, 1); return err },
		"oldest":     func() error { _, err := s.Oldest(ctx, start); return err },
		"entries":    func() error { _, err := s.Entries(ctx, store.Filter{}); return err },
		"rederive":   func() error { return s.Rederive(ctx, c) },
		"anchor":     func() error { _, _, err := s.Anchor(ctx, "2026-07-10", start); return err },
		"anchors":    func() error { _, err := s.Anchors(ctx); return err },
		"rows":       func() error { return s.Rows(ctx, func(store.Rows) error { return nil }) },
		"setting":    func() error { _, err := s.Setting(ctx, "x"); return err },
		"setsetting": func() error { return s.SetSetting(ctx, "x", "y") },
		"savedraft": func() error {
			return s.SaveDraft(ctx, workflow.Draft{Person: "U0ANA", Kind: "report", At: start, Entered: "{}"})
		},
		"draft":      func() error { _, err := s.Draft(ctx, "U0ANA", "report", start); return err },
		"dropdraft":  func() error { return s.DropDraft(ctx, "U0ANA", "report", start) },
		"dropdrafts": func() error { return s.DropDrafts(ctx, start) },
		"words":      func() error { _, err := s.Entries(ctx, store.Filter{Words: "x"}); return err },
		"ping":       func() error { return s.Ping(ctx) },
	} {
		if err := call(); !errors.Is(err, workflow.ErrUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func testCancelled(t *testing.T, db Database) {
	s := newScene(t, db.Open(t))
	id := s.report()
	c := s.commit(id, "cancelled")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Append(ctx, c); !errors.Is(err, context.Canceled) || errors.Is(err, workflow.ErrUnavailable) {
		t.Errorf("append: %v", err)
	}
	if _, err := s.Load(ctx, id); !errors.Is(err, context.Canceled) {
		t.Errorf("load: %v", err)
	}
	s.verify()
}
