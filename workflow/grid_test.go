package workflow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	. "breachbot/workflow"

	"github.com/google/go-cmp/cmp"
)

// cells is the grid as drawn in the domain notes, the worst effect first:
// D reports to ICO and DHSC, I to the ICO, - to nobody. L is to nobody by the
// grid, and to the ICO by the law's test: harm that serious counts unless it is
// certain that it cannot follow.
var cells = [5]string{
	"-LDDD", // effect 5, catastrophic
	"-LDDD", // effect 4, serious
	"--III", // effect 3, adverse
	"--III", // effect 2, minor
	"-----", // effect 1, no impact
}

var noFloor = Grading{Vulnerable: No, HighRisk: No, Evidence: "Audit trail."}

func recommend(g Grading, l, e int) Recommendation {
	g.Cell = Cell{Likelihood: l, Effect: e}
	return DefaultRules().Recommend(g, Facts{}, friday)
}

func with(grid Grid) Rules {
	r := DefaultRules()
	r.Grid = grid
	return r
}

func TestEveryCellAdvisesAsTheGuidanceSays(t *testing.T) {
	t.Parallel()
	count := map[byte]int{}
	for row, line := range cells {
		for col := range line {
			l, e, want := col+1, 5-row, line[col]
			count[want]++
			r := recommend(noFloor, l, e)
			if r.Regulator != (want != '-') || r.DHSC != (want == 'D') || r.ByLaw != (want == 'L') {
				t.Errorf("%dx%d: ICO %v, by the law's test %v, DHSC %v, want %c", l, e, r.Regulator, r.ByLaw, r.DHSC, want)
			}
			if got := (Cell{Likelihood: l, Effect: e}).Score(); got != l*e {
				t.Errorf("%dx%d: score %d", l, e, got)
			}
			words := strings.Join(r.Reasons, "\n")
			if below := want == '-' || want == 'L'; below != strings.Contains(words, "is below the line for the ICO") {
				t.Errorf("%dx%d: the reasons do not show the cell as the grid has it:\n%s", l, e, words)
			}
			for _, w := range []string{
				fmt.Sprintf("likelihood %d, %s", l, strings.ToLower(Likelihoods[l-1].Label)),
				fmt.Sprintf("effect %d, %s", e, strings.ToLower(Effects[e-1].Label)),
				"advice, not a decision",
			} {
				if !strings.Contains(words, w) {
					t.Errorf("%dx%d: the reasons do not say %q:\n%s", l, e, w, words)
				}
			}
			if r.Chosen != r.Cell || !r.FactsAt.Equal(friday) {
				t.Errorf("%dx%d: %+v", l, e, r)
			}
		}
	}
	if count['D'] != 6 || count['I'] != 6 || count['-']+count['L'] != 13 {
		t.Errorf("the table of this test is wrong: %v", count)
	}
}

func TestTheCellDecidesNotTheProduct(t *testing.T) {
	t.Parallel()
	for _, v := range []struct {
		reports, does [2]int
	}{{[2]int{3, 2}, [2]int{2, 3}}, {[2]int{4, 2}, [2]int{2, 4}}, {[2]int{5, 2}, [2]int{2, 5}}} {
		a, b := recommend(noFloor, v.reports[0], v.reports[1]), recommend(noFloor, v.does[0], v.does[1])
		if !a.Regulator || a.ByLaw || b.Regulator && !b.ByLaw {
			t.Errorf("%v reports, %v does not, though both score %d", v.reports, v.does, v.reports[0]*v.reports[1])
		}
	}
}

func TestTheNumberOfPeopleDoesNotMoveTheGrid(t *testing.T) {
	t.Parallel()
	g := noFloor
	g.Cell = Cell{Likelihood: 2, Effect: 3}
	one := DefaultRules().Recommend(g, Facts{Count: Count{Known: true, N: 1}}, friday)
	many := DefaultRules().Recommend(g, Facts{Count: Count{Known: true, N: 5_000_000}}, friday)
	if d := cmp.Diff(one, many); d != "" {
		t.Error(d)
	}
}

