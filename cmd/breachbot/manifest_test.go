package main

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"breachbot/bot/sandbox"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestManifest(t *testing.T) {
	t.Parallel()
	r := breachbot(t, nil, "manifest")
	if r.code != exitOK || r.stderr != "" {
		t.Fatalf("exit %d, stderr %q", r.code, r.stderr)
	}
	golden := filepath.Join("testdata", "manifest.yaml")
	if *update {
		if err := os.WriteFile(golden, []byte(r.stdout), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), r.stdout); diff != "" {
		t.Errorf("%s (-want +got):\n%s", golden, diff)
	}
}

func TestManifestTakesAnyName(t *testing.T) {
	t.Parallel()
	r := breachbot(t, nil, "manifest", "-name", `A & B: "breaches" #1`)
	if r.code != exitOK || !strings.Contains(r.stdout, `name: "A & B: \"breaches\" #1"`+"\n") {
		t.Errorf("exit %d:\n%s", r.code, r.stdout)
	}
}

func TestScopesHaveReasons(t *testing.T) {
	t.Parallel()
	for n, s := range botScopes {
		if s.Why == "" || slices.Contains(scopeNames()[:n], s.Name) {
			t.Errorf("scope %q: why %q, or it stands twice", s.Name, s.Why)
		}
	}
}

// TestManifestAsksForNoMoreThanTheSandboxKnows keeps the tests of the bot, which
// run against the sandbox's own app, from relying on less than is asked for.
func TestManifestAsksForNoMoreThanTheSandboxKnows(t *testing.T) {
	t.Parallel()
	ours, theirs := slackApp(), sandbox.DefaultApp()
	for _, s := range ours.BotScopes {
		if !slices.Contains(theirs.BotScopes, s) {
			t.Errorf("the sandbox's app lacks the scope %s", s)
		}
	}
	for _, e := range ours.BotEvents {
		if !slices.Contains(theirs.BotEvents, e) {
			t.Errorf("the sandbox's app lacks the event %s", e)
		}
	}
	for _, c := range ours.Commands {
		if !slices.ContainsFunc(theirs.Commands, func(d sandbox.Command) bool {
			return d.Name == c.Name && d.ShouldEscape == c.ShouldEscape
		}) {
			t.Errorf("the sandbox's app lacks the command %s", c.Name)
		}
	}
	for _, c := range ours.Shortcuts {
		if !slices.ContainsFunc(theirs.Shortcuts, func(d sandbox.Shortcut) bool {
			return d.CallbackID == c.CallbackID && d.Message == c.Message
		}) {
			t.Errorf("the sandbox's app lacks the shortcut %s", c.CallbackID)
		}
	}
	if ours.MessagesTab != theirs.MessagesTab || ours.MessagesReadOnly != theirs.MessagesReadOnly || ours.Interactivity != theirs.Interactivity {
		t.Error("the sandbox's app has other switches")
	}
}
