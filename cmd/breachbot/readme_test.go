package main

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"breachbot/workflow"
)

// What stands beside the program says what is so: what it links to is there,
// every command stands in the README, and the picture of the steps is the one
// that the table draws.
func TestReadme(t *testing.T) {
	read := func(name string) string {
		words, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range regexp.MustCompile(`\]\(([^)#:]+)\)`).FindAllStringSubmatch(string(words), -1) {
			if _, err := os.Stat(filepath.Join("../..", filepath.Dir(name), link[1])); err != nil {
				t.Errorf("%s links to what is not there: %v", name, err)
			}
		}
		return string(words)
	}
	readme := read("README.md")
	read(".github/SECURITY.md")
	if !strings.Contains(read(".github/CONTRIBUTING.md"), strings.TrimSpace(workflow.Mermaid())) {
		t.Error("the picture of the steps is not what workflow.Mermaid draws")
	}
	for _, c := range commands() {
		if !strings.Contains(readme, c.name) {
			t.Errorf("the command %s is missing", c.name)
		}
	}
}

// The table of settings has every variable with its default, and no other.
func TestReadmeHasEverySetting(t *testing.T) {
	words, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(words), "### Settings\n")
	table, _, _ = strings.Cut(table, "\n### ")
	defaults := map[string]string{}
	fields := reflect.TypeFor[settings]()
	for n := range fields.NumField() {
		name, otherwise, _ := strings.Cut(fields.Field(n).Tag.Get("env"), ", default=")
		defaults[name] = otherwise
	}
	documented := map[string]bool{}
	for _, line := range strings.Split(table, "\n") {
		cells := strings.Split(line, "|")
		if len(cells) < 4 {
			continue
		}
		for _, v := range regexp.MustCompile("`([A-Z_]+)`").FindAllStringSubmatch(cells[1], -1) {
			if documented[v[1]] {
				t.Errorf("%s stands there twice", v[1])
			}
			documented[v[1]] = true
			otherwise, known := defaults[v[1]]
			switch {
			case !known:
				t.Errorf("there is no setting %s", v[1])
			case otherwise != "" && !strings.Contains(cells[3], "`"+otherwise+"`"):
				t.Errorf("%s is %q if not set; the table says%s", v[1], otherwise, cells[3])
			}
		}
	}
	for _, v := range variables() {
		if !documented[v] {
			t.Errorf("the setting %s is missing", v)
		}
	}
}
