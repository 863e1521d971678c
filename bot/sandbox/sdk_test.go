package sandbox

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The official SDKs, @slack/bolt and @slack/web-api, run against the sandbox as they come from npm.
func TestOfficialSDKs(t *testing.T) {
	t.Parallel()
	dir := npmFolder(t, "sdk", "package.json", "package-lock.json", "check.js")
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	tw := newTown(t)
	run := exec.CommandContext(ctx, "node", "check.js")
	run.Dir = dir
	run.Env = append(os.Environ(), "API_URL="+tw.srv.APIURL(), "CONTROL_URL="+tw.srv.URL+"/control/",
		"CONTROL_TOKEN="+tw.ControlToken, "BOT_TOKEN="+tw.BotToken, "APP_TOKEN="+tw.AppToken)
	if out, err := run.CombinedOutput(); err != nil || !strings.Contains(string(out), "all checks held") {
		t.Fatalf("node check.js: %v\n%s", err, out)
	}
}

// npmFolder is a folder of its own with files of testdata and the packages they name.
func npmFolder(t *testing.T, from string, files ...string) string {
	t.Helper()
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("%s is not installed; `make test` installs it", tool)
		}
	}
	dir := t.TempDir()
	for _, name := range files {
		content, err := os.ReadFile(filepath.Join("testdata", from, name))
		check(t, err)
		check(t, os.WriteFile(filepath.Join(dir, name), content, 0o600))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	install := exec.CommandContext(ctx, "npm", "ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	return dir
}

// The lock files must not tie anybody to one registry.
func TestLockFilesNameNoRegistry(t *testing.T) {
	t.Parallel()
	for _, of := range []string{"sdk", "types"} {
		lock, err := os.ReadFile(filepath.Join("testdata", of, "package-lock.json"))
		check(t, err)
		if strings.Contains(string(lock), `"resolved"`) {
			t.Errorf("%s: the lock file says where packages were downloaded; recreate it with omit-lockfile-registry-resolved", of)
		}
	}
}
