package bot_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	featureTable = "testdata/features.md"
	showsMark    = "# Shows: "
)

// Every row of the feature table is shown by a story that names it, so that
// whoever doubts a feature can watch it work. With -update the table says anew
// which stories those are.
func TestEveryFeatureIsShownByAStory(t *testing.T) {
	table, err := os.ReadFile(featureTable)
	if err != nil {
		t.Fatal(err)
	}
	shown := shownBy(t)
	var got strings.Builder
	for line := range strings.Lines(string(table)) {
		feature, ok := featureOf(line)
		if !ok {
			got.WriteString(line)
			continue
		}
		files := shown[feature]
		if len(files) == 0 {
			t.Errorf("no story says %q", showsMark+feature)
		}
		delete(shown, feature)
		got.WriteString("| " + feature + " | " + strings.Join(files, ", ") + " |\n")
	}
	for feature, files := range shown {
		t.Errorf("%s: no row of %s is called %q", strings.Join(files, ", "), featureTable, feature)
	}
	if *update {
		if err := os.WriteFile(featureTable, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(table), got.String()); diff != "" {
		t.Errorf("other stories show it now (-want +got):\n%s", diff)
	}
}

// featureOf is the feature that a line of the table is about, and false for its
// head and the words around it.
func featureOf(line string) (string, bool) {
	cells := strings.Split(line, "|")
	if len(cells) != 4 {
		return "", false
	}
	feature := strings.TrimSpace(cells[1])
	return feature, feature != "Feature" && strings.Trim(feature, "-") != ""
}

// shownBy gives for each feature the stories that say they show it, in order.
func shownBy(t *testing.T) map[string][]string {
	t.Helper()
	files, err := stories()
	if err != nil || len(files) == 0 {
		t.Fatal("no stories", err)
	}
	shown := map[string][]string{}
	for _, file := range files {
		story, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(story)) {
			feature, ok := strings.CutPrefix(strings.TrimRight(line, "\n"), showsMark)
			name := filepath.Base(file)
			switch {
			case !ok:
			case slices.Contains(shown[feature], name):
				t.Errorf("%s says twice %q", name, line)
			default:
				shown[feature] = append(shown[feature], name)
			}
		}
	}
	for _, names := range shown {
		slices.Sort(names)
	}
	return shown
}