func TestTheFloor(t *testing.T) {
	t.Parallel()
	special := DefaultGrid()
	special.Triggers = append(special.Triggers, TriggerSpecial)
	vulnerableOnly := DefaultGrid()
	vulnerableOnly.Triggers = []Trigger{TriggerVulnerable}
	none := DefaultGrid()
	none.Triggers = nil
	for _, v := range []struct {
		name   string
		grid   Grid
		answer Answer
		facts  Facts
		lift   bool
		want   Cell
		says   string
	}{
		{"nobody vulnerable", DefaultGrid(), No, Facts{}, false, Cell{1, 1}, ""},
		{"vulnerable people", DefaultGrid(), Yes, Facts{}, false, Cell{2, 2}, "Raised to at least likelihood 2, effect 2"},
		{"not known counts", DefaultGrid(), Unknown, Facts{}, false, Cell{2, 2}, "not ruled out"},
		{"not answered counts", DefaultGrid(), "", Facts{}, false, Cell{2, 2}, "not ruled out"},
		{"children in the report", DefaultGrid(), No, Facts{Subjects: []SubjectKind{"employees", "children"}}, false, Cell{2, 2}, "vulnerable people in the report"},
		{"vulnerable adults in the report", DefaultGrid(), No, Facts{Subjects: []SubjectKind{"vulnerable_adults"}}, false, Cell{2, 2}, "vulnerable people in the report"},
		{"residents in the report", DefaultGrid(), No, Facts{Subjects: []SubjectKind{"residents"}}, false, Cell{2, 2}, "vulnerable people in the report"},
		{"employees in the report", DefaultGrid(), No, Facts{Subjects: []SubjectKind{"employees"}}, false, Cell{1, 1}, ""},
		{"mental health data", DefaultGrid(), No, Facts{Data: []DataCategory{"mental_health"}}, false, Cell{2, 2}, "specially protected data in the report"},
		{"convictions", DefaultGrid(), No, Facts{Data: []DataCategory{"convictions"}}, false, Cell{2, 2}, "specially protected data in the report"},
		{"contact details", DefaultGrid(), No, Facts{Data: []DataCategory{"contact"}}, false, Cell{1, 1}, ""},
		{"special category, not configured", DefaultGrid(), No, Facts{Data: []DataCategory{"beliefs"}}, false, Cell{1, 1}, ""},
		{"special category, configured", special, No, Facts{Data: []DataCategory{"beliefs"}}, false, Cell{2, 2}, "special category data"},
		{"wider list not configured", vulnerableOnly, No, Facts{Data: []DataCategory{"convictions"}}, false, Cell{1, 1}, ""},
		{"no triggers configured", none, Yes, Facts{Subjects: []SubjectKind{"children"}}, false, Cell{1, 1}, ""},
		{"lifted as contained", DefaultGrid(), Yes, Facts{}, true, Cell{1, 1}, "lifted because the breach is contained"},
	} {
		t.Run(v.name, func(t *testing.T) {
			g := Grading{Cell: Cell{1, 1}, Vulnerable: v.answer, HighRisk: No, Evidence: "Audit trail.", LiftFloor: v.lift}
			r := with(v.grid).Recommend(g, v.facts, friday)
			if r.Cell != v.want || r.Chosen != (Cell{1, 1}) {
				t.Errorf("chosen %v, after the floor %v, want %v", r.Chosen, r.Cell, v.want)
			}
			words := strings.Join(r.Reasons, "\n")
			if !strings.Contains(words, v.says) || v.says == "" && strings.Contains(words, "floor") {
				t.Errorf("reasons, want %q:\n%s", v.says, words)
			}
			if r.Regulator {
				t.Error("floors alone never report")
			}
		})
	}
	already := Grading{Cell: Cell{3, 1}, Vulnerable: Yes, HighRisk: No}
	if r := DefaultRules().Recommend(already, Facts{}, friday); r.Cell != (Cell{3, 2}) || !r.Regulator {
		t.Errorf("the floor raises each axis by itself: likelihood decides in care: %+v", r)
	}
	already.Cell = Cell{3, 3}
	if r := DefaultRules().Recommend(already, Facts{}, friday); r.Cell != (Cell{3, 3}) || !strings.Contains(strings.Join(r.Reasons, "\n"), "already met") {
		t.Errorf("%+v", r)
	}
}

func TestOnlyTheDPOLiftsTheFloorAndNamesTheEvidence(t *testing.T) {
	t.Parallel()
	s := upTo(t, StepTriaged)
	c := s.assessing(1, 1)
	c.Grading.LiftFloor = true
	for _, who := range []Actor{igLead, caldicott, siro, responder} {
		s.refused(who, c, ErrForbidden, FieldLift)
	}
	bare := c
	bare.Grading.Evidence = "  "
	s.refused(dpo, bare, ErrInvalid, FieldEvidence)
	s.do(dpo, c)
	if a := s.inc.Assessment(); !a.Grading.LiftFloor || a.By != dpo.User {
		t.Errorf("%+v", a)
	}
}

