package view_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Everything people see is kept in testdata: a modal, or the blocks of a
// message, each ready to be pasted into Slack's Block Kit Builder. texts.txt
// holds what notifications and screen readers say of each message.
func TestGoldens(t *testing.T) {
	t.Parallel()
	want := map[string][]byte{}
	var texts strings.Builder
	for _, s := range everything(t, plainly) {
		file := s.name + ".json"
		if _, twice := want[file]; twice {
			t.Fatalf("two things are called %s", s.name)
		}
		want[file] = indented(t, s.json(t))
		if s.message != nil {
			fmt.Fprintf(&texts, "%s: %s\n", s.name, s.message.Text)
		}
	}
	want["texts.txt"] = []byte(texts.String())
	if *update {
		old, _ := filepath.Glob("testdata/*.*")
		for _, file := range old {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		}
		for file, content := range want {
			if err := os.WriteFile(filepath.Join("testdata", file), content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		return
	}
	var there []string
	files, _ := filepath.Glob("testdata/*.*")
	for _, file := range files {
		there = append(there, filepath.Base(file))
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		content, known := want[filepath.Base(file)]
		if !known {
			t.Errorf("%s is of nothing that is shown any more; -update removes it", file)
			continue
		}
		if diff := cmp.Diff(string(got), string(content)); diff != "" {
			t.Errorf("%s shows something else now (-kept +now); read it before you use -update:\n%s", file, diff)
		}
	}
	for file := range want {
		if !slices.Contains(there, file) {
			t.Errorf("%s is not kept yet; -update writes it", file)
		}
	}
}

// json is what Slack gets of it, as the Block Kit Builder takes it.
func (s shown) json(t testing.TB) []byte {
	t.Helper()
	var v any = s.modal
	if s.home != nil {
		v = s.home
	}
	if s.message != nil {
		v = map[string]any{"blocks": s.message.Blocks}
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(s.name, err)
	}
	return b
}

func (s shown) decoded(t testing.TB) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(s.json(t), &v); err != nil {
		t.Fatal(s.name, err)
	}
	return v
}

// indented is JSON with sorted keys, to be read and compared.
func indented(t testing.TB, raw []byte) []byte {
	t.Helper()
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
