package storetest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Postgres gives the address of a new, empty database that is dropped when the
// test ends: on the server of TEST_DATABASE_URL when set (its user must be
// allowed to create databases and, for the suite's intruder, be a superuser),
// else on a private one that all tests of the binary share. End it with Stop from TestMain; it ends with the process anyway.
func Postgres(t testing.TB) string {
	t.Helper()
	server := os.Getenv("TEST_DATABASE_URL")
	if server == "" {
		shared.Lock()
		defer shared.Unlock()
		if shared.server == nil {
			shared.server, shared.clean = startPostgres(t)
		}
		server = shared.server.URL()
	}
	return createDatabase(t, server)
}

var shared struct {
	sync.Mutex
	server *Server
	clean  func()
}

// Stop ends the server that Postgres started, if it did.
func Stop() {
	shared.Lock()
	defer shared.Unlock()
	if shared.server != nil {
		shared.clean()
		shared.server = nil
	}
}

// PrivatePostgres starts a server for a test that stops it, with one empty
// database at its URL. It ends with the test.
func PrivatePostgres(t testing.TB) *Server {
	t.Helper()
	s, clean := startPostgres(t)
	t.Cleanup(clean)
	return s
}

// startPostgres makes a server with settings that trade the safety of its data,
// which no test needs, for speed.
func startPostgres(t testing.TB) (*Server, func()) {
	t.Helper()
	initdb, program := postgresProgram("initdb"), postgresProgram("postgres")
	if initdb == "" || program == "" {
		t.Fatal("these tests need a real PostgreSQL: install it (Debian: apt-get install postgresql), or set TEST_DATABASE_URL to a server where databases may be created")
	}
	// Short, because the path of a socket may not be long.
	dir, err := os.MkdirTemp("", "breachbot-pg")
	if err != nil {
		t.Fatal(err)
	}
	as, err := unprivileged(dir)
	if err != nil {
		os.RemoveAll(dir)
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	attr, err := attributes(as, syscall.SIGKILL)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(initdb, "--pgdata", data, "--username", "postgres", "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync")
	cmd.Dir, cmd.SysProcAttr = dir, attr
	if out, err := cmd.CombinedOutput(); err != nil {
		os.RemoveAll(dir)
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	s := &Server{
		as:  as,
		end: syscall.SIGQUIT,
		log: "database system is ready to accept connections",
		args: func(port int) []string {
			return []string{program, "-D", data, "-p", strconv.Itoa(port), "-k", dir, "-h", "127.0.0.1",
				"-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=300", "-c", "shared_buffers=64MB",
				"-c", "log_min_messages=log", "-c", "logging_collector=off", "-c", "log_destination=stderr", "-c", "lc_messages=C"}
		},
	}
	err = startAnywhere(s, func(port int) string {
		return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", port)
	})
	if err != nil {
		os.RemoveAll(dir)
		t.Fatal(err)
	}
	return s, func() {
		s.Stop()
		os.RemoveAll(dir)
	}
}

// postgresProgram finds a program of PostgreSQL, the newest where Debian keeps
// several.
func postgresProgram(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	paths, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	version := func(path string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		return n
	}
	slices.SortFunc(paths, func(a, b string) int { return version(b) - version(a) })
	if len(paths) == 0 {
		return ""
	}
	return paths[0]
}

// unprivileged is the user to run PostgreSQL as, which refuses to run as root,
// and gives that user the folder. Nil is this process's own.
func unprivileged(dir string) (*user.User, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	as, err := user.Lookup("postgres")
	if err != nil {
		return nil, errors.New("PostgreSQL does not run as root, and there is no user \"postgres\" to run it as")
	}
	uid, _ := strconv.Atoi(as.Uid)
	gid, _ := strconv.Atoi(as.Gid)
	return as, os.Chown(dir, uid, gid)
}

var databases atomic.Int64

func createDatabase(t testing.TB, server string) string {
	t.Helper()
	name := fmt.Sprintf("breachbot_test_%d_%d", os.Getpid(), databases.Add(1))
	admin := func(query string) error {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		conn, err := pgx.Connect(ctx, server)
		if err != nil {
			return err
		}
		defer conn.Close(ctx)
		_, err = conn.Exec(ctx, query)
		return err
	}
	if err := admin("CREATE DATABASE " + name + " TEMPLATE template0"); err != nil {
		t.Fatalf("create a database for the test: %v", err)
	}
	t.Cleanup(func() {
		if err := admin("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal("TEST_DATABASE_URL should look like postgres://user:password@host:5432/postgres")
	}
	u.Path = "/" + name
	return u.String()
}