func TestTheLinesAreConfigurable(t *testing.T) {
	t.Parallel()
	grid := DefaultGrid()
	grid.Regulator, grid.DHSC = Cell{2, 3}, Cell{5, 5}
	rules := with(grid)
	rules.Regulator = "Commission"
	g := noFloor
	g.Cell = Cell{2, 3}
	if r := rules.Recommend(g, Facts{}, friday); !r.Regulator || r.DHSC || !strings.Contains(strings.Join(r.Reasons, "\n"), "Commission") {
		t.Errorf("%+v", r)
	}
}

func TestAMissedLineSaysByHowMuchAndWhatWouldChangeIt(t *testing.T) {
	t.Parallel()
	for _, v := range []struct {
		l, e          int
		missed, would string
	}{
		{2, 3, "likelihood is 1 short", "Likelihood 3 (likely) would make this reportable to the ICO."},
		{1, 5, "likelihood is 2 short", "Likelihood 3 (likely) would make this reportable to the ICO."},
		{4, 1, "effect is 1 short", "Effect 2 (minor) would make this reportable to the ICO."},
		{1, 1, "likelihood is 2 short, effect is 1 short", "Likelihood 3 (likely) and effect 2 (minor) would make this reportable to the ICO."},
	} {
		r := recommend(noFloor, v.l, v.e)
		if !slices.ContainsFunc(r.Reasons, func(s string) bool { return strings.HasSuffix(s, ": "+v.missed+".") }) {
			t.Errorf("%dx%d: %v, want %q", v.l, v.e, r.Reasons, v.missed)
		}
		if d := cmp.Diff([]string{v.would}, r.WouldChange); d != "" {
			t.Errorf("%dx%d: %s", v.l, v.e, d)
		}
	}
	if r := recommend(noFloor, 3, 3); !strings.Contains(strings.Join(r.Reasons, "\n"), "below the line for the Department of Health and Social Care (likelihood 3, effect 4): effect is 1 short.") {
		t.Errorf("the reasons do not mention the missed line for the DHSC: %v", r.Reasons)
	}
}

func TestContradictionsWarnAndNeverRefuse(t *testing.T) {
	t.Parallel()
	for _, v := range []struct {
		name  string
		g     Grading
		l, e  int
		warns string
	}{
		{"reported effect of no size", noFloor, 5, 1, "An effect was reported"},
		{"certainty with a likelihood", noFloor, 2, 1, "leaves room for an effect"},
		{"not occurred without evidence", Grading{Vulnerable: No, HighRisk: No}, 1, 2, "needs evidence"},
		{"DHSC cell without high risk", noFloor, 4, 4, "usually means a high risk"},
		{"consistent", noFloor, 3, 3, ""},
		{"certain with evidence", noFloor, 1, 1, ""},
	} {
		r := recommend(v.g, v.l, v.e)
		words := strings.Join(r.Warnings, "\n")
		if !strings.Contains(words, v.warns) || v.warns == "" && words != "" {
			t.Errorf("%s: warned %q, want %q", v.name, words, v.warns)
		}
		s := upTo(t, StepTriaged)
		c := s.assessing(v.l, v.e)
		c.Grading.Evidence = v.g.Evidence
		s.do(igLead, c)
	}
}

func TestHighRiskIsAskedSeparately(t *testing.T) {
	t.Parallel()
	for answer, says := range map[Answer]string{
		Yes: "tell them without delay", No: "No high risk", Unknown: "Not knowing counts towards telling",
	} {
		g := noFloor
		g.HighRisk = answer
		r := recommend(g, 1, 1)
		if r.Subjects != answer || !strings.Contains(strings.Join(r.Reasons, "\n"), says) {
			t.Errorf("%s: %s, %v", answer, r.Subjects, r.Reasons)
		}
	}
	s := upTo(t, StepTriaged)
	c := s.assessing(5, 5)
	c.Grading.HighRisk = ""
	s.refused(igLead, c, ErrInvalid, FieldHighRisk)
}

func TestAClaimedContainmentIsNamed(t *testing.T) {
	t.Parallel()
	g := noFloor
	g.Exception = "encrypted"
	if r := recommend(g, 2, 2); !strings.Contains(strings.Join(r.Reasons, "\n"), "Containment claimed: encryption is intact") {
		t.Errorf("%v", r.Reasons)
	}
}

