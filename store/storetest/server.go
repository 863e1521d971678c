package storetest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// Server is a private server that a test may stop and start again. It keeps its
// address.
type Server struct {
	url  string
	port int
	as   *user.User // nil: as this process
	end  syscall.Signal
	log  string // what the server says when it is ready
	args func(port int) []string

	mu      sync.Mutex
	process *process
}

// URL is where the server is, also while it is stopped.
func (s *Server) URL() string { return s.url }

// Start starts the server and returns when it answers.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	if err := s.start(); err != nil {
		t.Fatal(err)
	}
}

// Stop stops the server at once, as a crash of its machine would, and returns
// when it is gone. Stopping it twice is fine.
func (s *Server) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process != nil {
		s.process.stop(s.end)
		s.process = nil
	}
}

func (s *Server) start() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process != nil {
		return nil
	}
	p, err := run(s.as, s.end, s.log, s.args(s.port))
	if err == nil {
		s.process = p
	}
	return err
}

// process is one run of a server.
type process struct {
	cmd  *exec.Cmd
	gone <-chan struct{} // closed when it has ended
	read chan struct{}   // closed when its log is read to the end
}

// run starts a program and returns when it has said that it is ready.
func run(as *user.User, end syscall.Signal, ready string, args []string) (*process, error) {
	attr, err := attributes(as, end)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = os.TempDir()
	cmd.SysProcAttr = attr
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = w, w
	gone, err := Spawn(cmd)
	w.Close()
	if err != nil {
		r.Close()
		return nil, err
	}
	p := &process{cmd: cmd, gone: gone, read: make(chan struct{})}
	said := make(chan string, 1)
	go func() {
		defer close(p.read)
		defer r.Close()
		var lines []string
		scan := bufio.NewScanner(r)
		for scan.Scan() {
			lines = append(lines, scan.Text())
			if strings.Contains(scan.Text(), ready) {
				said <- ""
				io.Copy(io.Discard, r)
				return
			}
		}
		said <- strings.Join(lines, "\n")
	}()
	if log := <-said; log != "" {
		p.stop(end)
		return nil, fmt.Errorf("%s ended before it was ready:\n%s", args[0], log)
	}
	return p, nil
}

// Spawn starts a program that ends when the test binary does, however that ends,
// where the system can do so. The channel is closed when the program has ended.
func Spawn(cmd *exec.Cmd) (gone <-chan struct{}, err error) {
	if cmd.SysProcAttr == nil {
		if cmd.SysProcAttr, err = attributes(nil, syscall.SIGKILL); err != nil {
			return nil, err
		}
	}
	ended, started := make(chan struct{}), make(chan error)
	go func() {
		// The kernel ends the program when the thread that started it ends. So
		// that thread stays with this goroutine, which waits for the program.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
		}
		close(ended)
	}()
	return ended, <-started
}

func (p *process) stop(sig syscall.Signal) {
	p.cmd.Process.Signal(sig)
	<-p.gone
	<-p.read
}

// freePort is a port that nobody listened at a moment ago.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// portTries: another program may take the port before the server does.
const portTries = 5

func startAnywhere(s *Server, url func(port int) string) error {
	var errs []error
	for range portTries {
		port, err := freePort()
		if err != nil {
			return err
		}
		s.port, s.url = port, url(port)
		if err = s.start(); err == nil {
			return nil
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
