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

// The README says what is so: the picture of the steps is the one the table
// draws, every command stands in it, and what it links to is there.
func TestReadme(t *testing.T) {
	words, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(words)
	if !strings.Contains(readme, strings.TrimSpace(workflow.Mermaid())) {
		t.Error("the picture of the steps is not what workflow.Mermaid draws")
	}
	for _, link := range regexp.MustCompile(`\]\(([^)#:]+)\)`).FindAllStringSubmatch(readme, -1) {
		if _, err := os.Stat(filepath.Join("../..", link[1])); err != nil {
			t.Errorf("the README shows what is not there: %v", err)
		}
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
