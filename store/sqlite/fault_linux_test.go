package sqlite_test

import (
	"errors"
	"io/fs"
	"os"
	program "os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"breachbot/store"
	"breachbot/store/sqlite"
	"breachbot/workflow"
)

// bound does something as a user whom the rights of files bind: root is none.
func bound(t *testing.T, do func()) {
	t.Helper()
	if os.Getuid() == 0 {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		const nobody = 65534
		if err := errors.Join(syscall.Setfsgid(nobody), syscall.Setfsuid(nobody)); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = errors.Join(syscall.Setfsuid(0), syscall.Setfsgid(0)) }()
	}
	do()
}

// closed is a database with a report, in a folder of its own that anybody may enter,
// while nobody has it open.
func closed(t *testing.T) (path string) {
	t.Helper()
	folder, err := os.MkdirTemp("", "breachbot-ro")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = os.Chmod(folder, 0o700)
		if err := os.RemoveAll(folder); err != nil {
			t.Error(err)
		}
	})
	path = filepath.Join(folder, "breachbot.db")
	s, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := clerk(s).Report(t.Context(), "report", workflow.SubmitReport{Report: workflow.Report{
		Title: "Letter", What: "Sent to the wrong house.", Detected: testTime, Risk: workflow.RiskLow,
	}}, workflow.Actor{User: "U0ANA"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path + ".lock"); err != nil {
		t.Fatal(err)
	}
	return path
}

func clerk(s *sqlite.Store) *workflow.Service {
	return &workflow.Service{Rules: workflow.DefaultRules(), Journal: s, Now: func() time.Time { return testTime }}
}

func chmod(t *testing.T, file, folder fs.FileMode, path string) {
	t.Helper()
	if err := errors.Join(os.Chmod(path, file), os.Chmod(filepath.Dir(path), folder)); err != nil {
		t.Fatal(err)
	}
}

// A copy where nothing may be written can be verified, and stays as it is.
func TestAReadOnlyCopyCanBeVerified(t *testing.T) {
	path := closed(t)
	chmod(t, 0o444, 0o555, path)
	bound(t, func() {
		if f, err := os.Create(path + "-wal"); err == nil {
			f.Close()
			t.Fatal("the folder can be written to after all")
		}
		s, err := sqlite.OpenReader(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if got, err := store.Verify(t.Context(), s, clerk(s).Rederive); err != nil || got.Broken != nil || got.Incidents != 1 {
			t.Errorf("%+v, %v", got, err)
		}
	})
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("beside the copy: %v, %v", left, err)
	}
}

// What is still in a log is part of the record: a copy whose log cannot be read is
// refused rather than verified without it.
func TestAReadOnlyCopyIsNotReadWithoutItsLog(t *testing.T) {
	path := closed(t)
	bot := open(t, path)
	if err := bot.SetSetting(t.Context(), "in the log", "yes"); err != nil {
		t.Fatal(err)
	}
	copied := closed(t) // its folder
	for _, name := range []string{"", "-wal"} {
		content, err := os.ReadFile(path + name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(copied+name, content, 0o444); err != nil {
			t.Fatal(err)
		}
	}
	chmod(t, 0o444, 0o555, copied)
	bound(t, func() {
		if _, err := sqlite.OpenReader(t.Context(), copied); !errors.Is(err, sqlite.ErrLogUnread) {
			t.Errorf("got %v", err)
		}
	})
	chmod(t, 0o644, 0o700, copied)
	s, err := sqlite.OpenReader(t.Context(), copied)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got, err := s.Setting(t.Context(), "in the log"); got != "yes" || err != nil {
		t.Errorf("where it may be written: %q, %v", got, err)
	}
}

// What may not be written to is refused at the start, not met by the first report.
func TestOpenRefusesWhatMayNotBeWritten(t *testing.T) {
	path := closed(t)
	for _, tt := range []struct {
		name         string
		file, folder fs.FileMode
		want         error
	}{
		{"a folder", 0o666, 0o555, fs.ErrPermission},
		{"a file", 0o444, 0o777, sqlite.ErrReadOnly},
		{"a file nobody may read", 0o000, 0o777, sqlite.ErrReadOnly},
	} {
		chmod(t, tt.file, tt.folder, path)
		bound(t, func() {
			if _, err := sqlite.Open(t.Context(), path); !errors.Is(err, tt.want) {
				t.Errorf("%s: %v", tt.name, err)
			}
		})
	}
	bound(t, func() {
		if _, err := sqlite.Open(t.Context(), "/proc/breachbot/breachbot.db"); err == nil {
			t.Error("a folder was made where none can be")
		}
	})
}

// A disk that takes no more is not well, and well again when it does. A limit on the
// size of files stands in for the disk; only a process of its own can have one.
func TestAFullDiskIsNotWell(t *testing.T) {
	const mark = "BREACHBOT_TEST_FULL_DISK"
	if os.Getenv(mark) == "" {
		cmd := program.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestAFullDiskIsNotWell$")
		cmd.Env = append(os.Environ(), mark+"=yes")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	path := closed(t)
	s := open(t, path)
	signal.Ignore(syscall.SIGXFSZ)
	var free syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &free); err != nil {
		t.Fatal(err)
	}
	log, err := os.Stat(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	full := syscall.Rlimit{Cur: uint64(log.Size()) + 100, Max: free.Max}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &full); err != nil {
		t.Fatal(err)
	}
	if err := s.Ping(t.Context()); !errors.Is(err, sqlite.ErrDisk) || !errors.Is(err, workflow.ErrUnavailable) {
		t.Errorf("ping: %v", err)
	}
	if _, err := s.Oldest(t.Context(), testTime); err != nil {
		t.Errorf("it can still be read: %v", err)
	}
	var failed *store.LastFailed
	if err := s.SetSetting(t.Context(), "name", "value"); !errors.Is(err, workflow.ErrUnavailable) {
		t.Errorf("a change: %v", err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &free); err != nil {
		t.Fatal(err)
	}
	if err := s.Ping(t.Context()); !errors.As(err, &failed) || failed.Kind != "setting" {
		t.Errorf("with room again, before the change that failed was made: %v", err)
	}
	if err := s.SetSetting(t.Context(), "name", "value"); err != nil {
		t.Fatal(err)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
