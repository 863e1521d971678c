package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"breachbot/workflow"
)

// The README says what is so: the picture of the steps is the one the table
// draws, every setting and command stands in it, and what it links to is there.
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
	for _, v := range variables() {
		if !strings.Contains(readme, "`"+v+"`") {
			t.Errorf("the setting %s is missing", v)
		}
	}
	for _, c := range commands() {
		if !strings.Contains(readme, c.name) {
			t.Errorf("the command %s is missing", c.name)
		}
	}
}
