package view

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"breachbot/workflow"
)

// markedAs is the mark of the one cell in brackets, and of how many cells there are.
func markedAs(t *testing.T, picture string) (mark string, all int) {
	t.Helper()
	for _, line := range strings.Split(picture, "\n") {
		for _, m := range []string{markNobody, markByLaw, markRegulator, markDepartment} {
			if strings.Contains(line, "["+m+"]") {
				mark += m
			}
		}
		if strings.HasPrefix(line, " ") && strings.ContainsAny(line[:2], "12345") {
			all += len(strings.Fields(strings.NewReplacer("┃", " ", "│", " ", "[", " ", "]", " ").Replace(line))) - 1
		}
	}
	return mark, all
}

// The picture says of each of the 25 cells what the rules advise by the grid, in
// every nation, wherever the lines are.
func TestThePictureOfTheGridAgreesWithTheAdvice(t *testing.T) {
	t.Parallel()
	england := workflow.DefaultRules()
	scotland := england
	scotland.Nation = workflow.Scotland
	moved := england
	moved.Grid.Regulator, moved.Grid.DHSC = workflow.Cell{Likelihood: 2, Effect: 3}, workflow.Cell{Likelihood: 4, Effect: 5}
	for name, rules := range map[string]workflow.Rules{"England": england, "Scotland": scotland, "other lines": moved} {
		for likelihood := 1; likelihood <= 5; likelihood++ {
			for effect := 1; effect <= 5; effect++ {
				c := workflow.Cell{Likelihood: likelihood, Effect: effect}
				r := rules.Recommend(workflow.Grading{Cell: c, Vulnerable: workflow.No, HighRisk: workflow.No, Evidence: "x"}, workflow.Facts{}, time.Time{})
				want := markNobody
				switch {
				case r.DHSC:
					want = markDepartment
				case r.ByLaw:
					want = markByLaw
				case r.Regulator:
					want = markRegulator
				}
				picture, words := gridPicture(c, rules), gridWords(c, rules)
				if got, all := markedAs(t, picture); got != want || all != 25 {
					t.Errorf("%s, %v: drawn as %q among %d cells, advised is %q:\n%s", name, c, got, all, want, picture)
				}
				for _, line := range strings.Split(picture, "\n") {
					if n := utf8.RuneCountInString(line); n > 34 {
						t.Errorf("%d characters wrap on a telephone: %q", n, line)
					}
				}
				if above := strings.Contains(words, "on or above the line for the "+rules.Regulator); above != (r.Regulator && !r.ByLaw) {
					t.Errorf("%s, %v: %s", name, c, words)
				}
				if above := strings.Contains(words, "on or above the line for the "+theDepartment); above != r.DHSC {
					t.Errorf("%s, %v: %s", name, c, words)
				}
				if strings.Contains(words+gridLegend(rules), "Department") != (rules.Nation == workflow.England) {
					t.Errorf("%s has a line it has not, or lacks one: %s", name, words)
				}
			}
		}
	}
}

func TestTheGridIsDrawnWithBothItsLines(t *testing.T) {
	t.Parallel()
	rules := workflow.DefaultRules()
	want := strings.Trim(`
Effect
 5   ·   L ┃ D   D   D
 4   ·   L ┃ D   D   D
           ┠───────────
 3   ·   · ┃ R  [R]  R
 2   ·   · ┃ R   R   R
           ┗━━━━━━━━━━━
 1   ·   ·   ·   ·   ·
     1   2   3   4   5
             Likelihood
`, "\n")
	if got := gridPicture(workflow.Cell{Likelihood: 4, Effect: 3}, rules); got != want {
		t.Errorf("drawn as\n%s\nwant\n%s", got, want)
	}
	rules.Grid.DHSC = workflow.Cell{Likelihood: 4, Effect: 4}
	want = strings.Trim(`
Effect
 5   ·   L ┃ R │ D   D
 4   ·   L ┃ R │ D   D
           ┃   └───────
 3   ·   · ┃ R   R   R
 2   ·   · ┃ R   R   R
           ┗━━━━━━━━━━━
[1]
`, "\n")
	want = strings.Replace(want, "[1]", " 1  [·]  ·   ·   ·   ·\n     1   2   3   4   5\n             Likelihood", 1)
	if got := gridPicture(workflow.Cell{Likelihood: 1, Effect: 1}, rules); got != want {
		t.Errorf("drawn as\n%s\nwant\n%s", got, want)
	}
	if gridBlocks(workflow.Cell{}, rules) != nil {
		t.Error("a cell that is not there is drawn")
	}
}
