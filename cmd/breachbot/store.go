package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"

	"breachbot/store"
	"breachbot/store/postgres"
	"breachbot/store/sqlite"
)

// databaseFile is the embedded store's file in BREACHBOT_DATA.
const databaseFile = "breachbot.db"

// openStore opens the store that the configuration names and brings its schema
// up to date. With DATABASE_URL that is Postgres, and a server that cannot be
// reached is an error. It never falls back to SQLite, because then two registers
// would grow side by side. The caller closes the store.
func openStore(ctx context.Context, c Config, log *slog.Logger) (store.Store, error) {
	if c.DatabaseURL.Set() {
		return openPostgres(ctx, c, log, postgres.Options{Migrate: true})
	}
	path := filepath.Join(c.Data, databaseFile)
	s, err := sqlite.Open(ctx, path)
	if err != nil {
		return nil, cannotReach("BREACHBOT_DATA", path, err)
	}
	log.Info("store opened for a single process: no other breachbot may serve this workspace", "store", c.StoreName())
	return s, nil
}

// openExisting opens the store for commands that only read, even while a bot is
// at work. It leaves the schema alone and refuses one of another version. A
// missing embedded store is an error, not an empty register: the folder may be
// mistyped.
func openExisting(ctx context.Context, c Config, log *slog.Logger) (store.Store, error) {
	if c.DatabaseURL.Set() {
		return openPostgres(ctx, c, log, postgres.Options{})
	}
	path := filepath.Join(c.Data, databaseFile)
	s, err := sqlite.OpenReader(ctx, path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, unable{fmt.Errorf("there is no %s yet: is BREACHBOT_DATA the folder the bot writes to, or is DATABASE_URL missing?", path)}
	case err != nil:
		return nil, cannotReach("BREACHBOT_DATA", path, err)
	}
	return s, nil
}

func openPostgres(ctx context.Context, c Config, log *slog.Logger, o postgres.Options) (store.Store, error) {
	s, err := postgres.Open(ctx, c.DatabaseURL.Reveal(), o)
	if err != nil {
		return nil, cannotReach("DATABASE_URL", c.StoreName(), err)
	}
	log.Info("store opened", "store", c.StoreName())
	return s, nil
}

// quietLog is the log of commands whose standard error people read: it holds only
// what they should act on.
func quietLog(p process) *slog.Logger {
	return slog.New(slog.NewTextHandler(p.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
}
