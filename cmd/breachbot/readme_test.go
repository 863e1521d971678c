package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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

// The README's table of settings is what the program's own table says, a line for
// each variable, in its order. When it differs, put in the lines shown here.
func TestReadmeHasEverySetting(t *testing.T) {
	words, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(words), "### Settings\n")
	_, table, _ = strings.Cut(table, "|---|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	var want []string
	for _, v := range described() {
		want = append(want, v.readmeRow())
	}
	if diff := cmp.Diff(want, strings.Split(table, "\n")); diff != "" {
		t.Errorf("the table is not that of the program (-program +README):\n%s", diff)
	}
}

// People are told of every variable what it is for, on one line, and either its
// default or what holds without it.
func TestEveryVariableIsDescribed(t *testing.T) {
	for _, v := range described() {
		switch {
		case v.about == "" || strings.ContainsAny(v.about, "\n|"):
			t.Errorf("%s is not described in one line: %q", v.name, v.about)
		case (v.otherwise == "") == (v.without == ""):
			t.Errorf("%s needs either a default (%q) or words for what holds without it (%q)", v.name, v.otherwise, v.without)
		case v.example == "":
			t.Errorf("%s has no example", v.name)
		}
	}
}

// serve -h lists them all, with what is required, what is optional and what one
// could write.
func TestServeHelpDescribesEveryVariable(t *testing.T) {
	r := breachbot(t, nil, "serve", "-h")
	if r.code != exitOK || strings.Contains(r.stderr, "`") {
		t.Errorf("exit %d, stderr\n%s", r.code, r.stderr)
	}
	at := 0
	for _, v := range variables() {
		if variableOf(v).secret {
			v += " or " + v + fileSuffix
		}
		next := strings.Index(r.stderr[at:], "\n  "+v+"\n      ")
		if next < 0 {
			t.Fatalf("%s is missing, or out of order\n%s", v, r.stderr)
		}
		at += next
	}
	for _, want := range []string{
		"  SLACK_BOT_TOKEN or SLACK_BOT_TOKEN_FILE\n      the bot token, under OAuth & Permissions in the Slack app\n      required; example: xoxb-…\n",
		"  DATABASE_URL or DATABASE_URL_FILE\n      PostgreSQL; if it cannot be reached, the bot waits for it, and no other store is used\n      if not set: SQLite in BREACHBOT_DATA, one process; example: postgres://breachbot:PASSWORD@db:5432/breachbot\n",
		"  BREACHBOT_TIMEZONE\n      its time zone\n      default: Europe/London\n",
		"  BREACHBOT_DPO\n      who decides: the data protection officer (DPO)\n      required, or else BREACHBOT_DEPUTY_DPO; example: U024BE7LH,S0614TZR7\n",
		"  BREACHBOT_CUSTOMERS_WITHIN\n      how soon after awareness to tell customers, by contract; 0 for no clock\n      default: 0; example: 48h\n",
	} {
		if !strings.Contains(r.stderr, want) {
			t.Errorf("it does not say %q\n%s", want, r.stderr)
		}
	}
}
