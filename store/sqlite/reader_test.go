package sqlite_test

import (
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"breachbot/store"
	"breachbot/store/sqlite"
)

// An auditor reads while the bot writes; what they open changes nothing.
func TestReaderBesideTheBot(t *testing.T) {
	path := filepath.Join(t.TempDir(), "breachbot.db")
	if _, err := sqlite.OpenReader(t.Context(), path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file yet: %v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Error("asking made a file")
	}
	bot, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer bot.Close()
	reader, err := sqlite.OpenReader(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if _, _, err := bot.Anchor(t.Context(), "2026-11-20", time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	if anchors, err := reader.Anchors(t.Context()); err != nil || len(anchors) != 1 {
		t.Errorf("the reader sees %v, %v", anchors, err)
	}
	if err := reader.SetSetting(t.Context(), "name", "value"); err == nil {
		t.Error("the reader wrote")
	}
	if _, _, err := reader.Anchor(t.Context(), "2026-11-21", time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)); err == nil {
		t.Error("the reader made an anchor")
	}
}

func TestReaderRefusesAnotherSchema(t *testing.T) {
	path := filepath.Join(t.TempDir(), "breachbot.db")
	s, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)"); err != nil {
		t.Fatal(err)
	}
	var newer *store.NewerSchema
	if _, err := sqlite.OpenReader(t.Context(), path); !errors.As(err, &newer) {
		t.Errorf("a newer schema: %v", err)
	}
}
