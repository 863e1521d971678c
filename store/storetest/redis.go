package storetest

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
)

// Redis gives the address of an empty Redis: that of TEST_REDIS_URL when set,
// else of a private server that ends with the test.
func Redis(t testing.TB) string {
	t.Helper()
	if url := os.Getenv("TEST_REDIS_URL"); url != "" {
		return url
	}
	return PrivateRedis(t).URL()
}

// PrivateRedis starts a Redis that keeps nothing on disk, for tests that stop it,
// with more settings if need be. It ends with the test.
func PrivateRedis(t testing.TB, settings ...string) *Server {
	t.Helper()
	program, err := exec.LookPath("redis-server")
	if err != nil {
		t.Fatal("these tests need a real Redis: install redis-server (Debian: apt-get install redis-server), or set TEST_REDIS_URL")
	}
	s := &Server{
		end: syscall.SIGKILL,
		log: "Ready to accept connections",
		args: func(port int) []string {
			return append([]string{program, "--bind", "127.0.0.1", "--port", strconv.Itoa(port), "--save", "", "--appendonly", "no", "--dir", os.TempDir()}, settings...)
		},
	}
	if err := startAnywhere(s, func(port int) string { return fmt.Sprintf("redis://127.0.0.1:%d/0", port) }); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s
}
