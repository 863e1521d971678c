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

// readmeSettings is the README's table of settings: what holds if the setting is
// not set.
func readmeSettings(t *testing.T) map[string]string {
	t.Helper()
	words, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(words), "### Settings\n")
	table, _, _ = strings.Cut(table, "\n### ")
	documented := map[string]string{}
	for _, line := range strings.Split(table, "\n") {
		cells := strings.Split(line, "|")
		if len(cells) < 4 {
			continue
		}
		for _, v := range regexp.MustCompile("`([A-Z_]+)`").FindAllStringSubmatch(cells[1], -1) {
			if _, twice := documented[v[1]]; twice {
				t.Errorf("%s stands there twice", v[1])
			}
			documented[v[1]] = cells[3]
		}
	}
	return documented
}

// The table of settings has every variable with its default, and no other.
func TestReadmeHasEverySetting(t *testing.T) {
	defaults := map[string]string{}
	for _, s := range ruleSettings {
		defaults[s.name] = s.byDefault()
	}
	for field := range reflect.TypeFor[settings]().Fields() {
		name, otherwise, _ := strings.Cut(field.Tag.Get("env"), ", default=")
		defaults[name] = otherwise
	}
	documented := readmeSettings(t)
	for name, says := range documented {
		otherwise, known := defaults[name]
		switch {
		case !known:
			t.Errorf("there is no setting %s", name)
		case otherwise != "" && !strings.Contains(says, "`"+otherwise+"`"):
			t.Errorf("%s is %q if not set; the table says%s", name, otherwise, says)
		}
	}
	for _, v := range variables() {
		if _, ok := documented[v]; !ok {
			t.Errorf("the setting %s is missing", v)
		}
	}
}
