package storetest

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// PgBouncer starts a PgBouncer in transaction mode before the database at the
// address, with at most so many connections to it, and gives the address of the
// same database through it. It ends with the test.
func PgBouncer(t testing.TB, address string, connections int) string {
	t.Helper()
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		t.Fatal("these tests need a real PgBouncer: install it (Debian: apt-get install pgbouncer)")
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "breachbot-pgb")
	if err != nil {
		t.Fatal(err)
	}
	as, err := unprivileged(dir) // PgBouncer does not run as root either
	if err != nil {
		t.Fatal(err)
	}
	login := "user=" + u.User.Username()
	if password, set := u.User.Password(); set {
		login += " password=" + password
	}
	file := filepath.Join(dir, "pgbouncer.ini")
	s := &Server{
		as:  as,
		end: syscall.SIGTERM, // at once
		log: "process up",
		args: func(port int) []string {
			config := fmt.Sprintf("[databases]\n* = host=%s port=%s %s\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = %d\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\ndefault_pool_size = %d\n",
				u.Hostname(), u.Port(), login, port, connections)
			if err := os.WriteFile(file, []byte(config), 0o644); err != nil {
				t.Error(err)
			}
			return []string{program, file}
		},
	}
	err = startAnywhere(s, func(port int) string {
		through := *u
		through.Host = fmt.Sprintf("127.0.0.1:%d", port)
		return through.String()
	})
	t.Cleanup(func() {
		s.Stop()
		os.RemoveAll(dir)
	})
	if err != nil {
		t.Fatal(err)
	}
	return s.URL()
}
