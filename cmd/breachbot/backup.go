package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"breachbot/store"
	"breachbot/store/sqlite"
)

// errBrokenCopy ends a backup whose copy is whole, of a store that is not.
var errBrokenCopy = errors.New("the copy is whole and was kept, but the store is not as breachbot left it: keep this copy and the ones before it, and tell the DPO")

func backup(ctx context.Context, p process, args []string) error {
	f := flags(p, "backup", "backup FILE|FOLDER", `
Copies the store as it stands at one moment, while the bot works, and verifies the
copy as "breachbot verify" does. The file is there whole or not at all, for its owner
alone; in a folder it gets a name with the time in UTC. A file that is there already
is never replaced. PostgreSQL is copied by pg_dump, which must be on this machine and
not older than the server. It only needs to reach the store.

The exit code is 0 when the copy was made and is as it should be, 1 when it was made
of a store with a broken row, 2 when there is no copy.`)
	to := ""
	if len(args) > 0 && args[0] != "" && args[0][0] != '-' {
		to, args = args[0], args[1:]
	}
	if err := parse(f, args); err != nil {
		return err
	}
	if to == "" {
		return usage("say where to: breachbot backup FILE|FOLDER")
	}
	c, err := loadConfig(ctx, p.Env, needStore)
	if err != nil {
		return err
	}
	of := copySQLite
	ending := ".db"
	if c.DatabaseURL.Set() {
		of, ending = dumpPostgres, ".dump"
	}
	path, err := backupPath(to, ending, p.Now())
	if err != nil {
		return unable{err}
	}
	s, err := openExisting(ctx, c, quietLog(p))
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }() // only read from

	part, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*") // mode 0600
	if err != nil {
		return unable{err}
	}
	defer os.Remove(part.Name()) // when it has its name, there is nothing to remove
	if err := part.Close(); err != nil {
		return unable{err}
	}
	made, err := of(ctx, c, s, part.Name(), p.Now())
	if err != nil {
		return err
	}
	if err := keep(part.Name(), path); err != nil {
		return unable{err}
	}
	return made.say(p, path)
}

// backupPath is the file to write. A folder, which must be there, gives it a name.
func backupPath(to, ending string, now time.Time) (string, error) {
	if info, err := os.Stat(to); err == nil && info.IsDir() {
		to = filepath.Join(to, "breachbot-"+now.UTC().Format("20060102T150405Z")+ending)
	}
	switch _, err := os.Lstat(to); {
	case err == nil:
		return "", fmt.Errorf("%s is there already: a backup never replaces a file", to)
	case !errors.Is(err, fs.ErrNotExist):
		return "", err
	}
	if _, err := os.Stat(filepath.Dir(to)); err != nil {
		return "", fmt.Errorf("there is no folder %s", filepath.Dir(to))
	}
	return to, nil
}

// keep gives a file that is on disk its name, and makes sure that the name is on
// disk too.
func keep(part, path string) error {
	if err := os.Rename(part, path); err != nil {
		return err
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer folder.Close()
	if err := folder.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, fs.ErrPermission) {
		return err // Windows cannot sync a folder
	}
	return nil
}

// copied is what was found in a copy.
type copied struct {
	report store.Verification
	last   store.AnchorRow // the newest anchor; none has Seq 0
}

// verifyCopy verifies the rows of a copy. Settings are those of s.
func verifyCopy(ctx context.Context, s store.Store, rows store.Rower) (c copied, err error) {
	c.report, err = verification(ctx, s, watched{rows, &c.last})
	return c, err
}

// watched notes the newest anchor among the rows that pass.
type watched struct {
	store.Rower
	last *store.AnchorRow
}

func (w watched) Rows(ctx context.Context, yield func(store.Rows) error) error {
	return w.Rower.Rows(ctx, func(r store.Rows) error {
		if n := len(r.Anchors); n > 0 {
			*w.last = r.Anchors[n-1]
		}
		return yield(r)
	})
}

// say tells what is in the copy. Its check value shows after a restore that nothing
// was lost on the way.
func (c copied) say(p process, path string) error {
	if c.last.Seq > 0 {
		fmt.Fprintf(p.Stdout, "%s  %s  %s, %s\n", c.last.Day, c.last.Hash, count(c.last.Incidents, "incident"), count(c.last.Events, "event"))
	}
	if b := c.report.Broken; b != nil {
		fmt.Fprintf(p.Stdout, "Copied to %s. First broken row: %s.\n", path, b)
		return errBrokenCopy
	}
	_, err := fmt.Fprintf(p.Stdout, "Copied to %s and verified. All as it should be: %s, %s, %s.\n", path,
		count(c.report.Incidents, "incident"), count(c.report.Events, "event"), count(c.report.Anchors, "anchor"))
	return err
}

// copySQLite copies the embedded store and verifies what it wrote.
func copySQLite(ctx context.Context, c Config, _ store.Store, to string, at time.Time) (copied, error) {
	if err := sqlite.Copy(ctx, filepath.Join(c.Data, databaseFile), to, at); err != nil {
		return copied{}, unable{err}
	}
	s, err := sqlite.OpenReader(ctx, to)
	if err != nil {
		return copied{}, unable{err}
	}
	made, err := verifyCopy(ctx, s, s)
	return made, errors.Join(err, s.Close())
}
