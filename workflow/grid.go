package workflow

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Cell is one field of the 5x5 grid, both axes 1 to 5.
type Cell struct {
	Likelihood int `json:"likelihood"`
	Effect     int `json:"effect"`
}

// Valid tells whether the cell is on the grid.
func (c Cell) Valid() bool {
	return c.Likelihood >= 1 && c.Likelihood <= 5 && c.Effect >= 1 && c.Effect <= 5
}

// Score is likelihood times effect. It is shown because people expect it and
// never compared with anything: the cell decides (3x2 reports, 2x3 does not).
func (c Cell) Score() int { return c.Likelihood * c.Effect }

func (c Cell) reaches(line Cell) bool {
	return c.Likelihood >= line.Likelihood && c.Effect >= line.Effect
}

func (c Cell) String() string {
	return fmt.Sprintf("likelihood %d, effect %d", c.Likelihood, c.Effect)
}

// Axis is one value of an axis, with its meaning.
type Axis struct {
	Value int
	Label string
	Means string
}

// Likelihoods and Effects are the axes of the grid. They are about the
// individual, not the organisation (Data Breach Notification Procedure v1.1,
// appendix 2).
var (
	Likelihoods = []Axis{
		{1, "Not occurred", "Absolutely certain that there can be no adverse effect"},
		{2, "Not likely", "No proof that no effect has occurred"},
		{3, "Likely", "An adverse effect is likely"},
		{4, "Highly likely", "Almost certain at some point in the future"},
		{5, "Occurred", "An adverse effect has been reported"},
	}
	Effects = []Axis{
		{1, "No impact", "Absolutely certain that none can arise"},
		{2, "Minor", "Not absolutely certain; e.g. a cancelled procedure, no added suffering"},
		{3, "Adverse", "E.g. embarrassment, or suffering that may be prolonged"},
		{4, "Serious", "Pain, suffering, decline in health, financial loss, loss of job"},
		{5, "Catastrophic", "A person dies or suffers a catastrophic occurrence"},
	}
)

// Trigger is a ground for the floor of the grid.
type Trigger string

const (
	TriggerVulnerable Trigger = "vulnerable" // vulnerable groups
	TriggerWider      Trigger = "wider"      // the longer list of health bodies
	TriggerSpecial    Trigger = "special"    // UK GDPR Art. 9(1)
)

// Grid is the configuration of the 5x5 grid. The lines advise; a person decides.
type Grid struct {
	Regulator Cell // at least this cell: report to the regulator
	DHSC      Cell // at least this cell: the Department of Health and Social Care too
	Floor     Cell // least grade when a trigger applies
	Triggers  []Trigger
}

// DefaultGrid: regulator from "likely" and "minor" (NHS Digital webinar on
// incident reporting, slide 7), DHSC from "likely" and "serious" (recalled from
// the same guide), floor 2 on both axes for vulnerable groups (the procedure's
// appendix 2) and the longer special list.
func DefaultGrid() Grid {
	return Grid{
		Regulator: Cell{3, 2},
		DHSC:      Cell{3, 4},
		Floor:     Cell{2, 2},
		Triggers:  []Trigger{TriggerVulnerable, TriggerWider},
	}
}

// Grading is what a person chose on the grid, and what they claim.
type Grading struct {
	Cell       Cell      `json:"cell"`
	Evidence   string    `json:"evidence,omitempty"`
	Vulnerable Answer    `json:"vulnerable"` // vulnerable people or specially protected data
	Exception  Exception `json:"exception,omitempty"`
	LiftFloor  bool      `json:"lift_floor,omitempty"` // contained: the floor does not apply
	HighRisk   Answer    `json:"high_risk"`            // high risk to people, the question of Art. 34
}

// Recommendation is what the grid says, with its reasons in words. It is
// advice, not a decision.
type Recommendation struct {
	Chosen      Cell      `json:"chosen"`
	Cell        Cell      `json:"cell"` // after floors
	Regulator   bool      `json:"regulator"`
	DHSC        bool      `json:"dhsc"`
	Subjects    Answer    `json:"subjects"` // tell the people affected?
	Reasons     []string  `json:"reasons"`
	Warnings    []string  `json:"warnings,omitempty"` // contradictions to look at
	WouldChange []string  `json:"would_change,omitempty"`
	FactsAt     time.Time `json:"facts_at"`
}

