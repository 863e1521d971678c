package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"testing"
)

// The demo is the first thing a stranger runs: it prints one address of this
// machine, with a page behind it, and ends when it is told to. A second one finds
// a port of its own.
func TestDemoOpensThePage(t *testing.T) {
	var addresses []string
	for range 2 {
		ctx, stop := context.WithCancel(t.Context())
		out, in := io.Pipe()
		ended := make(chan int, 1)
		var errs bytes.Buffer
		go func() {
			ended <- run(ctx, []string{"demo"}, nil, in, &errs)
			_ = in.Close()
		}()
		defer func() {
			stop()
			if code := <-ended; code != exitOK || errs.Len() > 0 {
				t.Errorf("the demo ends with %d and %q", code, errs.String())
			}
		}()
		printed := bufio.NewScanner(out)
		address := ""
		for address == "" && printed.Scan() {
			if i := strings.Index(printed.Text(), "http"); i >= 0 {
				address = printed.Text()[i:]
			}
		}
		go func() { _, _ = io.Copy(io.Discard, out) }()
		if !strings.HasPrefix(address, "http://127.0.0.1:") || slices.Contains(addresses, address) {
			t.Fatalf("the address is %q, after %q", address, addresses)
		}
		addresses = append(addresses, address)
		if body := fetch(t, address); !strings.Contains(body, "Play the story") || !strings.Contains(body, "/breach") {
			t.Errorf("the first page is %s", body)
		}
	}
}

// In the terminal the demo plays the story to its end, shows the register and
// what verify says, and holds every promise.
func TestDemoPlays(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"demo", "-play"}, nil, &out, &errs); code != exitOK {
		t.Fatalf("exit code %d\n%s\n%s", code, errs.String(), tail(out.String()))
	}
	for _, want := range []string{
		"@nia types /breach",
		"Its reference is *BR-2026-0001*",
		"@dee presses Approve ICO notification",
		"*72-hour clock:* stopped. Notified",
		"--- The register",
		"Discharge letter may have gone to a previous address",
		"1 incident, ", // and so many events; their number may grow
		"all as it should be.",
		"kept    The clock is right",
		"6 Slack calls from the report to a ready channel and the reporter's message, plus 6 invitations.",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the demo does not show %q\n%s", want, tail(out.String()))
		}
	}
	if strings.Contains(out.String(), "BROKEN") {
		t.Errorf("a promise was not kept\n%s", tail(out.String()))
	}
}

// A promise that does not hold is an exit code, not a remark.
func TestDemoNoticesABrokenPromise(t *testing.T) {
	t.Parallel()
	d, err := newDemo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	// Nobody has reported anything: there is nothing that could have held.
	for _, p := range d.promises(t.Context(), nil) {
		if strings.HasPrefix(p.words, "The clock") && p.broken == "" {
			t.Error("the promise of the clock held without an incident")
		}
	}
	d.log.WriteString(storyTitle(t))
	var out bytes.Buffer
	broken, err := d.play(t.Context(), &out)
	if err != nil {
		t.Fatal(err)
	}
	if broken != 1 || !strings.Contains(out.String(), "typed words were found where they must not be") {
		t.Errorf("a title in the log was not noticed: %d broken\n%s", broken, tail(out.String()))
	}
}

func storyTitle(t *testing.T) string {
	for _, line := range strings.Split(story, "\n") {
		if title, ok := strings.CutPrefix(line, "@nia fills In one line: "); ok {
			return title
		}
	}
	t.Fatal("the story has no report")
	return ""
}

func tail(s string) string {
	lines := strings.Split(s, "\n")
	return strings.Join(lines[max(0, len(lines)-40):], "\n")
}
