package main

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"breachbot/bot/sandbox"
)

// What the program may cost, as the package documentation promises it.
const (
	startTarget  = 60 * time.Millisecond
	memoryTarget = 40 << 10 // KiB
	sizeTarget   = 35e6     // bytes
)

// BenchmarkProgram measures the program as it is shipped: how long it takes to
// serve, what memory it keeps, how large it is.
func BenchmarkProgram(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "breachbot")
	build := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	ws := sandbox.New(sandbox.Options{App: slackApp(), NoRateLimits: true})
	ws.Practice()
	server, err := sandbox.Listen(ws, "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := server.Close(); err != nil {
			b.Error(err)
		}
	}()
	start := func(b *testing.B, data string) *served {
		b.Helper()
		return startServing(b, binary, ws, server, data)
	}

	b.Run("start=fresh", func(b *testing.B) {
		measureStart(b, binary, "an empty folder", func() *served { return start(b, b.TempDir()) })
	})
	b.Run("start=existing", func(b *testing.B) {
		data := b.TempDir()
		start(b, data).stop(b)
		measureStart(b, binary, "an existing store", func() *served { return start(b, data) })
	})
	b.Run("memory", func(b *testing.B) {
		var now, most int
		for b.Loop() {
			s := start(b, b.TempDir())
			time.Sleep(5 * time.Second) // idle: what the start needed can be given back
			now, most = s.memory(b, "VmRSS"), s.memory(b, "VmHWM")
			s.stop(b)
		}
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(float64(now)/1024, "MiB")
		b.ReportMetric(float64(most)/1024, "MiB-peak")
		b.Logf("memory of the idle bot, connected: %.1f MiB resident, %.1f MiB at most since its start (target: below %d MiB)",
			float64(now)/1024, float64(most)/1024, memoryTarget>>10)
	})
	b.Run("size", func(b *testing.B) {
		var size float64
		for b.Loop() {
			info, err := os.Stat(binary)
			if err != nil {
				b.Fatal(err)
			}
			size = float64(info.Size())
		}
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(size/1e6, "MB")
		b.Logf("size of the program: %.1f MB (target: below %.0f MB)", size/1e6, sizeTarget/1e6)
	})
}

// measureStart compares how long it takes until the bot serves with how long it
// takes until the same program has printed its version.
func measureStart(b *testing.B, binary, on string, start func() *served) {
	var serving, printing []time.Duration
	for b.Loop() {
		for range 15 {
			s := start()
			s.stop(b)
			serving = append(serving, s.took)
			begin := time.Now()
			if err := exec.CommandContext(b.Context(), binary, "version").Run(); err != nil {
				b.Fatal(err)
			}
			printing = append(printing, time.Since(begin))
		}
	}
	mine, base := median(serving), median(printing)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(mine, "p50-ms")
	b.ReportMetric(base, "version-p50-ms")
	b.Logf("start on %s until connected and serving, p50 of %d: %.1f ms (target: at most %d); breachbot version: %.1f ms; ratio %.1f",
		on, len(serving), mine, startTarget.Milliseconds(), base, mine/base)
}

// median is in milliseconds.
func median(took []time.Duration) float64 {
	slices.Sort(took)
	return float64(took[len(took)/2].Microseconds()) / 1000
}

// served is a running breachbot serve.
type served struct {
	cmd  *exec.Cmd
	ws   *sandbox.Workspace
	log  *bytes.Buffer
	took time.Duration // until both sockets were open and /readyz said yes
}

// startServing starts breachbot serve and waits until it serves.
func startServing(b *testing.B, binary string, ws *sandbox.Workspace, server *sandbox.Server, data string) *served {
	b.Helper()
	address := freeAddress(b)
	s := &served{ws: ws, log: &bytes.Buffer{}}
	s.cmd = exec.CommandContext(b.Context(), binary, "serve")
	s.cmd.Stderr = s.log
	s.cmd.Env = []string{
		"SLACK_BOT_TOKEN=" + ws.BotToken, "SLACK_APP_TOKEN=" + ws.AppToken, "SLACK_API_URL=" + server.APIURL(),
		"BREACHBOT_DATA=" + data, "BREACHBOT_HTTP_ADDR=" + address, "BREACHBOT_ORG=Brynteg Practice",
		"BREACHBOT_DPO=" + sandbox.Dee, "BREACHBOT_DEPUTY_DPO=" + sandbox.Dan, "BREACHBOT_IG_LEAD=" + sandbox.Ivy,
		"BREACHBOT_CALDICOTT_GUARDIAN=" + sandbox.Cal, "BREACHBOT_SIRO=" + sandbox.Sam, "BREACHBOT_RESPONDERS=" + sandbox.Rob,
	}
	client := &http.Client{Timeout: time.Second, Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	begin := time.Now()
	if err := s.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	for {
		response, err := client.Get("http://" + address + "/readyz")
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK && ws.Sockets().Count() == 2 {
				s.took = time.Since(begin)
				return s
			}
		}
		if time.Since(begin) > 20*time.Second {
			_ = s.cmd.Process.Kill()
			_ = s.cmd.Wait()
			b.Fatalf("never ready:\n%s", s.log)
		}
		time.Sleep(500 * time.Microsecond)
	}
}

// stop ends the bot as an operator does.
func (s *served) stop(b *testing.B) {
	b.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		b.Fatal(err)
	}
	if err := s.cmd.Wait(); err != nil {
		b.Fatalf("%v\n%s", err, s.log)
	}
	if err := s.ws.WaitFor(b.Context(), func() bool { return s.ws.Sockets().Count() == 0 }); err != nil {
		b.Fatal(err)
	}
}

// memory reads a figure of the process, in KiB.
func (s *served) memory(b *testing.B, name string) int {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	_, after, _ := strings.Cut(string(status), name+":")
	line, _, _ := strings.Cut(after, "\n")
	kib, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(line), "kB")))
	if err != nil {
		b.Fatal(err)
	}
	return kib
}

// freeAddress is one that nobody listens on.
func freeAddress(b *testing.B) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
