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
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("%s is not installed; `make test` installs it", tool)
		}
	}
	dir := t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json", "check.js"} {
		content, err := os.ReadFile(filepath.Join("testdata", "sdk", name))
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
	tw := newTown(t)
	run := exec.CommandContext(ctx, "node", "check.js")
	run.Dir = dir
	run.Env = append(os.Environ(), "API_URL="+tw.srv.APIURL(), "CONTROL_URL="+tw.srv.URL+"/control/",
		"CONTROL_TOKEN="+tw.ControlToken, "BOT_TOKEN="+tw.BotToken, "APP_TOKEN="+tw.AppToken)
	if out, err := run.CombinedOutput(); err != nil || !strings.Contains(string(out), "all checks held") {
		t.Fatalf("node check.js: %v\n%s", err, out)
	}
}

// The lock file must not tie anybody to one registry.
func TestLockFileNamesNoRegistry(t *testing.T) {
	t.Parallel()
	lock, err := os.ReadFile(filepath.Join("testdata", "sdk", "package-lock.json"))
	check(t, err)
	if strings.Contains(string(lock), `"resolved"`) {
		t.Error("the lock file says where packages were downloaded; recreate it with omit-lockfile-registry-resolved")
	}
}
