package main

import (
	"os"
	"strings"
	"testing"

	"breachbot/workflow"
)

// The README says what is so: the picture of the steps is the one the table
// draws, and every setting and command stands in it.
func TestReadme(t *testing.T) {
	words, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(words)
	if !strings.Contains(readme, strings.TrimSpace(workflow.Mermaid())) {
		t.Error("the picture of the steps is not what workflow.Mermaid draws")
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
