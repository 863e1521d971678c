package main

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/slack-go/slack"

	"breachbot/bot/sandbox"
)

// What the page may take, as the package documentation promises it.
const (
	screenTarget    = 200 * time.Millisecond
	firstPageTarget = time.Second
)

// watch notes, in the window, when each new paragraph of a list was first drawn.
const watch = `(() => {
	window.drawn = {};
	const look = () => { for (const e of [...document.querySelectorAll("%s")].slice(-3)) window.drawn[e.innerText.trim()] ??= performance.timeOrigin + performance.now(); };
	new MutationObserver(() => requestAnimationFrame(look)).observe(document.body, { childList: true, subtree: true });
	return true;
})()`

// onScreen posts messages and returns how long the middle one took to be drawn.
func onScreen(b *testing.B, w *window, selector string, post func(words string)) (ms float64) {
	b.Helper()
	script[bool](w, "watch", fmt.Sprintf(watch, selector))
	var all []time.Duration
	for b.Loop() {
		words := fmt.Sprintf("message number %d.", len(all))
		began := time.Now()
		post(words)
		at := script[float64](w, "see it", waitFor(fmt.Sprintf("window.drawn[%q]", words)))
		all = append(all, time.UnixMicro(int64(at*1000)).Sub(began))
	}
	ms = median(all)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ms, "p50-ms")
	return ms
}

// BenchmarkOnScreen measures how long after the bot posted it a message is drawn
// in a real browser, in an empty channel and after 2,000 others; against a bare
// page that waits for one line of text and adds it.
func BenchmarkOnScreen(b *testing.B) {
	lines := make(chan string, 1)
	bare := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/next" {
			select {
			case line := <-lines:
				_, _ = fmt.Fprint(w, line)
			case <-r.Context().Done():
			}
			return
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprint(w, `<!DOCTYPE html><html class="js"><title>bare</title><body><script>
(async () => { for (;;) { const p = document.createElement("p"); p.textContent = await (await fetch("/next")).text(); document.body.append(p); } })();</script>`)
	}))
	b.Cleanup(bare.Close)
	var least float64
	b.Run("bare", func(b *testing.B) {
		w := openWindow(b, bare.URL+"/", "x")
		least = onScreen(b, w, "body > p", func(words string) { lines <- words })
		w.do("go away", chromedp.Navigate("about:blank")) // its request ends
	})
	for _, before := range []int{0, 2000} {
		b.Run(fmt.Sprintf("messages=%d", before), func(b *testing.B) {
			g := openGallery(b)
			api := slack.New(g.BotToken, slack.OptionAPIURL(g.apiURL))
			post := func(words string) {
				if _, _, err := api.PostMessage(sandbox.Nia, slack.MsgOptionText(words, false)); err != nil {
					b.Fatal(err)
				}
			}
			for range before + 1 {
				post("one of many")
			}
			w := openWindow(b, g.address, sandbox.Nia)
			w.visit("breachbot")
			took := onScreen(b, w, "#log .msg .content", post)
			b.ReportMetric(took/least, "ratio")
			b.Logf("from posting to drawn, p50: %.1f ms (target: at most %d); a bare page: %.1f ms; ratio %.1f", took, screenTarget.Milliseconds(), least, took/least)
		})
	}
}

// BenchmarkFirstPage measures from starting the program, as it is shipped, to
// having its first page.
func BenchmarkFirstPage(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "breachbot")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	var all []time.Duration
	for b.Loop() {
		demo := exec.CommandContext(b.Context(), binary, "demo")
		out, err := demo.StdoutPipe()
		if err != nil {
			b.Fatal(err)
		}
		began := time.Now()
		if err := demo.Start(); err != nil {
			b.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if address := strings.TrimSpace(lines.Text()); strings.HasPrefix(address, "http://127.0.0.1:") {
				fetch(b, address)
				break
			}
		}
		all = append(all, time.Since(began))
		if err := demo.Process.Signal(os.Interrupt); err != nil {
			b.Fatal(err)
		}
		if err := demo.Wait(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(all), "p50-ms")
	b.Logf("from starting the demo to its first page, p50 of %d: %.0f ms (target: at most %d)", len(all), median(all), firstPageTarget.Milliseconds())
}