// The law's test stands above the grid: it may advise more than the cell, never
// less, and says so.
func TestTheLawOutranksTheGrid(t *testing.T) {
	t.Parallel()
	for _, v := range []struct {
		name     string
		l, e     int
		high     Answer
		byLaw    bool
		subjects Answer
		says     string
	}{
		{"serious though not likely", 2, 4, No, true, Unknown, "counts even where it is not likely"},
		{"catastrophic though not likely", 2, 5, Unknown, true, Unknown, "counts even where it is not likely"},
		{"catastrophic, and certain not to follow", 1, 5, No, false, No, ""},
		{"adverse and not likely", 2, 3, No, false, No, ""},
		{"not likely by the grid, yet a high risk is", 2, 2, Yes, true, Yes, "a risk is likely too"},
		{"not likely by the grid, and nobody knows whether the risk is high", 2, 2, Unknown, true, Unknown, "nobody can say that a risk is unlikely"},
		{"reported by the grid anyway", 3, 4, No, false, Unknown, ""},
	} {
		g := noFloor
		g.HighRisk = v.high
		r := recommend(g, v.l, v.e)
		words := strings.Join(r.Reasons, "\n")
		if r.ByLaw != v.byLaw || r.Subjects != v.subjects || r.Cell != (Cell{v.l, v.e}) {
			t.Errorf("%s: %+v", v.name, r)
		}
		if v.byLaw != strings.Contains(words, "The law's test stands above the grid") || !strings.Contains(words, v.says) {
			t.Errorf("%s: the reasons do not say how the law stands beside the grid:\n%s", v.name, words)
		}
	}
	for l := 1; l <= 5; l++ {
		for e := 1; e <= 5; e++ {
			for _, high := range []Answer{Yes, No, Unknown} {
				g := noFloor
				g.HighRisk = high
				if r := recommend(g, l, e); r.Cell.Likelihood >= 3 && r.Cell.Effect >= 2 && !r.Regulator {
					t.Errorf("%dx%d, high risk %s: less than the grid advises", l, e, high)
				}
			}
		}
	}
}

// The department's line is on England's grid and nowhere else.
func TestTheDepartmentsLineIsEnglands(t *testing.T) {
	t.Parallel()
	g := noFloor
	g.Cell, g.HighRisk = Cell{4, 4}, Yes
	for _, n := range Nations {
		rules := DefaultRules()
		rules.Nation = n.Value
		r := rules.Recommend(g, Facts{}, friday)
		words := strings.Join(r.Reasons, "\n")
		if r.DHSC != (n.Value == England) || strings.Contains(words, "Department of Health and Social Care") != (n.Value == England) || !r.Regulator {
			t.Errorf("%s: %+v", n.Label, r)
		}
	}
}

// Outside the two questions of the law, the advice changes and not only a note.
func TestProcessorsAndTheDeadChangeTheAdvice(t *testing.T) {
	t.Parallel()
	g := noFloor
	g.Cell, g.HighRisk = Cell{4, 4}, Yes
	for _, v := range []struct {
		facts Facts
		scope Scope
		says  string
	}{
		{Facts{Capacity: Processor}, ScopeProcessor, "On these facts a controller would be advised to: tell the ICO, the health department and the people."},
		{Facts{Capacity: Processor, Deceased: Yes}, ScopeProcessor, "tell the controller without undue delay"},
		{Facts{Deceased: Yes}, ScopeDeceased, "Confidentiality may still be owed"},
	} {
		r := DefaultRules().Recommend(g, v.facts, friday)
		if words := strings.Join(r.Reasons, "\n"); r.Scope != v.scope || r.Regulator || r.DHSC || r.Subjects != No || !strings.Contains(words, v.says) {
			t.Errorf("%+v: %+v", v.facts, r)
		}
	}
	if r := DefaultRules().Recommend(g, Facts{Capacity: Both, Deceased: Unknown}, friday); r.Scope != "" || !r.Regulator {
		t.Errorf("both, or not known who has died: %+v", r)
	}
	for _, alive := range []Facts{{Deceased: Yes, HarmReported: Yes}, {Deceased: Yes, InDanger: Yes}} {
		if r := DefaultRules().Recommend(g, alive, friday); r.Scope != "" || !r.Regulator || !strings.Contains(strings.Join(r.Warnings, "\n"), "somebody alive was harmed or is in danger") {
			t.Errorf("only the living are harmed or in danger: %+v", r)
		}
	}
}
