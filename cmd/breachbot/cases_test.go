package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func runCases(t *testing.T, content string) (string, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "cases.json")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err := cases(t.Context(), process{Stdout: &out, Stderr: &out, Now: func() time.Time { return storyStart }}, file)
	return out.String(), err
}

func wp250(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", "cases", "wp250.json"))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// The ten examples of WP250rev.01 Annex B: every outcome matches.
func TestCasesOfTheGuidelines(t *testing.T) {
	out, err := runCases(t, wp250(t))
	if err != nil {
		t.Fatal(err)
	}
	want := "Conditional, so matching either way: 1 for the authority, 6 for the people.\n" +
		"10 of 10 match for the authority, 10 of 10 for the people\n"
	if !strings.HasSuffix(out, want) || strings.Contains(out, "DIFFERS") {
		t.Errorf("it does not end as expected:\n%s", tail(out))
	}
}

// A difference is shown with its rules and is no failure.
func TestCasesShowADifference(t *testing.T) {
	out, err := runCases(t, strings.Replace(wp250(t), `"notify_authority": "no"`, `"notify_authority": "yes"`, 1))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out, "DIFFERS, by the rules marked Why") || !strings.HasSuffix(out, "\n9 of 10 match for the authority, 10 of 10 for the people\n") {
		t.Error(tail(out))
	}
}

// Whatever is not of the format is refused with its case and key.
func TestCasesAreReadStrictly(t *testing.T) {
	for _, test := range []struct{ name, old, replacement, want string }{
		{"unknown fact", `"malicious": "yes"`, `"malice": "yes"`, "case i (number 1): facts.malice is not a key of the format\nfacts.malicious is missing"},
		{"unknown value", `"exfiltrated": "unknown"`, `"exfiltrated": "maybe"`, `case i (number 1): facts.exfiltrated: "maybe" is not one of`},
		{"empty list", `"breach": ["confidentiality"]`, `"breach": []`, "facts.breach: "},
		{"unspecified stands alone", `"data": ["unspecified"]`, `"data": ["unspecified", "credentials"]`, "facts.data: "},
		{"unknown outcome", `"tell_people": "no"`, `"tell_people": "perhaps"`, `published.tell_people: "perhaps"`},
		{"extra key", `"evidence": "recalled"`, `"evidence": "recalled", "note": ""`, "note is not a key"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := runCases(t, strings.Replace(wp250(t), test.old, test.replacement, 1))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v does not say %q", err, test.want)
			}
		})
	}
	for _, content := range []string{"", "{}", "[]", "[1]"} {
		if _, err := runCases(t, content); err == nil {
			t.Errorf("%q was accepted", content)
		}
	}
}
