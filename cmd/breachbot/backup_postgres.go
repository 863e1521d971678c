package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"breachbot/store"
	"breachbot/store/postgres"
)

// dumpPostgres has pg_dump copy a state of the database, verifies that same state,
// and has pg_restore read the copy to its end.
func dumpPostgres(ctx context.Context, c Config, s store.Store, to string, _ time.Time) (made copied, err error) {
	dump, err := postgresTool("pg_dump")
	if err != nil {
		return copied{}, err
	}
	restore, err := postgresTool("pg_restore")
	if err != nil {
		return copied{}, err
	}
	address, secrets, err := forLibpq(c.DatabaseURL)
	if err != nil {
		return copied{}, unable{err}
	}
	err = s.(*postgres.Store).Snapshot(ctx, func(ctx context.Context, frozen postgres.Snapshot) error {
		if err := dump.fits(frozen.Version); err != nil {
			return err
		}
		if err := dump.run(ctx, secrets, "--format=custom", "--no-password", "--snapshot="+frozen.Name, "--file="+to, "--dbname="+address); err != nil {
			return err
		}
		made, err = verifyCopy(ctx, s, frozen)
		return err
	})
	if err != nil {
		return copied{}, unable{err}
	}
	if err := restore.run(ctx, nil, "--file="+os.DevNull, to); err != nil {
		return copied{}, unable{fmt.Errorf("the copy cannot be read back: %w", err)}
	}
	return made, onDisk(to)
}

func onDisk(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// tool is a program of PostgreSQL on this machine.
type tool struct {
	path  string
	major int // its version
}

// whereTools are the folders in which a package of PostgreSQL keeps its programs, if
// they are not on the path: Debian's and Red Hat's.
var whereTools = []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin"}

var versionWords = regexp.MustCompile(`\) (\d+)`) // pg_dump (PostgreSQL) 17.2 (Debian 17.2-1)

// postgresTool finds a program of PostgreSQL, of several the newest: that one can
// read every server up to its own version.
func postgresTool(name string) (tool, error) {
	var found []tool
	var paths []string
	if path, err := exec.LookPath(name); err == nil {
		paths = append(paths, path)
	}
	for _, folder := range whereTools {
		more, _ := filepath.Glob(filepath.Join(folder, name))
		paths = append(paths, more...)
	}
	for _, path := range paths {
		out, err := exec.Command(path, "--version").Output()
		if m := versionWords.FindSubmatch(out); err == nil && m != nil {
			major, _ := strconv.Atoi(string(m[1]))
			found = append(found, tool{path, major})
		}
	}
	if len(found) == 0 {
		return tool{}, unable{fmt.Errorf("%s is not on this machine: install PostgreSQL's client programs (Debian: postgresql-client) and try again, or run pg_dump where the database runs; with compose: docker compose exec -T postgres pg_dump --format=custom -U breachbot breachbot > breachbot.dump", name)}
	}
	return slices.MaxFunc(found, func(a, b tool) int { return a.major - b.major }), nil
}

// fits tells whether pg_dump can read a server of a version such as 170002. It
// refuses servers newer than itself.
func (t tool) fits(server int) error {
	if needs := server / 10000; t.major < needs {
		return unable{fmt.Errorf("pg_dump here is version %d and the server is version %d, which it cannot read: install the client programs of version %d (Debian: postgresql-client-%d)", t.major, needs, needs, needs)}
	}
	return nil
}

// run runs the program and gives what it complains of, in its first line.
func (t tool) run(ctx context.Context, secrets []string, args ...string) error {
	cmd := exec.CommandContext(ctx, t.path, args...)
	cmd.Env = append(append(os.Environ(), "LC_ALL=C"), secrets...)
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = io.Discard, &said
	if err := cmd.Run(); err != nil {
		first, _, _ := strings.Cut(strings.TrimSpace(said.String()), "\n")
		return fmt.Errorf("%s: %w: %s", filepath.Base(t.path), err, first)
	}
	return nil
}

// libpqSettings are the parameters of an address that pg_dump knows (PostgreSQL:
// libpq, parameter key words). pgx knows others of its own, such as the size of its
// pool, and pg_dump refuses those.
var libpqSettings = []string{
	"host", "hostaddr", "port", "dbname", "user", "passfile", "connect_timeout", "options", "application_name", "sslmode", "sslnegotiation",
	"sslcert", "sslkey", "sslrootcert", "sslcrl", "sslcrldir", "sslsni", "ssl_min_protocol_version", "ssl_max_protocol_version",
	"requirepeer", "channel_binding", "require_auth", "gssencmode", "krbsrvname", "service", "target_session_attrs", "load_balance_hosts",
	"keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout",
}

// forLibpq makes an address of the database that pg_dump takes and that may be seen
// in a list of processes: passwords go through the environment.
func forLibpq(database Secret) (address string, secrets []string, err error) {
	u, err := url.Parse(database.Reveal())
	if err != nil {
		return "", nil, errors.New("DATABASE_URL is not a valid address") // the parser's words would repeat the password
	}
	q := u.Query()
	password := q.Get("password")
	if p, set := u.User.Password(); set {
		password = p
		u.User = url.User(u.User.Username())
	}
	if password != "" {
		secrets = append(secrets, "PGPASSWORD="+password)
	}
	for name := range q {
		if !slices.Contains(libpqSettings, name) {
			q.Del(name)
		}
	}
	u.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20") // libpq does not take a plus for a space
	return u.String(), secrets, nil
}
