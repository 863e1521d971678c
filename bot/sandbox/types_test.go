package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Slack's official types, @slack/types, accept everything that people are shown: the goldens of bot/view, each written
// out as a value of its type.
func TestOfficialTypesAcceptEveryGolden(t *testing.T) {
	t.Parallel()
	dir := npmFolder(t, "types", "package.json", "package-lock.json", "shapes.ts")
	var files []string
	for _, pattern := range []string{"*.json", "slash/*.json"} {
		some, err := filepath.Glob(filepath.Join("..", "view", "testdata", pattern))
		check(t, err)
		files = append(files, some...)
	}
	if len(files) < 300 {
		t.Fatalf("only %d goldens", len(files))
	}
	var out strings.Builder
	out.WriteString("import type { Home, Message, Modal } from './shapes';\n")
	for n, file := range files {
		raw, err := os.ReadFile(file)
		check(t, err)
		var v struct {
			Type string `json:"type"`
		}
		check(t, json.Unmarshal(raw, &v))
		kind := map[string]string{"modal": "Modal", "home": "Home", "": "Message"}[v.Type]
		fmt.Fprintf(&out, "// %s\nexport const g%d: %s = %s;\n", file, n, kind, raw)
	}
	// A check that accepts anything would accept this too.
	out.WriteString("// @ts-expect-error a block that nobody knows\nexport const no: Message = { blocks: [{ type: 'hologram' }] };\n" +
		"// @ts-expect-error an alert of no known level\nexport const loud: Modal = { type: 'modal', title: { type: 'plain_text', text: 'x' }, blocks: [{ type: 'alert', level: 'loud', text: { type: 'plain_text', text: 'x' } }] };\n")
	check(t, os.WriteFile(filepath.Join(dir, "goldens.ts"), []byte(out.String()), 0o600))
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	run := exec.CommandContext(ctx, "node", "node_modules/typescript/bin/tsc", "--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "goldens.ts")
	run.Dir = dir
	if said, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%.8000s", err, said)
	}
}