// Recommend grades g on the facts known at the given instant. regulator is the
// regulator's name.
func (grid Grid) Recommend(g Grading, facts Facts, regulator string, at time.Time) Recommendation {
	r := Recommendation{Chosen: g.Cell, Cell: g.Cell, FactsAt: at}
	say := func(format string, args ...any) { r.Reasons = append(r.Reasons, fmt.Sprintf(format, args...)) }

	say("Chosen: likelihood %d, %s (%s); effect %d, %s (%s).",
		g.Cell.Likelihood, lower(Likelihoods[g.Cell.Likelihood-1].Label), lowerFirst(Likelihoods[g.Cell.Likelihood-1].Means),
		g.Cell.Effect, lower(Effects[g.Cell.Effect-1].Label), lowerFirst(Effects[g.Cell.Effect-1].Means))

	if grounds := grid.floorGrounds(g, facts); len(grounds) > 0 {
		floored := Cell{max(g.Cell.Likelihood, grid.Floor.Likelihood), max(g.Cell.Effect, grid.Floor.Effect)}
		switch {
		case g.LiftFloor:
			say("The floor for %s was lifted because the breach is contained.", strings.Join(grounds, " and "))
		case floored != g.Cell:
			say("Raised to at least %s, because of %s.", grid.Floor, strings.Join(grounds, " and "))
			r.Cell = floored
		default:
			say("The floor of %s for %s is already met.", grid.Floor, strings.Join(grounds, " and "))
		}
	}
	if g.Exception != "" {
		say("Containment claimed: %s. Keep the evidence for it.", lowerFirst(g.Exception.Label()))
	}

	r.Regulator = r.Cell.reaches(grid.Regulator)
	r.DHSC = r.Cell.reaches(grid.DHSC)
	if r.Regulator {
		say("Cell %dx%d is on or above the line for the %s (%s).", r.Cell.Likelihood, r.Cell.Effect, regulator, grid.Regulator)
	} else {
		say("Cell %dx%d is below the line for the %s (%s): %s.", r.Cell.Likelihood, r.Cell.Effect, regulator, grid.Regulator, missedBy(r.Cell, grid.Regulator))
		r.WouldChange = append(r.WouldChange, wouldReport(r.Cell, grid.Regulator, regulator))
	}
	switch {
	case r.DHSC:
		say("It is on or above the line for the Department of Health and Social Care (%s).", grid.DHSC)
	case r.Regulator:
		say("It is below the line for the Department of Health and Social Care (%s): %s.", grid.DHSC, missedBy(r.Cell, grid.DHSC))
	}

	switch g.HighRisk {
	case Yes:
		r.Subjects = Yes
		say("A high risk to people is likely: tell them without delay (Art. 34), unless an exemption applies.")
	case No:
		r.Subjects = No
		say("No high risk to people was found.")
	default:
		r.Subjects = Unknown
		say("It is not known yet whether the risk to people is high. Not knowing counts towards telling them.")
	}
	if r.DHSC && g.HighRisk == No {
		r.Warnings = append(r.Warnings, "A cell this high usually means a high risk to people. Please look at that answer again.")
	}
	r.Warnings = append(r.Warnings, contradictions(g)...)
	say("This is advice, not a decision. The law outranks the grid: notify unless a risk to people is unlikely.")
	return r
}

// floorGrounds names what triggers the floor. "Not known" triggers it too:
// uncertainty counts towards notifying.
func (grid Grid) floorGrounds(g Grading, facts Facts) []string {
	var grounds []string
	if slices.Contains(grid.Triggers, TriggerVulnerable) || slices.Contains(grid.Triggers, TriggerWider) {
		switch g.Vulnerable {
		case Yes:
			grounds = append(grounds, "vulnerable people or specially protected data")
		case Unknown, "":
			grounds = append(grounds, "vulnerable people not ruled out")
		}
	}
	if len(grounds) == 0 {
		if slices.Contains(grid.Triggers, TriggerVulnerable) && slices.ContainsFunc(facts.Subjects, SubjectKind.Vulnerable) {
			grounds = append(grounds, "vulnerable people in the report")
		}
		if slices.Contains(grid.Triggers, TriggerWider) && slices.ContainsFunc(facts.Data, DataCategory.Wider) {
			grounds = append(grounds, "specially protected data in the report")
		}
	}
	if slices.Contains(grid.Triggers, TriggerSpecial) && slices.ContainsFunc(facts.Data, DataCategory.Special) {
		grounds = append(grounds, "special category data")
	}
	return grounds
}

// contradictions gives warnings. It never refuses.
func contradictions(g Grading) []string {
	var w []string
	if g.Cell.Likelihood == 5 && g.Cell.Effect == 1 {
		w = append(w, "An effect was reported, but its size is \"no impact\".")
	} else if g.Cell.Effect == 1 && g.Cell.Likelihood > 1 {
		w = append(w, "\"No impact\" means certainty, but a likelihood above 1 leaves room for an effect.")
	}
	if g.Cell.Likelihood == 1 && g.Evidence == "" {
		w = append(w, "\"Not occurred\" needs evidence, such as an audit trail. None is given.")
	}
	return w
}

func missedBy(c, line Cell) string {
	var parts []string
	if d := line.Likelihood - c.Likelihood; d > 0 {
		parts = append(parts, fmt.Sprintf("likelihood is %d short", d))
	}
	if d := line.Effect - c.Effect; d > 0 {
		parts = append(parts, fmt.Sprintf("effect is %d short", d))
	}
	return strings.Join(parts, ", ")
}

func wouldReport(c, line Cell, regulator string) string {
	var parts []string
	if c.Likelihood < line.Likelihood {
		parts = append(parts, fmt.Sprintf("likelihood %d (%s)", line.Likelihood, lower(Likelihoods[line.Likelihood-1].Label)))
	}
	if c.Effect < line.Effect {
		parts = append(parts, fmt.Sprintf("effect %d (%s)", line.Effect, lower(Effects[line.Effect-1].Label)))
	}
	return capital(strings.Join(parts, " and ")) + " would make this reportable to the " + regulator + "."
}

func lower(s string) string { return strings.ToLower(s) }

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
